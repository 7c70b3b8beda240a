"""What columns reach together: a quick model for comparison, never the one that serves."""

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits

from leadlight.kit.statistics import auc_interval, auc_of_counts

from .alone import Alone, Codes
from .columns import Column

_MAX_ROWS = 12_000
_MIN_OUTCOMES = 20
_N_FOLDS = 3


class Matrix:
    """Columns as a model takes them: numbers as they are, levels as categories. A fixed sample of the rows."""

    def __init__(
        self, columns: Sequence[tuple[Column, Codes]], converted: NDArray[np.bool_], *, seed: int = 0
    ) -> None:
        n = len(converted)
        rng = np.random.default_rng(seed)
        rows = np.sort(rng.choice(n, _MAX_ROWS, replace=False)) if n > _MAX_ROWS else np.arange(n)
        if converted[rows].sum() < _MIN_OUTCOMES and converted.sum() >= _MIN_OUTCOMES:
            # Rare outcomes: all of them, since AUC does not mind the share.
            rows = np.union1d(rows, np.flatnonzero(converted))
        self.rows = rows
        self.converted = converted[rows]
        self._values: dict[str, tuple[NDArray[np.float64], bool]] = {}
        self._reached: dict[tuple[str, ...], Alone] = {}
        for column, codes in columns:
            is_number = column.values.dtype != pl.String and column.kind in ("number", "date")
            values = column.floats()[rows] if is_number else codes[rows].astype(np.float64)
            self._values[column.name] = (values, not is_number and float(values.max()) < 250.0)

    def __contains__(self, name: str) -> bool:
        return name in self._values

    @property
    def names(self) -> list[str]:
        """Return the columns that a model can take."""
        return list(self._values)

    def at_random(self, names: Sequence[str]) -> Alone:
        """Return the AUC of these columns together, each third of the rows told by the other two; none is chance."""
        fold = np.random.default_rng(1).permutation(len(self.rows)) % _N_FOLDS
        asked = tuple(names)
        if asked in self._reached:
            return self._reached[asked]
        p = np.full(len(self.rows), np.nan)
        for k in range(_N_FOLDS):
            p[fold == k] = self._predict(names, fold != k, fold == k)
        # Within a fold, since the levels of folds differ by chance.
        found = [_auc(p[fold == k], self.converted[fold == k]) for k in range(_N_FOLDS)]
        self._reached[asked] = _interval(float(np.mean(found)), self.converted)
        return self._reached[asked]

    def by_time(self, names: Sequence[str], order: NDArray[np.float64]) -> Alone:
        """Return the AUC on the newest 30 % of a model that learned from the oldest 70 %."""
        moments = order[self.rows]
        known = ~np.isnan(moments)
        cut = float(np.quantile(moments[known], 0.7))
        train, test = known & (moments <= cut), known & (moments > cut)
        return _interval(_auc(self._predict(names, train, test), self.converted[test]), self.converted[test])

    def by_chance(self, names: Sequence[str], order: NDArray[np.float64]) -> Alone:
        """Return the AUC of a model of the same size as `by_time`'s on a random 30 %."""
        known = np.flatnonzero(~np.isnan(order[self.rows]))
        mixed = np.random.default_rng(2).permutation(known)
        test = np.zeros(len(self.rows), dtype=np.bool_)
        test[mixed[int(0.7 * len(mixed)) :]] = True
        train = np.zeros(len(self.rows), dtype=np.bool_)
        train[mixed[: int(0.7 * len(mixed))]] = True
        return _interval(_auc(self._predict(names, train, test), self.converted[test]), self.converted[test])

    def _predict(
        self, names: Sequence[str], train: NDArray[np.bool_], test: NDArray[np.bool_]
    ) -> NDArray[np.float64]:
        target = self.converted[train]
        if not names or target.all() or not target.any():
            return np.zeros(int(test.sum()))
        table = np.column_stack([self._values[name][0] for name in names])
        model = HistGradientBoostingClassifier(  # type: ignore[no-untyped-call]  # scikit-learn ships no types
            max_iter=60,
            learning_rate=0.1,
            max_leaf_nodes=15,
            min_samples_leaf=20,
            l2_regularization=1.0,
            early_stopping=False,
            categorical_features=[self._values[name][1] for name in names],
            random_state=0,
        )
        # On a busy machine its threads wait for each other far longer than they compute.
        with threadpool_limits(1):  # type: ignore[no-untyped-call]  # ships no types
            model.fit(table[train], target)
            p = model.predict_proba(table[test])  # type: ignore[no-untyped-call]  # scikit-learn ships no types
        return np.asarray(p[:, 1])


def _auc(p: NDArray[np.float64], converted: NDArray[np.bool_]) -> float:
    _, place = np.unique(p, return_inverse=True)
    width = int(place.max()) + 1 if len(place) else 1
    return auc_of_counts(
        np.bincount(place[converted], minlength=width), np.bincount(place[~converted], minlength=width)
    )


def _interval(auc: float, converted: NDArray[np.bool_]) -> Alone:
    n_hits = int(converted.sum())
    low, high = auc_interval(auc, n_hits, len(converted) - n_hits)
    return Alone(auc, low, high)
