"""How well one column tells the outcome by itself, measured on leads that it was not learned from."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from leadlight.kit.statistics import auc_interval, auc_of_counts

from .columns import Column

N_FOLDS = 5
_N_BINS = 40
_MAX_LEVELS = 200
#: Leads of the average rate that each level is mixed with, so that a level of three leads promises nothing.
_PRIOR_LEADS = 10.0

Codes = NDArray[np.int64]


@dataclass(frozen=True)
class Alone:
    """A column's AUC with its interval; 0.5 is chance."""

    auc: float
    low: float
    high: float


NOTHING = Alone(0.5, 0.0, 1.0)


def codes_of(column: Column, origin: NDArray[np.float64] | None = None) -> Codes | None:
    """
    Return the level or bin of each row, from 0; empty is a level of its own. None where there are neither.

    A number with many values is cut into bins of equal size; each value that many rows share stands alone.
    `origin`, moments of the same rows, turns dates into the time that passed since.
    """
    if column.kind in ("empty", "constant"):
        return None
    if column.kind in ("text", "email", "phone") or (column.kind == "id" and column.values.dtype == pl.String):
        return None if column.kind == "id" else column.empty.astype(np.int64)
    if column.values.dtype == pl.String:
        return _codes_of_words(column.values)
    values = column.floats()
    if column.kind == "date" and origin is not None:
        values = values - origin
    return codes_of_numbers(values)


def codes_of_numbers(values: NDArray[np.float64]) -> Codes:
    """Return the bin of each number; empty (NaN) comes first."""
    filled = values[~np.isnan(values)]
    levels, counts = np.unique(filled, return_counts=True)
    if len(levels) <= 2 * _N_BINS:
        edges = levels
    else:
        often = levels[counts >= max(0.02 * len(values), 2)]
        cuts = np.quantile(filled, np.linspace(0.0, 1.0, _N_BINS + 1)[1:-1], method="closest_observation")
        # A shared value is a bin of its own: it begins there, and the next value begins another.
        after = levels[np.minimum(np.searchsorted(levels, often, side="right"), len(levels) - 1)]
        edges = np.unique(np.concatenate([levels[:1], cuts, often, after]))
    codes = np.searchsorted(edges, np.nan_to_num(values, nan=-np.inf), side="right")
    return np.where(np.isnan(values), 0, np.maximum(codes, 1)).astype(np.int64)


def _codes_of_words(values: pl.Series) -> Codes:
    frequent = values.drop_nulls().value_counts(sort=True, name="n").head(_MAX_LEVELS)
    names = [level for level, n in frequent.rows() if n >= 3]
    rare = len(names) + 1
    return (
        values.replace_strict(names, list(range(1, rare)), default=rare, return_dtype=pl.Int64)
        .zip_with(values.is_not_null(), pl.Series([0], dtype=pl.Int64).new_from_index(0, len(values)))
        .to_numpy()
    )


def folds_of(n: int, seed: int = 0) -> NDArray[np.int64]:
    """Return the fold of each of `n` rows, at random and of equal size."""
    return np.random.default_rng(seed).permutation(n) % N_FOLDS


@dataclass(frozen=True)
class Counts:
    """Leads and conversions of each level in each fold."""

    n: NDArray[np.float64]
    hits: NDArray[np.float64]

    def rates(self) -> NDArray[np.float64]:
        """Return the rate of each level as the other folds know it, shape (folds, levels)."""
        n, hits = self.n.sum(0) - self.n, self.hits.sum(0) - self.hits
        mean = hits.sum(1, keepdims=True) / np.maximum(n.sum(1, keepdims=True), 1.0)
        return np.asarray((hits + _PRIOR_LEADS * mean) / (n + _PRIOR_LEADS))


def count(codes: Codes, converted: NDArray[np.bool_], folds: NDArray[np.int64]) -> Counts:
    """Count leads and conversions by fold and level."""
    width = int(codes.max()) + 1
    place = folds * width + codes
    shape = (N_FOLDS, width)
    n = np.bincount(place, minlength=N_FOLDS * width).reshape(shape).astype(np.float64)
    hits = np.bincount(place[converted], minlength=N_FOLDS * width).reshape(shape).astype(np.float64)
    return Counts(n, hits)


def alone(codes: Codes, converted: NDArray[np.bool_], folds: NDArray[np.int64]) -> Alone:
    """Return the AUC of a column's own levels, learned on four folds and measured on the fifth, over all five."""
    counts = count(codes, converted, folds)
    rates = counts.rates()
    found = []
    for fold in range(N_FOLDS):
        order = np.argsort(rates[fold], kind="stable")
        # Levels of one rate are a tie.
        _, group = np.unique(rates[fold][order], return_inverse=True)
        hits = np.bincount(group, weights=counts.hits[fold][order])
        misses = np.bincount(group, weights=(counts.n - counts.hits)[fold][order])
        if hits.sum() and misses.sum():
            found.append(auc_of_counts(hits, misses))
    return _with_interval(float(np.mean(found)) if found else 0.5, converted)


def alone_by_rank(values: NDArray[np.float64], converted: NDArray[np.bool_]) -> Alone:
    """Return the AUC of a number as it stands, in whichever direction is the better; empty rows take no part."""
    filled = ~np.isnan(values)
    if not filled.any():
        return NOTHING
    _, place = np.unique(values[filled], return_inverse=True)
    hit = converted[filled]
    width = int(place.max()) + 1
    auc = auc_of_counts(np.bincount(place[hit], minlength=width), np.bincount(place[~hit], minlength=width))
    return _with_interval(max(auc, 1.0 - auc), hit)


def _with_interval(auc: float, converted: NDArray[np.bool_]) -> Alone:
    n_hits = int(converted.sum())
    low, high = auc_interval(auc, n_hits, len(converted) - n_hits)
    return Alone(auc, low, high)


def pure_wins(codes: Codes, converted: NDArray[np.bool_], folds: NDArray[np.int64]) -> tuple[int, int]:
    """Return how many leads stand in levels of which nearly all converted in the other folds, and how many did."""
    counts = count(codes, converted, folds)
    pure = counts.rates() >= 0.85
    return int(counts.n[pure].sum()), int(counts.hits[pure].sum())
