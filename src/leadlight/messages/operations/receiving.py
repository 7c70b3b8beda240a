"""Writes of what came in: filed with whoever it is from, with all that follows."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from leadlight.consent.operations import suppress, understand
from leadlight.events import operations as events
from leadlight.events.operations import NewEvent
from leadlight.events.rules import KIND_BY_NAME, Cause, cause_of
from leadlight.kit.db import insert_new_rows
from leadlight.messages import queries
from leadlight.messages.models import Direction, Message, Purpose, State, Through
from leadlight.messages.rules.receiving import Came, Filed, Incoming, file_mails, is_kept

_COLUMNS = (
    "lead", "direction", "channel", "message_class", "purpose", "key", "state", "sender_name", "is_automatic",
    "address", "subject", "text", "message_id", "references", "template", "event_id", "decision", "created_at",
    "attempts", "finished_at", "outcome", "vendor", "vendor_id", "mail_id",
)  # fmt: skip


@transaction.atomic
def receive(*, incoming: Sequence[Incoming], at: datetime, now: datetime) -> int:
    """
    File mails that came in; return how many were new.

    An answer of a person is an event, and what it asks for happens at once: whoever says stop is left alone. What
    comes back closes the address. Told of the same mails again, nothing happens. A fixed number of queries for the
    filing, and some for each that says stop.
    """
    ours, by_address = queries.ours(incoming), queries.leads_by_address(incoming)
    filed = file_mails(incoming, ours, by_address)
    for one in filed:
        if one.incoming.came == Came.BOUNCE:
            _bounced(one, now)
        elif one.incoming.came == Came.COMPLAINT and one.lead_id is not None:
            _record(one, "email_complained", at, now)
    kept = [one for one in filed if is_kept(one.incoming.came)]
    rows = [_row(one, at) for one in kept]
    new = set(insert_new_rows(Message, _COLUMNS, rows, returning="mail_id"))
    for one in kept:
        if one.incoming.mail_id in new and one.incoming.came == Came.HUMAN and one.lead_id is not None:
            _record(one, "email_replied", at, now)
            understand(lead_id=one.lead_id, channel="EMAIL", text=one.incoming.text, now=now)
    _reconcile([one.answers for one in filed if one.answers is not None], now)
    return len(new)


def _row(one: Filed, at: datetime) -> tuple[object, ...]:
    mail = one.incoming
    purpose = Purpose.ANSWER if mail.came == Came.HUMAN else Purpose.AUTO_REPLY
    return (
        one.lead_id, Direction.IN.value, Through.EMAIL.value, "", purpose.value, "", State.RECEIVED.value, "",
        mail.came == Came.AUTO_REPLY, mail.sender[:254], mail.subject[:300], mail.text, mail.message_id[:300],
        list(mail.references), "", _event_id(mail), {}, at, 0, at, "", "", "", mail.mail_id,
    )  # fmt: skip


def _event_id(mail: Incoming) -> str:
    return f"mail:{mail.mail_id}"


def _record(one: Filed, kind: str, at: datetime, now: datetime) -> None:
    assert one.lead_id is not None
    told = NewEvent(
        event_id=_event_id(one.incoming),
        lead_id=one.lead_id,
        kind=kind,
        occurred_at=at,
        known_at=now,
        props={"subject": one.incoming.subject, "text": one.incoming.text},
    )
    person_id = queries.person_of(one.lead_id)
    cause = cause_of(KIND_BY_NAME[kind], occurred_at=at, known_at=now)
    events.record(events=[told], person_of={one.lead_id: person_id}, causes=[cause], origin="mail", now=now)
    events.refresh_activity(person_ids=[person_id])


def _bounced(one: Filed, now: datetime) -> None:
    """Write down that a message of ours came back, and close the address if it never works."""
    if one.answers is None or one.lead_id is None:
        return
    for back in one.incoming.returned:
        Message.objects.filter(pk=one.answers, bounced_at=None).update(bounced_at=now, outcome=back.words[:300])
        told = NewEvent(
            event_id=_event_id(one.incoming),
            lead_id=one.lead_id,
            kind="email_bounced",
            occurred_at=now,
            known_at=now,
            props={"text": back.words},
        )
        person_of = {one.lead_id: queries.person_of(one.lead_id)}
        events.record(events=[told], person_of=person_of, causes=[Cause.TEAM], origin="mail", now=now)
        if back.is_hard:
            suppress(
                rows=[(one.lead_id, "EMAIL", "BOUNCED", back.words)], origin=f"message:{one.answers}", now=now
            )


def _reconcile(message_ids: Sequence[int], now: datetime) -> None:
    """Take for sent what was in doubt and has been answered, or has come back: it went out."""
    doubtful = Message.objects.filter(pk__in=message_ids, state=State.MAYBE_SENT)
    doubtful.update(state=State.SENT, finished_at=now, outcome="It was answered, so it arrived.")
