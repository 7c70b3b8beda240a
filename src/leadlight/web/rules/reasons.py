"""How the parts of a score are drawn and told. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeVar

#: So many facts somebody reads before they call.
KEY_REASONS = 3


@dataclass(frozen=True)
class Bar:
    """A family's share of a score, as a bar in a view box 100 wide."""

    label: str
    points: float
    x: float
    width: float


def bars(families: Mapping[str, float]) -> tuple[Bar, ...]:
    """
    Return a bar for each family that says anything, on one scale.

    Zero stands at the left edge, or, when some family lowers the score, where its longest bar needs it.
    """
    told = {label: points for label, points in families.items() if abs(points) >= 0.5}
    lowest, highest = min(0.0, *told.values(), 0.0), max(0.0, *told.values(), 0.0)
    whole = (highest - lowest) or 1.0
    return tuple(
        Bar(label, points, 100 * (min(0.0, points) - lowest) / whole, 100 * abs(points) / whole)
        for label, points in told.items()
    )


class Weighed(Protocol):
    """A reason of a score."""

    @property
    def points(self) -> float:
        """By how much it raises the score."""

    @property
    def group(self) -> str:
        """What it sums up; empty for all that is too small to be told."""


_Reason = TypeVar("_Reason", bound=Weighed)


def key_reasons(reasons: Iterable[_Reason]) -> list[_Reason]:
    """Return the facts to know before a call from reasons, the strongest first: what speaks for it comes first."""
    facts = [reason for reason in reasons if reason.group]
    return sorted(facts, key=lambda reason: reason.points < 0)[:KEY_REASONS]
