"""Who asks, each once and from an address of their own, and what the mail server does to whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from tests.servers.mail import Trouble

DOMAIN = "leads.example.com"
#: One in so many is something else than plain, by turns.
_RARE = 3


class Manner(StrEnum):
    """What becomes of whoever asks. The address tells it, so that the server can go by it."""

    PLAIN = "plain"
    #: Asks twice: answered once.
    TWICE = "twice"
    #: Their mailbox is busy for ever, or only in the beginning, before the message or after it.
    BUSY = "busy"
    DEFERRED = "deferred"
    #: There is no such mailbox, or it does not want this message.
    GONE = "gone"
    FULL = "full"
    #: The line breaks: in the middle, after the dot with nothing taken, and with all of it taken.
    BREAKS = "breaks"
    SILENT = "silent"
    MUTE = "mute"
    #: Asked not to be contacted, before.
    CLOSED = "closed"
    #: A machine that only looks like somebody.
    MACHINE = "machine"


#: Whom a message may go to.
ANSWERED = frozenset(Manner) - {Manner.CLOSED, Manner.MACHINE}


@dataclass(frozen=True)
class Asker:
    """Somebody who asks."""

    number: int

    @property
    def manner(self) -> Manner:
        turn, rest = divmod(self.number, _RARE)
        rare = list(Manner)[1:]
        return Manner.PLAIN if rest else rare[turn % len(rare)]

    @property
    def address(self) -> str:
        return f"{self.manner}-{self.number}@{DOMAIN}"

    @property
    def event_ids(self) -> Sequence[str]:
        """Name what they tell us."""
        return [f"e{self.number}-{k}" for k in range(1 + (self.manner is Manner.TWICE))]


def troubles(n_kills: int) -> list[Trouble]:
    """Return what the mail server does: it is slow at every step at which workers die, and to some it is worse."""

    def to(manner: Manner) -> str:
        return f"{manner}-*"

    return [
        Trouble("CONNECT", answer="421 4.3.2 Too many of you", after=20, times=2),
        Trouble("RCPT", answer="450 4.2.1 Busy, try again in 1 second", to=to(Manner.BUSY)),
        Trouble("RCPT", answer="550 5.1.1 No such user", to=to(Manner.GONE)),
        Trouble("BODY", to=to(Manner.BREAKS)),
        Trouble("DOT", answer="451 4.3.0 Try again in 1 second", to=to(Manner.DEFERRED), times=max(5, n_kills // 20)),
        Trouble("DOT", answer="552 5.3.4 Too much", to=to(Manner.FULL)),
        Trouble("DOT", hangs_up=True, to=to(Manner.SILENT)),
        Trouble("TAKEN", hangs_up=True, to=to(Manner.MUTE)),
        Trouble("MAIL", wait_seconds=0.01),
        Trouble("DATA", wait_seconds=0.01),
        Trouble("DOT", wait_seconds=0.02),
        Trouble("TAKEN", wait_seconds=0.02),
    ]
