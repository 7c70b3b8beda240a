"""Writes of what came in: filed with whoever it is from, with all that follows."""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction

from leadlight.channels.rules.mail import Kind
from leadlight.channels.rules.reports import Failure
from leadlight.consent.operations import close_for, close_for_stranger, suppress
from leadlight.events import operations as events
from leadlight.events.operations import NewEvent
from leadlight.events.rules import KIND_BY_NAME, cause_of
from leadlight.events.text import message_quality
from leadlight.kit.db import insert_rows, lock_until_commit
from leadlight.messages import queries
from leadlight.messages.models import Direction, Message, Purpose, State, Through
from leadlight.messages.operations.asking import ask_through_portals
from leadlight.messages.rules.receiving import Filed, Incoming, Ours, failed_addresses, file_mails, is_kept

_COLUMNS = (
    "lead", "direction", "channel", "purpose", "state", "is_automatic", "address", "sender_name", "subject", "text",
    "message_id", "references", "event_id", "created_at", "finished_at", "key", "mail_id",
)  # fmt: skip
_REPLY = "email_replied"
_ANSWERED = "It was answered, so it arrived."


@transaction.atomic
def receive(*, incoming: Sequence[Incoming], now: datetime) -> int:
    """
    File mails that came in; return how many of them stand in the inbox now and did not before.

    What a person writes is an event, and closes what it asks to close in the same moment; of nobody whom we know it
    closes the address that it came from. Who asks through a portal becomes a lead. What comes back closes its
    address. Told of the same mails again, nothing happens. A fixed number of queries, and some for each who asks
    through a portal, or asks us to stop and is nobody whom we know.
    """
    # Two workers told of the same mails would else both find that nobody has filed them.
    lock_until_commit("messages:receive")
    filed_before = set(
        Message.objects.filter(mail_id__in=[one.mail_id for one in incoming]).values_list("mail_id", flat=True)
    )
    by_id = {one.mail_id: one for one in incoming if one.mail_id not in filed_before}
    new = sorted(by_id.values(), key=lambda one: (one.received_at, one.mail_id))
    if not new:
        return 0
    ours = queries.ours({name for one in new for name in one.named})
    by_address = queries.leads_by_address({one.mail.sender.email for one in new})
    filed = file_mails(new, ours, by_address, country=settings.COUNTRY)
    _note_reports([one for one in filed if one.incoming.mail.kind in (Kind.BOUNCE, Kind.COMPLAINT)], now)
    kept = ask_through_portals(filed=[one for one in filed if is_kept(one)], now=now)
    replies = [one for one in kept if one.lead_id is not None and not one.portal and _is_human(one)]
    insert_rows(Message, _COLUMNS, [_row(one, now) for one in kept])
    told = _tell([(one, _REPLY, _said(one)) for one in replies], now)
    close_for(event_ids=told, now=now)
    for one in kept:
        if one.lead_id is None and one.portal is None and _is_human(one):
            address = one.incoming.mail.sender.email
            close_for_stranger(address=address, kind=_REPLY, props=_said(one), now=now)
    reached = [one.answers for one in filed if one.answers is not None and one.incoming.mail.kind is not Kind.BOUNCE]
    Message.objects.filter(pk__in=reached, state=State.MAYBE_SENT).update(state=State.SENT, outcome=_ANSWERED)
    return len(kept)


def _is_human(one: Filed) -> bool:
    return one.incoming.mail.kind is Kind.HUMAN


def _row(one: Filed, now: datetime) -> tuple[object, ...]:
    mail = one.incoming.mail
    is_automatic = not one.portal and not _is_human(one)
    purpose = Purpose.AUTO_REPLY if is_automatic else Purpose.INQUIRY if one.portal else Purpose.ANSWER
    text = (one.portal.row.message if one.portal else "") or one.incoming.text
    key = f"portal:{one.portal.repeat_key}:{one.incoming.mail_id}" if one.portal else ""
    return (
        one.lead_id, Direction.IN.value, Through.EMAIL.value, purpose.value, State.RECEIVED.value, is_automatic,
        mail.sender.email[:254], mail.sender.name[:120], mail.subject[:300], text, mail.message_id[:300],
        list(mail.references), "" if one.is_repeat else event_of(one), min(one.incoming.received_at, now), now, key,
        one.incoming.mail_id,
    )  # fmt: skip


def event_of(one: Filed) -> str:
    """Return the id of the event that a mail becomes."""
    return f"mail:{one.incoming.mail_id}"


def _said(one: Filed) -> dict[str, object]:
    return {"subject": one.incoming.mail.subject, "text": one.incoming.text}


def _tell(told: Sequence[tuple[Filed, str, dict[str, object]]], now: datetime) -> list[str]:
    """Append events that mails tell of, known from now on; return their ids."""
    if not told:
        return []
    leads = {one.lead_id for one, _, _ in told if one.lead_id is not None}
    person_of = queries.persons_of(leads)
    new = [
        NewEvent(
            event_id=event_of(one),
            lead_id=one.lead_id,
            kind=kind,
            occurred_at=min(one.incoming.received_at, now),
            known_at=now,
            value=message_quality(one.incoming.text) if kind == _REPLY else None,
            props=props,
        )
        for one, kind, props in told
        if one.lead_id is not None
    ]
    causes = [cause_of(KIND_BY_NAME[event.kind], occurred_at=event.occurred_at, known_at=now) for event in new]
    events.record(events=new, person_of=person_of, causes=causes, origin=queries.ORIGIN, now=now)
    events.refresh_activity(person_ids=sorted(set(person_of.values())))
    return [event.event_id for event in new]


def _note_reports(reports: Sequence[Filed], now: datetime) -> None:
    """
    Write down which messages of ours came back, or were called spam, and close the addresses that never work.

    A report that names no message of ours counts for the latest that went to the address, if one did of late: else
    anybody could close anybody's address.
    """
    lost = {address for one in reports if one.answers is None for address in failed_addresses(one.incoming)}
    sent = queries.sent_lately(lost, now=now) if lost else {}
    told: list[tuple[Filed, str, dict[str, object]]] = []
    closed: list[tuple[int, str, str, str]] = []
    for report in reports:
        if (about := _about(report, sent)) is None:
            continue
        one, message_id, lead_id = about
        if one.incoming.mail.kind is Kind.COMPLAINT:
            told.append((one, "email_complained", {"channel": "EMAIL"}))
            continue
        failure = next(iter(one.incoming.mail.failures), None)
        if failure is None or not failure.is_hard:
            continue
        words = _words(failure)
        Message.objects.filter(pk=message_id, bounced_at=None).update(
            bounced_at=now, state=State.SENT, outcome=words[:300]
        )
        told.append((one, "email_bounced", {"text": words}))
        if failure.is_address:
            closed.append((lead_id, "EMAIL", "BOUNCED", words))
    close_for(event_ids=_tell(told, now), now=now)
    if closed:
        suppress(rows=closed, origin=queries.ORIGIN, now=now)


def _about(report: Filed, sent: dict[str, Ours]) -> tuple[Filed, int, int] | None:
    """Return a report as of the lead that it is about, with our message; None when nobody can tell which."""
    found: Ours | None = (report.answers, report.lead_id) if report.answers is not None else None
    if found is None:
        found = next((sent[one] for one in failed_addresses(report.incoming) if one in sent), None)
    if found is None or found[1] is None:
        return None
    return Filed(report.incoming, found[1], found[0]), found[0], found[1]


def _words(failure: Failure) -> str:
    return " ".join(filter(None, ("It came back:", failure.status, failure.diagnostic))).strip()
