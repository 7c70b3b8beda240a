"""When somebody works: hours by weekday in a zone, and how much of a wait falls into them. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

#: The days of a week as forms and stored hours name them, in the order of `date.weekday`.
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
#: How far ahead opening hours are looked for: whoever works at all does so within a week, but for days away.
_LOOK_AHEAD = timedelta(days=370)

#: (opens, closes), the end excluded; never over midnight.
Span = tuple[time, time]


class BadHours(ValueError):
    """Hours that cannot be read; the message says of which day, and how to write them."""


@dataclass(frozen=True)
class Hours:
    """
    When somebody works, week by week: for each weekday its spans, in order and apart; a zone of their own clock.

    `away` are dates (first, last, both included) on which nothing is open.
    """

    week: tuple[tuple[Span, ...], ...]
    zone: ZoneInfo
    away: tuple[tuple[date, date], ...] = ()

    @property
    def are_any(self) -> bool:
        """Say whether there is any open minute in a week."""
        return any(self.week)

    def spans(self, *, since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
        """
        Yield the open stretches between two moments, in UTC, cut to them.

        A stretch runs by the clock on the wall: on the nights when clocks change it is an hour shorter or longer.
        """
        day = since.astimezone(self.zone).date()
        last = until.astimezone(self.zone).date()
        while day <= last:
            if not any(first <= day <= end for first, end in self.away):
                for opens, closes in self.week[day.weekday()]:
                    begins, ends = (
                        datetime.combine(day, edge, self.zone).astimezone(UTC) for edge in (opens, closes)
                    )
                    begins, ends = max(begins, since), min(ends, until)
                    if begins < ends:
                        yield begins, ends
            day += timedelta(days=1)

    def is_open(self, at: datetime) -> bool:
        """Say whether it is open at a moment."""
        return any(True for _ in self.spans(since=at, until=at + timedelta(microseconds=1)))

    def next_open(self, at: datetime) -> datetime | None:
        """Return the moment if it is open then, else the next that is; None when there is none within a year."""
        return next((begins for begins, _ in self.spans(since=at, until=at + _LOOK_AHEAD)), None)

    def open_time(self, *, since: datetime, until: datetime) -> timedelta:
        """Return how much of the time between two moments is open."""
        return sum((ends - begins for begins, ends in self.spans(since=since, until=until)), timedelta())

    def after(self, at: datetime, span: timedelta) -> datetime | None:
        """Return the moment by which so much open time has passed; None when that takes more than a year."""
        left = span
        for begins, ends in self.spans(since=at, until=at + _LOOK_AHEAD):
            if ends - begins >= left:
                return begins + left
            left -= ends - begins
        return None


_SPAN = re.compile(r"\s*(\d{1,2})(?::(\d{2}))?\s*(am|pm)?\s*(?:-|–|to)\s*(\d{1,2})(?::(\d{2}))?\s*(am|pm)?\s*")


def read_day(text: str) -> tuple[Span, ...]:
    """
    Read the hours of a day as somebody writes them: "9-17", "9:00-12:30, 13:30-18:00", "9 am - 5 pm", "" for none.

    Raises:
        BadHours: it cannot be read, ends before it begins, or spans overlap.
    """
    spans: list[Span] = []
    for part in filter(str.strip, text.lower().replace(";", ",").split(",")):
        found = _SPAN.fullmatch(part)
        if found is None:
            raise BadHours(f"“{part.strip()}” is no time of day. Write it as 9:00-17:30.")
        opens, closes = _clock(*found.groups()[:3], part=part), _clock(*found.groups()[3:], part=part)
        if closes <= opens:
            raise BadHours(f"“{part.strip()}” ends before it begins. Write afternoons as 17:00 or 5 pm.")
        spans.append((opens, closes))
    spans.sort()
    for (_, ends), (begins, _) in pairwise(spans):
        if begins < ends:
            raise BadHours(f"“{text.strip()}” counts some minutes twice.")
    return tuple(spans)


def _clock(hour: str, minute: str | None, half: str | None, *, part: str) -> time:
    h, m = int(hour), int(minute or 0)
    if half is not None:
        if not 1 <= h <= 12:
            raise BadHours(f"“{part.strip()}” is no time of day. Write it as 9:00-17:30.")
        h = h % 12 + (12 if half == "pm" else 0)
    if (h, m) == (24, 0):
        return time.max
    if h > 23 or m > 59:
        raise BadHours(f"“{part.strip()}” is no time of day. Write it as 9:00-17:30.")
    return time(h, m)


def write_day(spans: Sequence[Span]) -> str:
    """Return the hours of a day as `read_day` reads them."""
    return ", ".join("-".join("24:00" if edge == time.max else f"{edge:%H:%M}" for edge in span) for span in spans)


def read_week(stored: Mapping[str, str]) -> tuple[tuple[Span, ...], ...]:
    """
    Return a week from its days by name (`DAYS`); a day that is not named is closed.

    Raises:
        BadHours: a day cannot be read; the message names it.
    """
    week = []
    for day in DAYS:
        try:
            week.append(read_day(stored.get(day, "")))
        except BadHours as error:
            raise BadHours(f"{day.capitalize()}: {error}") from error
    return tuple(week)


#: What a team that has said nothing works.
OFFICE_HOURS: dict[str, str] = {**dict.fromkeys(DAYS[:5], "09:00-18:00"), "sat": "10:00-16:00"}
