"""What of a person is scored, and when a change is worth a line in the history. Pure."""

from .labels import Target
from .scale import Tier, display

#: States in which there is nothing left to foretell for an appointment, and for what comes after it.
_SETTLED_AT_APPOINTMENT = frozenset({"BOOKED", "CLIENT", "CLOSED", "LOST"})
_SETTLED_LATER = frozenset({"CLOSED", "LOST"})
_LATER = frozenset({"agreement_signed", "offer_made", "under_contract", "closed"})


def settled_states(target: Target) -> frozenset[str]:
    """
    Return the states of people who are not scored: what the target foretells has come, or cannot come any more.

    A client in the middle of a deal is still asked about when the target is a closing.
    """
    if target.event_kind == "closed":
        return _SETTLED_LATER
    if target.event_kind in _LATER:
        return _SETTLED_LATER | {"CLIENT"}
    return _SETTLED_AT_APPOINTMENT


def is_step(before: float | None, tier_before: Tier | None, after: float, tier_after: Tier) -> bool:
    """Tell whether people would see a change: the number shown, or the tier."""
    return before is None or display(before) != display(after) or tier_before is not tier_after
