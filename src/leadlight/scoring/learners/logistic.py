"""Regularised logistic regression over encoded columns, made strong on heavy-tailed counts."""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

#: Tried on the validation folds, from the strongest to the weakest regularisation.
STRENGTHS = (0.01, 0.1, 1.0)
PLAIN_STRENGTH = 1.0

_UNLIMITED = 1e30
_BLOCK = 10_000
_BASIS_ROWS = 25_000


@dataclass(frozen=True)
class Basis:
    """
    What the linear model sees of the encoded matrix.

    Plain: every number as it is, standardised, and "missing" where it has gaps; a straight line goes on past the
    train rows as far as the numbers do. Shaped: numbers are kept near their train range, a heavy-tailed one
    enters also as log(1 + x / scale), a count with many zeros also as "more than none". Ones and zeros pass
    as they are. Arrays are one entry per feature.
    """

    #: Matrix column of each feature.
    column: NDArray[np.int64]
    #: 0 clipped, 1 logarithm, 2 more than none, 3 missing, 4 as it is.
    form: NDArray[np.int64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    scale: NDArray[np.float64]
    mean: NDArray[np.float64]
    spread: NDArray[np.float64]

    def features(self, matrix: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return the features (rows x features); a missing number stands at its mean."""
        x = matrix[:, self.column].astype(np.float64)
        above: NDArray[np.bool_] = self.form == 2
        missing: NDArray[np.bool_] = self.form == 3
        x[:, above] = (x[:, above] > 0.0).astype(np.float64)
        x[:, missing] = np.isnan(x[:, missing]).astype(np.float64)
        number = self.form <= 1
        x[:, number] = np.clip(x[:, number], self.low[number], self.high[number])
        log = self.form == 1
        x[:, log] = np.log1p(x[:, log] / self.scale[log])
        x = (x - self.mean) / self.spread
        return np.nan_to_num(x, copy=False, nan=0.0)

    def features_for_fit(self, matrix: NDArray[np.float32]) -> NDArray[np.float32]:
        """
        Return the features in single precision, made a block of rows at a time.

        Half the memory to go through at each step is what a fit of many correlated signals waits for.
        """
        x = np.empty((len(matrix), len(self.column)), dtype=np.float32)
        for start in range(0, len(matrix), _BLOCK):
            x[start : start + _BLOCK] = self.features(matrix[start : start + _BLOCK])
        return x


def learn_basis(matrix: NDArray[np.float32], n_numeric: int, *, shaped: bool) -> Basis:
    """Learn the features of an encoded matrix whose first `n_numeric` columns are numbers."""
    # Quantiles and means of this many evenly spaced rows are settled.
    matrix = matrix[:: 1 + len(matrix) // _BASIS_ROWS]
    rows: list[tuple[int, int, float, float, float]] = []
    seen: set[bytes] = set()

    def add_flag(k: int, form: int, flag: NDArray[np.bool_]) -> None:
        # The clocks of one kind are all above none, or all missing, together: one flag says it for all of them.
        key = np.packbits(flag if not flag[0] else ~flag).tobytes()
        if key not in seen:
            seen.add(key)
            rows.append((k, form, 0.0, 1.0, 1.0))

    for k in range(n_numeric):
        column = matrix[:, k].astype(np.float64)
        known = column[~np.isnan(column)]
        if len(known) < len(column):
            add_flag(k, 3, np.isnan(column))
        if not len(known):
            continue
        if not shaped:
            rows.append((k, 0, -_UNLIMITED, _UNLIMITED, 1.0))
            continue
        low, middle, high = (float(v) for v in np.quantile(known, [0.002, 0.5, 0.998]))
        if high <= low:
            low, high = float(known.min()), float(known.max())
        # What lies outside the train rows goes on in a straight line for one more range, and no further: time
        # moves numbers, and a typing error must not decide a score.
        rows.append((k, 0, 2.0 * low - high, 2.0 * high - low, 1.0))
        if known.min() >= 0.0:
            positive = known[known > 0.0]
            share = len(positive) / len(known)
            if len(positive) and high - middle > 3.0 * (middle - low):
                rows.append((k, 1, 0.0, 2.0 * high - low, float(np.median(positive))))
            if 0.02 < share < 0.98 and len(np.unique(positive[:1000])) > 1:
                add_flag(k, 2, column > 0.0)
    rows += [(k, 4, 0.0, 1.0, 1.0) for k in range(n_numeric, matrix.shape[1])]
    table = np.array(rows, dtype=np.float64).reshape(-1, 5)
    n = len(table)
    bare = Basis(
        column=table[:, 0].astype(np.int64),
        form=table[:, 1].astype(np.int64),
        low=table[:, 2],
        high=table[:, 3],
        scale=table[:, 4],
        mean=np.zeros(n),
        spread=np.ones(n),
    )
    x = bare.features(matrix)
    # A missing number became 0 above; its own mean and spread come from the known ones.
    present = (bare.form > 1) | ~np.isnan(matrix[:, bare.column])
    counts = np.maximum(present.sum(axis=0), 1)
    mean = np.where(present, x, 0.0).sum(axis=0) / counts
    spread = np.sqrt((np.where(present, x - mean, 0.0) ** 2).sum(axis=0) / counts)
    scaled = (bare.form <= 2) & (spread > 1e-9)
    return Basis(
        bare.column,
        bare.form,
        bare.low,
        bare.high,
        bare.scale,
        mean=np.where(bare.form <= 2, mean, 0.0),
        spread=np.where(scaled, spread, 1.0),
    )


@dataclass(frozen=True)
class LinearModel:
    """A fitted logistic regression."""

    basis: Basis
    weights: NDArray[np.float64]
    intercept: float
    #: Mean of each feature over the train rows, where the contributions start from.
    centre: NDArray[np.float64]
    strength: float
    n_columns: int

    kind = "logistic"

    def margin(self, matrix: NDArray[np.float32], *, n_jobs: int = 1) -> NDArray[np.float64]:
        """Return log-odds, one per row."""
        del n_jobs
        return np.asarray(self.basis.features(matrix) @ self.weights + self.intercept, dtype=np.float64)

    def contributions(
        self, matrix: NDArray[np.float32], *, n_jobs: int = 1
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return a base per row and contributions (rows x matrix columns) that add up to the margin."""
        del n_jobs
        parts = (self.basis.features(matrix) - self.centre) * self.weights
        by_column = np.zeros((len(matrix), self.n_columns))
        for k, column in enumerate(self.basis.column):
            by_column[:, column] += parts[:, k]
        return self.margin(matrix) - by_column.sum(axis=1), by_column

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values; floats are exact."""
        basis = {name: values.tolist() for name, values in vars(self.basis).items()}
        return {
            "basis": basis,
            "weights": self.weights.tolist(),
            "intercept": self.intercept,
            "centre": self.centre.tolist(),
            "strength": self.strength,
            "n_columns": self.n_columns,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "LinearModel":
        """Return what `to_dict` gave."""
        stored: Mapping[str, Any] = data["basis"]

        def real(name: str) -> NDArray[np.float64]:
            return np.array(stored[name], dtype=np.float64)

        basis = Basis(
            column=np.array(stored["column"], dtype=np.int64),
            form=np.array(stored["form"], dtype=np.int64),
            low=real("low"),
            high=real("high"),
            scale=real("scale"),
            mean=real("mean"),
            spread=real("spread"),
        )
        return cls(
            basis,
            np.array(data["weights"], dtype=np.float64),
            float(data["intercept"]),
            np.array(data["centre"], dtype=np.float64),
            float(data["strength"]),
            int(data["n_columns"]),
        )


def fit_logistic(
    matrix: NDArray[np.float32],
    y: NDArray[np.bool_],
    weights: NDArray[np.float64],
    *,
    n_numeric: int,
    shaped: bool,
    strengths: tuple[float, ...],
) -> list[LinearModel]:
    """Fit one model per strength (scikit-learn's C); both classes must be there."""
    basis = learn_basis(matrix, n_numeric, shaped=shaped)
    x = basis.features_for_fit(matrix)
    centre = np.average(x, axis=0, weights=weights).astype(np.float64)
    learner = LogisticRegression(  # type: ignore[no-untyped-call]  # scikit-learn ships no types
        C=strengths[0], max_iter=500, warm_start=True
    )
    models = []
    for strength in strengths:
        learner.C = strength
        with warnings.catch_warnings():
            # A ridge that stopped early is a slightly stronger ridge; the validation folds judge it as it is.
            warnings.simplefilter("ignore", ConvergenceWarning)
            learner.fit(x, y, sample_weight=weights.astype(np.float32))
        models.append(
            LinearModel(
                basis,
                learner.coef_[0].astype(np.float64),
                float(learner.intercept_[0]),
                centre,
                strength,
                matrix.shape[1],
            )
        )
    return models
