from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadlight.quality.rules.before import BOOKED_WITHIN, Figure, before
from leadlight.quality.rules.log import DAY, Log
from leadlight.quality.rules.words import TITLES, said, span
from tests.quality.build import START, log

HOUR, MINUTE = 3_600.0, 60.0


def figure(key: str, history: Log, **costs: Decimal) -> Figure:
    told = {
        date.fromisoformat(month.removeprefix("m").replace("_", "-") + "-01"): spent for month, spent in costs.items()
    }
    [found] = [figure for figure in before(history, costs=told) if figure.key == key]
    return found


class TestAppointments:
    def test_only_leads_old_enough_count_and_only_appointments_in_time(self) -> None:
        history = log(
            [("appointment_booked", 59 * DAY)],
            [("appointment_held", 61 * DAY)],
            [("call_attempted", DAY)],
            [("appointment_booked", 250 * DAY)],
            first=[0, 0, 0, 245 * DAY],
        )
        found = figure("appointment_rate", history)
        assert (found.value, found.n) == (1 / 3, 3)
        assert found.low is not None
        assert found.high is not None
        assert found.low < 1 / 3 < found.high

    def test_the_edge_of_sixty_days_counts(self) -> None:
        history = log([("appointment_booked", BOOKED_WITHIN)], until=BOOKED_WITHIN)
        assert figure("appointment_rate", history).value == 1.0

    @pytest.mark.parametrize(
        ("history", "lacks"),
        [
            (log([("call_attempted", 0)]), "appointment"),
            (log([("appointment_booked", DAY)], until=50 * DAY), "60 days"),
            (log([("appointment_booked", DAY)], first=[np.nan]), "60 days"),
            (log(), "appointment"),
        ],
    )
    def test_what_lacks_is_said(self, history: Log, lacks: str) -> None:
        found = figure("appointment_rate", history)
        assert found.value is None
        assert lacks in found.missing


class TestSpeed:
    def test_the_first_try_after_first_contact_counts(self) -> None:
        history = log(
            [("call_attempted", -DAY), ("email_sent", MINUTE), ("sms_sent", 2 * MINUTE)],
            [("sms_sent", 3 * HOUR), ("call_attempted", 5 * HOUR)],
            [("voicemail_left", 9 * HOUR)],
            [("listing_view", MINUTE)],
        )
        found = figure("speed_to_first_contact", history)
        assert (found.value, found.n) == (3 * HOUR, 3)
        assert found.more == {"within_5_minutes": pytest.approx(1 / 3), "never": 0.25}

    def test_a_history_of_days_knows_no_hours(self) -> None:
        midnight = datetime(2026, 1, 5, tzinfo=UTC).timestamp() - START.timestamp()
        people = [[("call_attempted", midnight + k * DAY)] for k in range(1, 5)]
        assert "only the day" in figure("speed_to_first_contact", log(*people)).missing

    def test_no_touches_are_no_speed(self) -> None:
        assert "a call" in figure("speed_to_first_contact", log([("listing_view", 0)])).missing


def test_touches_of_the_first_thirty_days() -> None:
    history = log(
        [("call_attempted", 0), ("sms_sent", 29 * DAY), ("email_sent", 30 * DAY), ("note_added", DAY)],
        [("listing_view", DAY)],
        [("call_attempted", 290 * DAY)],
        first=[0, 0, 285 * DAY],
    )
    found = figure("touches_per_lead", history)
    assert (found.value, found.n, found.more) == (1.0, 2, {"none": 0.5})


class TestCost:
    def test_deals_of_the_months_whose_costs_are_known(self) -> None:
        closings = [[("closed", days * DAY)] for days in (0, 31, 33, 120)]
        found = figure("cost_per_closed_deal", log(*closings), m2026_01=Decimal("100.10"), m2026_02=Decimal(200))
        assert (found.value, found.n) == (100.03, 3)
        assert found.more == {"spent": "300.10", "from": "2026-01-01", "to": "2026-02-01"}

    @pytest.mark.parametrize(
        ("history", "costs", "lacks"),
        [(log([("closed", 0)]), {}, "cost"), (log([("closed", 99 * DAY)]), {"m2026_01": Decimal(5)}, "closed")],
    )
    def test_what_lacks_is_said(self, history: Log, costs: dict[str, Decimal], lacks: str) -> None:
        found = figure("cost_per_closed_deal", history, **costs)
        assert (found.value, lacks in found.missing) == (None, True)


class TestConversations:
    def test_a_day_with_a_person_is_one_conversation(self) -> None:
        history = log(
            [("call_answered", 0, "Dana"), ("email_replied", HOUR), ("sms_replied", DAY)],
            [("call_received", 0), ("call_attempted", 40 * DAY, "Dana"), ("sms_sent", 0, "Kim")],
            until=50 * DAY,
        )
        found = figure("conversations_per_agent", history)
        # Dana in two months, Kim in one.
        assert (found.value, found.n, found.more) == (1.0, 3, {"conversations": 3})

    @pytest.mark.parametrize(
        ("history", "lacks"),
        [
            (log([("call_attempted", 0, "Dana")]), "answered"),
            (log([("call_answered", 0)]), "who of your team"),
            (log([("call_answered", 0, "Dana")], until=500 * DAY), "answered"),
        ],
    )
    def test_what_lacks_is_said(self, history: Log, lacks: str) -> None:
        assert lacks in figure("conversations_per_agent", history).missing


_events = st.lists(
    st.tuples(
        st.sampled_from(
            ["call_attempted", "call_answered", "appointment_booked", "closed", "listing_view", "sms_replied"]
        ),
        st.floats(-30 * DAY, 300 * DAY),
        st.sampled_from(["", "Dana", "Kim"]),
    ),
    max_size=6,
)


@given(st.lists(_events, max_size=5), st.lists(st.floats(0, 300 * DAY) | st.just(np.nan), min_size=5, max_size=5))
def test_every_figure_can_be_said(people: list[Any], first: list[float]) -> None:
    history = log(*people, first=first[: len(people)])
    figures = before(history, costs={date(2026, 2, 1): Decimal(100)})
    assert [figure.key for figure in figures] == list(TITLES)
    for found in figures:
        assert (found.value is None) == bool(found.missing)
        assert found.value is None or (found.value >= 0 and found.n > 0)
        words = said(found.plain())
        assert "nan" not in f"{words.figure} {words.basis}"


@pytest.mark.parametrize(
    ("length", "expected"),
    [(0, "0 min"), (59 * MINUTE, "59 min"), (HOUR, "1 h"), (192 * MINUTE, "3 h 12 min"), (2 * DAY, "2 days"),
     (timedelta(days=3, hours=4).total_seconds(), "3 days 4 h")],
)  # fmt: skip
def test_spans_are_said_in_their_two_largest_units(length: float, expected: str) -> None:
    assert span(length) == expected
