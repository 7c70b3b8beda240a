"""`LeadScorer`, the scikit-learn face of scoring: the server and a notebook both learn through it."""

import hashlib
import json
import time
from dataclasses import replace
from typing import Any, Self

import narwhals as nw
import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import NotFittedError
from threadpoolctl import threadpool_limits

from leadlight.scoring.rules.gate import Verdict
from leadlight.scoring.rules.scale import TIERS, ScoreScale, declare_scale
from leadlight.scoring.rules.split import Split, split_at_random, split_by_time

from .calibration import Calibration
from .card import Measured, measure
from .encoding import Encoder, Table, table_of
from .errors import UnableToLoadModel, UnableToTrain
from .pipeline import FAMILIES, Explained, FittedModel, Prediction, TrainingSet, fit_on
from .points import PRIOR_BASE_RATE, PointsCard

LEAST_POSITIVES = 5

MODEL = "model"
POINTS_CARD = "points_card"

_FORMAT = "leadlight-scorer"
_FORMAT_VERSION = 1

_YES_WORDS = frozenset({"yes", "y", "true", "t", "1", "won", "converted", "closed", "booked", "success", "positive"})
_NO_WORDS = frozenset({"no", "n", "false", "f", "0", "lost", "not converted", "open", "failure", "negative"})


class LeadScorer(ClassifierMixin, BaseEstimator):  # type: ignore[no-untyped-call]  # scikit-learn ships no types
    """
    A scikit-learn classifier over any table of leads: numbers, words and gaps, pandas or polars.

    `model` is "auto", "logistic", "xgboost" or "points". `target` names what is foretold, for the card.
    `scale` is a scale declared earlier; without one, fitting declares it.

    `fit` learns on the older 70 % (of groups, by `created_at`) and measures on the newest 30 %; the
    measured model is the one that serves. Without `created_at` the order is unknown: the split is random
    and `card["by_time"]` is null.
    """

    fitted_: FittedModel
    points_: FittedModel
    card_: dict[str, Any]
    classes_: NDArray[Any]
    positive_: Any

    def __init__(
        self,
        model: str = "auto",
        target: str = "final_outcome",
        random_state: int = 0,
        n_jobs: int = 1,
        scale: ScoreScale | None = None,
    ) -> None:
        self.model = model
        self.target = target
        self.random_state = random_state
        self.n_jobs = n_jobs
        self.scale = scale

    def fit(
        self,
        X: Any,  # noqa: N803  # scikit-learn's own name
        y: Any,
        created_at: Any = None,
        groups: Any = None,
        sample_weight: Any = None,
    ) -> Self:
        """
        Learn from one row per lead.

        `y` holds two classes: booleans, 0 and 1, or words; of words, "yes", "won", "converted" and the like
        are the good outcome, else the later one in the alphabet. `created_at` is anything that can be
        sorted, `groups` names the person or household of each row.

        Raises:
            UnableToTrain: the rows cannot teach; the message says what to do.
        """
        table = table_of(X)
        classes, positive, outcome = _outcome(y)
        _same_length(table.n_rows, y=len(outcome), created_at=created_at, groups=groups, sample_weight=sample_weight)
        created, is_time = _order(created_at)
        rows = np.arange(table.n_rows)
        data = TrainingSet(
            table=table,
            y=outcome,
            groups=rows if groups is None else _codes(groups),
            persons=rows,
            weights=np.ones(table.n_rows) if sample_weight is None else np.asarray(sample_weight, dtype=np.float64),
            created_at=created,
        )
        self.fit_rows(data, order_is_time=is_time)
        self._name_classes(classes, positive)
        return self

    def fit_rows(self, data: TrainingSet, *, order_is_time: bool = True, purge: bool = True) -> Self:
        """
        Learn from labelled rows, several snapshots of a person allowed: the pipeline of server and notebook.

        `order_is_time` says that `created_at` is in seconds since the epoch, so that the card may show dates.

        Raises:
            UnableToTrain: as in `fit`.
        """
        # Fits of a few thousand rows are too small for BLAS threads: on a busy machine they wait for each other
        # in a spin, which was measured to cost ten times the fit itself.
        with threadpool_limits(  # type: ignore[no-untyped-call]  # ships no types
            limits=1, user_api="blas"
        ):
            return self._fit_rows(data, order_is_time=order_is_time, purge=purge)

    def _fit_rows(self, data: TrainingSet, *, order_is_time: bool, purge: bool) -> Self:
        started = time.perf_counter()
        _check(data, self.model)
        at_random = self._measured(data, split_at_random(data.groups, seed=self.random_state), in_time=False)
        by_time = None
        if data.created_at is not None:
            split = split_by_time(
                data.created_at,
                data.groups,
                data.y,
                t0=data.created_at if data.t0 is None else data.t0,
                horizon_seconds=data.horizon_seconds,
                purge=purge,
            )
            by_time = self._measured(data, split, in_time=True, order_is_time=order_is_time)
        model, points, measured = by_time or at_random
        serving = MODEL if model.learner is not None and measured.beats_points else POINTS_CARD
        # The points card alone never calls anybody hot: only a model that passed the gate has the word.
        verdict = measured.gate.verdict
        self.fitted_ = replace(model, verdict=verdict)
        self.points_ = replace(points, verdict=Verdict.INSUFFICIENT)
        self._name_classes(np.array([0, 1]), 1)
        self.n_features_in_ = len(data.table.names) + len(data.table.categories)
        self.card_ = {
            "target": self.target,
            "verdict": str(verdict),
            "serving": serving,
            "model": model.family,
            "by_time": None if by_time is None else by_time[2].as_dict(),
            "random": at_random[2].as_dict(),
            "scale": model.scale.as_dict(),
            "weighs_most": measured.details["weighs_most"],
            "left_out": dict(model.encoder.left_out),
            "points_card": points.points.to_dict(),
            "rows": data.n_rows,
            "people": len(np.unique(data.persons)),
            "seed": self.random_state,
            "seconds": round(time.perf_counter() - started, 3),
        }
        return self

    @classmethod
    def untrained(
        cls, *, target: str, scale: ScoreScale | None = None, base_rate: float = PRIOR_BASE_RATE
    ) -> "LeadScorer":
        """
        Return a scorer in which the points card serves on a prior base rate, for a history that cannot teach.

        Its card has neither `by_time` nor `random`: nothing was measured.
        """
        scorer = cls(model="points", target=target, scale=scale)
        points = PointsCard(base_rate=base_rate)
        nothing = np.zeros(0)
        declared = scale or declare_scale(nothing, nothing.astype(bool), base_rate=base_rate)
        calibration = Calibration("intercept", (0.0,))
        model = FittedModel(Encoder((), {}, {}), None, points, 0.0, calibration, declared)
        scorer.fitted_ = scorer.points_ = model
        scorer._name_classes(np.array([0, 1]), 1)
        scorer.n_features_in_ = 0
        scorer.card_ = {
            "target": target,
            "verdict": str(Verdict.INSUFFICIENT),
            "serving": POINTS_CARD,
            "model": "points",
            "by_time": None,
            "random": None,
            "scale": declared.as_dict(),
            "weighs_most": [],
            "left_out": {},
            "points_card": points.to_dict(),
            "rows": 0,
            "people": 0,
            "seed": scorer.random_state,
            "seconds": 0.0,
        }
        return scorer

    def _name_classes(self, classes: NDArray[Any], positive: Any) -> None:
        self.classes_ = classes
        self.positive_ = positive

    def _measured(
        self, data: TrainingSet, split: Split, *, in_time: bool, order_is_time: bool = False
    ) -> tuple[FittedModel, FittedModel, Measured]:
        teachable = data.y[split.train]
        if not teachable.any() or teachable.all():
            when = "oldest" if in_time else "random"
            raise UnableToTrain(
                f"The {when} 70 % of the rows all have the same outcome, so there is nothing to learn from them. "
                "Give more history."
            )
        fitting = fit_on(
            data,
            split.train,
            model=self.model,
            seed=self.random_state,
            n_jobs=self.n_jobs,
            in_time=in_time,
            scale=self.scale,
        )
        measured = measure(
            data, split, fitting, seed=self.random_state, n_jobs=self.n_jobs, order_is_time=order_is_time
        )
        return fitting.model, fitting.points, measured

    @property
    def card(self) -> dict[str, Any]:
        """The model card, plain JSON values."""
        self._model()
        return self.card_

    @property
    def points_card(self) -> FittedModel:
        """The points card fitted beside the model; it serves where `card["serving"]` says so."""
        self._model()
        return self.points_

    @property
    def serving(self) -> FittedModel:
        """The model that has earned its place: the learned one, or the points card."""
        return self._model() if self.card_["serving"] == MODEL else self.points_

    def _model(self) -> FittedModel:
        if not hasattr(self, "fitted_"):
            raise NotFittedError("This LeadScorer has not been fitted. Call fit(X, y) first.")
        return self.fitted_

    def predict_proba(self, X: Any) -> NDArray[np.float64]:  # noqa: N803  # scikit-learn's own name
        """Return calibrated probabilities, rows x 2, in the order of `classes_`."""
        p = self._model().probability(table_of(X), n_jobs=self.n_jobs)
        if self.classes_[0] == self.positive_:
            return np.column_stack([p, 1.0 - p])
        return np.column_stack([1.0 - p, p])

    def predict(self, X: Any) -> NDArray[Any]:  # noqa: N803  # scikit-learn's own name
        """Return the likelier class of each row."""
        return np.asarray(self.classes_[np.argmax(self.predict_proba(X), axis=1)])

    def lead_score(self, X: Any) -> NDArray[np.float64]:  # noqa: N803  # scikit-learn's own name
        """Return scores, 0 to 100; at most 80 while the gate's verdict grants nobody the word "hot"."""
        return self._model().scores(table_of(X), n_jobs=self.n_jobs)

    def tier(self, X: Any) -> NDArray[np.str_]:  # noqa: N803  # scikit-learn's own name
        """Return "COLD", "WARM" or "HOT" for each row, by its score alone."""
        bands = self._model().predict(table_of(X), n_jobs=self.n_jobs).bands
        return np.array([str(t) for t in TIERS])[bands]

    def margin(self, X: Any) -> NDArray[np.float64]:  # noqa: N803  # scikit-learn's own name
        """Return the uncalibrated log-odds that `explain` takes apart."""
        return self._model().margin(table_of(X), n_jobs=self.n_jobs)

    def explain(self, X: Any) -> Explained:  # noqa: N803  # scikit-learn's own name
        """Return per row a base and the contribution of each input column; their sum is `margin(X)`."""
        return self._model().explain(table_of(X), n_jobs=self.n_jobs)

    def predict_matrix(self, values: NDArray[np.float32], names: tuple[str, ...]) -> Prediction:
        """Return probabilities, scores and bands of a ready float32 matrix (NaN missing): the fast way."""
        return self._model().predict(Table(names, values), n_jobs=self.n_jobs)

    def to_json(self) -> str:
        """Return the whole fitted scorer as JSON text; floats are exact, so scores survive unchanged."""
        self._model()
        body = {
            "parameters": {
                "model": self.model,
                "target": self.target,
                "random_state": self.random_state,
                "n_jobs": self.n_jobs,
            },
            "scale": None if self.scale is None else self.scale.as_dict(),
            "classes": self.classes_.tolist(),
            "positive": self.positive_,
            "n_features_in": self.n_features_in_,
            "card": self.card_,
            "fitted": self.fitted_.to_dict(),
            "points": self.points_.to_dict(),
        }
        text = json.dumps(body, allow_nan=False, sort_keys=True)
        head = {"format": _FORMAT, "version": _FORMAT_VERSION, "sha256": _digest(text)}
        return f'{json.dumps(head)[:-1]}, "body": {text}}}'

    @classmethod
    def from_json(cls, text: str) -> "LeadScorer":
        """
        Return the scorer that `to_json` wrote.

        Raises:
            UnableToLoadModel: the text is damaged, or of another format or version.
        """
        try:
            document = json.loads(text)
            kind, version = document["format"], document["version"]
        except (ValueError, TypeError, KeyError) as error:
            raise UnableToLoadModel("The stored model is damaged. Train again or restore a backup.") from error
        if kind != _FORMAT or version != _FORMAT_VERSION:
            raise UnableToLoadModel("The stored model was written by another version. Train again.")
        body = document.get("body")
        if _digest(json.dumps(body, allow_nan=True, sort_keys=True)) != document.get("sha256"):
            raise UnableToLoadModel("The stored model is damaged. Train again or restore a backup.")
        scale = None if body["scale"] is None else ScoreScale(**body["scale"])
        scorer = cls(**body["parameters"], scale=scale)
        scorer.classes_ = np.array(body["classes"])
        scorer.positive_ = body["positive"]
        scorer.n_features_in_ = body["n_features_in"]
        scorer.card_ = body["card"]
        scorer.fitted_ = FittedModel.from_dict(body["fitted"])
        scorer.points_ = FittedModel.from_dict(body["points"])
        return scorer


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _array(values: Any) -> NDArray[Any]:
    """Return a column of any kind as a one-dimensional array."""
    if isinstance(values, nw.Series) or hasattr(values, "__narwhals_series__"):
        values = values.to_numpy()
    array = np.asarray(values)
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim != 1:
        raise UnableToTrain("One value per row is needed, not a table of them.")
    return array


def _outcome(y: Any) -> tuple[NDArray[Any], Any, NDArray[np.bool_]]:
    """Return the two classes in order, the good one, and who reached it."""
    array = _array(y)
    if (array.dtype.kind == "f" and np.isnan(array).any()) or (array.dtype == object and any(_gap(v) for v in array)):
        raise UnableToTrain("Some rows have no outcome. Leave them out: they can be scored, but they cannot teach.")
    if array.dtype == object:
        array = np.array(array.tolist())
    classes = np.unique(array)
    if len(classes) == 1:
        raise UnableToTrain(
            f'All {len(array)} rows have the same outcome, "{classes[0]}". Give rows of leads that '
            "converted and of leads that did not."
        )
    if len(classes) != 2:
        raise UnableToTrain(f"The outcome must have two values, not {len(classes)}. Say for each row yes or no.")
    good = classes[1]
    if classes.dtype.kind == "U":
        first, second = (str(word).strip().lower() for word in classes)
        if second not in _YES_WORDS and (first in _YES_WORDS or second in _NO_WORDS):
            good = classes[0]
    return classes, good.item(), array == good


def _gap(value: Any) -> bool:
    return value is None or value != value or type(value).__name__ in ("NAType", "NaTType")


def _order(created_at: Any) -> tuple[NDArray[np.float64] | None, bool]:
    """Return the order as numbers, and whether these are seconds since the epoch."""
    if created_at is None:
        return None, False
    array = _array(created_at)
    if array.dtype == object and len(array) and hasattr(array[0], "timestamp"):
        array = np.array([np.nan if _gap(v) else v.timestamp() for v in array])
        is_time = True
    elif array.dtype.kind == "M":
        is_time = True
        array = np.where(np.isnat(array), np.nan, array.astype("datetime64[us]").astype(np.int64) / 1e6)
    else:
        is_time = False
        if array.dtype.kind not in "iufb":
            if any(_gap(v) for v in array):
                raise UnableToTrain(_NO_ORDER)
            array = np.unique(array, return_inverse=True)[1]
        array = array.astype(np.float64)
    if np.isnan(array).any():
        raise UnableToTrain(_NO_ORDER)
    return array, is_time


_NO_ORDER = "Some rows have no date or order. Fill them, or leave created_at out: the split is then random."


def _codes(groups: Any) -> NDArray[np.int64]:
    array = _array(groups)
    if array.dtype == object:
        # A row without a group is a group of its own.
        array = np.array([f"row {k}" if _gap(v) else f"group {v}" for k, v in enumerate(array)])
    return np.unique(array, return_inverse=True)[1].astype(np.int64)


def _same_length(n_rows: int, **columns: Any) -> None:
    for name, column in columns.items():
        n = column if isinstance(column, int) else n_rows if column is None else len(column)
        if n != n_rows:
            raise UnableToTrain(f"The table has {n_rows} rows but {name} has {n}. Give one value per row.")


def _check(data: TrainingSet, model: str) -> None:
    if model not in ("auto", *FAMILIES):
        raise UnableToTrain(f'There is no model "{model}". Choose one of auto, {", ".join(FAMILIES)}.')
    n_positive = len(np.unique(data.persons[data.y]))
    n_negative = len(np.unique(data.persons[~data.y]))
    if n_positive == 0 or n_negative == 0:
        same = "did not convert" if n_positive == 0 else "converted"
        raise UnableToTrain(f"All rows {same}. Give rows of leads that converted and of leads that did not.")
    if min(n_positive, n_negative) < LEAST_POSITIVES:
        word = "converted" if n_positive < n_negative else "did not convert"
        raise UnableToTrain(
            f"Only {min(n_positive, n_negative)} leads {word}; at least {LEAST_POSITIVES} are needed. Give a longer "
            "history or a nearer target."
        )
    known = ~np.isnan(data.table.values).all() if data.table.values.size else False
    if not known and all(word is None for column in data.table.categories.values() for word in column):
        raise UnableToTrain(
            "Every cell of the table is empty or a date. Give at least one column of numbers or words."
        )
