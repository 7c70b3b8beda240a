"""How one import's change of a lead is taken back, whatever happened to the lead since. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from leadlight.intake.rules.update import ADDED

Record = tuple[dict[str, Any], dict[str, Any]]


@dataclass(frozen=True)
class Reversal:
    """What taking back one record means."""

    #: Fields (in `update.flat` form) to be written back.
    values: dict[str, Any] = field(default_factory=dict)
    #: Attributes that did not exist before.
    gone: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    #: The later records, as they read without the one that is taken back; only those that differ, by place.
    later: dict[int, Record] = field(default_factory=dict)


def reversal(
    record: Record, *, later: Sequence[Record], current: Mapping[str, Any], edited: Collection[str]
) -> Reversal:
    """
    Return how to take back `record` (before, after) of a lead that stands at `current` (`update.flat` form).

    `later` are the records of imports that came after and are not undone, the earliest first. A field goes back to
    its value before, unless a later import or somebody's hand has written to it: then that stays, and the later
    import's own undoing will lead to the value before instead. E-mails and phones that were added go, unless a
    later import added them too.
    """
    before, after = record
    values: dict[str, Any] = {}
    gone: list[str] = []
    rewritten: dict[int, Record] = {}
    for path, written in after.items():
        if path in ADDED:
            continue
        next_place = next((place for place, (_, changed) in enumerate(later) if path in changed), None)
        if next_place is not None:
            next_before, next_after = rewritten.get(next_place, later[next_place])
            if next_before.get(path) == written:
                start = {name: value for name, value in next_before.items() if name != path}
                if path in before:
                    start[path] = before[path]
                rewritten[next_place] = start, next_after
        elif path.split(".")[0] not in edited and current.get(path) == written:
            if path in before:
                values[path] = before[path]
            else:
                gone.append(path)
    emails, phones = (
        tuple(
            value for value in after.get(path, ()) if not any(value in changed.get(path, ()) for _, changed in later)
        )
        for path in ADDED
    )
    return Reversal(values, tuple(gone), emails, phones, rewritten)
