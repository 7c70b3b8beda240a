"""The one kernel: the catalogue of signals, and what each says of a snapshot, in training and serving."""

from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from leadlight.events.rules import KINDS, EventArrays, Kind
from leadlight.signals.rules.batch import Batch
from leadlight.signals.rules.behaviour import behaviour
from leadlight.signals.rules.clocks import clocked, entries, fill
from leadlight.signals.rules.engagement import engagement
from leadlight.signals.rules.profile import profile
from leadlight.signals.rules.shapes import Signal, SignalMatrix, Snapshots
from leadlight.signals.rules.special import AboutListing, Special

SPECIALS: tuple[Special, ...] = (*behaviour.entries, *profile.entries, *engagement.entries)

#: Rows and events per pass: bounds memory, and keeps rows and groups within a packed key.
BATCH_SIZE = 1 << 21


@lru_cache(maxsize=8)
def catalogue(kinds: tuple[Kind, ...] = KINDS) -> tuple[Signal, ...]:
    """
    Return all signals of a vocabulary: its kinds on eight clocks each, then the named specials.

    Raises: ValueError when a team's own kind would give a signal the name of another.
    """
    signals = [entry for kind in clocked(kinds) for entry in entries(kind)]
    signals += [special.signal for special in SPECIALS]
    names = [signal.name for signal in signals]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"Two signals would be called {', '.join(twice)}; name the event kind otherwise.")
    return tuple(signals)


def compute(events: EventArrays, snapshots: Snapshots) -> SignalMatrix:
    """
    Return all signals of each snapshot, in the order of `catalogue(events.kinds)`.

    Only events with `known_at` and `occurred_at` at or before the snapshot's moment count. A row depends on
    its own entity's events alone and not on their order, to the last bit. No snapshots give no rows; no
    events give counts of 0 and unknowns of NaN.
    """
    if min(events.entity.min(initial=0), snapshots.entity.min(initial=0)) < 0:
        raise ValueError("Entities are row numbers from 0.")
    signals = catalogue(events.kinds)
    m = snapshots.entity.size
    columns = np.zeros((len(signals), m), dtype=np.float32)
    witness: dict[str, NDArray[np.int32]] = {}
    for rows in _passes(events, snapshots):
        batch = Batch(events, _part(snapshots, rows))
        place = 0
        for kind in clocked(events.kinds):
            fill(batch, kind, columns[place : place + 8, rows])
            place += 8
        for special in SPECIALS:
            result = special.compute(batch)
            if isinstance(result, AboutListing):
                name = special.signal.name
                witness.setdefault(name, np.full(m, -1, dtype=np.int32))[rows] = result.listing
                result = result.values
            columns[place, rows] = result
            place += 1
    names = {
        "source": snapshots.sources,
        "stated_property_type": events.listings,
        "stated_area": events.areas,
    }
    named = tuple(replace(s, category_names=names[s.name]) if s.name in names else s for s in signals)
    return SignalMatrix(columns.T, named, witness)


def _passes(events: EventArrays, snapshots: Snapshots) -> list[slice]:
    """Cut the rows into runs that hold together about `BATCH_SIZE` rows and events."""
    m = snapshots.entity.size
    n = np.bincount(events.entity, minlength=int(snapshots.entity.max(initial=-1)) + 1)
    load = np.cumsum(n[snapshots.entity] + 1)
    if m == 0 or load[-1] < BATCH_SIZE:
        return [slice(0, m)]
    ends = np.append(np.flatnonzero(np.diff(load // BATCH_SIZE)) + 1, m)
    return [slice(int(lo), int(hi)) for lo, hi in zip(np.append(0, ends[:-1]), ends, strict=True)]


def _part(snapshots: Snapshots, rows: slice) -> Snapshots:
    return Snapshots(
        entity=snapshots.entity[rows],
        as_of=snapshots.as_of[rows],
        created_at=snapshots.created_at[rows],
        source=snapshots.source[rows],
        sources=snapshots.sources,
    )
