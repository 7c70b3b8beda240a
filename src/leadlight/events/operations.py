"""Writes of the event log, and of what persons derive from it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import transaction

from leadlight.accounts.models import AuditEntry, User
from leadlight.accounts.operations import Deed, record_audits
from leadlight.events import queries
from leadlight.events.models import CustomKind, Event, Retraction, Touched
from leadlight.events.queries import Standing
from leadlight.events.rules import FACT_OF, Cause, Group
from leadlight.jobs.bell import ring_on_commit
from leadlight.jobs.operations import enqueue, publish
from leadlight.jobs.rules import LIVE
from leadlight.kit.db import insert_new_rows, insert_rows, is_empty, update_rows
from leadlight.kit.errors import DomainError
from leadlight.leads import operations as leads
from leadlight.leads.models import Lead, Person
from leadlight.leads.operations import Merged, Parted, UnableToMerge
from leadlight.leads.queries import whom
from leadlight.leads.rules import Wish


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


def merge_persons(*, keep: int, gone: Sequence[int], reason: str, actor: User | None, now: datetime) -> Merged:
    """
    Make persons one: those who go have their leads, events and closed channels go to the one kept.

    Who went into another person already is taken for that one. Scores follow silently: a merge alerts nobody.

    Raises:
        UnableToMerge: they are one person already, or no longer here, or somebody said that they are not the same.
    """
    [done] = merge_many(wishes=[Wish(keep, tuple(gone), reason)], actor=actor, now=now)
    if isinstance(done, str):
        raise UnableToMerge(done)
    return done


@transaction.atomic
def merge_many(*, wishes: Sequence[Wish], actor: User | None, now: datetime) -> list[Merged | str]:
    """
    Make many persons one; return for each wish the merge, or in words why there is none.

    One transaction and a fixed number of queries.
    """
    found = leads.join_persons(wishes=wishes, actor=actor, now=now)
    _settle_persons([one for done in found if isinstance(done, Merged) for one in (done.kept, *done.gone)], now)
    return found


@transaction.atomic
def undo_merge(*, merge_id: int, actor: User | None, now: datetime) -> Parted | None:
    """
    Undo a merge, whatever happened since; None when it is not in force any more.

    Every lead that went with it is back with all of its own. What came to the person kept meanwhile stays there.

    Raises:
        UnableToMerge: there is no such merge.
    """
    parted = leads.part_persons(merge_id=merge_id, actor=actor, now=now)
    if parted is not None:
        _settle_persons([parted.kept, *parted.back], now)
    return parted


@transaction.atomic
def part_lead(*, lead_id: int, actor: User | None, now: datetime) -> Parted:
    """
    Make a record of a person one of somebody else, with all that came by it; merging the two takes that back.

    Scores follow silently.

    Raises:
        UnableToMerge: there is no such record, or the person has no other.
    """
    parted = leads.part_lead(lead_id=lead_id, actor=actor, now=now)
    _settle_persons([parted.kept, *parted.back], now)
    return parted


def _settle_persons(person_ids: Sequence[int], now: datetime) -> None:
    """Settle now what persons derive from events, and once more when what is just being stored by others is there."""
    if not person_ids:
        return
    settle_persons(person_ids=person_ids, now=now)
    payload = {"person_ids": list(person_ids)}
    enqueue(name="events.settle_persons", payload=payload, now=now, run_at=now + _SETTLE_AFTER)


@transaction.atomic
def settle_persons(*, person_ids: Sequence[int], now: datetime) -> None:
    """Settle what persons derive from their events after a merge or its undoing, and have them scored anew."""
    refresh_activity(person_ids=sorted(set(whom(person_ids).values())))
    # Who is gone too: scoring puts their scores aside.
    touch(person_ids=dict.fromkeys(person_ids), cause=Cause.MERGE, now=now)


class UnableToMoveEvent(DomainError):
    """Events cannot be moved."""

    code = "bad_move"


@transaction.atomic
def move_events(*, event_ids: Collection[str], to_lead: int, actor: User | None, now: datetime) -> int:
    """
    Move events to another lead, and nothing else of them; return how many were not there already.

    The audit trail keeps where each was, so that `move_events_back` undoes it exactly. Whoever waits for events of
    their kinds is told again, silently: of one by which somebody asked not to be contacted, the right person's
    channel closes, and the other's stays closed. A fixed number of queries.

    Raises:
        UnableToMoveEvent: there is no such event, or no such lead.
    """
    if not Lead.objects.filter(pk=to_lead).exists():
        raise UnableToMoveEvent("There is no lead of this id.")
    return _move(dict.fromkeys(event_ids, to_lead), actor, now)


@transaction.atomic
def move_events_back(*, event_ids: Collection[str], actor: User | None, now: datetime) -> int:
    """
    Undo the latest move of each of the events; return how many that was. What was never moved stays where it is.

    Raises:
        UnableToMoveEvent: there is no such event, or the lead that it came from is no longer here.
    """
    events = dict(Event.objects.filter(event_id__in=event_ids).values_list("pk", "event_id"))
    subjects = {f"event:{pk}": event_id for pk, event_id in events.items()}
    moves = AuditEntry.objects.filter(action=_MOVED, subject__in=subjects).order_by("pk")
    came_from = {subjects[subject]: int(detail["from"]) for subject, detail in moves.values_list("subject", "detail")}
    here = set(Lead.objects.filter(pk__in=came_from.values()).values_list("pk", flat=True))
    if not here.issuperset(came_from.values()):
        raise UnableToMoveEvent("The record that this came from is no longer here.")
    return _move(came_from, actor, now)


_MOVED = "event.moved"


def _move(whither: Mapping[str, int], actor: User | None, now: datetime) -> int:
    found = Event.objects.select_for_update(of=("self",)).select_related("lead").filter(event_id__in=list(whither))
    events = list(found.order_by("pk"))
    if len(events) < len(whither):
        raise UnableToMoveEvent("There is no event of this id.")
    moved = [event for event in events if event.lead_id != whither[event.event_id]]
    if not moved:
        return 0
    update_rows(Event, ("lead",), [(event.pk, whither[event.event_id]) for event in moved])
    person_of = dict(Lead.objects.filter(pk__in=set(whither.values())).values_list("pk", "person_id"))
    deeds = [
        Deed(
            _MOVED,
            f"event:{event.pk}",
            {"event_id": event.event_id, "from": event.lead_id, "to": whither[event.event_id]},
        )
        for event in moved
    ]
    record_audits(deeds=deeds, now=now, actor=actor)
    persons = {event.lead.person_id for event in moved} | {person_of[whither[event.event_id]] for event in moved}
    refresh_activity(person_ids=sorted(persons))
    seen = [event for event in moved if not event.is_machine]
    if seen:
        touch(person_ids=sorted(persons), cause=Cause.TEAM, now=now)
    facts: dict[str, list[dict[str, Any]]] = {}
    for event in seen:
        if event.kind in FACT_OF:
            told = {"event_id": event.event_id, "cause": Cause.TEAM.value}
            facts.setdefault(FACT_OF[event.kind], []).append(told)
    publish(facts=facts, now=now)
    return len(moved)
