"""What a mail server's answer means: whether to try again, when, and whether the address is to blame. Pure."""

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum


class Step(Enum):
    """How far a message had come when the server answered."""

    CONNECT = "greeting"
    LOG_IN = "log-in"
    SENDER = "sender"
    RECIPIENT = "recipient"
    DATA = "data"
    CONTENT = "content"


@dataclass(frozen=True)
class Verdict:
    """What an answer means."""

    is_permanent: bool
    #: The recipient's address does not work, whoever writes and whatever is written.
    is_address: bool = False
    #: Not before so long; None when it is for us to say.
    retry_after: timedelta | None = None


#: A server that puts off strangers without saying for how long lets them in after this.
GREYLISTED = timedelta(minutes=5)
#: No server may ask for a longer pause.
LONGEST_PAUSE = timedelta(hours=12)

#: RFC 3463: class, subject, detail.
_ENHANCED = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
#: Subject and detail of RFC 3463 that speak of the recipient's address: no such mailbox, no such domain, bad syntax,
#: ambiguous, moved, null MX, disabled. 1.7 and 1.8 are the sender's address, 2.2 is a full mailbox.
_ADDRESS = frozenset({(1, 1), (1, 2), (1, 3), (1, 4), (1, 6), (1, 10), (2, 1)})
_UNKNOWN = re.compile(
    r"(?:user|mailbox|recipient|address|account|addressee)\b[^;\n]{0,60}?"
    r"\b(?:unknown|not found|does ?n[o']t exist|no longer (?:exists|valid|available)|disabled)"
    r"|\b(?:no such|unknown|invalid|non-?existent|nonexisting) (?:local )?"
    r"(?:user|mailbox|recipient|address|account|person)"
    r"|\bno (?:mailbox|user) (?:here|by that name)",
    re.I,
)
#: Says that it is about who writes, or what: then an unknown user is not the recipient.
_NOT_THE_RECIPIENT = re.compile(
    r"\bsender\b|\bfrom address\b|\breturn path\b|\bblock|\bspam|\bpolicy\b|\brelay", re.I
)
_CLOCK = re.compile(r"\b(\d{1,2}):([0-5]\d):([0-5]\d)\b")
_PERIOD = re.compile(r"\b(\d{1,6})\s*(s|secs?|seconds?|m|mins?|minutes?|h|hours?)\b", re.I)
_UNIT = {"s": 1, "m": 60, "h": 3600}


def judge(code: int, text: str, *, step: Step) -> Verdict:
    """
    Return what an answer other than success means; codes by RFC 5321, details by RFC 3463 where they are given.

    A number that is neither 4xx nor 5xx is taken for a fault of the moment. What blames an address wrongly closes it
    for good: in doubt it is not the address.
    """
    if not 500 <= code < 600:
        return Verdict(is_permanent=False, retry_after=_pause(code, text))
    is_address = step in {Step.RECIPIENT, Step.CONTENT} and is_unknown_recipient(text)
    return Verdict(is_permanent=True, is_address=is_address)


def is_unknown_recipient(text: str) -> bool:
    """Say whether a permanent refusal means that the recipient's address does not work."""
    enhanced = _ENHANCED.search(text)
    if enhanced is not None:
        return (int(enhanced[2]), int(enhanced[3])) in _ADDRESS and _NOT_THE_RECIPIENT.search(text) is None
    return _UNKNOWN.search(text) is not None and _NOT_THE_RECIPIENT.search(text) is None


def _pause(code: int, text: str) -> timedelta | None:
    if clock := _CLOCK.search(text):
        hours, minutes, seconds = map(int, clock.groups())
        return min(timedelta(hours=hours, minutes=minutes, seconds=seconds), LONGEST_PAUSE)
    if period := _PERIOD.search(text):
        return min(timedelta(seconds=int(period[1]) * _UNIT[period[2][0].lower()]), LONGEST_PAUSE)
    return GREYLISTED if code in {450, 451} else None
