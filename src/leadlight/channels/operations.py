"""Writes of the mail account and of the mails that come in. What talks to a server does so before its transaction."""

import hashlib
import zlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from leadlight.accounts.models import User
from leadlight.accounts.operations import record_audit
from leadlight.channels import queries
from leadlight.channels.email import imap, smtp
from leadlight.channels.email.base import Address
from leadlight.channels.email.imap import Fetched
from leadlight.channels.email.lines import Server
from leadlight.channels.email.smtp import Smtp
from leadlight.channels.models import MailAccount, ReceivedMail
from leadlight.channels.rules import headers
from leadlight.channels.rules.bodies import parse
from leadlight.channels.rules.waits import rest
from leadlight.jobs.operations import publish
from leadlight.kit.errors import DomainError
from leadlight.kit.secrets import seal

MAIL_RECEIVED = "channels.mail_received"
#: The clocks of two machines differ by less.
_CLOCKS = timedelta(days=1)


class UnableToConnect(DomainError):
    """A server cannot be connected or turned on as it stands."""

    code = "mail_not_connected"


@dataclass(frozen=True)
class Place:
    """Up to where a folder was read."""

    uid_validity: int
    uid: int


def try_smtp(*, server: Server) -> None:
    """
    Open a line to a server and log in, as for a message, but send none.

    Raises:
        UnableToSend: it cannot be done; the message says in plain words what is wrong.
    """
    with Smtp(server, smtp.Patience(connect=10, answer=15)).open():
        pass


def try_imap(*, server: Server, folder: str) -> Place:
    """
    Log in to a mailbox and open the folder; return its end, from where new mail is to be read.

    Raises:
        UnableToReadMail: it cannot be done; the message says in plain words what is wrong.
    """
    with imap.open_folder(server, folder, patience=imap.Patience(connect=10, answer=15)) as found:
        return Place(found.uid_validity, found.uid_next - 1)


def test_smtp() -> None:
    """
    Try the server that is connected.

    Raises:
        UnableToConnect: there is none.
        UnableToSend: it cannot be used now.
        UnableToUnseal: its password cannot be read with this installation's key.
    """
    account = queries.mail_account()
    if not account.smtp_host:
        raise UnableToConnect("Connect the server that sends first.")
    try_smtp(server=queries.smtp_server(account))


def test_imap() -> None:
    """
    Try the mailbox that is connected.

    Raises:
        UnableToConnect: there is none.
        UnableToReadMail: it cannot be read now.
        UnableToUnseal: its password cannot be read with this installation's key.
    """
    account = queries.mail_account()
    if not account.imap_host:
        raise UnableToConnect("Connect the mailbox first.")
    try_imap(server=queries.imap_server(account), folder=account.imap_folder)


def connect_smtp(*, server: Server, sender: Address, now: datetime, actor: User | None = None) -> None:
    """
    Try a server and keep it as the one that messages leave by; nothing leaves before sending is turned on.

    Without a password, the one that is stored for the same user at the same host is used on.

    Raises:
        UnableToSend: the server cannot be used; nothing was changed.
        UnableToUnseal: the stored password cannot be read with this installation's key.
    """
    account = queries.mail_account()
    if not server.password and _is_same(server, account.smtp_host, account.smtp_username):
        server = replace(server, password=queries.smtp_server(account).password)
    try_smtp(server=server)
    with transaction.atomic():
        account = _locked()
        account.from_email, account.from_name = sender.email, sender.name
        account.smtp_host, account.smtp_port, account.smtp_security = server.host, server.port, server.security.value
        account.smtp_username, account.smtp_password = server.username, _sealed(server)
        account.smtp_may_be_plain = server.may_be_plain
        account.save()
        _audit("email.smtp_connected", now, actor, host=server.host, sender=sender.email)


def connect_imap(*, server: Server, folder: str, now: datetime, actor: User | None = None) -> None:
    """
    Try a mailbox and keep it as the one that answers are read from: what comes in from now on.

    Without a password, the one that is stored for the same user at the same host is used on. A mailbox that is
    connected again is read on from where it was read.

    Raises:
        UnableToReadMail: it cannot be read; nothing was changed.
        UnableToUnseal: the stored password cannot be read with this installation's key.
    """
    account = queries.mail_account()
    if not server.password and _is_same(server, account.imap_host, account.imap_username):
        server = replace(server, password=queries.imap_server(account).password)
    end = try_imap(server=server, folder=folder)
    with transaction.atomic():
        account = _locked()
        before = account.mailbox
        account.imap_host, account.imap_port, account.imap_security = server.host, server.port, server.security.value
        account.imap_username, account.imap_password = server.username, _sealed(server)
        account.imap_may_be_plain, account.imap_folder = server.may_be_plain, folder
        if account.mailbox != before or account.reads_since is None:
            account.uid_validity, account.last_uid, account.reads_since = end.uid_validity, end.uid, now
        account.read_at, account.failures, account.failing_since = now, 0, None
        account.latest_error, account.next_read_at = "", None
        account.save()
        _audit("email.imap_connected", now, actor, host=server.host, folder=folder)


@transaction.atomic
def turn_sending(*, is_on: bool, now: datetime, actor: User | None = None) -> None:
    """
    Let messages leave this machine, or keep them here again.

    Raises:
        UnableToConnect: there is no server that they could leave by.
    """
    account = _locked()
    if is_on and not account.smtp_host:
        raise UnableToConnect("Connect the server that sends first.")
    if account.is_on != is_on:
        MailAccount.objects.filter(pk=1).update(is_on=is_on)
        _audit("email.sending_on" if is_on else "email.sending_off", now, actor)


@transaction.atomic
def disconnect_smtp(*, now: datetime, actor: User | None = None) -> None:
    """Forget the server that messages leave by, with its password; they stay here from now on."""
    account = _locked()
    if account.smtp_host:
        _audit("email.smtp_disconnected", now, actor, host=account.smtp_host)
        MailAccount.objects.filter(pk=1).update(
            is_on=False, smtp_host="", smtp_username="", smtp_password="", smtp_may_be_plain=False
        )


@transaction.atomic
def disconnect_imap(*, now: datetime, actor: User | None = None) -> None:
    """Forget the mailbox with its password; mails that were read stay."""
    account = _locked()
    if account.imap_host:
        _audit("email.imap_disconnected", now, actor, host=account.imap_host)
        MailAccount.objects.filter(pk=1).update(
            imap_host="", imap_username="", imap_password="", imap_may_be_plain=False, uid_validity=None, last_uid=0,
            reads_since=None, read_at=None, failures=0, failing_since=None, latest_error="", next_read_at=None,
        )  # fmt: skip


@transaction.atomic
def record_mails(*, mailbox: str, uid_validity: int, mails: Sequence[Fetched], now: datetime) -> list[int]:
    """
    Keep mails and how far the mailbox was read by them, and tell of them; return the ids of those that are new.

    A mail that is here already is passed over: by its number while the numbers hold, else by its id and its time, or
    by its bytes. Nothing is kept of a mailbox that is no longer the connected one. A fixed number of
    queries.
    """
    account = _locked()
    if account.mailbox != mailbox or not mails:
        return []
    rows = [_row(mailbox, uid_validity, mail, now) for mail in mails]
    new = ReceivedMail.objects.bulk_create(_unknown(mailbox, uid_validity, rows))
    ids = [row.pk for row in new]
    upto = Place(uid_validity, max(mail.uid for mail in mails))
    MailAccount.objects.filter(pk=1).update(uid_validity=uid_validity, last_uid=_further(account, upto))
    publish(facts={MAIL_RECEIVED: [{"mail_id": pk} for pk in ids]}, now=now)
    return ids


def _further(account: MailAccount, upto: Place) -> int:
    """Return how far a folder was read: two who read at once never put it back."""
    return max(account.last_uid, upto.uid) if account.uid_validity == upto.uid_validity else upto.uid


def _row(mailbox: str, uid_validity: int, mail: Fetched, now: datetime) -> ReceivedMail:
    message = parse(mail.raw)
    senders = headers.addresses(headers.raw_values(message, "From"))
    return ReceivedMail(
        mailbox=mailbox,
        uid_validity=uid_validity,
        uid=mail.uid,
        message_id=headers.message_id(message),
        from_email=senders[0].email if senders else "",
        subject=headers.value(message, "Subject")[:500],
        received_at=mail.received_at,
        stored_at=now,
        raw=zlib.compress(mail.raw),
        sha256=hashlib.sha256(mail.raw).hexdigest(),
        size=mail.size,
        is_whole=mail.is_whole,
    )


def _unknown(mailbox: str, uid_validity: int, rows: Sequence[ReceivedMail]) -> list[ReceivedMail]:
    here = ReceivedMail.objects.filter(mailbox=mailbox)
    same = here.filter(uid_validity=uid_validity, uid__in=[row.uid for row in rows])
    uids = set(same.values_list("uid", flat=True))
    # Under the same numbers two mails are two, whatever they call themselves; under others one may come again.
    ids, digests = {row.message_id for row in rows if row.message_id}, {row.sha256 for row in rows}
    before = here.exclude(uid_validity=uid_validity).filter(Q(message_id__in=ids) | Q(sha256__in=digests))
    known: set[str] = set()
    kept_at: dict[str, datetime] = {}
    for message_id, sha256, stored_at in before.values_list("message_id", "sha256", "stored_at"):
        known.add(sha256)
        if message_id:
            kept_at[message_id] = max(stored_at, kept_at.get(message_id, stored_at))

    def is_known(row: ReceivedMail) -> bool:
        at = kept_at.get(row.message_id)
        # Some portals give all their mails the same id: what came long after is another.
        return row.uid in uids or row.sha256 in known or (at is not None and row.received_at <= at + _CLOCKS)

    return [row for row in rows if not is_known(row)]


@transaction.atomic
def note_read(*, mailbox: str, upto: Place, now: datetime) -> None:
    """Note that a mailbox was read up to a place without an error."""
    account = _locked()
    if account.mailbox != mailbox:
        return
    MailAccount.objects.filter(pk=1).update(
        uid_validity=upto.uid_validity,
        last_uid=_further(account, upto),
        read_at=now,
        failures=0,
        failing_since=None,
        latest_error="",
        next_read_at=None,
    )


@transaction.atomic
def note_failure(*, mailbox: str, error: str, now: datetime) -> None:
    """Note in plain words why a mailbox could not be read, and leave it alone for a while."""
    account = _locked()
    if account.mailbox != mailbox:
        return
    failures = account.failures + 1
    MailAccount.objects.filter(pk=1).update(
        failures=failures,
        failing_since=account.failing_since or now,
        latest_error=error[:500],
        next_read_at=now + rest(failures),
    )


def _locked() -> MailAccount:
    """Return the account, made if need be, that nobody else changes until the transaction ends."""
    MailAccount.objects.bulk_create([MailAccount(pk=1)], ignore_conflicts=True)
    return MailAccount.objects.select_for_update(no_key=True).get(pk=1)


def _is_same(server: Server, host: str, username: str) -> bool:
    # A password goes nowhere but to the host that it was given for.
    return bool(host) and (server.host, server.username) == (host, username)


def _sealed(server: Server) -> str:
    return seal(server.password) if server.password else ""


def _audit(action: str, now: datetime, actor: User | None, **detail: str) -> None:
    record_audit(action=action, subject="email", now=now, actor=actor, detail=detail)


def forget_mails(*, mail_ids: Collection[int], addresses: Collection[str]) -> int:
    """
    Empty mails, and those that came from the addresses, of all that they say; return how many that was.

    Their numbers and digests stay, so that none is read once more. In the caller's transaction.
    """
    theirs = ReceivedMail.objects.filter(Q(pk__in=mail_ids) | Q(from_email__in=addresses))
    return theirs.update(raw=zlib.compress(b""), from_email="", subject="", message_id="")
