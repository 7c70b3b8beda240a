"""Histories for tests, as few lines as it takes."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np

from leadlight.quality.rules.log import DAY, Log

START = datetime(2026, 1, 5, 9, 30, 17, tzinfo=UTC)


def log(*people: Sequence[Any], first: Sequence[float] | None = None, until: float = 300 * DAY) -> Log:
    """Return the history of people, each a list of (kind, seconds after START) or of (kind, seconds, actor)."""
    start = START.timestamp()
    events = [(who, start + at, kind, *actor) for who, told in enumerate(people) for kind, at, *actor in told]
    kinds = tuple(dict.fromkeys(event[2] for event in events))
    actors = tuple(dict.fromkeys(name for event in events for name in event[3:] if name))
    events.sort(key=lambda event: event[:2])
    return Log(
        person=np.array([event[0] for event in events], dtype=np.int64),
        kind=np.array([kinds.index(event[2]) for event in events], dtype=np.int16),
        at=np.array([event[1] for event in events], dtype=np.float64),
        actor=np.array([actors.index(e[3]) if len(e) > 3 and e[3] else -1 for e in events], dtype=np.int32),
        kinds=kinds,
        actors=actors,
        first_contact_at=start + np.array(first if first is not None else [0.0] * len(people), dtype=np.float64),
        until=start + until,
    )
