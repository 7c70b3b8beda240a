"""Writes around the moment in which a message is handed over: before it, and after it, never during it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from leadlight.channels.email.base import Accepted, Email, UnableToSend
from leadlight.consent.operations import suppress
from leadlight.events import operations as events
from leadlight.events.operations import NewEvent
from leadlight.events.rules import Cause
from leadlight.jobs.operations import enqueue_many
from leadlight.messages import queries
from leadlight.messages.models import Message, State
from leadlight.messages.rules.letters import letter_of
from leadlight.messages.rules.tries import next_try

JOB = "messages.deliver"
_DOUBT = "Leadlight stopped while this was handed over. It may have arrived."


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
    return doubtful.update(state=State.MAYBE_SENT, finished_at=now, outcome=_DOUBT)


@dataclass(frozen=True)
class Letter:
    """A message that is being handed over."""

    message_id: int
    email: Email


@transaction.atomic
def claim(*, message_id: int, now: datetime) -> Letter | None:
    """
    Decide once more about a planned message and write down that it is handed over now; None when it is not to be.

    One that was refused, stopped or sent meanwhile is left alone; one that may go out only later waits for that.
    """
    message = Message.objects.select_for_update(of=("self",)).select_related("lead").filter(pk=message_id).first()
    if message is None or message.state != State.PLANNED:
        return None
    if message.due_at is not None and message.due_at > now:
        enqueue_deliveries([message_id], now=now, run_at=message.due_at)
        return None
    if message.stale_at is not None and message.stale_at <= now:
        _end(message, State.CANCELLED, "It came too late to be of use.", now)
        return None
    decision = queries.decide([message], now=now)[message.pk]
    message.decision, message.decided_at = decision.as_dict(), now
    if not decision.is_allowed:
        wait = decision.retry_at
        if wait is None or (message.stale_at is not None and wait >= message.stale_at):
            _end(message, State.REFUSED, decision.words, now)
        else:
            message.due_at, message.outcome = wait, decision.words[:300]
            message.save(update_fields=["due_at", "outcome", "decision", "decided_at"])
            enqueue_deliveries([message_id], now=now, run_at=wait)
        return None
    message.state, message.tried_at, message.attempts = State.SENDING, now, message.attempts + 1
    message.save(update_fields=["state", "tried_at", "attempts", "decision", "decided_at"])
    return Letter(message_id, letter_of(message, queries.letterhead(message)))


def _end(message: Message, state: State, outcome: str, now: datetime) -> None:
    message.state, message.outcome, message.finished_at = state, outcome[:300], now
    message.save(update_fields=["state", "outcome", "finished_at", "decision", "decided_at"])


@transaction.atomic
def record_accepted(*, message_id: int, accepted: Accepted, vendor: str, now: datetime) -> None:
    """
    Write down that a message was taken, and that we wrote to the person.

    Also of one that was given for doubtful meanwhile, since its worker only seemed to be dead.
    """
    message = (
        Message.objects.select_for_update(of=("self",))
        .select_related("lead", "sender")
        .filter(pk=message_id, state__in=(State.SENDING, State.MAYBE_SENT))
        .first()
    )
    if message is None:
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
    events.record(events=[sent], person_of=person_of, causes=[Cause.TEAM], origin="messages", now=now)
    events.refresh_activity(person_ids=[message.lead.person_id])


@transaction.atomic
def record_failure(*, message_id: int, error: UnableToSend, now: datetime, chance: float) -> None:
    """
    Write down that a message was not taken: it is tried again, given up, or nobody knows.

    An address that does not work is closed, so that nothing else goes there.
    """
    message = Message.objects.select_for_update(of=("self",)).filter(pk=message_id, state=State.SENDING).first()
    if message is None:
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
            message.state, message.due_at = State.PLANNED, again
            enqueue_deliveries([message_id], now=now, run_at=again)
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
