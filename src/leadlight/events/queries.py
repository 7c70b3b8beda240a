"""Reads of the event log: whole batches of persons at once, as plain arrays."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from django.db.models import QuerySet
from numpy.typing import NDArray

from leadlight.events.models import CustomKind, Event, Retraction
from leadlight.events.rules import KIND_BY_NAME, KINDS, VISIT_GAP, Activity, EventArrays, Group, Kind, activity
from leadlight.kit.db import Seconds, seconds
from leadlight.leads.models import Lead
from leadlight.leads.rules import state


def vocabulary() -> tuple[Kind, ...]:
    """Return all kinds, the team's own after the built-in ones."""
    own = CustomKind.objects.order_by("id").values_list("name", "group", "sentence")
    words = ((name, group, sentence, name.replace("_", " ")) for name, group, sentence in own)
    return KINDS + tuple(
        Kind(name, Group(group), sentence, noun, noun if noun.endswith("s") else f"{noun}s")
        for name, group, sentence, noun in words
    )


def kinds_by_name(names: Iterable[str]) -> dict[str, Kind]:
    """Return the words of the vocabulary among `names`; the team's own are looked up only when one may be there."""
    wanted = set(names)
    known = KIND_BY_NAME if wanted <= KIND_BY_NAME.keys() else {kind.name: kind for kind in vocabulary()}
    return {name: known[name] for name in wanted if name in known}


def retractions(event_ids: Iterable[str]) -> dict[str, datetime]:
    """Return which of the ids are retracted, and since when."""
    return dict(Retraction.objects.filter(event_id__among=event_ids).values_list("event_id", "known_at"))


def owners_of(event_ids: Sequence[str]) -> dict[str, int]:
    """Return the person of each event; ids of which there is no event are left out."""
    rows = Event.objects.filter(event_id__in=event_ids)
    return dict(rows.values_list("event_id", "lead__person_id"))


def event_arrays(person_ids: Sequence[int]) -> EventArrays:
    """
    Return the events of persons as arrays; `entity` is the person's place in `person_ids`.

    One query for the events and one for the vocabulary, however many persons. What machines did is left out, and
    so are kinds that are not in the vocabulary (any more).
    """
    kinds = vocabulary()
    code_of = {kind.name: code for code, kind in enumerate(kinds)}
    place_of = {person_id: place for place, person_id in enumerate(person_ids)}
    rows = list(
        Event.objects.filter(lead__person__in=person_ids, is_machine=False).values_list(
            "lead__person_id",
            "kind",
            Seconds("occurred_at"),
            Seconds("known_at"),
            Seconds("retracted_at"),
            "listing",
            "area",
            "value",
            "duration_seconds",
            "is_automatic",
        )
    )
    if any(row[1] not in code_of for row in rows):
        rows = [row for row in rows if row[1] in code_of]
    persons, names, occurred_at, known_at, retracted_at, listings, areas, values, durations, automatic = (
        zip(*rows, strict=True) if rows else ((),) * 10
    )
    listing, listing_names = _coded(listings)
    area, area_names = _coded(areas)
    return EventArrays(
        entity=np.array([place_of[person_id] for person_id in persons], dtype=np.int64),
        kind=np.array([code_of[name] for name in names], dtype=np.int16),
        occurred_at=seconds(occurred_at),
        known_at=seconds(known_at),
        listing=listing,
        area=area,
        value=np.array(values, dtype=np.float64),
        seconds=np.array(durations, dtype=np.float64),
        kinds=kinds,
        listings=listing_names,
        areas=area_names,
        retracted_at=seconds(retracted_at, empty=np.inf) if any(retracted_at) else None,
        automatic=np.array(automatic, dtype=np.bool_) if any(automatic) else None,
    )


def _coded(names: Sequence[str]) -> tuple[NDArray[np.int32], tuple[str, ...]]:
    """Return a number for each name in the order in which they are met, -1 for empty ones, and the names."""
    codes: dict[str, int] = {}
    numbers = [codes.setdefault(name, len(codes)) if name else -1 for name in names]
    return np.array(numbers, dtype=np.int32), tuple(codes)


@dataclass(frozen=True)
class Standing:
    """Where a person stands, as stages and events have it."""

    state: str
    activity: Activity


def standings(person_ids: Sequence[int], events: EventArrays) -> dict[int, Standing]:
    """
    Return where persons stand; those who are no more are left out. One query.

    `events` are those of `event_arrays(person_ids)`.
    """
    meanings: dict[int, list[str]] = {}
    stages = Lead.objects.filter(person__in=person_ids)
    for person_id, meaning, converted in stages.values_list("person_id", "stage_meaning", "converted"):
        meanings.setdefault(person_id, []).append("closed" if converted else meaning)
    return {
        person_id: Standing(state(meanings[person_id], own.outcomes), own)
        for person_id, own in zip(person_ids, activity(events, len(person_ids)), strict=True)
        if person_id in meanings
    }


def timeline(person_id: int) -> QuerySet[Event]:
    """Return a person's events, the latest first."""
    return Event.objects.filter(lead__person=person_id).order_by("-occurred_at", "-id")


def own_moments(person_id: int, *, until: datetime, limit: int) -> list[datetime]:
    """
    Return the ends of a person's latest visits (30 minutes without a sign of theirs end one), the oldest first.

    What the team did and outcomes begin no visit.
    """
    own = [kind.name for kind in vocabulary() if kind.group in (Group.BEHAVIOUR, Group.ENGAGEMENT)]
    events = Event.objects.filter(lead__person=person_id, kind__in=own, is_machine=False, occurred_at__lte=until)
    ends: list[datetime] = []
    latest: datetime | None = None
    for occurred_at in events.order_by("-occurred_at").values_list("occurred_at", flat=True)[:2_000]:
        if latest is None or latest - occurred_at > VISIT_GAP:
            ends.append(occurred_at)
            if len(ends) == limit:
                break
        latest = occurred_at
    return ends[::-1]
