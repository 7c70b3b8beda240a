"""What the gate is told: what was sent, to them and to their household, and what may be said now."""

import pytest

from leadlight.consent.rules import Channel, MessageClass
from leadlight.events.rules import Cause
from leadlight.leads.models import HouseholdMember, Lead, Person
from leadlight.messages import operations, queries
from leadlight.messages.models import Message, Purpose
from leadlight.messages.queries import Asked, Decision
from tests.messages.build import DAY, HOUR, MINUTE, NOON, deliver, fill_in, read_inbox, ready
from tests.routing.build import agent, happen, lead

pytestmark = pytest.mark.django_db


def decided(
    who: Person,
    message_class: MessageClass = MessageClass.MARKETING,
    *,
    channel: Channel = Channel.EMAIL,
    purpose: Purpose = Purpose.BY_HAND,
    is_automatic: bool = False,
) -> Decision:
    [decision] = queries.decide_each([Asked(who.pk, channel, message_class, purpose, is_automatic)], now=NOON)
    return decision


def test_calls_and_texts_that_were_logged_count_as_touches() -> None:
    ready()
    ana = lead()
    happen(ana, "call_attempted", NOON - 2 * HOUR, cause=Cause.TEAM, actor="Dana")
    happen(ana, "sms_sent", NOON - HOUR, cause=Cause.TEAM, actor="Dana")
    happen(ana, "voicemail_left", NOON - 2 * HOUR + MINUTE, cause=Cause.TEAM, actor="Dana")
    happen(ana, "call_answered", NOON - MINUTE, cause=Cause.TEAM, actor="Dana")
    happen(ana, "note_added", NOON - MINUTE, cause=Cause.TEAM, actor="Dana")
    happen(ana, "call_attempted", NOON - 32 * DAY, cause=Cause.TEAM, actor="Dana")
    touches = decided(ana).facts.touches
    assert [(touch.at, touch.channel) for touch in touches] == [
        (NOON - 2 * HOUR, Channel.CALL),
        (NOON - 2 * HOUR + MINUTE, Channel.CALL),
        (NOON - HOUR, Channel.SMS),
        (NOON - MINUTE, Channel.CALL),
    ]


def test_a_message_of_ours_counts_once_with_its_class_and_what_is_being_sent_too() -> None:
    ready()
    ana = lead("Ana Ortega", owner=agent("Dana Ruiz"))
    event_id = happen(ana, "inquiry", NOON - HOUR)
    operations.acknowledge(event_ids=[event_id], now=NOON - HOUR)
    deliver(at=NOON - HOUR)
    [touch] = decided(ana).facts.touches
    assert (touch.message_class, touch.is_automated) == (MessageClass.REQUESTED_RESPONSE, True)
    Message.objects.update(state="SENDING")
    assert len(decided(ana).facts.touches) == 1
    Message.objects.update(state="PLANNED")
    assert decided(ana).facts.touches == ()


def test_what_the_law_wants_said_answers_nobody() -> None:
    ready()
    ana = lead("Ana Ortega")
    happen(ana, "inquiry", NOON - HOUR)
    said = {"lead": ana.leads.get(), "direction": "OUT", "channel": "EMAIL", "state": "SENT", "created_at": NOON}
    Message.objects.create(key="k", message_class=MessageClass.COMPLIANCE, tried_at=NOON - MINUTE, **said)
    assert decided(ana, MessageClass.REQUESTED_RESPONSE).facts.answered_at is None
    Message.objects.update(message_class=MessageClass.MARKETING)
    assert decided(ana, MessageClass.REQUESTED_RESPONSE).facts.answered_at == NOON - MINUTE


def test_what_the_household_was_sent_is_told_apart() -> None:
    ready()
    ana, ben = lead("Ana Ortega"), lead("Ben Ortega")
    for one in (ana, ben):
        HouseholdMember.objects.create(lead=Lead.objects.get(person=one), household=1)
    happen(ben, "sms_sent", NOON - HOUR, cause=Cause.TEAM, actor="Dana")
    facts = decided(ana).facts
    assert facts.touches == ()
    assert [touch.channel for touch in facts.household_touches] == [Channel.SMS]


def test_an_answer_is_one_until_somebody_answered_and_a_machine_is_nobody() -> None:
    ready()
    ana = lead()
    happen(ana, "inquiry", NOON - HOUR)
    assert decided(ana, MessageClass.REQUESTED_RESPONSE).is_allowed
    happen(ana, "email_sent", NOON - 30 * MINUTE, cause=Cause.TEAM, props={"automatic": True})
    assert decided(ana, MessageClass.REQUESTED_RESPONSE).is_allowed
    by_itself = decided(ana, MessageClass.REQUESTED_RESPONSE, is_automatic=True)
    assert by_itself.codes == {"not_requested"}
    happen(ana, "call_attempted", NOON - 20 * MINUTE, cause=Cause.TEAM, actor="Dana")
    assert decided(ana, MessageClass.REQUESTED_RESPONSE).is_allowed
    happen(ana, "email_sent", NOON - 10 * MINUTE, cause=Cause.TEAM, actor="Dana")
    assert decided(ana, MessageClass.REQUESTED_RESPONSE).codes == {"not_requested"}


def test_only_the_first_answer_goes_out_while_no_mailbox_is_read() -> None:
    fill_in()
    ana = lead()
    happen(ana, "inquiry", NOON - HOUR)
    assert decided(ana, MessageClass.REQUESTED_RESPONSE).codes == {"not_connected"}
    assert decided(ana, MessageClass.REQUESTED_RESPONSE, purpose=Purpose.ACKNOWLEDGMENT, is_automatic=True).is_allowed
    read_inbox(NOON)
    assert decided(ana, MessageClass.REQUESTED_RESPONSE).is_allowed


def test_a_pause_holds_back_machines_and_not_people() -> None:
    ready()
    ana = lead()
    happen(ana, "inquiry", NOON - HOUR)
    for what in ("ALL", "EMAIL"):
        operations.pause_sending(what=what, actor=None, now=NOON)
        held = decided(ana, MessageClass.REQUESTED_RESPONSE, is_automatic=True)
        assert (held.codes, held.is_only_paused, held.retry_at) == ({"paused"}, True, None)
        assert decided(ana, MessageClass.REQUESTED_RESPONSE).is_allowed
        operations.resume_sending(what=what, actor=None, now=NOON)
    operations.pause_sending(what="SMS", actor=None, now=NOON)
    assert decided(ana, MessageClass.REQUESTED_RESPONSE, is_automatic=True).is_allowed


def test_the_ledger_keeps_the_facts_with_the_decision() -> None:
    ready()
    kept = decided(lead(), channel=Channel.SMS).as_dict()
    assert kept["decision"] == "refused"
    assert {"code", "words", "citation", "clears_at"} <= kept["reasons"][0].keys()
    assert kept["facts"]["is_profile_complete"] is True


def test_the_number_of_queries_does_not_grow(django_assert_num_queries: object) -> None:
    ready()

    def cost(n: int) -> None:
        asked = [
            Asked(lead(f"Person {number}").pk, Channel.EMAIL, MessageClass.MARKETING, Purpose.BY_HAND, False)
            for number in range(n)
        ]
        with django_assert_num_queries(16):  # type: ignore[operator]
            assert len(queries.decide_each(asked, now=NOON)) == n
        with django_assert_num_queries(0):  # type: ignore[operator]
            assert queries.decide_each([], now=NOON) == []

    cost(2)
    cost(9)
