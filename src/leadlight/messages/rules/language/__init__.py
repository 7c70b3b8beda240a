"""Fair-housing language: describe the home, never the person, the neighbors or what an area is like. Pure."""

from leadlight.messages.rules.language.checking import check
from leadlight.messages.rules.language.kinds import LANGUAGE_VERSION, WHY, Finding, Kind, Severity
from leadlight.messages.rules.language.steering import ANSWERS, Steering, steering_question

__all__ = [
    "ANSWERS",
    "LANGUAGE_VERSION",
    "WHY",
    "Finding",
    "Kind",
    "Severity",
    "Steering",
    "check",
    "steering_question",
]
