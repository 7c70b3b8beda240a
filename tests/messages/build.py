"""What the room's tests begin with: a brokerage that may write, people who ask, and the work of the room."""

from datetime import UTC, datetime, timedelta
from itertools import count

from leadlight.accounts.models import Brokerage
from leadlight.accounts.rules.hours import DAYS
from leadlight.channels.email.base import EmailVendor
from leadlight.channels.email.outbox import Outbox
from leadlight.channels.models import MailAccount
from leadlight.channels.rules.mail import read_mail
from leadlight.messages import operations, sending
from leadlight.messages.models import Message, State
from leadlight.messages.rules.receiving import Incoming
from tests.channels.mails import raw

#: A Monday, noon in New York.
NOON = datetime(2026, 6, 1, 16, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

_numbers = count(1)


def fill_in(**fields: object) -> None:
    """Say who the brokerage is, so that it may advertise."""
    told = {
        "name": "Bayline Realty",
        "postal_address": "1 Bay St\nTampa, FL 33602",
        "phone": "813-555-0100",
        "hours": dict.fromkeys(DAYS, "0-24"),
    }
    Brokerage.objects.update_or_create(pk=1, defaults={**told, **fields})


def read_inbox(now: datetime, **fields: object) -> None:
    """Have a mailbox connected that was just read."""
    told = {"imap_host": "imap.bayline.test", "from_email": "office@bayline.test", "read_at": now, "failures": 0}
    MailAccount.objects.update_or_create(pk=1, defaults={**told, **fields})


def ready(now: datetime = NOON) -> None:
    fill_in()
    read_inbox(now)


def deliver(*messages: Message, at: datetime, vendor: EmailVendor | None = None) -> None:
    """Hand messages over, all that are planned unless some are named."""
    ids = [one.pk for one in messages] or list(
        Message.objects.filter(state=State.PLANNED).order_by("pk").values_list("pk", flat=True)
    )
    sending.deliver(ids, vendor=vendor or Outbox(), clock=lambda: at)


def incoming(body: str = "Is it still for sale?\n", /, *, at: datetime = NOON, **headers: str | None) -> Incoming:
    """Return a mail that came in; see `channels.mails.raw`."""
    number = next(_numbers)
    told = {"Message_ID": f"<in-{number}@mail.example.com>", "Subject": "Hello", **headers}
    return Incoming(number, read_mail(raw(body, **told)), at)


def receive(*mails: Incoming, at: datetime = NOON) -> int:
    return operations.receive(incoming=mails, now=at)
