"""The team's servers, connected as an owner would."""

from datetime import datetime

from leadlight.channels import operations
from leadlight.channels.email.base import Address
from leadlight.channels.email.lines import Security, Server
from leadlight.channels.models import MailAccount
from leadlight.kit.clock import utc_now
from tests.servers.mail import MailServer
from tests.servers.mailbox import Mailbox

SENDER = Address("dana@bayline.test", "Dana Ruiz")


def imap_of(box: Mailbox, **fields: object) -> Server:
    told = {
        "host": box.host,
        "port": box.port,
        "security": Security.NONE,
        "username": box.user,
        "password": box.password,
    }
    return Server(**{**told, **fields})  # type: ignore[arg-type]


def connected(box: Mailbox, *, now: datetime | None = None, folder: str = "Leads") -> MailAccount:
    """Connect the mailbox for reading."""
    operations.connect_imap(server=imap_of(box), folder=folder, now=now or utc_now())
    return MailAccount.objects.get()


def smtp_of(server: MailServer, **fields: object) -> Server:
    return Server(**{"host": server.host, "port": server.port, "security": Security.NONE, **fields})  # type: ignore[arg-type]
