"""Writes of the event log, and of what persons derive from it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import transaction

from leadlight.events import queries
from leadlight.events.models import CustomKind, Event, Retraction, Touched
from leadlight.events.queries import Standing
from leadlight.events.rules import FACT_OF, Cause, Group
from leadlight.jobs.bell import ring_on_commit
from leadlight.jobs.operations import enqueue, publish
from leadlight.jobs.rules import LIVE
from leadlight.kit.db import insert_new_rows, insert_rows, is_empty, update_rows
from leadlight.leads.models import Person


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


@transaction.atomic
def record(
    *,
    events: Sequence[NewEvent],
    person_of: Mapping[int, int],
    causes: Sequence[Cause],
    origin: str,
    now: datetime,
) -> set[str]:
    """
    Append events that were just told, with all that follows: one transaction; return the ids of those that were new.

    `causes` has one for each event, `person_of` the person of each lead. Their persons are touched, so that scores
    follow, and facts that others wait for are told. Retractions that came before their events hold. What machines
    did touches nobody.
    """
    by_id: dict[str, tuple[NewEvent, Cause]] = {}
    for event, cause in zip(events, causes, strict=True):
        by_id.setdefault(event.event_id, (event, cause))
    rows = ((*event, now, cause.value, origin) for event, cause in by_id.values())
    new = set(insert_new_rows(Event, (*_COLUMNS, "stored_at", "cause", "origin"), rows, returning="event_id"))
    fresh = [by_id[event_id] for event_id in by_id if event_id in new]
    if not fresh:
        return new
    if not is_empty(Retraction):
        _mark(queries.retractions(new))
    touches: dict[tuple[int, Cause], None] = {}
    facts: dict[str, list[dict[str, Any]]] = {}
    for event, cause in fresh:
        if event.is_machine:
            continue
        touches[person_of[event.lead_id], cause] = None
        fact = FACT_OF.get(event.kind)
        if fact is not None:
            facts.setdefault(fact, []).append({"event_id": event.event_id, "cause": cause.value})
    insert_rows(Touched, ("person_id", "cause", "at"), [(who, cause.value, now) for who, cause in touches])
    ring_on_commit(LIVE)
    publish(facts=facts, now=now)
    return new


def touch(*, person_ids: Iterable[int], cause: Cause, now: datetime) -> None:
    """Have the scores of persons computed anew, in the caller's transaction."""
    insert_rows(Touched, ("person_id", "cause", "at"), [(who, cause.value, now) for who in person_ids])
    ring_on_commit(LIVE)


@transaction.atomic
def retract(*, event_ids: Sequence[str], reason: str, now: datetime) -> int:
    """
    Take back events that were told in error, known ones and ones still to come; return how many retractions are new.

    Their persons are touched. An event that is just being stored by somebody else is looked for again in a while.
    """
    rows = [(event_id, now, reason) for event_id in dict.fromkeys(event_ids)]
    new = insert_new_rows(Retraction, ("event_id", "known_at", "reason"), rows, returning="event_id")
    missing = _settle(dict.fromkeys(new, now), now)
    if missing:
        enqueue(name="events.settle_retractions", payload={"event_ids": missing}, now=now, run_at=now + _SETTLE_AFTER)
    return len(new)


#: Longer than any transaction that stores events takes.
_SETTLE_AFTER = timedelta(minutes=1)


@transaction.atomic
def settle_retractions(*, event_ids: Sequence[str], now: datetime) -> None:
    """Mark events that were not there yet when they were retracted, as far as they are there now."""
    _settle(queries.retractions(event_ids), now)


def _settle(taken_back: Mapping[str, datetime], now: datetime) -> list[str]:
    """Mark retracted events and touch their persons; return the ids of which there is no event."""
    found = queries.owners_of(list(taken_back))
    _mark({event_id: taken_back[event_id] for event_id in found})
    touch(person_ids=sorted(set(found.values())), cause=Cause.TEAM, now=now)
    return [event_id for event_id in taken_back if event_id not in found]


def _mark(taken_back: Mapping[str, datetime]) -> None:
    by_moment: dict[datetime, list[str]] = {}
    for event_id, known_at in taken_back.items():
        by_moment.setdefault(known_at, []).append(event_id)
    for known_at, event_ids in by_moment.items():
        Event.objects.filter(event_id__in=event_ids, retracted_at=None).update(retracted_at=known_at)


def register_kinds(*, kinds: Iterable[tuple[str, Group, str]]) -> None:
    """Add words to the vocabulary (name, group, sentence); known ones stay as they are."""
    insert_rows(CustomKind, ("name", "group", "sentence"), kinds, ignore_conflicts=True)


@transaction.atomic
def refresh_activity(*, person_ids: Sequence[int]) -> None:
    """Settle the state, the latest activity and the open requests of persons anew, from stages and events."""
    store_standings(standings=queries.standings(person_ids, queries.event_arrays(person_ids)))


def store_standings(*, standings: Mapping[int, Standing]) -> None:
    """Write where persons stand, in the caller's transaction."""
    rows: list[tuple[Any, ...]] = []
    for person_id, own in standings.items():
        wait = own.activity.waiting
        asked = (wait.asked_at, wait.asked_for, wait.since) if wait else (None, "", None)
        rows.append((person_id, own.state, own.activity.active_at, *asked))
    update_rows(Person, ("state", "active_at", "asked_at", "asked_for", "waiting_since"), rows)
