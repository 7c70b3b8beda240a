"""What a mail says, whoever wrote it and however broken it is. Pure."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum

from leadlight.channels.email.base import Address
from leadlight.channels.rules import headers
from leadlight.channels.rules.bodies import Part, content_type, parse, whole_text
from leadlight.channels.rules.quotes import new_part
from leadlight.channels.rules.replies import back_on, is_automatic_subject
from leadlight.channels.rules.reports import (
    Failure,
    Report,
    complaint,
    delivery_report,
    other_bounce,
    read_receipt,
)

#: Subjects are cut here.
_LONGEST_SUBJECT = 500


class Kind(Enum):
    """What kind of mail it is."""

    #: A person wrote it, or nothing says otherwise.
    HUMAN = "HUMAN"
    #: A machine answered for somebody: out of office, "we have received your message". No reply.
    AUTO_REPLY = "AUTO_REPLY"
    #: A server says that a mail did not reach somebody, or not yet.
    BOUNCE = "BOUNCE"
    #: A provider says that somebody called a mail of ours spam.
    COMPLAINT = "COMPLAINT"
    #: Went to many: newsletters, notifications, mailing lists.
    LIST = "LIST"
    #: A mail was delivered, or shown to somebody; says nothing of what they think.
    RECEIPT = "RECEIPT"


@dataclass(frozen=True)
class Mail:
    """One mail. Addresses are in lower case, ids without angle brackets; what it does not say is empty."""

    kind: Kind
    message_id: str
    sender: Address
    reply_to: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    subject: str
    #: As its sender's clock says, in UTC.
    sent_at: datetime | None
    #: The mails that it answers, the oldest first.
    references: tuple[str, ...]
    #: What its writer wrote in it, without what it answers and without signatures.
    new_text: str
    #: All that it says, as text.
    text: str
    #: AUTO_REPLY: the day of return that it names plainly.
    back_on: date | None = None
    #: BOUNCE: whom it did not reach.
    failures: tuple[Failure, ...] = ()
    #: BOUNCE, COMPLAINT, RECEIPT: the id of the mail that it is about, and whom that went to.
    original_id: str = ""
    original_recipients: tuple[str, ...] = ()


def read_mail(raw: bytes) -> Mail:
    """
    Return what a mail says. Any bytes are a mail: of what cannot be read, what can be; nothing is raised.

    The kind is by what the mail says of itself in the standards (RFC 3464, 3834, 5965, 8098) and, where it says
    nothing, by how programs write such mails in English, Spanish, French, German and Portuguese. In doubt it is
    HUMAN: a reply that is taken for a machine's is one that nobody reads.
    """
    message = parse(raw)
    text = whole_text(message)
    sender = next(iter(headers.addresses(headers.raw_values(message, "From"))), Address(""))
    subject = headers.value(message, "Subject")[:_LONGEST_SUBJECT]
    sent_at = headers.moment(headers.raw_value(message, "Date"))
    references = _references(message)
    kind, report = _kind(message, sender=sender.email, subject=subject, text=text, is_answer=bool(references))
    new = new_part(text)
    return Mail(
        kind=kind,
        message_id=headers.message_id(message),
        sender=sender,
        reply_to=headers.addresses(headers.raw_values(message, "Reply-To")),
        to=headers.addresses(headers.raw_values(message, "To")),
        cc=headers.addresses(headers.raw_values(message, "Cc")),
        subject=subject,
        sent_at=sent_at,
        references=references,
        new_text=new,
        text=text,
        back_on=_back_on(f"{subject}\n{new}", sent_at) if kind is Kind.AUTO_REPLY else None,
        failures=report.failures,
        original_id=report.original_id,
        original_recipients=report.recipients,
    )


def _references(message: Part) -> tuple[str, ...]:
    told = headers.message_ids(headers.raw_values(message, "References"))
    answered = headers.message_ids(headers.raw_values(message, "In-Reply-To"))
    return (*(name for name in told if name not in answered), *answered)


def _back_on(text: str, sent_at: datetime | None) -> date | None:
    # Without a date of its own nobody knows which year it speaks of.
    return back_on(text, today=sent_at.astimezone(UTC).date()) if sent_at is not None else None


def _kind(message: Part, *, sender: str, subject: str, text: str, is_answer: bool) -> tuple[Kind, Report]:
    if report := complaint(message):
        return Kind.COMPLAINT, report
    if report := delivery_report(message):
        return (Kind.RECEIPT if report.is_success else Kind.BOUNCE), report
    if report := read_receipt(message):
        return Kind.RECEIPT, report
    if report := other_bounce(message, sender=sender, subject=subject, text=text):
        return Kind.BOUNCE, report
    if _is_automatic(message, subject):
        return Kind.AUTO_REPLY, Report()
    # A group address puts such headers on the answers of people too, and those name what they answer.
    if _is_list(message) and not is_answer:
        return Kind.LIST, Report()
    return Kind.HUMAN, Report()


_YES = re.compile(r"auto-(?:replied|generated|notified)", re.I)


def _is_automatic(message: Part, subject: str) -> bool:
    # Not X-Auto-Response-Suppress: it asks others not to answer by machine, and people's mails carry it too.
    if _YES.search(headers.raw_value(message, "Auto-Submitted")):
        return True
    if any(headers.raw_value(message, name) for name in _AUTOMATIC_HEADERS):
        return True
    precedence = headers.raw_value(message, "Precedence").lower()
    if precedence in {"auto_reply", "auto-reply", "autoreply"}:
        return True
    return is_automatic_subject(subject, after_prefix=precedence in {"bulk", "junk"})


_AUTOMATIC_HEADERS = ("X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Auto-Reply-From", "X-Mail-Autoreply")


def _is_list(message: Part) -> bool:
    if headers.raw_value(message, "List-Id") or headers.raw_value(message, "List-Unsubscribe"):
        return True
    precedence = headers.raw_value(message, "Precedence").lower()
    return precedence in {"bulk", "list", "junk"} and not content_type(message).startswith("multipart/report")
