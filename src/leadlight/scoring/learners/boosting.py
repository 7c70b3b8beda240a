"""XGBoost over encoded columns: shallow trees, early stopping on validation folds, seeded."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import xgboost as xgb
from numpy.typing import NDArray

from .errors import UnableToLoadModel

MOST_ROUNDS = 300
#: Rounds without a better log-loss on the validation fold before a fit stops.
PATIENCE = 30


@dataclass(frozen=True)
class TreeShape:
    """What is tried on the validation folds."""

    depth: int
    learning_rate: float

    def parameters(self, *, seed: int, n_jobs: int) -> dict[str, Any]:
        """Return XGBoost's own parameters."""
        return {
            "objective": "binary:logistic",
            "eval_metric": "logloss",
            "tree_method": "hist",
            "max_depth": self.depth,
            "learning_rate": self.learning_rate,
            "min_child_weight": 3.0,
            "reg_lambda": 3.0,
            "subsample": 0.8,
            "colsample_bytree": 0.7,
            "seed": seed,
            "nthread": n_jobs,
            "verbosity": 0,
        }


SHAPES = (TreeShape(2, 0.1), TreeShape(4, 0.06))


@dataclass(frozen=True)
class BoostedTrees:
    """A fitted booster. Serving in small batches is fastest with one thread."""

    booster: xgb.Booster
    n_rounds: int

    kind = "xgboost"

    def margin(self, matrix: NDArray[np.float32], *, n_jobs: int = 1, n_rounds: int = 0) -> NDArray[np.float64]:
        """Return log-odds, one per row; `n_rounds` asks the first rounds only, 0 all."""
        self.booster.set_param({"nthread": n_jobs})
        n_rounds = min(n_rounds, self.booster.num_boosted_rounds())
        return np.asarray(
            self.booster.inplace_predict(
                matrix, iteration_range=(0, n_rounds), predict_type="margin", validate_features=False
            ),
            dtype=np.float64,
        )

    def contributions(
        self, matrix: NDArray[np.float32], *, n_jobs: int = 1
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """
        Return a base per row and TreeSHAP contributions (rows x matrix columns) that add up to the margin.

        XGBoost sums in float32; what that leaves over goes into the base, so that the sum is exact.
        """
        self.booster.set_param({"nthread": n_jobs})
        data = xgb.DMatrix(matrix, nthread=n_jobs)
        parts = self.booster.predict(data, pred_contribs=True)[:, :-1].astype(np.float64)
        return self.margin(matrix, n_jobs=n_jobs) - parts.sum(axis=1), parts

    def to_dict(self) -> dict[str, Any]:
        """Return XGBoost's own JSON model."""
        return {"booster": json.loads(self.booster.save_raw("json").decode()), "n_rounds": self.n_rounds}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "BoostedTrees":
        """
        Return what `to_dict` gave.

        Raises:
            UnableToLoadModel: XGBoost does not know it for a model.
        """
        booster = xgb.Booster()
        try:
            booster.load_model(bytearray(json.dumps(data["booster"]).encode()))
        except xgb.core.XGBoostError as error:
            raise UnableToLoadModel("The stored model is damaged. Train again or restore a backup.") from error
        return cls(booster, int(data["n_rounds"]))


@dataclass(frozen=True)
class Held:
    """A validation fold, encoded."""

    matrix: NDArray[np.float32]
    y: NDArray[np.bool_]
    weights: NDArray[np.float64]


def fit_boosting(
    matrix: NDArray[np.float32],
    y: NDArray[np.bool_],
    weights: NDArray[np.float64],
    *,
    shape: TreeShape,
    seed: int,
    n_jobs: int,
    held: Held | None = None,
    n_rounds: int = MOST_ROUNDS,
) -> BoostedTrees:
    """
    Fit trees; with a held-out fold, stop early.

    `n_rounds` of the result is then the best number of rounds, while the booster keeps those tried after
    it: the folds settle on one number together, since each fold's own best would flatter the trees.
    """
    data = xgb.DMatrix(matrix, y, weight=weights, nthread=n_jobs)
    parameters = shape.parameters(seed=seed, n_jobs=n_jobs)
    if held is None:
        return BoostedTrees(xgb.train(parameters, data, n_rounds), n_rounds)
    watch = xgb.DMatrix(held.matrix, held.y, weight=held.weights, nthread=n_jobs)
    booster = xgb.train(
        parameters,
        data,
        n_rounds,
        evals=[(watch, "held")],
        early_stopping_rounds=PATIENCE,
        verbose_eval=False,
    )
    return BoostedTrees(booster, int(booster.best_iteration) + 1)
