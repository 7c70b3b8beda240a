"""May we contact them: the law as data, where somebody is, what a reply means, and the one gate. Pure."""

from leadlight.consent.rules.closing import CHANNELS, CLOSED_BY, SPOKEN, closings
from leadlight.consent.rules.decision import Allowed, Reason, Refused
from leadlight.consent.rules.facts import Agreement, Closing, Facts, Touch
from leadlight.consent.rules.gate import decide
from leadlight.consent.rules.vocabulary import Basis, Channel, ClosedFor, MessageClass, Sender

__all__ = [
    "CHANNELS",
    "CLOSED_BY",
    "SPOKEN",
    "Agreement",
    "Allowed",
    "Basis",
    "Channel",
    "ClosedFor",
    "Closing",
    "Facts",
    "MessageClass",
    "Reason",
    "Refused",
    "Sender",
    "Touch",
    "closings",
    "decide",
]
