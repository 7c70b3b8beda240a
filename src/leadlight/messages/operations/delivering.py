"""Writes around the moment in which a message is handed over: before it, and after it, never during it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from leadlight.channels.email.base import Accepted, Address, Email, UnableToSend
from leadlight.consent.operations import suppress
from leadlight.consent.rules import Channel, MessageClass
from leadlight.events import operations as events
from leadlight.events.operations import NewEvent
from leadlight.events.rules import Cause
from leadlight.jobs.operations import enqueue_many
from leadlight.messages import queries
from leadlight.messages.models import Message, Purpose, State
from leadlight.messages.operations.naming import speak_for
from leadlight.messages.queries import Asked, Decision
from leadlight.messages.rules.letters import Words, letter_of
from leadlight.messages.rules.tries import next_try

JOB = "messages.deliver"
DOUBT = "Leadlight stopped while this was handed over. It may have arrived."


def enqueue_deliveries(message_ids: Sequence[int], *, now: datetime, run_at: datetime | None = None) -> None:
    """Have messages handed over, in the caller's transaction."""
    enqueue_many(name=JOB, payloads=[{"message_id": pk} for pk in message_ids], now=now, run_at=run_at)


@transaction.atomic
def note_doubtful(*, message_ids: Sequence[int], now: datetime) -> int:
    """
    Write down of messages whose worker died while it handed them over that nobody knows; return how many.

    To be called with messages whose job was leased anew: then nobody is handing them over any more.
    """
    doubtful = Message.objects.filter(pk__in=message_ids, state=State.SENDING)
    return doubtful.update(state=State.MAYBE_SENT, finished_at=now, outcome=DOUBT)


@dataclass(frozen=True)
class Letter:
    """A message that is being handed over."""

    message_id: int
    #: Which try this is, from 1: what a worker says that was given up for dead counts for its own try alone.
    attempt: int
    email: Email


@transaction.atomic
def claim(*, message_id: int, now: datetime) -> Letter | None:
    """
    Decide once more about a planned message and write down that it is handed over now; None when it is not to be.

    One that was refused, stopped or sent meanwhile is left alone; one that may go out only later waits for that.
    """
    message = _locked(message_id, State.PLANNED)
    if message is None or message.lead is None:
        return None
    if message.due_at is not None and message.due_at > now:
        enqueue_deliveries([message_id], now=now, run_at=message.due_at)
        return None
    if message.stale_at is not None and message.stale_at <= now:
        _end(message, State.CANCELLED, "It came too late to be of use.", now)
        return None
    if (trouble := speak_for(message)) is not None:
        _end(message, State.CANCELLED, trouble, now)
        return None
    [decision] = queries.decide_each([_asked(message)], now=now)
    message.decision, message.decided_at = decision.as_dict(), now
    if not decision.is_allowed:
        _hold_back(message, decision, now)
        return None
    # Their records may say another address by now than when it was written.
    message.address = decision.facts.email
    message.state, message.tried_at, message.attempts = State.SENDING, now, message.attempts + 1
    message.save(
        update_fields=[
            "state", "tried_at", "attempts", "decision", "decided_at", "address",
            "sender", "sender_name", "subject", "text", "values",
        ]
    )  # fmt: skip
    return Letter(message_id, message.attempts, letter_of(_words(message), queries.letterhead(message)))


def _locked(message_id: int, *states: State) -> Message | None:
    found = Message.objects.select_for_update(of=("self",)).select_related("lead__person__owner", "sender")
    return found.filter(pk=message_id, state__in=states).first()


def _asked(message: Message) -> Asked:
    assert message.lead is not None
    return Asked(
        message.lead.person_id,
        Channel(message.channel),
        MessageClass(message.message_class),
        Purpose(message.purpose),
        message.is_automatic,
    )


def _words(message: Message) -> Words:
    assert message.lead is not None
    return Words(
        message_id=message.message_id,
        to=Address(message.address, message.lead.person.name),
        subject=message.subject,
        text=message.text,
        references=tuple(message.references),
        is_marketing=message.message_class == MessageClass.MARKETING,
        is_automatic=message.is_automatic,
        is_answer=message.purpose == Purpose.ACKNOWLEDGMENT,
    )


def _hold_back(message: Message, decision: Decision, now: datetime) -> None:
    """Write down why a message does not go out now: it waits for its moment, for the end of a pause, or is over."""
    state, message.due_at = fate(decision, stale_at=message.stale_at)
    if state == State.REFUSED:
        _end(message, state, decision.words, now)
        return
    message.outcome = decision.words[:300]
    message.save(update_fields=["due_at", "outcome", "decision", "decided_at"])
    if message.due_at is not None:
        enqueue_deliveries([message.pk], now=now, run_at=message.due_at)


def fate(decision: Decision, *, stale_at: datetime | None) -> tuple[State, datetime | None]:
    """
    Return what becomes of a message that may not go out now: planned for when it may, or refused.

    Planned for no moment at all is what only a pause holds back: its end has it looked at again.
    """
    at = decision.retry_at
    if at is not None and (stale_at is None or at < stale_at):
        return State.PLANNED, at
    return (State.PLANNED if decision.is_only_paused else State.REFUSED), None


def _end(message: Message, state: State, outcome: str, now: datetime) -> None:
    message.state, message.outcome, message.finished_at, message.due_at = state, outcome[:300], now, None
    message.save(update_fields=["state", "outcome", "finished_at", "due_at", "decision", "decided_at"])


@transaction.atomic
def record_accepted(*, letter: Letter, accepted: Accepted, vendor: str, now: datetime) -> None:
    """
    Write down that a message was taken, and that we wrote to the person.

    Also of one that was given for doubtful meanwhile, since its worker only seemed to be dead.
    """
    message = _locked(letter.message_id, State.SENDING, State.MAYBE_SENT)
    if message is None or message.attempts != letter.attempt:
        return
    message.state, message.finished_at, message.outcome = State.SENT, now, accepted.said[:300]
    message.vendor, message.vendor_id = vendor, accepted.vendor_id[:300]
    message.save(update_fields=["state", "finished_at", "outcome", "vendor", "vendor_id"])
    record_touch(message=message, now=now)


def record_touch(*, message: Message, now: datetime) -> None:
    """Tell the event log that a message went out, in the caller's transaction."""
    if message.lead is None:
        return
    props = {"subject": message.subject, "text": message.text, "message": message.pk}
    if message.is_automatic:
        props["automatic"] = True
    at = message.tried_at or now
    sent = NewEvent(
        event_id=f"message:{message.pk}",
        lead_id=message.lead.pk,
        kind="email_sent",
        occurred_at=at,
        known_at=at,
        actor=message.sender_name or "Leadlight",
        props=props,
    )
    person_of = {message.lead.pk: message.lead.person_id}
    events.record(events=[sent], person_of=person_of, causes=[Cause.TEAM], origin=queries.ORIGIN, now=now)
    events.refresh_activity(person_ids=[message.lead.person_id])


@transaction.atomic
def record_failure(*, letter: Letter, error: UnableToSend, now: datetime, chance: float) -> None:
    """
    Write down that a message was not taken: it is tried again, given up, or nobody knows.

    An address that does not work is closed, so that nothing else goes there.
    """
    message = _locked(letter.message_id, State.SENDING, State.MAYBE_SENT)
    if message is None or message.attempts != letter.attempt:
        return
    message.outcome = error.message[:300]
    if error.maybe_delivered:
        message.state, message.finished_at = State.MAYBE_SENT, now
    else:
        again = None
        if not error.is_permanent:
            stale, asked = message.stale_at, error.retry_after
            again = next_try(message.attempts, now=now, stale_at=stale, asked=asked, chance=chance)
        if again is None:
            message.state, message.finished_at = State.FAILED, now
        else:
            message.state, message.due_at, message.finished_at = State.PLANNED, again, None
            enqueue_deliveries([message.pk], now=now, run_at=again)
    message.save(update_fields=["state", "outcome", "due_at", "finished_at"])
    if error.is_address and message.lead_id is not None:
        closed = (message.lead_id, message.channel, "BOUNCED", error.message)
        suppress(rows=[closed], origin=f"message:{message.pk}", now=now)


@transaction.atomic
def put_off(*, message_ids: Sequence[int], error: UnableToSend, now: datetime, chance: float) -> None:
    """Write down that there was no line to be had for messages that wait: nothing of them was handed over."""
    waiting = Message.objects.select_for_update().filter(pk__in=message_ids, state=State.PLANNED).order_by("pk")
    for message in waiting:
        if message.due_at is not None and message.due_at > now:
            enqueue_deliveries([message.pk], now=now, run_at=message.due_at)
            continue
        message.attempts += 1
        again = next_try(message.attempts, now=now, stale_at=message.stale_at, asked=error.retry_after, chance=chance)
        message.outcome = error.message[:300]
        if again is None:
            message.state, message.finished_at = State.FAILED, now
        else:
            message.due_at = again
            enqueue_deliveries([message.pk], now=now, run_at=again)
        message.save(update_fields=["attempts", "state", "outcome", "due_at", "finished_at"])
