"""Whether somebody may be reached now, beside the buttons that do it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leadlight.consent.operations import suppress
from leadlight.messages.queries import permissions
from leadlight.web.queries.standing import standing
from leadlight.web.rules.permits import permit_words
from tests.messages.build import DAY, HOUR, MINUTE, NOON, ready
from tests.routing.build import happen, lead

TAMPA = ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"is_allowed": True}, "Texts"),
        ({"is_allowed": True, "until": NOON + 8 * HOUR}, "Texts until 8:00 pm"),
        ({"is_allowed": False}, "No texts"),
        ({"is_allowed": False, "retry_at": NOON + 2 * HOUR}, "No texts before 2:00 pm"),
        ({"is_allowed": False, "retry_at": NOON + 20 * HOUR}, "No texts before Tuesday 8:00 am"),
        ({"is_allowed": False, "retry_at": NOON + 8 * DAY}, "No texts before Jun 9, 12:00 pm"),
    ],
)
def test_it_is_said_in_few_words_by_their_clock(told: dict[str, object], words: str) -> None:
    given = {"until": None, "retry_at": None, **told}
    assert permit_words("SMS", zone=TAMPA, is_theirs=True, now=NOON, **given) == words  # type: ignore[arg-type]
    ours = permit_words("SMS", zone=TAMPA, is_theirs=False, now=NOON, **given)  # type: ignore[arg-type]
    assert ours == (f"{words} your time" if len(told) > 1 else words)


@pytest.mark.django_db
class TestStanding:
    def test_who_asked_may_be_answered_until_the_evening(self) -> None:
        ready()
        ana = lead("Ana Ortega", provenance="OWN_INQUIRY")
        happen(ana, "inquiry", NOON - MINUTE)
        found = standing(ana, now=NOON)
        assert [permit.words for permit in found.permits] == ["Calls until 9:00 pm", "Texts until 9:00 pm", "Emails"]
        assert found.free == {"CALL", "SMS", "EMAIL"}
        assert not found.is_limited

    def test_what_holds_for_every_clock_that_may_be_theirs_is_told_by_ours(self) -> None:
        ready()
        ana = lead("Ana Ortega", provenance="OWN_INQUIRY", phones=("+18505550142",))
        happen(ana, "inquiry", NOON - MINUTE)
        found = standing(ana, now=NOON)
        assert found.there is not None
        assert found.there.words == "between 11:00 am and 12:00 pm"
        assert found.permits[0].words == "Calls until 9:00 pm your time"

    def test_where_their_records_place_them_counts_as_their_number_does(self) -> None:
        ready()
        ana = lead("Ana Ortega", provenance="OWN_INQUIRY", home="12 Elm St, Denver, CO 80202")
        found = standing(ana, now=NOON)
        assert found.there is not None
        assert found.there.words == "between 10:00 am and 12:00 pm"

    def test_at_night_nobody_is_called_and_the_morning_is_named(self) -> None:
        ready(NOON + 14 * HOUR)
        ana = lead("Ana Ortega", provenance="OWN_INQUIRY")
        night = datetime(2026, 6, 2, 6, tzinfo=UTC)
        happen(ana, "inquiry", night - MINUTE)
        found = standing(ana, now=night)
        assert found.permits[0].words == "No calls before 8:00 am"
        assert "It is 02:00 on Tuesday in New York" in found.permits[0].reasons[0]
        assert "CALL" not in found.free

    def test_what_is_closed_is_said_with_its_reason(self) -> None:
        ready()
        ana = lead("Ana Ortega", provenance="OWN_INQUIRY")
        suppress(rows=[(ana.leads.get().pk, "ALL", "OPTED_OUT", "“stop”")], origin="t", now=NOON - HOUR)
        found = standing(ana, now=NOON)
        assert [permit.words for permit in found.permits] == ["No calls", "No texts", "No emails"]
        assert all("asked not to be contacted" in permit.reasons[0] for permit in found.permits)
        assert found.is_limited

    def test_many_people_take_as_many_queries_as_one(self) -> None:
        ready()

        def cost(n: int) -> int:
            ids = [lead(f"Person {number}").pk for number in range(n)]
            with CaptureQueriesContext(connection) as caught:
                assert len(permissions(ids, now=NOON)) == n
            return len(caught)

        assert cost(1) == cost(7)

    def test_a_stranger_is_not_texted_and_is_called_after_a_look_at_the_list_alone(self) -> None:
        ready()
        ana = lead("Ana Ortega", provenance="BOUGHT")
        codes = [one.decision.codes for one in permissions([ana.pk], now=NOON + timedelta(0))[ana.pk]]
        assert "national_list_unchecked" in codes[0]
        assert "stranger" in codes[1]
