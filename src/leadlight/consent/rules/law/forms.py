"""What a row of the law is made of."""

from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import StrEnum

from leadlight.consent.rules.vocabulary import PHONE_CHANNELS, Channel


class Confidence(StrEnum):
    """How we know what a row says."""

    #: Read where `source` points.
    SOURCED = "sourced"
    #: Known to people of the trade, and not looked up again: have it checked before leaning on it.
    FROM_MEMORY = "from memory"
    #: Nobody's law: what we ask of ourselves.
    OWN = "our own rule"


@dataclass(frozen=True)
class Citation:
    """Where a rule stands, and as of when it was read."""

    source: str
    #: The row's own day and the day on which it was last read: "2021-07-01, read 2026-11-23".
    version: str


@dataclass(frozen=True)
class Span:
    """Hours of a day by the clock on their wall: from `opens`, up to but without `closes`."""

    opens: time
    closes: time

    def __and__(self, other: "Span") -> "Span | None":
        """Return what lies in both; None when nothing does."""
        opens, closes = max(self.opens, other.opens), min(self.closes, other.closes)
        return Span(opens, closes) if opens < closes else None


#: Monday to Sunday; None is a day on which nobody is called.
Week = tuple[Span | None, Span | None, Span | None, Span | None, Span | None, Span | None, Span | None]


@dataclass(frozen=True)
class Cap:
    """At most `n` marketing touches within any `period`; to send none at all is no cap, but a pause."""

    n: int
    period: timedelta
    #: All touches on any of these count together.
    channels: frozenset[Channel] = PHONE_CHANNELS
    #: Whether only what machines send counts, and is held back.
    is_automated: bool = False

    def __post_init__(self) -> None:
        if self.n < 1:
            raise ValueError("a cap lets at least one through")


@dataclass(frozen=True, eq=False)
class Rule:
    """
    One row: when, and how often, marketing calls and texts may reach somebody who is in one place.

    A row is equal to itself alone, which also makes it quick to look up by.
    """

    #: "US", "US-FL", "CA".
    jurisdiction: str
    #: As people say it.
    name: str
    week: Week
    #: None: nobody is called on the holidays of `calendar`. With a span no more than that, and no more than the
    #: weekday's own. Without a calendar holidays are days as others.
    holidays: Span | None
    #: Names of `holidays.CALENDARS`.
    calendar: str
    #: The first day on which it holds: of the law itself, else that of the source that says it did.
    effective_from: date
    verified_on: date
    #: An address or a statute.
    source: str
    confidence: Confidence
    caps: tuple[Cap, ...] = ()
    #: Zones whose clock must allow it too, wherever in the place somebody is.
    clocks: tuple[str, ...] = ()
    channels: frozenset[Channel] = PHONE_CHANNELS
    #: What the row cannot say in figures, and where sources disagree.
    notes: str = ""

    @property
    def citation(self) -> Citation:
        """Where it stands."""
        return Citation(self.source, f"{self.effective_from}, read {self.verified_on}")


def hours(opens: str, closes: str) -> Span:
    """Return a span from words such as "8:00"."""
    return Span(_clock(opens), _clock(closes))


def _clock(text: str) -> time:
    hour, minute = text.split(":")
    return time(int(hour), int(minute))


def week(weekdays: Span | None, saturday: Span | None, sunday: Span | None) -> Week:
    """Return a week whose days from Monday to Friday are alike."""
    return (weekdays, weekdays, weekdays, weekdays, weekdays, saturday, sunday)
