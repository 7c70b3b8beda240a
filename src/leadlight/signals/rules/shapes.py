"""The shapes that the kernel takes and gives: snapshots, catalogue entries, the matrix."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray


class Family(StrEnum):
    """The three families of signals."""

    BEHAVIOURAL = "BEHAVIOURAL"
    DEMOGRAPHIC = "DEMOGRAPHIC"
    ENGAGEMENT = "ENGAGEMENT"


class Verdict(StrEnum):
    """What fair housing says of a signal in scoring."""

    ALLOW = "ALLOW"
    #: May stand in a score only while the fairness audit watches it.
    AUDIT = "AUDIT"
    DENY = "DENY"


class Unit(StrEnum):
    """What the number of a signal is."""

    COUNT = "count"
    DECAYED_COUNT = "count, each event halved per half-life"
    SHARE = "share, 0 to 1"
    HOURS = "hours"
    DAYS = "days"
    SECONDS = "seconds"
    MONEY = "money in the account's currency"
    LEVEL = "place on an ordered scale, from 0"
    CATEGORY = "place in category_names"


@dataclass(frozen=True)
class Signal:
    """
    One entry of the catalogue.

    The templates are read by `reasons.reason_text`, which lists the words that may stand in braces.
    """

    name: str
    family: Family
    unit: Unit
    #: Its exact definition, one sentence; what a card or a data dictionary shows.
    sentence: str
    #: The plain words under which its contribution is summed with its sisters'.
    group: str
    #: The fact as people say it.
    template: str
    #: The fact when the value is 0; empty to use `template`.
    zero: str = ""
    #: The fact when nothing is known (NaN).
    unknown: str = ""
    #: `(limit, template)`: another way to say values under the limit.
    below: tuple[float, str] | None = None
    verdict: Verdict = Verdict.ALLOW
    #: Whether a model may learn from it; a signal outside the model serves matching and display.
    in_model: bool = True
    #: What each whole value is called, for a level.
    words: tuple[str, ...] = ()
    #: What each code means, for a category; filled in by `compute`, empty in the bare catalogue.
    category_names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Snapshots:
    """
    The moments at which signals are wanted, all arrays of length m; several of one entity are allowed.

    Moments are seconds since the epoch, UTC.
    """

    #: As in `EventArrays.entity`.
    entity: NDArray[np.int64]
    as_of: NDArray[np.float64]
    #: First contact of the entity; NaN when unknown.
    created_at: NDArray[np.float64]
    #: Place in `sources`, -1 for none.
    source: NDArray[np.int32]
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class SignalMatrix:
    """Signals of m snapshots: one row each, one column per signal, columns contiguous in memory."""

    values: NDArray[np.float32]
    signals: tuple[Signal, ...]
    #: For signals about one listing: which, as a place in `EventArrays.listings`, -1 for none.
    witness: Mapping[str, NDArray[np.int32]] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """The signals' names, in the order of the columns."""
        return tuple(signal.name for signal in self.signals)

    def column(self, name: str) -> NDArray[np.float32]:
        """Return one signal's values. Raises: KeyError when there is no such signal."""
        try:
            place = self.names.index(name)
        except ValueError:
            raise KeyError(name) from None
        return self.values[:, place]
