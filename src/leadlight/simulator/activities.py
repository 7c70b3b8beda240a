"""The table of everything that a CRM would have noted, as a struct of arrays."""

from dataclasses import dataclass, fields
from enum import IntEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray


class Kind(IntEnum):
    """What an activity is; the exports have their own words for it."""

    REGISTRATION = 0
    SITE_VISIT = 1
    PAGE = 2
    CALCULATOR = 3
    VIEW = 4
    SAVE = 5
    SEARCH = 6
    SEARCH_SAVE = 7
    PROPERTY_INQUIRY = 8
    GENERAL_INQUIRY = 9
    SELLER_INQUIRY = 10
    SHOWING_REQUEST = 11
    OPEN_HOUSE = 12
    CALL_IN = 13
    CALL_OUT = 14
    EMAIL_OUT = 15
    EMAIL_IN = 16
    EMAIL_OPEN = 17
    EMAIL_CLICK = 18
    EMAIL_BOUNCE = 19
    TEXT_OUT = 20
    TEXT_IN = 21
    UNSUBSCRIBED = 22
    NOTE = 23
    APPOINTMENT = 24


class Outcome(IntEnum):
    """How a call or an appointment ended."""

    NONE = 0
    INTERESTED = 1
    NOT_INTERESTED = 2
    LEFT_MESSAGE = 3
    NO_ANSWER = 4
    BAD_NUMBER = 5
    MET = 6
    NO_SHOW = 7


class Text(IntEnum):
    """What kind of words an activity carries; `variant` picks among them."""

    NONE = 0
    INQUIRY_POOR = 1
    INQUIRY_FAIR = 2
    INQUIRY_GOOD = 3
    SHOWING = 4
    SELLER_POOR = 5
    SELLER_GOOD = 6
    AGENT_TEXT = 7
    REPLY_SHORT = 8
    REPLY_FAIR = 9
    REPLY_GOOD = 10
    NO_THANKS = 11
    STOP = 12
    PLAN_MAIL = 13
    AGENT_MAIL = 14
    NOTE_FINANCE = 15
    NOTE_NEED = 16
    NOTE_COLD = 17
    NOTE_REFERRED = 18
    CALL_SUMMARY = 19
    SEARCH = 20


@dataclass(frozen=True)
class Activities:
    """Arrays of one length."""

    person: NDArray[np.int32]
    kind: NDArray[np.int8]
    #: Seconds since the epoch, UTC.
    at: NDArray[np.float64]
    #: Place among the homes, -1 for none.
    home: NDArray[np.int32]
    text: NDArray[np.int8]
    variant: NDArray[np.int16]
    outcome: NDArray[np.int8]
    seconds: NDArray[np.float32]
    #: Start of an appointment; NaN for everything else.
    starts_at: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.person)

    def take(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> "Activities":
        """Return the given rows."""
        return Activities(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})


_TYPES = {
    "person": np.int32,
    "kind": np.int8,
    "at": np.float64,
    "home": np.int32,
    "text": np.int8,
    "variant": np.int16,
    "outcome": np.int8,
    "seconds": np.float32,
    "starts_at": np.float64,
}


def rows(
    person: NDArray[np.int64],
    at: NDArray[np.float64],
    kind: ArrayLike,
    *,
    home: ArrayLike = -1,
    text: ArrayLike = Text.NONE,
    variant: ArrayLike = 0,
    outcome: ArrayLike = Outcome.NONE,
    seconds: ArrayLike = np.nan,
    starts_at: ArrayLike = np.nan,
) -> Activities:
    """Return activities; what is given once holds for all rows."""
    given = {
        "person": person,
        "kind": kind,
        "at": at,
        "home": home,
        "text": text,
        "variant": variant,
        "outcome": outcome,
        "seconds": seconds,
        "starts_at": starts_at,
    }
    n = len(person)
    return Activities(
        **{name: np.broadcast_to(np.asarray(values, dtype=_TYPES[name]), n) for name, values in given.items()}
    )


def join(parts: list[Activities]) -> Activities:
    """Return all rows of all parts, part after part."""
    return Activities(
        **{field.name: np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Activities)}
    )
