"""Which names of sources look like another's. Pure."""

from collections.abc import Iterable
from typing import NamedTuple

from leadlight.leads.rules import closest_source


class Label(NamedTuple):
    """A source that is shown, as far as it matters to whether it is another's name."""

    source_id: int
    name: str
    #: Records that came from it, under any of its names.
    n: int
    #: Nobody has said yet whether it is another's name, and it has no other names of its own.
    is_open: bool


def proposals(labels: Iterable[Label]) -> dict[int, int]:
    """
    Return for each open source with records the bigger one that its name looks like, where there is one.

    Of two with as many records the one that was there first counts as bigger: never both are asked about each other.
    """
    bigger: dict[str, int] = {}
    found: dict[int, int] = {}
    for label in sorted(labels, key=lambda label: (-label.n, label.source_id)):
        name = closest_source(label.name, bigger) if label.is_open and label.n else None
        if name is not None:
            found[label.source_id] = bigger[name]
        bigger[label.name] = label.source_id
    return found
