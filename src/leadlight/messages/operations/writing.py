"""Writes of what somebody of the team says to a lead, by their own hand; the same way as everything else."""

from datetime import datetime, timedelta

from django.db import transaction

from leadlight.accounts.models import User
from leadlight.consent.rules import Channel, MessageClass
from leadlight.kit.errors import DomainError
from leadlight.leads.models import Lead
from leadlight.messages import queries
from leadlight.messages.models import Direction, Message, Purpose, State
from leadlight.messages.operations.planning import Draft, prepare
from leadlight.messages.queries import Asked
from leadlight.messages.rules.language import Severity, check

#: What somebody wrote is of use so long; a server that is away for longer leaves it to them.
_USEFUL = timedelta(days=2)


class UnableToWrite(DomainError):
    """A message cannot be written."""

    code = "bad_message"


@transaction.atomic
def write(*, person_id: int, subject: str, text: str, token: str, actor: User, now: datetime) -> Message:
    """
    Have a message of somebody's own sent; return it as planned, or as refused with every reason.

    `token` names the form: sent twice, it is written once. It answers whoever asked something and was not answered by
    anybody yet; all else advertises, as far as the law is concerned.

    Raises:
        UnableToWrite: there are no words or no address, or words that may not be said.
    """
    if not text.strip():
        raise UnableToWrite("Write something first.")
    found = [one for one in check(f"{subject}\n{text}") if one.severity is Severity.HARD]
    if found:
        raise UnableToWrite(
            f"Not sent: “{found[0].words}” may not stand in a message about homes. {found[0].why} "
            f"Say instead: {found[0].say_instead.rstrip('.')}."
        )
    addressee = queries.addressees([person_id]).get(person_id)
    if addressee is None:
        raise UnableToWrite("There is no email address of theirs.")
    latest = queries.latest_incoming(person_id)
    draft = Draft(
        lead_id=addressee.lead_id,
        message_class=_class(person_id, now),
        purpose=Purpose.BY_HAND,
        key=f"hand:{actor.pk}:{token}",
        subject=subject.strip() or _answering(latest),
        text=text.replace("\r\n", "\n"),
        address=addressee.email,
        sender=actor,
        references=(*latest.references, latest.message_id) if latest and latest.message_id else (),
        stale_at=now + _USEFUL,
    )
    prepare(drafts=[draft], now=now)
    return Message.objects.get(key=draft.key)


def _class(person_id: int, now: datetime) -> MessageClass:
    """Return what a message by hand is to the law: an answer, unless the gate says that it answers nothing."""
    answer = Asked(person_id, Channel.EMAIL, MessageClass.REQUESTED_RESPONSE, Purpose.BY_HAND, is_automatic=False)
    [decision] = queries.decide_each([answer], now=now)
    return MessageClass.MARKETING if "not_requested" in decision.codes else answer.message_class


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
def file_message(*, message_id: int, person_id: int, now: datetime) -> None:
    """
    Say whose a message is that came from nobody whom we knew.

    Raises:
        UnableToWrite: it is somebody's already, or there is no such person.
    """
    message = _unfiled(message_id)
    lead = Lead.objects.filter(person=person_id).order_by("-updated_at", "-pk").first()
    if lead is None:
        raise UnableToWrite("There is no such lead.")
    message.lead, message.read_at = lead, now
    message.save(update_fields=["lead", "read_at"])


@transaction.atomic
def set_aside(*, message_id: int, now: datetime) -> None:
    """
    Say that a message is nobody's; it is kept.

    Raises:
        UnableToWrite: it is somebody's already.
    """
    message = _unfiled(message_id)
    message.read_at = now
    message.save(update_fields=["read_at"])


def _unfiled(message_id: int) -> Message:
    found = Message.objects.select_for_update().filter(pk=message_id, lead=None, direction=Direction.IN, read_at=None)
    message = found.first()
    if message is None:
        raise UnableToWrite("Somebody has looked at this message already.")
    return message
