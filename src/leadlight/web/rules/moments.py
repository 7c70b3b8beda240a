"""Moments as people write and read them: typed into a form, by the clock where a lead is, left of a promise. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from leadlight.consent.rules.places.zones import ALL_US_ZONES
from leadlight.routing.rules.promise import PROMISE
from leadlight.ui.rules import clock, zone_words


class BadMoment(ValueError):
    """What was typed is no moment; the message says what to do."""


def read_moment(text: str, zone: ZoneInfo) -> datetime | None:
    """
    Read day and time as a form sends them, by the clock of `zone`, as UTC; None for nothing.

    Of an hour that comes twice the first is meant.

    Raises:
        BadMoment: it is none, or that hour is left out where clocks are put forward.
    """
    if not text.strip():
        return None
    try:
        local = datetime.fromisoformat(text.strip()).replace(tzinfo=zone)
    except ValueError as error:
        raise BadMoment("Write day and time as 2026-11-28 14:30.") from error
    found = _utc(local)
    if found.astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise BadMoment("There is no such hour on that day: clocks are put forward. Choose one later.")
    return found


def read_day(text: str) -> date | None:
    """
    Read a day as a form sends it; None for nothing.

    Raises:
        BadMoment: it is none.
    """
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise BadMoment("Write the day as 2026-11-28.") from error


def morning(day: date, zone: ZoneInfo) -> datetime:
    """
    Return nine in the morning of a day, as UTC.

    Raises:
        BadMoment: the day lies at the edge of all calendars.
    """
    return _utc(datetime.combine(day, time(9), zone))


def _utc(local: datetime) -> datetime:
    try:
        return local.astimezone(UTC)
    except OverflowError as error:
        raise BadMoment("That is more than two years away. Look at the year again.") from error


def later(word: str, zone: ZoneInfo, *, now: datetime) -> datetime | None:
    """Return until when a task is put off by one tap: an hour, or nine in the morning; None for another word."""
    today = now.astimezone(zone).date()
    match word:
        case "hour":
            return now + timedelta(hours=1)
        case "tomorrow":
            return morning(today + timedelta(days=1), zone)
        case "week":
            return morning(today + timedelta(days=7), zone)
    return None


@dataclass(frozen=True)
class There:
    """What the clock says where somebody may be."""

    #: Local times, the earliest and the latest that it may be; the same when only one can be.
    earliest: datetime
    latest: datetime
    #: "Chicago time"; empty when there are several.
    zone: str
    #: None when there are several.
    only_zone: ZoneInfo | None = None

    @property
    def words(self) -> str:
        """The time with its zone, or between which it is: "2:20 pm Chicago time", "between 1:20 pm and 2:20 pm"."""
        if self.earliest.utcoffset() != self.latest.utcoffset():
            return f"between {clock(self.earliest)} and {clock(self.latest)}"
        return f"{clock(self.earliest)} {self.zone}".strip()


def there(zones: Collection[str], *, now: datetime) -> There | None:
    """Return the time in the zones (IANA) where somebody may be; None where that is anywhere in the United States."""
    if not zones or set(zones) >= ALL_US_ZONES:
        return None
    local = sorted((now.astimezone(ZoneInfo(name)) for name in zones), key=lambda at: at.replace(tzinfo=None))
    if len(local) > 1:
        return There(local[0], local[-1], "")
    [name] = zones
    return There(local[0], local[-1], zone_words(name), ZoneInfo(name))


@dataclass(frozen=True)
class Clock:
    """How much is left of the five minutes in which somebody was promised an answer."""

    #: Of the five minutes, how much is over: 0 to 1.
    share: float
    #: "3:06 left", "4 min over"; empty as long as the office is closed and the minutes do not run.
    words: str
    is_over: bool


def promise_clock(due_at: datetime, *, now: datetime) -> Clock:
    """Return the clock of a promise that ends at `due_at`."""
    left = due_at - now
    if left <= timedelta():
        return Clock(1.0, f"{_span(-left)} over", is_over=True)
    if left > PROMISE:
        return Clock(0.0, "", is_over=False)
    seconds = int(left.total_seconds())
    return Clock(1.0 - left / PROMISE, f"{seconds // 60}:{seconds % 60:02} left", is_over=False)


def _span(past: timedelta) -> str:
    minutes = int(past.total_seconds() // 60)
    return (
        f"{minutes} min" if minutes < 120 else f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} d"
    )
