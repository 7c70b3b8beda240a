"""Small logs of events by hand: an event is a kind, its age at NOW, and what else it carries."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from leadlight.events.rules import KINDS, EventArrays, Kind
from leadlight.signals.rules import SignalMatrix, Snapshots, compute

HOUR = 3600.0
DAY = 86400.0
NOW = 1_767_225_600.0

LISTINGS = ("12 Elm St", "9 Oak Ave", "3 Pine Rd", "Condo", "House")
AREAS = ("Hyde Park", "Seminole Heights", "Palma Ceia")
SOURCES = ("Website", "Portal")


@dataclass(frozen=True)
class Happening:
    """One event; `age` and `known_age` are seconds before NOW."""

    kind: str
    age: float
    entity: int = 0
    listing: int = -1
    area: int = -1
    value: float = np.nan
    seconds: float = np.nan
    known_age: float | None = None


def log(happenings: Sequence[Happening], kinds: tuple[Kind, ...] = KINDS) -> EventArrays:
    code = {kind.name: i for i, kind in enumerate(kinds)}
    known = [h.age if h.known_age is None else h.known_age for h in happenings]
    return EventArrays(
        entity=np.array([h.entity for h in happenings], dtype=np.int64),
        kind=np.array([code[h.kind] for h in happenings], dtype=np.int16),
        occurred_at=NOW - np.array([h.age for h in happenings], dtype=np.float64),
        known_at=NOW - np.array(known, dtype=np.float64),
        listing=np.array([h.listing for h in happenings], dtype=np.int32),
        area=np.array([h.area for h in happenings], dtype=np.int32),
        value=np.array([h.value for h in happenings], dtype=np.float64),
        seconds=np.array([h.seconds for h in happenings], dtype=np.float64),
        kinds=kinds,
        listings=LISTINGS,
        areas=AREAS,
    )


def asked(
    entity: Sequence[int] = (0,),
    as_of: Sequence[float] | None = None,
    created_at: Sequence[float] | None = None,
    source: Sequence[int] | None = None,
) -> Snapshots:
    m = len(entity)
    return Snapshots(
        entity=np.array(entity, dtype=np.int64),
        as_of=np.array([NOW] * m if as_of is None else as_of, dtype=np.float64),
        created_at=np.array([np.nan] * m if created_at is None else created_at, dtype=np.float64),
        source=np.array([-1] * m if source is None else source, dtype=np.int32),
        sources=SOURCES,
    )


def matrix(*happenings: Happening, snapshots: Snapshots | None = None) -> SignalMatrix:
    return compute(log(happenings), snapshots or asked())


def value(name: str, *happenings: Happening, snapshots: Snapshots | None = None) -> float:
    """Return one signal of entity 0 at NOW."""
    return float(matrix(*happenings, snapshots=snapshots).column(name)[0])
