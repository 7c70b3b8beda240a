from datetime import UTC, datetime, timedelta
from itertools import pairwise
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadlight.web.rules.listing import (
    NOBODY,
    PAGE_SIZE,
    SavedList,
    Sort,
    Wanted,
    last_page,
    page_numbers,
    search_terms,
    slice_of,
    wanted,
)
from leadlight.web.rules.next_step import Facts, closed_to, next_step
from leadlight.web.rules.profile import stated_facts
from leadlight.web.rules.reasons import bars
from leadlight.web.rules.timeline import Told, duration, score_line, sentence, visits

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY = timedelta(days=1)
TEXT = st.text(max_size=40).map(lambda text: " ".join(text.replace("\0", "").split()))

wanteds = st.builds(
    Wanted,
    saved=st.none() | st.sampled_from(SavedList),
    q=TEXT,
    source=st.sampled_from(["", NOBODY, "7", "123456"]),
    owner=TEXT,
    tier=st.sampled_from(["", "HOT", "WARM", "COLD", NOBODY]),
    state=st.sampled_from(["", "OPEN", "LOST"]),
    sort=st.none() | st.sampled_from(Sort),
    page=st.integers(1, 999_999),
    form=st.booleans(),
)


@given(wanteds)
def test_an_address_says_all_that_is_asked_for(asked: Wanted) -> None:
    address = asked.address(page=asked.page, form=asked.form)
    assert wanted(dict(parse_qsl(address[1:]))) == asked


@given(st.dictionaries(st.sampled_from(["list", "q", "source", "owner", "tier", "state", "sort", "page"]), st.text()))
def test_any_address_opens_a_list(parameters: dict[str, str]) -> None:
    asked = wanted(parameters)
    assert asked.page >= 1
    assert "\0" not in asked.q + asked.owner


def test_a_change_begins_at_the_first_page() -> None:
    assert wanted(dict(parse_qsl(Wanted(page=7, q="x").address(sort=Sort.NAME)[1:]))) == Wanted(q="x", sort=Sort.NAME)


def test_only_those_who_wait_are_sorted_by_it() -> None:
    assert Wanted(saved=SavedList.NEEDS).order is Sort.WAITING
    assert Wanted(saved=SavedList.NEEDS, sort=Sort.NAME).order is Sort.NAME
    assert Wanted(saved=SavedList.HOT, sort=Sort.WAITING).order is Sort.SCORE
    assert Wanted().order is Sort.SCORE


@pytest.mark.parametrize("text", ["(813) 555-0142", "813.555.0142", "813 555 0142", "8135550142"])
def test_a_phone_number_is_found_however_it_is_written(text: str) -> None:
    assert search_terms(text) == ("8135550142",)


def test_words_must_all_occur() -> None:
    assert search_terms("ortega mari ortega") == ("ortega", "mari")
    assert search_terms("") == ()
    assert search_terms("9 harbor") == ("9", "harbor")


@given(st.integers(0, 500), st.integers(0, 600), st.integers(0, 60))
def test_reading_from_the_nearer_end_gives_the_same_rows(n: int, start: int, size: int) -> None:
    rows = list(range(n))
    part = slice_of(n, start, size)
    source = rows[::-1] if part.backwards else rows
    got = source[part.offset : part.offset + part.limit]
    assert (got[::-1] if part.backwards else got) == rows[start : start + size]
    assert part.offset <= max(n - part.limit, 0) / 2 or not got


@given(st.integers(1, 3000), st.data())
def test_page_numbers_hold_the_ends_and_this_one(last: int, data: st.DataObject) -> None:
    page = data.draw(st.integers(1, last))
    numbers = page_numbers(page, last)
    shown = [number for number in numbers if number is not None]
    assert {1, page, last} <= set(shown)
    assert shown == sorted(set(shown))
    assert len(numbers) <= 9
    for left, right in pairwise(numbers):
        assert left is None or right is None or right == left + 1


def test_the_last_page() -> None:
    assert [last_page(n) for n in (0, 1, PAGE_SIZE, PAGE_SIZE + 1)] == [1, 1, 1, 2]


facts = st.builds(
    Facts,
    state=st.sampled_from(["OPEN", "BOOKED", "CLIENT", "CLOSED", "LOST"]),
    tier=st.sampled_from(["", "HOT", "WARM", "COLD"]),
    asked_for=st.sampled_from(["", "showing_request", "valuation_request", "inquiry"]),
    asked_at=st.none() | st.integers(0, 90).map(lambda days: NOW - days * DAY),
    active_at=st.none() | st.integers(0, 90).map(lambda days: NOW - days * DAY),
    has_phone=st.booleans(),
    has_email=st.booleans(),
    closed=st.frozensets(st.sampled_from(["ALL", "CALL", "SMS", "EMAIL"])),
)


@given(facts)
def test_nobody_is_told_to_use_a_closed_channel(given_facts: Facts) -> None:
    words = next_step(given_facts, now=NOW).text.split()
    free = [way for way in ("CALL", "SMS", "EMAIL") if not closed_to(given_facts.closed, way)]
    for word, channel, has in (
        ("Call", "CALL", given_facts.has_phone),
        ("Text", "SMS", given_facts.has_phone),
        ("Email", "EMAIL", given_facts.has_email),
    ):
        assert words[0] != word or (channel in free and has)
    if not free:
        assert next_step(given_facts, now=NOW).text == "Do not contact: asked not to be"


@given(facts, st.sampled_from(["showing_request", "valuation_request"]), st.integers(0, 29))
def test_a_showing_or_valuation_request_is_now_whatever_the_score(given_facts: Facts, kind: str, days: int) -> None:
    from dataclasses import replace

    asked = replace(given_facts, asked_for=kind, asked_at=NOW - days * DAY, has_phone=True, closed=frozenset())
    step = next_step(asked, now=NOW)
    assert (step.text, step.at_once) == ("Call now", True)


def fact(**changes: object) -> Facts:
    plain: dict[str, object] = {
        "state": "OPEN",
        "tier": "COLD",
        "asked_for": "",
        "asked_at": None,
        "active_at": NOW - DAY,
        "has_phone": True,
        "has_email": True,
    }
    return Facts(**{**plain, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"tier": "HOT"}, "Call now"),
        ({"tier": "WARM"}, "Call this week"),
        ({"tier": "WARM", "has_phone": False}, "Email this week"),
        ({"tier": "WARM", "closed": frozenset({"CALL"})}, "Text this week"),
        ({"tier": "HOT", "closed": frozenset({"ALL"})}, "Do not contact: asked not to be"),
        ({"tier": "HOT", "closed": frozenset({"CALL", "SMS", "EMAIL"})}, "Do not contact: asked not to be"),
        ({"tier": "HOT", "has_phone": False, "has_email": False}, "No way to reach them: find a phone or email"),
        ({"asked_for": "inquiry", "asked_at": NOW - DAY}, "Call today"),
        ({"asked_for": "inquiry", "asked_at": NOW - 31 * DAY}, "Keep an eye on them"),
        ({"asked_for": "showing_request", "asked_at": NOW - 31 * DAY, "active_at": NOW - 31 * DAY}, "Stay in touch"),
        ({"state": "BOOKED", "tier": "HOT"}, "Appointment booked"),
        ({"state": "CLOSED", "asked_for": "inquiry", "asked_at": NOW - DAY}, "Call today"),
        ({"state": "LOST"}, "Lost: nothing to do"),
        ({"active_at": NOW - 14 * DAY}, "Stay in touch"),
        ({"active_at": NOW - 13 * DAY}, "Keep an eye on them"),
        ({"active_at": None}, "Stay in touch"),
    ],
)
def test_next_steps(changes: dict[str, object], text: str) -> None:
    assert next_step(fact(**changes), now=NOW).text == text


def told(minutes_ago: float = 0, **changes: object) -> Told:
    plain: dict[str, object] = {
        "occurred_at": NOW - timedelta(minutes=minutes_ago),
        "kind": "listing_view",
        "count": 1,
        "listing": "",
        "area": "",
        "actor": "",
        "text": "",
        "seconds": None,
        "value": None,
        "is_machine": False,
        "is_ours": False,
    }
    return Told(**{**plain, **changes})  # type: ignore[arg-type]


GAP = timedelta(minutes=30)


@given(st.lists(st.integers(0, 2_000), max_size=60))
def test_visits_hold_every_event_and_lie_apart(minutes: list[int]) -> None:
    events = [told(ago, kind=f"kind_{place % 3}") for place, ago in enumerate(sorted(minutes))]
    found = visits(events, gap=GAP)
    assert sum(event.count for visit in found for event in visit.events) == len(events)
    for later, earlier in pairwise(found):
        assert later.began_at - earlier.ended_at > GAP


def test_half_an_hour_is_one_visit_and_more_is_two() -> None:
    assert len(visits([told(0), told(30)], gap=GAP)) == 1
    assert len(visits([told(0), told(30.5)], gap=GAP)) == 2


def test_neighbours_about_one_thing_are_one_line_but_words_stand_alone() -> None:
    same = [
        told(0, listing="12 Elm St", seconds=20.0),
        told(1, listing="12 Elm St", seconds=40.0),
        told(2, listing="9 Oak"),
    ]
    [visit] = visits(same, gap=GAP)
    assert [(line.listing, line.count, line.seconds) for line in visit.events] == [
        ("12 Elm St", 2, 60.0),
        ("9 Oak", 1, None),
    ]
    [visit] = visits([told(0, text="Hello"), told(1, text="Hello")], gap=GAP)
    assert [line.count for line in visit.events] == [1, 1]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"listing": "12 Elm St", "count": 4}, "Viewed 12 Elm St, 4 times"),
        ({}, "Viewed a listing"),
        ({"kind": "showing_request", "listing": "9 {0} Ct"}, "Asked to see 9 {0} Ct"),
        ({"kind": "email_opened"}, "Opened an email"),
        ({"kind": "call_answered", "seconds": 185.0}, "Opened an email, 3 min"),
        ({"kind": "budget_stated", "value": 480_000.0}, "Wants to spend up to $480,000"),
        ({"kind": "calculator_use", "value": 455_000.0}, "Used the mortgage calculator at $455,000"),
    ],
)
def test_sentences(changes: dict[str, object], words: str) -> None:
    assert sentence(told(**changes), "They opened an email.") == words


def test_durations() -> None:
    assert [duration(seconds) for seconds in (41.9, 60, 3599, 4800)] == ["41 s", "1 min", "59 min", "1 h 20 min"]


def test_a_line_needs_two_moments_and_stays_in_its_box() -> None:
    assert score_line([]) is None
    assert score_line([(NOW, 40.0)]) is None
    assert score_line([(NOW, 40.0), (NOW, 50.0)]) is None
    line = score_line([(NOW - 10 * DAY, 20.0), (NOW - 5 * DAY, 60.0), (NOW, 140.0)])
    assert line is not None
    assert line.points == "0.0,80.0 150.0,80.0 150.0,40.0 300.0,40.0 300.0,0.0"


@given(st.dictionaries(st.sampled_from("abcd"), st.floats(-60, 100), max_size=4))
def test_bars_stay_in_their_box_and_keep_their_proportions(families: dict[str, float]) -> None:
    found = bars(families)
    assert {bar.label for bar in found} == {label for label, points in families.items() if abs(points) >= 0.5}
    for bar in found:
        assert bar.x >= -1e-9
        assert bar.x + bar.width <= 100 + 1e-9
    for one in found:
        for other in found:
            assert one.width * abs(other.points) == pytest.approx(other.width * abs(one.points))


def test_the_latest_word_counts() -> None:
    stated = [
        ("budget_stated", 480_000.0, "", ""),
        ("budget_stated", 300_000.0, "", ""),
        ("area_stated", None, "", "Ybor"),
        ("area_stated", None, "", "Hyde Park"),
        ("timeline_stated", 90.0, "", ""),
        ("financing_stated", 2.0, "", ""),
        ("budget_stated", None, "", ""),
    ]
    assert stated_facts(stated) == (
        ("Area", "Ybor, Hyde Park"),
        ("Up to", "$480,000"),
        ("Moving", "within 3 months"),
        ("Financing", "pre-approved, by their word"),
    )
