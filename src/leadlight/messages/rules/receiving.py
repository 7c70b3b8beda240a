"""Whose a mail is, and what follows from it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from leadlight.channels.rules.mail import Kind, Mail
from leadlight.intake.rules.portal_mail import PortalLead, PortalMail, comes_from_portal, read_portal_mail

#: What a server or a program says of a mail of ours, or of itself: never somebody who asks about a home.
_REPORTS = frozenset({Kind.BOUNCE, Kind.COMPLAINT, Kind.RECEIPT})


@dataclass(frozen=True)
class Incoming:
    """A mail that came in, and when the mailbox took it."""

    mail_id: int
    mail: Mail
    received_at: datetime

    @property
    def named(self) -> tuple[str, ...]:
        """The Message-IDs that it answers or reports on, the latest last."""
        return (*self.mail.references, *filter(None, (self.mail.original_id,)))

    @property
    def text(self) -> str:
        """What is new in it; the subject where its writer left it at that, as mail programs do that unsubscribe."""
        return self.mail.new_text.strip() or self.mail.subject


#: Our message, and its lead.
Ours = tuple[int, int | None]


@dataclass(frozen=True)
class Filed:
    """Whose a mail is."""

    incoming: Incoming
    #: None for nobody whom we know.
    lead_id: int | None
    #: Our message that it answers, or reports on.
    answers: int | None = None
    #: Somebody asks through a portal.
    portal: PortalLead | None = None
    #: It comes from a portal, and nobody could read it.
    is_unreadable: bool = False
    #: The portal told of the very same a day ago or less.
    is_repeat: bool = False


def file_mails(
    incoming: Sequence[Incoming], ours: Mapping[str, Ours], by_address: Mapping[str, int], *, country: str
) -> list[Filed]:
    """
    Return whose mails are, in order.

    Of the lead of the latest message of ours that a mail names, else of who has its address, else of whom a portal
    tells. `ours` gives by Message-ID our message and its lead; `by_address` the lead that speaks for an address;
    `country` is that of phone numbers without a prefix. A thread goes before the address, since people answer from
    other mailboxes, and couples share one. What a person writes is read as a portal's last of all, as signatures look
    like it.
    """
    return [_file(one, ours, by_address, country) for one in incoming]


def _file(one: Incoming, ours: Mapping[str, Ours], by_address: Mapping[str, int], country: str) -> Filed:
    answered = next((ours[name] for name in reversed(one.named) if name in ours), None)
    if answered is not None and answered[1] is not None:
        return Filed(one, answered[1], answered[0])
    if one.mail.kind in _REPORTS:
        return Filed(one, None)
    if (lead_id := by_address.get(one.mail.sender.email)) is not None:
        return Filed(one, lead_id)
    mail = _portal_mail(one.mail)
    portal = read_portal_mail(mail, country=country)
    return Filed(one, None, portal=portal, is_unreadable=portal is None and comes_from_portal(mail))


def _portal_mail(mail: Mail) -> PortalMail:
    reply_to = mail.reply_to[0].email if mail.reply_to else ""
    return PortalMail(mail.sender.email, mail.subject, mail.text, mail.message_id, reply_to)


def failed_addresses(one: Incoming) -> tuple[str, ...]:
    """Return whom a report says that a mail did not reach."""
    told = [failure.recipient for failure in one.mail.failures if failure.recipient]
    return tuple(dict.fromkeys(told or one.mail.original_recipients))


def is_kept(filed: Filed) -> bool:
    """
    Say whether a mail stands in the inbox.

    Newsletters, receipts and reports of servers do not; nor what machines of nobody whom we know say, but for what a
    portal says and nobody could read.
    """
    kind = filed.incoming.mail.kind
    if kind is Kind.HUMAN or filed.portal is not None or filed.is_unreadable:
        return True
    return kind is Kind.AUTO_REPLY and filed.lead_id is not None
