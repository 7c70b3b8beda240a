"""When somebody works."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from leadlight.accounts.rules.hours import DAYS, OFFICE_HOURS, BadHours, Hours, read_day, read_week, write_day

ZONE = ZoneInfo("America/New_York")
OFFICE = Hours(read_week(OFFICE_HOURS), ZONE)
#: Over both nights on which clocks change.
moments = st.integers(0, 270 * 24 * 60).map(lambda k: datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=k))
spans = st.timedeltas(timedelta(), timedelta(days=9))


def at(day: int, hour: int, minute: int = 0, *, month: int = 6) -> datetime:
    """June 2026 begins on a Monday."""
    return datetime(2026, month, day, hour, minute, tzinfo=ZONE)


def test_open_from_the_first_minute_to_before_the_last() -> None:
    assert not OFFICE.is_open(at(1, 8, 59))
    assert OFFICE.is_open(at(1, 9))
    assert OFFICE.is_open(at(1, 17, 59))
    assert not OFFICE.is_open(at(1, 18))
    assert OFFICE.is_open(at(6, 15))
    assert not OFFICE.is_open(at(6, 16))
    assert not OFFICE.is_open(at(7, 12))


def test_the_next_opening() -> None:
    assert OFFICE.next_open(at(1, 12)) == at(1, 12)
    assert OFFICE.next_open(at(5, 18)) == at(6, 10)
    assert OFFICE.next_open(at(6, 16)) == at(8, 9)
    assert Hours(read_week({}), ZONE).next_open(at(1, 12)) is None
    assert not Hours(read_week({}), ZONE).are_any


def test_nothing_is_open_while_somebody_is_away() -> None:
    away = Hours(OFFICE.week, ZONE, ((date(2026, 6, 2), date(2026, 6, 3)),))
    assert away.next_open(at(1, 18)) == at(4, 9)
    assert away.is_open(at(1, 12))
    assert not away.is_open(at(3, 12))


def test_only_open_time_counts() -> None:
    assert OFFICE.open_time(since=at(5, 17, 50), until=at(6, 10, 20)) == timedelta(minutes=30)
    assert OFFICE.after(at(5, 17, 57), timedelta(minutes=5)) == at(6, 10, 2)
    assert OFFICE.after(at(1, 12), timedelta(minutes=5)) == at(1, 12, 5)
    assert OFFICE.after(at(1, 17, 55), timedelta(minutes=5)) == at(1, 18)


def test_a_day_that_is_an_hour_shorter() -> None:
    whole = Hours(read_week(dict.fromkeys(DAYS, "0:00-24:00")), ZONE)
    begins = datetime(2026, 3, 8, tzinfo=ZONE)
    assert whole.open_time(since=begins, until=datetime(2026, 3, 9, tzinfo=ZONE)) > timedelta(hours=22, minutes=59)
    assert whole.open_time(since=begins, until=datetime(2026, 3, 9, tzinfo=ZONE)) <= timedelta(hours=23)


@given(moments, spans)
def test_so_much_open_time_later_is_when_so_much_has_passed(since: datetime, span: timedelta) -> None:
    then = OFFICE.after(since, span)
    assert then is not None
    assert OFFICE.open_time(since=since, until=then) == span
    assume(span)
    assert OFFICE.is_open(then - timedelta(microseconds=1))


@given(moments)
def test_the_next_opening_is_open_and_nothing_before_it_is(since: datetime) -> None:
    opens = OFFICE.next_open(since)
    assert opens is not None
    assert opens >= since
    assert OFFICE.is_open(opens)
    assert OFFICE.open_time(since=since, until=opens) == timedelta()


def test_hours_as_people_write_them() -> None:
    nine_to_five = ((time(9), time(17)),)
    for text in ("9-17", "9:00-17:00", "9 am - 5 pm", "9am to 5pm", " 09:00 – 17:00 "):
        assert read_day(text) == nine_to_five
    assert read_day("13:30-18, 9-12:30") == ((time(9), time(12, 30)), (time(13, 30), time(18)))
    assert read_day("12 pm-12:30 pm") == ((time(12), time(12, 30)),)
    assert read_day("12 am-1 am") == ((time(0), time(1)),)
    assert read_day("20-24") == ((time(20), time.max),)
    assert read_day("") == read_day(" , ") == ()


@pytest.mark.parametrize("text", ["9", "17-9", "9-9", "9-25", "9:75-10", "13 pm-14 pm", "0 am-1 am", "nine to five"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(BadHours, match=r"is no time of day|ends before it begins"):
        read_day(text)


def test_minutes_count_once_and_a_bad_day_is_named() -> None:
    with pytest.raises(BadHours, match="some minutes twice"):
        read_day("9-12, 11-13")
    assert len(read_day("9-12, 12-13")) == 2
    with pytest.raises(BadHours, match=r"^Wed: "):
        read_week({"wed": "x"})


@given(st.lists(st.times().map(lambda t: t.replace(second=0, microsecond=0)), min_size=2, max_size=6, unique=True))
def test_what_is_written_is_read_again(edges: list[time]) -> None:
    edges = sorted(edges)
    day = tuple(zip(edges[::2], edges[1::2], strict=False))
    assert read_day(write_day(day)) == day
