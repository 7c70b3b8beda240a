"""What to do next with a lead, and whether we may. Pure."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

#: A request older than this is no longer "now".
FRESH_REQUEST = timedelta(days=30)
QUIET = timedelta(days=14)

#: What they asked for → as the list says it.
ASKED = {
    "showing_request": "Asked for a showing",
    "valuation_request": "Asked what a home is worth",
    "inquiry": "Asked a question",
}
_AT_ONCE = {"showing_request", "valuation_request"}

_STANDING = {
    "BOOKED": "Appointment booked",
    "CLIENT": "Client: stay in touch",
    "CLOSED": "Closed: stay in touch",
    "LOST": "Lost: nothing to do",
}


@dataclass(frozen=True)
class Facts:
    """What decides the next step."""

    state: str
    #: `HOT`, `WARM`, `COLD`, or empty without a score.
    tier: str
    #: Unanswered request and its moment.
    asked_for: str
    asked_at: datetime | None
    active_at: datetime | None
    has_phone: bool
    has_email: bool
    #: Closed channels: `ALL`, `CALL`, `SMS`, `EMAIL`.
    closed: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True)
class Step:
    """The next thing to do."""

    text: str
    #: A person should act at once.
    at_once: bool = False
    #: Nobody may be contacted, or there is no way to.
    barred: bool = False


def next_step(facts: Facts, *, now: datetime) -> Step:
    """
    Return the next step.

    A refusal comes before everything; then a request for a showing or a valuation that nobody has answered,
    whatever the score; then what has come of the lead; then the score.
    """
    if closed_to(facts.closed, "CALL") and closed_to(facts.closed, "SMS") and closed_to(facts.closed, "EMAIL"):
        return Step("Do not contact: asked not to be", barred=True)
    reach = _reach(facts)
    if reach is None:
        return Step("No way to reach them: find a phone or email", barred=True)
    asked = facts.asked_for if facts.asked_at is not None and now - facts.asked_at <= FRESH_REQUEST else ""
    if asked in _AT_ONCE:
        return Step(f"{reach} now", at_once=True)
    if facts.state in _STANDING and not asked:
        return Step(_STANDING[facts.state])
    if asked:
        return Step(f"{reach} today", at_once=True)
    if facts.tier == "HOT":
        return Step(f"{reach} now", at_once=True)
    if facts.tier == "WARM":
        return Step(f"{reach} this week")
    if facts.active_at is None or now - facts.active_at >= QUIET:
        return Step("Stay in touch")
    return Step("Keep an eye on them")


def closed_to(closed: Collection[str], channel: str) -> bool:
    """Say whether a channel is closed, by itself or with everything."""
    return channel in closed or "ALL" in closed


def _reach(facts: Facts) -> str | None:
    if facts.has_phone and not closed_to(facts.closed, "CALL"):
        return "Call"
    if facts.has_phone and not closed_to(facts.closed, "SMS"):
        return "Text"
    if facts.has_email and not closed_to(facts.closed, "EMAIL"):
        return "Email"
    return None
