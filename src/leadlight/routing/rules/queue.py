"""Who is next: the order in which people are called. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from leadlight.routing.rules.promise import WaitKind

#: What stands in the queue without anybody waiting.
TASK = "TASK"

#: First to last.
_ORDER = {WaitKind.INQUIRY.value: 0, WaitKind.REPLY.value: 0, WaitKind.HOT.value: 1, TASK: 2}


@dataclass(frozen=True)
class Entry:
    """Somebody to be called, and why."""

    person_id: int
    name: str
    #: A word of `promise.WaitKind`, or `TASK`.
    what: str
    #: Plain words; empty when the score's reason says it.
    why: str
    #: Since when they wait, or when the task is due.
    at: datetime
    #: By when: five open minutes after they began to wait.
    due_at: datetime
    wait_id: int | None = None
    task_id: int | None = None
    #: A word of `models.TaskKind`; empty when no task goes with it.
    task: str = ""
    tier: str = ""
    score: float | None = None
    reason: str = ""
    owner_id: int | None = None
    #: Who has taken them; empty for nobody yet.
    claimed_by_id: int | None = None
    claimed_by: str = ""


def in_order(entries: Iterable[Entry]) -> list[Entry]:
    """
    Return the queue: who asked or answered, the longest wait first; then who turned hot; then what is due.

    Each person stands in it once, with what is most pressing.
    """
    found: dict[int, Entry] = {}
    for entry in sorted(entries, key=_place):
        found.setdefault(entry.person_id, entry)
    return list(found.values())


def _place(entry: Entry) -> tuple[int, datetime, int]:
    return _ORDER[entry.what], entry.at, entry.person_id


def effective_due(due_at: datetime, snoozed_until: datetime | None) -> datetime:
    """Return when a task is due, given until when it was put off."""
    return due_at if snoozed_until is None else max(due_at, snoozed_until)
