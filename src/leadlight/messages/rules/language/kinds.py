"""What the check of the language knows: how grave a finding is, whom it is about, and why it matters."""

from dataclasses import dataclass
from enum import StrEnum

#: The date of the rules, kept with every decision that rests on them.
LANGUAGE_VERSION = "2026-10-05"


class Severity(StrEnum):
    """What becomes of a text."""

    #: It does not go out.
    HARD = "HARD"
    #: Somebody has to look at it first.
    SOFT = "SOFT"


class Kind(StrEnum):
    """Whom words leave out, or where they lead people."""

    FAMILIAL = "familial"
    RACE = "race"
    RELIGION = "religion"
    DISABILITY = "disability"
    SEX = "sex"
    AGE = "age"
    MARITAL = "marital"
    INCOME = "income"
    VETERAN = "veteran"
    STEERING = "steering"


#: Protected by states and cities, not by federal law.
STATE_KINDS = frozenset({Kind.AGE, Kind.MARITAL, Kind.INCOME, Kind.VETERAN})

_FEDERAL = "42 USC 3604(c), 24 CFR 100.75"

#: Why such words are held back, one sentence each.
WHY: dict[Kind, str] = {
    Kind.FAMILIAL: "It says who is wanted by whether there are children, and no message about a home may"
    f" ({_FEDERAL}).",
    Kind.RACE: "It speaks of race, color or origin, and no message about a home may prefer or avoid any"
    f" ({_FEDERAL}).",
    Kind.RELIGION: f"It speaks of faith, and no message about a home may prefer or avoid any ({_FEDERAL}).",
    Kind.DISABILITY: f"It asks for a body or a health, which shuts out people with disabilities ({_FEDERAL}).",
    Kind.SEX: f"It says who is wanted by sex or by whom they love ({_FEDERAL}; many states name orientation).",
    Kind.AGE: "It says who is wanted by age, which many states and cities forbid.",
    Kind.MARITAL: "It says who is wanted by whether they are married, which many states and cities forbid.",
    Kind.INCOME: "It turns away lawful income such as housing vouchers, which many states and cities forbid.",
    Kind.VETERAN: "It says who is wanted by military service, which many states and cities forbid.",
    Kind.STEERING: "It judges an area or who fits it, which leads people toward some homes and away from others"
    " (42 USC 3604(a) and (c), 24 CFR 100.70 and 100.75).",
}


@dataclass(frozen=True)
class Finding:
    """Words that should not go out as they are; `start` and `end` are places in the text as it was given."""

    severity: Severity
    kind: Kind
    start: int
    end: int
    #: As written.
    words: str
    say_instead: str
    #: One sentence, with the law.
    why: str


@dataclass(frozen=True)
class Rule:
    """Phrases of one kind, one a line, in the notation of `phrases`."""

    kind: Kind
    #: Of a kind that only states protect, HARD holds where the state is known to.
    severity: Severity
    say_instead: str
    phrases: str
    #: What housing for older persons may say (42 USC 3607(b)).
    is_free_for_seniors: bool = False
