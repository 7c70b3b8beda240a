"""
When a rule lets a call or text reach somebody: its hours by the clocks of all places where they may be.

Moments are aware UTC; what is compared with a clock on the wall is turned to that zone first. No rule opens or closes
while clocks are being changed, so that every hour of a rule is there once on every day.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from leadlight.consent.rules.law.forms import Rule, Span
from leadlight.consent.rules.law.holidays import holidays

#: A text takes time: so long before the hours end no machine sends one any more.
MARGIN = timedelta(minutes=15)

#: No rule is shut for longer. What has not opened by then never does.
_LOOK_AHEAD = timedelta(days=21)


@dataclass(frozen=True)
class Shut:
    """A rule that is shut by some clock."""

    rule: Rule
    zone: str
    #: When it opens by that clock; None when it does not.
    opens_at: datetime | None
    #: What today is, if it is a holiday to the rule.
    holiday: str = ""


def span_on(rule: Rule, day: date) -> Span | None:
    """Return the hours of a rule on a day; None on a day on which nobody is called."""
    own = rule.week[day.weekday()]
    if own is None or day not in holidays(rule.calendar, day.year):
        return own
    return None if rule.holidays is None else own & rule.holidays


@lru_cache(maxsize=65_536)
def _moments(rule: Rule, zone: str, day: date) -> tuple[datetime, datetime] | None:
    """Return when the hours of a rule begin and end on a day of that zone, UTC."""
    span = span_on(rule, day)
    if span is None:
        return None
    opens, closes = (datetime.combine(day, at, ZoneInfo(zone)).astimezone(UTC) for at in (span.opens, span.closes))
    return opens, closes


def _spans(rule: Rule, zone: str, at: datetime, margin: timedelta) -> Iterator[tuple[datetime, datetime]]:
    """Give the spans of time in which a rule is open, from the day of `at` on, without the last `margin` of each."""
    day = at.astimezone(ZoneInfo(zone)).date()
    for ahead in range(_LOOK_AHEAD.days):
        found = _moments(rule, zone, day + timedelta(days=ahead))
        if found is not None and found[1] - margin > at:
            yield found[0], found[1] - margin


def opens_at(rule: Rule, zone: str, at: datetime, *, margin: timedelta) -> datetime | None:
    """Return the first moment from `at` on at which a rule is open by one clock; None when there is none."""
    return next((max(at, opens) for opens, _ in _spans(rule, zone, at, margin)), None)


def pairs(rules: Iterable[Rule], zones: Collection[str]) -> list[tuple[Rule, str]]:
    """Return which rules must be open by which clocks: each by all zones, and by those that it names itself."""
    return [(rule, zone) for rule in rules for zone in sorted({*zones, *rule.clocks})]


def shut(asked: Sequence[tuple[Rule, str]], at: datetime, *, margin: timedelta) -> list[Shut]:
    """Return the rules that are shut at a moment, each once, by the clock that opens it last."""
    found: dict[str, Shut] = {}
    for rule, zone in asked:
        opens = opens_at(rule, zone, at, margin=margin)
        if opens == at:
            continue
        day = at.astimezone(ZoneInfo(zone)).date()
        one = Shut(rule, zone, opens, holidays(rule.calendar, day.year).get(day, ""))
        before = found.get(rule.jurisdiction)
        if before is None or (before.opens_at is not None and (opens is None or opens > before.opens_at)):
            found[rule.jurisdiction] = one
    return list(found.values())


def next_common(asked: Sequence[tuple[Rule, str]], at: datetime, *, margin: timedelta) -> datetime | None:
    """Return the first moment from `at` on at which all rules are open by all their clocks; None when none comes."""
    moment = at
    while moment - at < _LOOK_AHEAD:
        opens = [opens_at(rule, zone, moment, margin=margin) for rule, zone in asked]
        latest = max((one for one in opens if one is not None), default=moment)
        if None in opens or latest == moment:
            return None if None in opens else moment
        moment = latest
    return None


def closes_at(asked: Sequence[tuple[Rule, str]], at: datetime, *, margin: timedelta) -> datetime | None:
    """Return when the first of the rules, all open at `at`, shuts; None without rules."""
    ends = (next(_spans(rule, zone, at, margin))[1] for rule, zone in asked)
    return min(ends, default=None)


def add_months(moment: datetime, months: int) -> datetime:
    """Return a moment so many months later, on the last day of a month that is too short for its day."""
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    first = moment.replace(year=year, month=month + 1, day=1)
    following = (first + timedelta(days=32)).replace(day=1)
    return first.replace(day=min(moment.day, (following - timedelta(days=1)).day))
