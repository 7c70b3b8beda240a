"""An opt-out that comes as an event closes its channel within a moment."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from leadlight.accounts.operations import create_token
from leadlight.consent.models import Consent, Suppression
from leadlight.consent.operations import close_for
from leadlight.consent.queries import by_person
from leadlight.consent.rules.closing import CHANNELS, CLOSED_BY, SPOKEN, closings, words_in
from leadlight.events.operations import NewEvent, merge_persons, record
from leadlight.events.rules import KIND_BY_NAME, Cause
from leadlight.intake.operations import run_import, start_import
from leadlight.jobs import worker
from leadlight.kit.clock import utc_now
from leadlight.leads.models import Lead
from tests.intake.helpers import activities, people, receive
from tests.web.build import person

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def tell(client: Client, **event: Any) -> None:
    token = create_token(name="t", scopes=["events:write"], now=NOW)
    response = client.post(
        "/api/v1/events", json.dumps(event), "application/json", headers={"authorization": f"Bearer {token}"}
    )
    assert response.status_code == 202, response.content


def at(minute: int) -> str:
    """Return a moment of this last hour, as programs tell it."""
    return (utc_now() - timedelta(minutes=30 - minute)).isoformat()


def test_words_are_those_of_the_vocabulary() -> None:
    assert set(CLOSED_BY) <= set(KIND_BY_NAME)
    assert set(CLOSED_BY.values()) <= set(CHANNELS)
    assert set(SPOKEN) <= set(KIND_BY_NAME)
    assert closings("listing_view", {"channel": "SMS", "text": "stop"}, at=NOW) == []
    assert closings("opted_out", {"channel": ["SMS"]}, at=NOW) == [("ALL", "OPTED_OUT", "opt-out on 2026-11-01")]


def test_a_subject_speaks_only_where_it_closes_something() -> None:
    def words(text: str, subject: object) -> str | None:
        said = words_in("email_replied", {"text": text, "subject": subject})
        return None if said is None else said.text

    assert words("Is it free?", "12 Elm St") == "Is it free?"
    assert words("Is it free?", "Unsubscribe") == "Unsubscribe"
    assert words("Is it free?", "RE[2]: Unsubscribe") == "Is it free?"
    assert words("Stop emailing me", "Unsubscribe") == "Stop emailing me"
    assert words("Is it free?", 7) == "Is it free?"
    assert words_in("email_replied", {"subject": "Unsubscribe"}) is None
    assert words_in("listing_view", {"text": "stop"}) is None


def test_an_event_of_opting_out_closes_its_channel(client: Client) -> None:
    ann = person("Ann").leads.get().pk
    tell(client, event_id="1", lead_id=ann, kind="unsubscribed")
    tell(client, event_id="2", lead_id=ann, kind="opted_out", props={"channel": "SMS"})
    tell(client, event_id="3", lead_id=ann, kind="listing_view")
    worker.run_until_idle(queues=["live"])
    closed = Suppression.objects.filter(lead=ann).order_by("channel").values_list("channel", "reason", "origin")
    assert list(closed) == [("EMAIL", "OPTED_OUT", "api"), ("SMS", "OPTED_OUT", "api")]


def test_one_that_was_retracted_closes_nothing_and_many_take_seven_statements(client: Client) -> None:
    leads = [person(f"P{k}").leads.get().pk for k in range(5)]
    for k, lead in enumerate(leads):
        tell(client, event_id=f"e{k}", lead_id=lead, kind="opted_out")
    from leadlight.events.operations import retract

    retract(event_ids=["e0"], reason="a test", now=NOW)
    with CaptureQueriesContext(connection) as caught:
        assert close_for(event_ids=[f"e{k}" for k in range(5)], now=NOW) == 4
    assert len([query for query in caught if "SAVEPOINT" not in query["sql"]]) == 7
    assert close_for(event_ids=["e1"], now=NOW) == 0


def test_words_of_a_reply_close_channels_of_all_records_within_a_moment(client: Client) -> None:
    ann, again = person("Ann"), person("Ann B.")
    merge_persons(keep=ann.pk, gone=[again.pk], reason="", actor=None, now=NOW)
    lead = Lead.objects.filter(person=ann).order_by("pk").last()
    assert lead is not None
    tell(client, event_id="1", lead_id=lead.pk, kind="sms_replied", props={"text": "I am happy, thanks"})
    tell(client, event_id="2", lead_id=lead.pk, kind="sms_replied", props={"text": "S\u200btop!"})
    tell(client, event_id="3", lead_id=lead.pk, kind="form_submit", props={"text": "Is it free? Do not email me."})
    worker.run_until_idle(queues=["live"])
    closed = {(one.channel, one.reason, one.evidence) for one in by_person([ann.pk])[ann.pk]}
    assert {channel for channel, _, _ in closed} == {"SMS", "CALL", "EMAIL"}
    assert {reason for _, reason, _ in closed} == {"OPTED_OUT"}
    assert any(evidence.startswith("“S\u200btop!” on ") for _, _, evidence in closed)


def test_what_a_machine_wrote_closes_nothing(client: Client) -> None:
    ann = person("Ann").leads.get().pk
    told = NewEvent("bot", ann, "sms_replied", NOW, NOW, props={"text": "STOP"}, is_machine=True)
    record(events=[told], person_of={ann: 1}, causes=[Cause.LIVE], origin="api", now=NOW)
    assert close_for(event_ids=["bot"], now=NOW) == 0


@pytest.mark.parametrize("kind", ["sms_replied", "inquiry", "opted_out"])
def test_what_was_sent_automatically_closes_nothing(kind: str) -> None:
    assert closings(kind, {"text": "STOP", "automatic": False}, at=NOW) != []
    assert closings(kind, {"text": "STOP", "automatic": True}, at=NOW) == []


def test_a_start_by_text_opens_texts_again_within_a_moment(client: Client) -> None:
    ann = person("Ann").leads.get()
    tell(client, event_id="1", lead_id=ann.pk, kind="sms_replied", props={"text": "STOP"}, occurred_at=at(0))
    tell(client, event_id="2", lead_id=ann.pk, kind="sms_replied", props={"text": "Start"}, occurred_at=at(5))
    worker.run_until_idle(queues=["live"])
    assert [one.channel for one in by_person([ann.person_id])[ann.person_id]] == ["CALL"]
    [agreed] = Consent.objects.all()
    assert (agreed.channel, agreed.basis, agreed.words, agreed.origin) == ("SMS", "EXPRESS", "Start", "reply:text")
    # The job may run again, also that of the stop; what they say later counts.
    assert close_for(event_ids=["1", "2"], now=utc_now()) == 0
    assert Consent.objects.count() == 1
    tell(client, event_id="3", lead_id=ann.pk, kind="sms_replied", props={"text": "STOP"}, occurred_at=at(9))
    worker.run_until_idle(queues=["live"])
    assert {one.channel for one in by_person([ann.person_id])[ann.person_id]} == {"CALL", "SMS"}


@pytest.mark.parametrize("minute", [5, 9])
@pytest.mark.parametrize(("words", "closed"), [("stop", {"CALL", "SMS"}), ("leave me alone", {"ALL"})])
def test_a_start_opens_nothing_that_was_closed_when_or_after_it_was_said(
    client: Client, minute: int, words: str, closed: set[str]
) -> None:
    ann, moments = person("Ann").leads.get(), {5: at(5), 9: at(9)}
    tell(client, event_id="1", lead_id=ann.pk, kind="sms_replied", props={"text": words}, occurred_at=moments[minute])
    worker.run_until_idle(queues=["live"])
    tell(client, event_id="2", lead_id=ann.pk, kind="sms_replied", props={"text": "START"}, occurred_at=moments[5])
    worker.run_until_idle(queues=["live"])
    assert {one.channel for one in by_person([ann.person_id])[ann.person_id]} == closed


@pytest.mark.parametrize(
    ("kind", "props"),
    [
        ("sms_replied", {"text": "START", "automatic": True}),
        ("sms_replied", {"text": "yes"}),
        ("email_replied", {"text": "START"}),
        ("inquiry", {"text": "START"}),
        ("sms_replied", {}),
    ],
)
def test_nothing_else_opens_texts(kind: str, props: dict[str, Any]) -> None:
    ann = person("Ann").leads.get()
    told = NewEvent("1", ann.pk, kind, NOW, NOW, props=props)
    record(events=[told], person_of={ann.pk: ann.person_id}, causes=[Cause.LIVE], origin="api", now=NOW)
    close_for(event_ids=["1"], now=NOW)
    assert not Consent.objects.exists()


def test_a_start_of_somebody_with_two_numbers_opens_neither(client: Client) -> None:
    ann = person("Ann", phones=("+18135550142", "+18135550143")).leads.get()
    tell(client, event_id="1", lead_id=ann.pk, kind="sms_replied", props={"text": "STOP"}, occurred_at=at(0))
    tell(client, event_id="2", lead_id=ann.pk, kind="sms_replied", props={"text": "START"}, occurred_at=at(5))
    worker.run_until_idle(queues=["live"])
    assert close_for(event_ids=["1", "2"], now=utc_now()) == 0
    assert {one.channel for one in by_person([ann.person_id])[ann.person_id]} == {"CALL", "SMS"}
    assert not Consent.objects.exists()


def test_a_start_from_a_clock_that_is_ahead_counts_from_now_on() -> None:
    ann, later = person("Ann").leads.get(), NOW + timedelta(minutes=3)
    told = NewEvent("1", ann.pk, "sms_replied", later, later, props={"text": "START"})
    record(events=[told], person_of={ann.pk: ann.person_id}, causes=[Cause.LIVE], origin="api", now=NOW)
    close_for(event_ids=["1"], now=NOW)
    assert Consent.objects.get().obtained_at == NOW


def test_the_words_that_were_said_first_are_the_evidence() -> None:
    ann = person("Ann").leads.get()
    told = [
        NewEvent(text, ann.pk, "email_replied", NOW - timedelta(hours=ago), NOW, props={"text": text})
        for ago, text in ((1, "Unsubscribe"), (2, "Stop emailing me"))
    ]
    causes = [Cause.LIVE] * 2
    record(events=told, person_of={ann.pk: ann.person_id}, causes=causes, origin="api", now=NOW)
    close_for(event_ids=["Unsubscribe", "Stop emailing me"], now=NOW)
    assert Suppression.objects.get().evidence.startswith("“Stop emailing me”")


def test_an_old_reply_that_an_import_brings_closes_too() -> None:
    part_of = receive(
        people("1,2024-03-01 10:00,Ann,Lee,Lead,Zillow,Dana,ann@example.com,(813) 555-0142,,,,,"),
        activities("a1,1,Text Received,2024-03-02 10:00,STOP texting me,,"),
        exported_at=NOW,
    )
    start_import(import_id=part_of.pk, actor=None, now=NOW)
    run_import(import_id=part_of.pk, clock=lambda: NOW)
    assert set(Suppression.objects.values_list("channel", "origin")) == {
        ("SMS", f"import:{part_of.pk}"),
        ("CALL", f"import:{part_of.pk}"),
    }
