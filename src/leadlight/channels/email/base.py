"""What sends email, whatever the vendor: what goes in, what comes out, and how it can fail."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from leadlight.kit.errors import DomainError


@dataclass(frozen=True)
class Address:
    """A name, which may be empty, and an email address."""

    email: str
    name: str = ""


@dataclass(frozen=True)
class Email:
    """One message to one person, ready to be handed over as it is."""

    #: Without angle brackets; ours, made before the message is sent, so that what became of it can be found out.
    message_id: str
    sender: Address
    to: Address
    subject: str
    text: str
    #: Empty for a message of plain text.
    html: str = ""
    #: Where answers go; None for the sender's own address.
    reply_to: Address | None = None
    #: Message-IDs, the oldest first; the last is the one that this answers.
    references: tuple[str, ...] = ()
    #: Where one click ends all of this kind (RFC 8058); empty for what needs none.
    unsubscribe_url: str = ""
    unsubscribe_email: str = ""
    #: Further headers, of ours.
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Accepted:
    """The vendor took the message upon itself."""

    #: What the vendor calls it; empty when it gives it no name.
    vendor_id: str = ""
    #: What it answered, for whoever looks for a lost message.
    said: str = ""


class UnableToSend(DomainError):
    """
    A message was not handed over, or nobody knows whether it was.

    `is_permanent`: trying the same again is useless. `retry_after`: not before so long. `maybe_delivered`: the
    vendor may have it all the same; it must never be tried again by itself.
    """

    code = "not_sent"

    def __init__(
        self,
        message: str,
        *,
        is_permanent: bool = False,
        is_address: bool = False,
        retry_after: timedelta | None = None,
        maybe_delivered: bool = False,
    ) -> None:
        super().__init__(message)
        self.is_permanent = is_permanent
        #: The address itself does not work: nothing should go there again.
        self.is_address = is_address
        self.retry_after = retry_after
        self.maybe_delivered = maybe_delivered


class Session(Protocol):
    """An open line to a vendor, for one thread."""

    def send(self, email: Email) -> Accepted:
        """
        Hand a message over.

        Raises:
            UnableToSend: it was not taken, or may have been. The line may be used for the next message all the same.
        """
        ...


class EmailVendor(Protocol):
    """What sends email."""

    #: A stable word: "outbox", "smtp".
    name: str
    #: Whether messages leave this machine.
    is_real: bool

    def open(self) -> AbstractContextManager[Session]:
        """
        Open a line; it is closed at the end of the block.

        Raises:
            UnableToSend: there is no line to be had now.
        """
        ...
