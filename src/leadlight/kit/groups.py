"""Groups that grow from pairs: what goes with something that goes with a third goes with the third too."""

from typing import Any, Generic, TypeVar

_T = TypeVar("_T", bound=Any)


class Groups(Generic[_T]):
    """Disjoint sets of things that can be ordered; whatever was never joined is by itself (Tarjan's union-find)."""

    def __init__(self) -> None:
        self._before: dict[_T, _T] = {}

    def join(self, one: _T, other: _T) -> None:
        """Make the groups of two things one."""
        low, high = sorted((self.first(one), self.first(other)))
        if low != high:
            self._before[high] = low

    def first(self, one: _T) -> _T:
        """Return the least of all that are in one group with this."""
        before = self._before
        while (up := before.get(one, one)) != one:
            # Each step halves the way, so that later looks are short.
            before[one] = up = before.get(up, up)
            one = up
        return one
