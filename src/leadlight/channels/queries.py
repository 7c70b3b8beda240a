"""Reads of the mail account and of the mails that came in."""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from leadlight.channels.email.base import Address, EmailVendor
from leadlight.channels.email.lines import Security, Server
from leadlight.channels.email.outbox import Outbox
from leadlight.channels.email.smtp import Smtp
from leadlight.channels.models import MailAccount, ReceivedMail
from leadlight.channels.rules.mail import Mail, read_mail
from leadlight.kit.secrets import unseal

#: A mailbox that was read so lately is being read.
FRESH = timedelta(minutes=10)


def mail_account() -> MailAccount:
    """Return how the team's mail leaves and comes in; empty as long as nobody has connected a server."""
    return MailAccount.objects.filter(pk=1).first() or MailAccount(pk=1)


def email_vendor() -> EmailVendor:
    """
    Return what sends email now: the team's own server once it is connected and on, else the outbox. One query.

    Raises:
        UnableToUnseal: the password cannot be read with this installation's key.
    """
    account = mail_account()
    return Smtp(smtp_server(account)) if account.smtp_host and account.is_on else Outbox()


def sender() -> Address | None:
    """Return the address that messages come from; None as long as nobody has said."""
    account = mail_account()
    return Address(account.from_email, account.from_name) if account.from_email else None


def smtp_server(account: MailAccount) -> Server:
    """
    Return the server that messages leave by, with its password.

    Raises:
        UnableToUnseal: the password cannot be read with this installation's key.
    """
    return Server(
        account.smtp_host,
        account.smtp_port,
        Security(account.smtp_security),
        account.smtp_username,
        unseal(account.smtp_password) if account.smtp_password else "",
        account.smtp_may_be_plain,
    )


def imap_server(account: MailAccount) -> Server:
    """
    Return the server that mail is read from, with its password.

    Raises:
        UnableToUnseal: the password cannot be read with this installation's key.
    """
    return Server(
        account.imap_host,
        account.imap_port,
        Security(account.imap_security),
        account.imap_username,
        unseal(account.imap_password) if account.imap_password else "",
        account.imap_may_be_plain,
    )


def inbox_is_read(*, now: datetime) -> bool:
    """Say whether a mailbox is connected and was read without error within ten minutes: whether answers are seen."""
    return MailAccount.objects.filter(read_at__gte=now - FRESH, failures=0).exclude(imap_host="").exists()


def raw_mails(mail_ids: Iterable[int]) -> dict[int, bytes]:
    """Return mails as they came, by their ids; those that are not here are left out. One query."""
    rows = ReceivedMail.objects.filter(pk__in=list(mail_ids)).values_list("pk", "raw")
    return {pk: zlib.decompress(raw) for pk, raw in rows}


@dataclass(frozen=True)
class Received:
    """A mail with when the mailbox took it."""

    mail: Mail
    received_at: datetime


def mails(mail_ids: Iterable[int]) -> dict[int, Received]:
    """Return what mails say, by their ids; those that are not here are left out. One query."""
    rows = ReceivedMail.objects.filter(pk__in=list(mail_ids)).values_list("pk", "raw", "received_at")
    return {pk: Received(read_mail(zlib.decompress(raw)), at) for pk, raw, at in rows}
