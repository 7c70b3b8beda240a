"""Which rows teach and which rows test. No person or household is ever on both sides."""

from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

TRAIN_SHARE = 0.7
#: A purge that leaves less than this of either answer, or of the train rows, would teach nothing.
LEAST_OF_EACH = 50
LEAST_SHARE_LEFT = 0.5

_TIME_FOLD_CUTS = (0.4, 0.6, 0.8, 1.0)
_RANDOM_FOLDS = 4

Rows: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True)
class Split:
    """Row numbers of the two sides, and what was done to keep time from leaking."""

    train: Rows
    test: Rows
    #: First contact of the first person under test; None for a random split.
    test_starts_at: float | None = None
    purged: bool = False
    n_purged: int = 0
    #: What people read about the purge.
    note: str = ""


def _places_in_time(groups: NDArray[np.int64], created_at: NDArray[np.float64]) -> tuple[NDArray[np.int64], int]:
    """Return for each row the place of its group in time, by earliest contact, and the number of groups."""
    codes, own = np.unique(groups, return_inverse=True)
    first = np.full(len(codes), np.inf)
    np.minimum.at(first, own, created_at)
    place = np.empty(len(codes), dtype=np.int64)
    place[np.argsort(first, kind="stable")] = np.arange(len(codes))
    return place[own], len(codes)


def split_by_time(
    created_at: NDArray[np.float64],
    groups: NDArray[np.int64],
    labels: NDArray[np.bool_],
    *,
    t0: NDArray[np.float64] | None = None,
    horizon_seconds: float = 0.0,
    purge: bool = True,
) -> Split:
    """
    Put the 30 % of groups with the newest first contact under test, and let the older 70 % teach.

    A group (person or household) goes by its earliest contact. With a horizon, train rows whose answer was
    not yet known when the test begins (t0 + horizon after it) are purged. Where that would leave fewer than
    50 yeses or noes or less than half of the train rows, nothing is purged and `note` says so: a short
    history then looks a little better than it is.
    """
    place, n_groups = _places_in_time(groups, created_at)
    is_test = place >= round(TRAIN_SHARE * n_groups)
    train, test = np.flatnonzero(~is_test), np.flatnonzero(is_test)
    starts_at = float(created_at[test].min()) if len(test) else None
    if horizon_seconds <= 0.0 or t0 is None or starts_at is None:
        return Split(train, test, starts_at, note="Nothing to purge: the outcomes have no horizon.")
    if not purge:
        return Split(train, test, starts_at, note="Not purged, as asked.")
    known = t0[train] + horizon_seconds <= starts_at
    kept = train[known]
    yes = int(labels[kept].sum())
    if min(yes, len(kept) - yes) < LEAST_OF_EACH or len(kept) < LEAST_SHARE_LEFT * len(train):
        note = (
            "Not purged: the history is too short to leave out the rows whose answer was still open when the "
            "test begins, so the figures may be slightly too good."
        )
        return Split(train, test, starts_at, note=note)
    n_purged = len(train) - len(kept)
    note = f"{n_purged} rows left out of training: their answer was still open when the test begins."
    return Split(kept, test, starts_at, purged=True, n_purged=n_purged, note=note)


def split_at_random(groups: NDArray[np.int64], *, seed: int) -> Split:
    """Put a random 30 % of groups under test."""
    codes, own = np.unique(groups, return_inverse=True)
    place = np.random.default_rng(seed).permutation(len(codes))[own]
    is_test = place >= round(TRAIN_SHARE * len(codes))
    return Split(np.flatnonzero(~is_test), np.flatnonzero(is_test))


def validation_folds(
    rows: Rows, groups: NDArray[np.int64], created_at: NDArray[np.float64] | None, *, seed: int
) -> list[tuple[Rows, Rows]]:
    """
    Cut train rows into pairs (fit, held out), by group.

    In time: the first 40, 60 and 80 % of groups each foretell the next 20 %, so that the last pair is the
    calibration fold, the newest 20 %. Without an order: four random folds.
    """
    if created_at is None:
        codes, own = np.unique(groups[rows], return_inverse=True)
        fold = np.random.default_rng(seed).permutation(len(codes))[own] % _RANDOM_FOLDS
        return [(rows[fold != k], rows[fold == k]) for k in range(_RANDOM_FOLDS)]
    at, n_groups = _places_in_time(groups[rows], created_at[rows])
    cuts = [round(share * n_groups) for share in _TIME_FOLD_CUTS]
    return [(rows[at < start], rows[(at >= start) & (at < end)]) for start, end in pairwise(cuts)]


def one_row_per_person(rows: Rows, persons: NDArray[np.int64], *, seed: int) -> Rows:
    """Return one of the given rows for each person, at a seeded random age, in ascending order."""
    shuffled = np.random.default_rng(seed).permutation(rows)
    _, first = np.unique(persons[shuffled], return_index=True)
    return np.sort(shuffled[first])
