"""An inquiry is answered at once, once, and only where it may be."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from leadlight.channels.models import MailAccount
from leadlight.consent.operations import suppress
from leadlight.events.models import Event
from leadlight.events.rules import Cause
from leadlight.jobs.models import Job
from leadlight.leads.models import Lead, Person
from leadlight.messages import operations
from leadlight.messages.models import Message, Purpose, State
from tests.messages.build import HOUR, MINUTE, NOON, deliver, fill_in, ready
from tests.routing.build import agent, happen, lead

pytestmark = pytest.mark.django_db


def ask(who: Person, *, at: datetime = NOON, **fields: Any) -> str:
    event_id = happen(who, "inquiry", at, **fields)
    operations.acknowledge(event_ids=[event_id], now=at)
    return event_id


def test_an_inquiry_is_answered_in_the_name_of_whose_lead_it_is() -> None:
    ready()
    dana = agent("Dana Whitfield", mobile="+18135550142")
    ana = lead("ana ORTEGA", owner=dana, emails=("ana@example.com",))
    event_id = ask(ana, listing="12 Elm St")
    message = Message.objects.get()
    assert (message.purpose, message.state, message.message_class) == (
        "ACKNOWLEDGMENT",
        "PLANNED",
        "requested_response",
    )
    assert (message.sender, message.sender_name, message.is_automatic) == (dana, "Dana Whitfield", True)
    assert (message.address, message.event_id) == ("ana@example.com", event_id)
    assert message.subject == "We have your message about 12 Elm St"
    assert message.text.startswith("Hi Ana,\n")
    assert "Dana Whitfield has it and will answer you personally" in message.text
    assert message.decision["decision"] == "allowed"
    assert [job.payload for job in Job.objects.filter(name="messages.deliver")] == [{"message_id": message.pk}]
    deliver(at=NOON + MINUTE)
    message.refresh_from_db()
    assert (message.state, message.finished_at) == ("SENT", NOON + MINUTE)
    sent = Event.objects.get(kind="email_sent")
    assert (sent.event_id, sent.is_automatic, sent.cause) == (f"message:{message.pk}", True, Cause.TEAM)


def test_it_is_answered_once_however_often_it_is_told() -> None:
    ready()
    ana = lead()
    event_id = ask(ana)
    operations.acknowledge(event_ids=[event_id], now=NOON)
    ask(ana, at=NOON + MINUTE)
    assert Message.objects.count() == 1
    deliver(at=NOON + 2 * MINUTE)
    ask(ana, at=NOON + HOUR)
    assert Message.objects.count() == 2


def test_a_person_answered_by_somebody_meanwhile_gets_no_answer_by_itself() -> None:
    ready()
    ana = lead()
    event_id = happen(ana, "inquiry", NOON)
    happen(ana, "email_sent", NOON + timedelta(seconds=20), cause=Cause.TEAM, actor="Dana Ruiz")
    operations.acknowledge(event_ids=[event_id], now=NOON + MINUTE)
    message = Message.objects.get()
    assert message.state == "REFUSED"
    assert message.outcome == "What they asked has been answered."


def test_without_a_mailbox_the_first_answer_goes_out_all_the_same() -> None:
    fill_in()
    assert not MailAccount.objects.exists()
    ask(lead())
    deliver(at=NOON)
    assert Message.objects.get().state == "SENT"


def test_without_a_profile_too_as_it_advertises_nothing() -> None:
    ask(lead())
    deliver(at=NOON)
    message = Message.objects.get()
    assert message.state == "SENT"
    assert message.text.endswith("Your team\n")


def test_who_asked_not_to_be_contacted_is_not_and_it_says_why() -> None:
    ready()
    ana = lead()
    lead_id = Lead.objects.get(person=ana).pk
    suppress(rows=[(lead_id, "EMAIL", "OPTED_OUT", "“stop”")], origin="test", now=NOON - HOUR)
    ask(ana)
    message = Message.objects.get()
    assert message.state == "REFUSED"
    assert message.decision["reasons"][0]["code"] == "opted_out"
    assert "They asked for no e-mails on 2026-06-01" in message.outcome
    assert not Job.objects.filter(name="messages.deliver").exists()


def test_history_answers_nobody() -> None:
    ready()
    ana = lead()
    for cause in Cause:
        if cause is not Cause.LIVE:
            ask(ana, cause=cause)
    assert not Message.objects.exists()


def test_words_of_others_that_may_not_be_ours_are_left_out() -> None:
    ready()
    ask(lead(), listing="Perfect for families, no children")
    message = Message.objects.get()
    assert "families" not in message.subject + message.text
    assert message.subject == "We have your message about your home search"


def test_the_number_of_queries_does_not_grow(django_assert_num_queries: object) -> None:
    ready()
    agents = [agent("Dana Ruiz"), agent("Ben Cole")]

    def cost(n: int) -> None:
        ids = [happen(lead(owner=agents[number % 2]), "inquiry", NOON) for number in range(n)]
        with django_assert_num_queries(31):  # type: ignore[operator]
            operations.acknowledge(event_ids=ids, now=NOON)
        assert Message.objects.filter(purpose=Purpose.ACKNOWLEDGMENT, state=State.PLANNED).count() >= n

    cost(2)
    cost(12)
