"""Who vanished from the exports of a system, as far as its imports tell. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

#: An import is the export before anew when it holds at least this share of the leads that stood there; one that lacks
#: more is rather another selection (new leads, another filter), of which nothing can be said. Teams that clean up
#: delete some leads of a hundred, while selections by agent or stage seldom hold three of four.
REPEATS = 0.75
#: Fewer leads before say nothing: among so few, one file may hold most of another by chance.
ENOUGH = 20


@dataclass(frozen=True)
class Vanished:
    """Who stood in the exports of a system before an import, and no longer in that one."""

    import_id: int
    system: str
    exported_at: datetime
    #: Leads that stood in the exports before and are still here.
    n_before: int
    lead_ids: tuple[int, ...]


def vanished(
    stood: NDArray[np.bool_], *, exported_at: Sequence[float], told_at: NDArray[np.float64]
) -> tuple[int, NDArray[np.bool_]] | None:
    """
    Return how many leads stood in the exports before the last import, and which of them vanished with it.

    `stood` says by import (the earliest first, at least one) and lead who stood in it; `exported_at` is of the
    imports, `told_at` when a lead was last told of by itself (NaN: never), both in seconds: whoever was told of since
    they last stood in an export is still known there. None when the last import does not repeat what came before.

    An import that repeats takes the place of all before it; a part adds to them, so that a file of new leads between
    two whole exports hides nobody.
    """
    known = np.zeros(stood.shape[1], dtype=bool)
    for each in stood[:-1]:
        known = each if repeats(known, each) else known | each
    if not repeats(known, stood[-1]):
        return None
    last_stood = np.where(stood[:-1], np.asarray(exported_at)[:-1, None], -np.inf).max(axis=0)
    return int(known.sum()), known & ~stood[-1] & ~(told_at > last_stood)


def repeats(known: NDArray[np.bool_], stood: NDArray[np.bool_]) -> bool:
    """Say whether an import holds so many of the leads known before it that it is the same export anew."""
    n = int(known.sum())
    return n >= ENOUGH and int((known & stood).sum()) >= REPEATS * n
