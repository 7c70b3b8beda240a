"""The whole history as arrays, and the moments in it that figures stand on. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: What we do to reach somebody.
TOUCHES = ("call_attempted", "voicemail_left", "email_sent", "sms_sent")
#: Touches that a person makes; many e-mails are sent by machines under an agent's name.
BY_HAND = ("call_attempted", "voicemail_left", "sms_sent")
#: What takes two.
CONVERSATIONS = ("call_answered", "call_received", "email_replied", "sms_replied", "appointment_held")

DAY = 86_400.0


@dataclass(frozen=True)
class Log:
    """
    Events of n persons, sorted by person and moment; no machine's doings, and nothing that was taken back.

    Moments are seconds since the epoch, UTC.
    """

    #: Place of the person, from 0.
    person: NDArray[np.int64]
    #: Place in `kinds`.
    kind: NDArray[np.int16]
    at: Floats
    #: Place in `actors`, -1 when it was nobody of the team or nobody was named.
    actor: NDArray[np.int32]
    kinds: tuple[str, ...]
    actors: tuple[str, ...]
    #: Over persons; NaN where the history does not say.
    first_contact_at: Floats
    #: The last moment of the history.
    until: float

    @property
    def n(self) -> int:
        """Number of persons."""
        return self.first_contact_at.size

    @cached_property
    def _place(self) -> dict[str, int]:
        return {name: place for place, name in enumerate(self.kinds)}

    def among(self, kinds: Iterable[str]) -> NDArray[np.bool_]:
        """Return which events are of some kinds; kinds that the history does not know are none."""
        chosen = np.zeros(len(self.kinds) + 1, dtype=bool)
        chosen[[self._place[name] for name in kinds if name in self._place]] = True
        return chosen[self.kind]

    def first(self, kinds: Iterable[str], *, after: Floats | None = None) -> Floats:
        """Return when each person's first event of some kinds came, at `after` or later; NaN for never."""
        mask = self.among(kinds)
        if after is not None:
            mask &= self.at >= after[self.person]
        found = np.full(self.n, np.inf)
        np.minimum.at(found, self.person[mask], self.at[mask])
        return np.where(np.isinf(found), np.nan, found)

    def count(self, kinds: Iterable[str], *, after: Floats, before: Floats) -> NDArray[np.int64]:
        """Return how many events of some kinds each person has in [after, before); an edge of NaN gives none."""
        inside = (self.at >= after[self.person]) & (self.at < before[self.person])
        return np.bincount(self.person[self.among(kinds) & inside], minlength=self.n).astype(np.int64)
