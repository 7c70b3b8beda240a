"""Writes of what somebody of the team says to a lead, by their own hand; the same way as everything else."""

from datetime import datetime, timedelta

from django.db import transaction
from leadlight.messages.rules.language import check

from leadlight.accounts.models import User
from leadlight.kit.errors import DomainError
from leadlight.leads.models import Lead
from leadlight.messages import queries
from leadlight.messages.models import Direction, Message, Purpose, State
from leadlight.messages.operations.planning import Draft, prepare
from leadlight.messages.rules.classes import class_by_hand

#: What somebody wrote is of use so long; a server that is away for a day leaves it to them.
_USEFUL = timedelta(days=2)


class UnableToWrite(DomainError):
    """A message cannot be written."""

    code = "bad_message"


@transaction.atomic
def write(*, person_id: int, subject: str, text: str, token: str, actor: User, now: datetime) -> Message:
    """
    Have a message of somebody's own sent; return it as planned, or as refused with every reason.

    `token` names the form: sent twice, it is written once. Whoever asked something within a day is answered; anything
    else advertises, as far as the law is concerned.

    Raises:
        UnableToWrite: there are no words or no address, or words that may not be said.
    """
    if not text.strip():
        raise UnableToWrite("Write something first.")
    found = [one for one in check(f"{subject}\n{text}") if one.severity == "HARD"]
    if found:
        raise UnableToWrite(
            f"Not sent: “{found[0].words}” may not stand in a message about homes. {found[0].why} "
            f"Say instead: {found[0].say_instead}."
        )
    lead, address = queries.address_of(person_id)
    if lead is None or not address:
        raise UnableToWrite("There is no email address of theirs that works.")
    latest = queries.latest_incoming(person_id)
    key = f"hand:{actor.pk}:{token}"
    prepare(
        drafts=[
            Draft(
                lead_id=lead.pk,
                message_class=class_by_hand(queries.last_asked_at(person_id), now=now),
                purpose=Purpose.BY_HAND,
                key=key,
                subject=subject.strip() or _answering(latest),
                text=text.replace("\r\n", "\n"),
                address=address,
                sender=actor,
                references=(*latest.references, latest.message_id) if latest and latest.message_id else (),
                stale_at=now + _USEFUL,
            )
        ],
        now=now,
    )
    return Message.objects.get(key=key)


def _answering(latest: Message | None) -> str:
    if latest is None or not latest.subject:
        raise UnableToWrite("Give the message a subject.")
    return latest.subject if latest.subject.lower().startswith("re:") else f"Re: {latest.subject}"


@transaction.atomic
def mark_read(*, person_id: int, now: datetime) -> int:
    """Remember that somebody of the team has seen what a person wrote; return how much of it was new."""
    unread = Message.objects.filter(lead__person=person_id, state=State.RECEIVED, read_at=None)
    return unread.update(read_at=now)


@transaction.atomic
def file_message(*, message_id: int, lead_id: int, now: datetime) -> None:
    """
    Say whose a message is that came from nobody whom we knew.

    Raises:
        UnableToWrite: it is somebody's already, or there is no such lead.
    """
    message = Message.objects.select_for_update().filter(pk=message_id, lead=None, direction=Direction.IN).first()
    lead = Lead.objects.filter(pk=lead_id).first()
    if message is None or lead is None:
        raise UnableToWrite("This message is somebody's already.")
    message.lead, message.read_at = lead, now
    message.save(update_fields=["lead", "read_at"])
