from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadlight.events.operations import refresh_activity
from leadlight.events.rules import ANSWERS, KIND_BY_NAME, REQUESTS, waiting
from tests.web.build import person, tell

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)

requests = st.lists(
    st.tuples(st.sampled_from(REQUESTS), st.integers(0, 200).map(lambda days: NOW - days * DAY)), max_size=12
)


def test_every_word_is_of_the_vocabulary() -> None:
    assert set(REQUESTS) | ANSWERS <= set(KIND_BY_NAME)


@given(requests, st.none() | st.integers(0, 200).map(lambda days: NOW - days * DAY))
def test_who_waits(asked: list[tuple[str, datetime]], answered_at: datetime | None) -> None:
    found = waiting(asked, answered_at)
    later = [(kind, at) for kind, at in asked if answered_at is None or at > answered_at]
    assert (found is None) == (not later)
    if found is not None:
        assert found.asked_at == max(at for _, at in later)
        assert found.asked_at - 30 * DAY < found.since <= found.asked_at
        assert found.since in {at for _, at in later}
        assert found.asked_for in {kind for kind, at in later if at >= found.since}


def test_an_answer_at_the_same_moment_counts() -> None:
    assert waiting([("inquiry", NOW)], NOW) is None
    assert waiting([("inquiry", NOW)], NOW - HOUR) is not None


def test_the_first_of_those_that_wait_and_the_most_pressing() -> None:
    found = waiting([("inquiry", NOW - 90 * DAY), ("showing_request", NOW - 20 * DAY), ("inquiry", NOW)], None)
    assert found is not None
    assert (found.asked_at, found.asked_for, found.since) == (NOW, "showing_request", NOW - 20 * DAY)


@pytest.mark.django_db
def test_persons_keep_who_waits_in_a_fixed_number_of_queries(django_assert_num_queries) -> None:
    asks = person("Asks", events=(("showing_request", DAY), ("email_sent", 2 * DAY)))
    answered = person("Answered", events=(("inquiry", DAY), ("call_attempted", HOUR)))
    noted = person("Noted", events=(("inquiry", DAY), ("note_added", HOUR)))
    assert asks.asked_for == "showing_request"
    assert asks.waiting_since == asks.asked_at
    assert answered.asked_at is None
    assert noted.asked_for == "inquiry"
    tell(asks.leads.get().pk, ("voicemail_left", timedelta(0)))
    everybody = [asks.pk, answered.pk, noted.pk]
    with django_assert_num_queries(6):  # three reads, one write, and the savepoint around them
        refresh_activity(person_ids=everybody)
    asks.refresh_from_db()
    assert (asks.asked_at, asks.asked_for, asks.waiting_since) == (None, "", None)


@pytest.mark.django_db
def test_what_merely_reached_them_is_no_sign_of_theirs() -> None:
    found = person("Ana", events=(("page_view", 3 * DAY), ("email_delivered", DAY), ("email_bounced", HOUR)))
    assert found.active_at is not None
    assert found.active_at == found.leads.get().events.get(kind="page_view").occurred_at


@pytest.mark.django_db
def test_what_nobody_pressed_a_button_for_answers_nobody() -> None:
    found = person("Ana", events=(("inquiry", 3 * HOUR), ("email_replied", 4 * HOUR)))
    lead_id = found.leads.get().pk
    tell(lead_id, ("email_sent", 2 * HOUR), props={"automatic": True})
    tell(lead_id, ("email_replied", HOUR), props={"automatic": True})
    refresh_activity(person_ids=[found.pk])
    found.refresh_from_db()
    inquiry = found.leads.get().events.get(kind="inquiry")
    assert found.waiting_since == found.active_at == inquiry.occurred_at
    tell(lead_id, ("email_sent", HOUR), props={"automatic": "true"})
    refresh_activity(person_ids=[found.pk])
    found.refresh_from_db()
    assert found.waiting_since is None
