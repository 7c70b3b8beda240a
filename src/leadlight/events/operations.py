"""Writes of the event log, and of what persons derive from it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction

from leadlight.events import queries
from leadlight.events.models import CustomKind, Event
from leadlight.events.rules import ANSWERS, Cause, Group, waiting
from leadlight.kit.db import insert_rows, update_rows
from leadlight.leads.models import Lead, Person
from leadlight.leads.rules import state


class NewEvent(NamedTuple):
    """An event to be appended, its fields in the order of `_COLUMNS`; see `models.Event` for what they mean."""

    event_id: str
    lead_id: int
    kind: str
    occurred_at: datetime
    known_at: datetime
    listing: str = ""
    area: str = ""
    value: float | None = None
    duration_seconds: float | None = None
    actor: str = ""
    #: Never changed in place: the default is one for all.
    props: dict[str, Any] = {}
    is_machine: bool = False


_COLUMNS = tuple(name.removesuffix("_id") if name == "lead_id" else name for name in NewEvent._fields)


def append(*, events: Iterable[NewEvent], cause: Cause, origin: str, now: datetime) -> int:
    """
    Append events in the caller's transaction; return how many were new.

    One whose id is known already changes nothing.
    """
    return insert_rows(
        Event,
        (*_COLUMNS, "stored_at", "cause", "origin"),
        ((*event, now, cause.value, origin) for event in events),
        ignore_conflicts=True,
    )


def register_kinds(*, kinds: Iterable[tuple[str, Group, str]]) -> None:
    """Add words to the vocabulary (name, group, sentence); known ones stay as they are."""
    insert_rows(CustomKind, ("name", "group", "sentence"), kinds, ignore_conflicts=True)


@transaction.atomic
def refresh_activity(*, person_ids: Sequence[int]) -> None:
    """Settle the state, the latest activity and the open requests of persons anew, from stages and events."""
    own = [kind.name for kind in queries.vocabulary() if kind.group in (Group.BEHAVIOUR, Group.ENGAGEMENT)]
    passive = {"email_delivered", "sms_delivered", "email_bounced"}
    active_at = queries.latest(person_ids, kinds=set(own) - passive)
    answered_at = queries.latest(person_ids, kinds=ANSWERS)
    requests: dict[int, list[tuple[str, datetime]]] = {}
    for person_id, kind, occurred_at in queries.requests(person_ids):
        requests.setdefault(person_id, []).append((kind, occurred_at))
    outcomes: dict[int, list[str]] = {}
    for person_id, kind in queries.outcome_kinds(person_ids):
        outcomes.setdefault(person_id, []).append(kind)
    meanings: dict[int, list[str]] = {}
    stages = Lead.objects.filter(person__in=person_ids)
    for person_id, meaning, converted in stages.values_list("person_id", "stage_meaning", "converted"):
        meanings.setdefault(person_id, []).append("closed" if converted else meaning)
    rows: list[tuple[Any, ...]] = []
    for person_id in person_ids:
        wait = waiting(requests.get(person_id, ()), answered_at.get(person_id))
        rows.append(
            (
                person_id,
                state(meanings.get(person_id, []), outcomes.get(person_id, [])),
                active_at.get(person_id),
                wait and wait.asked_at,
                wait.asked_for if wait else "",
                wait and wait.since,
            )
        )
    update_rows(Person, ("state", "active_at", "asked_at", "asked_for", "waiting_since"), rows)
