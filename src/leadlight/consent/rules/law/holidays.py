"""
The holidays of calling laws, computed for any year.

Where a law forbids calls on a holiday, both the day itself and the day on which it is observed are kept free: which
of the two a court would mean is not worth a call.
"""

from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache

MONDAY, TUESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = 0, 1, 3, 4, 5, 6
_DAY = timedelta(days=1)

#: Name of a holiday → its day in a year; None in years without.
_Dates = dict[str, Callable[[int], date | None]]


def nth(year: int, month: int, weekday: int, n: int) -> date:
    """Return the n-th such weekday of a month; with n = -1 the last."""
    if n > 0:
        first = date(year, month, 1)
        return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (n - 1))
    last = date(year + month // 12, month % 12 + 1, 1) - _DAY
    return last - timedelta(days=(last.weekday() - weekday) % 7)


def easter(year: int) -> date:
    """Return Easter Sunday (Gregorian computus, in the form of Meeus, Jones and Butcher)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def observed(day: date) -> date:
    """Return when a holiday is kept: one on Saturday on Friday, one on Sunday on Monday (5 U.S.C. 6103)."""
    shift = {SATURDAY: -1, SUNDAY: 1}.get(day.weekday(), 0)
    return day + shift * _DAY


def _fixed(month: int, day: int) -> Callable[[int], date]:
    return lambda year: date(year, month, day)


def _nth(month: int, weekday: int, n: int) -> Callable[[int], date]:
    return lambda year: nth(year, month, weekday, n)


def _election(year: int) -> date:
    return nth(year, 11, MONDAY, 1) + _DAY


_FEDERAL: _Dates = {
    "New Year's Day": _fixed(1, 1),
    "Martin Luther King Jr. Day": _nth(1, MONDAY, 3),
    "Washington's Birthday": _nth(2, MONDAY, 3),
    "Memorial Day": _nth(5, MONDAY, -1),
    "Juneteenth": _fixed(6, 19),
    "Independence Day": _fixed(7, 4),
    "Labor Day": _nth(9, MONDAY, 1),
    "Columbus Day": _nth(10, MONDAY, 2),
    "Veterans Day": _fixed(11, 11),
    "Thanksgiving Day": _nth(11, THURSDAY, 4),
    "Christmas Day": _fixed(12, 25),
}
_MARDI_GRAS: _Dates = {"Mardi Gras": lambda year: easter(year) - 47 * _DAY}
_GOOD_FRIDAY: _Dates = {"Good Friday": lambda year: easter(year) - 2 * _DAY}

#: What states keep beside the federal ones; from memory, and rather one too many.
_OWN: dict[str, _Dates] = {
    "US": {},
    "US-AL": {
        **_MARDI_GRAS,
        "Confederate Memorial Day": _nth(4, MONDAY, 4),
        "Jefferson Davis' Birthday": _nth(6, MONDAY, 1),
    },
    "US-LA": {
        **_MARDI_GRAS,
        **_GOOD_FRIDAY,
        "Battle of New Orleans": _fixed(1, 8),
        "Robert E. Lee Day": _fixed(1, 19),
        "Confederate Memorial Day": _fixed(6, 3),
        "Huey P. Long Day": _fixed(8, 30),
        "All Saints' Day": _fixed(11, 1),
        "Election Day": lambda year: _election(year) if year % 2 == 0 else None,
        "Acadian Day": lambda year: nth(year, 11, THURSDAY, 4) + _DAY,
    },
    "US-MS": {"Confederate Memorial Day": _nth(4, MONDAY, -1)},
    "US-PA": {
        **_GOOD_FRIDAY,
        "Lincoln's Birthday": _fixed(2, 12),
        "Flag Day": _fixed(6, 14),
        "Election Day": _election,
    },
    "US-RI": {
        "Rhode Island Independence Day": _fixed(5, 4),
        "Victory Day": _nth(8, MONDAY, 2),
        "Election Day": lambda year: _election(year) if year % 2 == 0 else None,
    },
    "US-UT": {"Pioneer Day": _fixed(7, 24)},
}

#: Calendars that a row may name.
CALENDARS = tuple(_OWN)


@lru_cache(maxsize=256)
def holidays(calendar: str, year: int) -> dict[date, str]:
    """
    Return the days of a year that are holidays, by a calendar's name, with what each is called.

    New Year's Day may be observed on the last day of the year before. An empty name is a calendar without holidays.
    """
    if not calendar:
        return {}
    found: dict[date, str] = {}
    for of_year in (year, year + 1):
        for name, dated in (_FEDERAL | _OWN[calendar]).items():
            day = dated(of_year)
            if day is not None:
                found |= {kept: name for kept in (observed(day), day) if kept.year == year}
    return found
