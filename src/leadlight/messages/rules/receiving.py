"""Whose a mail is, and what follows from it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Came(StrEnum):
    """What kind of mail it is, as `channels.rules` reads it."""

    HUMAN = "HUMAN"
    AUTO_REPLY = "AUTO_REPLY"
    BOUNCE = "BOUNCE"
    COMPLAINT = "COMPLAINT"
    LIST = "LIST"
    RECEIPT = "RECEIPT"


@dataclass(frozen=True)
class Returned:
    """An address that a mail of ours did not reach."""

    address: str
    #: It never will: the address does not exist, or refuses us.
    is_hard: bool
    words: str


@dataclass(frozen=True)
class Incoming:
    """A mail that came in, as far as it matters to whose it is."""

    mail_id: int
    came: Came
    #: In lower case.
    sender: str
    message_id: str
    #: Message-IDs that it answers or reports on, the latest last.
    references: tuple[str, ...]
    subject: str
    #: What is new in it.
    text: str
    returned: tuple[Returned, ...] = ()


@dataclass(frozen=True)
class Filed:
    """Whose a mail is."""

    incoming: Incoming
    #: None for nobody whom we know.
    lead_id: int | None
    #: Our message that it answers, or reports on.
    answers: int | None


def file_mails(
    incoming: Sequence[Incoming], ours: Mapping[str, tuple[int, int | None]], by_address: Mapping[str, int]
) -> list[Filed]:
    """
    Return whose mails are: of the lead of the latest message of ours that a mail names, else of who has its address.

    `ours` gives by Message-ID our message and its lead; `by_address` the lead that speaks for an address. A thread
    goes before the address, since people answer from other mailboxes, and couples share one.
    """
    filed = []
    for mail in incoming:
        named = next((ours[one] for one in reversed(mail.references) if one in ours), None)
        lead_id = named[1] if named is not None and named[1] is not None else by_address.get(mail.sender)
        filed.append(Filed(mail, lead_id, named[0] if named is not None else None))
    return filed


def is_kept(came: Came) -> bool:
    """Say whether a mail stands in the inbox: newsletters, receipts and reports of servers do not."""
    return came in (Came.HUMAN, Came.AUTO_REPLY)
