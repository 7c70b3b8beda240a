"""How the parts of a score are drawn. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass


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
