"""The law as rows: every place has one, none is laxer than the federal law, and holidays fall where they do."""

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadlight.consent.rules.hours import span_on
from leadlight.consent.rules.law import IMPLIED_MONTHS, RULES, UNKNOWN_STATE, federal, rule_of, rules_of
from leadlight.consent.rules.law import states as states_module
from leadlight.consent.rules.law.forms import Cap, Confidence, Rule, hours
from leadlight.consent.rules.law.holidays import CALENDARS, easter, holidays, observed
from leadlight.consent.rules.law.states import STATES
from leadlight.consent.rules.vocabulary import PHONE_CHANNELS, Basis

TODAY = date(2026, 11, 25)
days = st.dates(date(2024, 1, 1), date(2035, 12, 31))
rows = st.sampled_from(RULES)

#: As the table of the law is read by people: Monday to Friday, Saturday, Sunday, and whether holidays are free.
AS_WRITTEN = {
    "AL": ("8:00-20:00", "8:00-20:00", None, True),
    "CT": ("9:00-20:00", "9:00-20:00", "9:00-20:00", False),
    "FL": ("8:00-20:00", "8:00-20:00", "8:00-20:00", False),
    "IL": ("8:00-21:00", "8:00-21:00", "8:00-21:00", False),
    "KY": ("10:00-21:00", "10:00-21:00", "10:00-21:00", False),
    "LA": ("8:00-20:00", "8:00-20:00", None, True),
    "MA": ("8:00-20:00", "8:00-20:00", "8:00-20:00", False),
    "MD": ("8:00-20:00", "8:00-20:00", "8:00-20:00", False),
    "ME": ("8:00-21:00", "8:00-21:00", "8:00-21:00", False),
    "MI": ("9:00-21:00", "9:00-21:00", "9:00-21:00", False),
    "MN": ("9:00-21:00", "9:00-21:00", "9:00-21:00", False),
    "MS": ("8:00-20:00", "8:00-20:00", None, True),
    "NM": ("9:00-21:00", "9:00-21:00", "9:00-21:00", False),
    "NV": ("9:00-20:00", "9:00-20:00", "9:00-20:00", False),
    "OK": ("8:00-20:00", "8:00-20:00", "8:00-20:00", False),
    "PA": ("8:00-21:00", "8:00-12:00", "13:30-21:00", True),
    "RI": ("9:00-18:00", "10:00-17:00", None, True),
    "SD": ("9:00-21:00", "9:00-21:00", None, False),
    "TX": ("9:00-21:00", "9:00-21:00", "12:00-21:00", False),
    "UT": ("9:00-21:00", "9:00-21:00", None, True),
    "VA": ("8:00-21:00", "8:00-21:00", "8:00-21:00", False),
    "WA": ("8:00-20:00", "8:00-20:00", "8:00-20:00", False),
    "WY": ("8:00-20:00", "8:00-20:00", "8:00-20:00", False),
}
#: Every other: nothing beyond the federal law.
AS_FEDERAL = ("8:00-21:00", "8:00-21:00", "8:00-21:00", False)


@pytest.mark.parametrize("state", sorted(STATES))
def test_hours_are_those_of_the_table(state: str) -> None:
    weekdays, saturday, sunday, is_free = AS_WRITTEN.get(state, AS_FEDERAL)
    rule = rule_of(f"US-{state}", TODAY)
    spans = [None if text is None else hours(*text.split("-")) for text in (weekdays, saturday, sunday)]
    assert rule.week == (*[spans[0]] * 5, spans[1], spans[2])
    christmas = date(2026, 12, 25)
    assert span_on(rule, christmas) == (None if is_free else spans[0])


def test_every_state_and_territory_has_one_row() -> None:
    assert len(STATES) == 50 + 1 + 5
    assert len({rule.jurisdiction for rule in RULES}) == len(RULES)
    assert {rule.jurisdiction for rule in RULES} == {f"US-{state}" for state in STATES} | {"US", "US-??", "CA"}


def test_every_row_says_since_when_and_who_says_so() -> None:
    for rule in RULES:
        assert rule.source
        assert rule.name
        assert date(2000, 1, 1) < rule.effective_from <= TODAY
        assert rule.effective_from <= rule.verified_on <= TODAY
        assert rule.channels == PHONE_CHANNELS
        assert rule.calendar in ("", *CALENDARS)
        assert rule.citation.source == rule.source
        assert str(rule.effective_from) in rule.citation.version
        assert (rule.confidence is Confidence.OWN) == (rule is UNKNOWN_STATE)


@given(rows.filter(lambda rule: rule.jurisdiction.startswith("US")), days)
def test_no_row_is_laxer_than_the_federal_law(rule: Rule, day: date) -> None:
    span = span_on(rule, day)
    assert span is None or span & federal.DAY == span


@given(st.sampled_from([rule for rule in RULES if rule.calendar]), days)
def test_a_holiday_never_lengthens_a_day(rule: Rule, day: date) -> None:
    own, on_day = rule.week[day.weekday()], span_on(rule, day)
    assert on_day is None or (own is not None and own & on_day == on_day)
    if day in holidays(rule.calendar, day.year):
        assert on_day is None


def test_caps_are_those_of_the_table() -> None:
    three_a_day = (Cap(3, timedelta(hours=24)),)
    capped = {rule.jurisdiction: rule.caps for rule in RULES if rule.caps}
    assert capped == {
        "US-FL": three_a_day,
        "US-MD": three_a_day,
        "US-OK": three_a_day,
        "US-??": three_a_day,
        "US-ME": (Cap(1, timedelta(hours=8), is_automated=True),),
    }


def test_a_cap_lets_something_through() -> None:
    with pytest.raises(ValueError, match="at least one"):
        Cap(0, timedelta(hours=24))


def test_texas_and_mississippi_go_by_central_time_too() -> None:
    clocks = {rule.jurisdiction: rule.clocks for rule in RULES if rule.clocks}
    assert clocks == {"US-TX": ("America/Chicago",), "US-MS": ("America/Chicago",)}


def test_an_unknown_state_has_hours_of_its_own() -> None:
    assert rules_of([], TODAY) == (UNKNOWN_STATE,)
    assert UNKNOWN_STATE.week == (*[hours("10:00", "20:00")] * 5, hours("10:00", "17:00"), None)
    assert span_on(UNKNOWN_STATE, date(2026, 11, 26)) is None
    assert rule_of("US-ZZ", TODAY) is UNKNOWN_STATE


def test_a_row_holds_from_its_day_on_and_the_first_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    from leadlight.consent.rules import law

    old = rule_of("US-VA", TODAY)
    new = replace(old, effective_from=date(2027, 1, 31))
    monkeypatch.setitem(law._BY_JURISDICTION, "US-VA", [old, new])
    assert rule_of("US-VA", date(2027, 1, 30)) is old
    assert rule_of("US-VA", date(2027, 1, 31)) is new
    assert rule_of("US-VA", date(1999, 1, 1)) is old


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2025, 1, 1), "New Year's Day"),
        (date(2026, 1, 1), "New Year's Day"),
        # 2028 begins on a Saturday: kept on the last day of the year before, too.
        (date(2027, 12, 31), "New Year's Day"),
        (date(2028, 1, 1), "New Year's Day"),
        (date(2023, 1, 2), "New Year's Day"),
        (date(2025, 1, 20), "Martin Luther King Jr. Day"),
        (date(2026, 1, 19), "Martin Luther King Jr. Day"),
        (date(2027, 1, 18), "Martin Luther King Jr. Day"),
        (date(2026, 2, 16), "Washington's Birthday"),
        (date(2026, 5, 25), "Memorial Day"),
        (date(2027, 5, 31), "Memorial Day"),
        (date(2026, 6, 19), "Juneteenth"),
        (date(2026, 7, 3), "Independence Day"),
        (date(2026, 7, 4), "Independence Day"),
        (date(2027, 7, 5), "Independence Day"),
        (date(2025, 7, 4), "Independence Day"),
        (date(2026, 9, 7), "Labor Day"),
        (date(2026, 10, 12), "Columbus Day"),
        (date(2026, 11, 11), "Veterans Day"),
        (date(2025, 11, 27), "Thanksgiving Day"),
        (date(2026, 11, 26), "Thanksgiving Day"),
        (date(2029, 11, 22), "Thanksgiving Day"),
        (date(2026, 12, 25), "Christmas Day"),
        (date(2027, 12, 24), "Christmas Day"),
        (date(2022, 12, 26), "Christmas Day"),
    ],
)
def test_federal_holidays(day: date, name: str) -> None:
    assert holidays("US", day.year)[day] == name


def test_days_beside_them_are_none() -> None:
    for day in (date(2026, 7, 2), date(2025, 7, 3), date(2026, 11, 27), date(2026, 12, 24), date(2026, 1, 2)):
        assert day not in holidays("US", day.year)
    assert holidays("", 2026) == {}


@given(st.integers(2000, 2100))
def test_each_year_has_eleven_federal_holidays(year: int) -> None:
    named = set(holidays("US", year).values())
    assert len(named) == 11


@given(days)
def test_holidays_are_observed_on_weekdays_at_most_a_day_off(day: date) -> None:
    kept = observed(day)
    assert kept.weekday() < 5
    assert abs(kept - day) <= timedelta(days=1)
    if day.weekday() < 5:
        assert kept == day


@pytest.mark.parametrize(
    ("calendar", "day"),
    [
        ("US-AL", date(2026, 4, 27)),
        ("US-AL", date(2026, 6, 1)),
        ("US-AL", date(2026, 2, 17)),
        ("US-LA", date(2027, 2, 9)),
        ("US-LA", date(2026, 4, 3)),
        ("US-LA", date(2026, 11, 3)),
        ("US-LA", date(2026, 11, 27)),
        ("US-MS", date(2026, 4, 27)),
        ("US-PA", date(2027, 11, 2)),
        ("US-PA", date(2026, 4, 3)),
        ("US-RI", date(2026, 8, 10)),
        ("US-RI", date(2026, 5, 4)),
        ("US-UT", date(2026, 7, 24)),
    ],
)
def test_states_keep_days_of_their_own(calendar: str, day: date) -> None:
    assert day in holidays(calendar, day.year)
    assert day not in holidays("US", day.year)


def test_elections_of_odd_years_are_no_holiday_in_louisiana() -> None:
    assert date(2027, 11, 2) not in holidays("US-LA", 2027)


@pytest.mark.parametrize(
    ("year", "month", "day"),
    [(2024, 3, 31), (2025, 4, 20), (2026, 4, 5), (2027, 3, 28), (2028, 4, 16), (2030, 4, 21), (2038, 4, 25)],
)
def test_easter(year: int, month: int, day: int) -> None:
    assert easter(year) == date(year, month, day)


def test_relationships_and_implied_consents_last_as_long_as_written() -> None:
    assert federal.RELATIONSHIP_MONTHS == {Basis.TRANSACTION: 18, Basis.INQUIRY: 3}
    assert IMPLIED_MONTHS == {Basis.TRANSACTION: 24, Basis.INQUIRY: 6}
    assert timedelta(days=31) == federal.LIST_GOOD_FOR
    assert federal.DAY.opens == time(8)
    assert federal.DAY.closes == time(21)


def test_canada_has_its_hours_although_nothing_is_sent_there() -> None:
    rule = rule_of("CA", TODAY)
    assert rule.week == (*[hours("9:00", "21:30")] * 5, *[hours("10:00", "18:00")] * 2)


def test_only_states_that_ask_more_are_written_out() -> None:
    for state, own in states_module._STRICTER.items():
        plain = own.weekdays == own.saturday == own.sunday == federal.DAY
        assert not plain or own.caps or own.notes, state
