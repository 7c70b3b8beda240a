"""Reads of the event log: whole batches of persons at once, as plain arrays."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from django.db.models import Max, QuerySet
from numpy.typing import NDArray

from leadlight.events.models import CustomKind, Event, Retraction
from leadlight.events.rules import KIND_BY_NAME, KINDS, REQUESTS, VISIT_GAP, EventArrays, Group, Kind


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
    return dict(Retraction.objects.filter(event_id__in=list(event_ids)).values_list("event_id", "known_at"))


def owners_of(event_ids: Sequence[str]) -> dict[str, int]:
    """Return the person of each event; ids of which there is no event are left out."""
    rows = Event.objects.filter(event_id__in=event_ids)
    return dict(rows.values_list("event_id", "lead__person_id"))


def outcome_kinds(person_ids: Sequence[int]) -> Iterable[tuple[int, str]]:
    """Return the distinct (person, outcome kind) pairs."""
    names = [kind.name for kind in KINDS if kind.group is Group.OUTCOME]
    rows = Event.objects.filter(lead__person__in=person_ids, kind__in=names, is_machine=False)
    return rows.values_list("lead__person_id", "kind").distinct()


def latest(person_ids: Sequence[int], *, kinds: Iterable[str]) -> dict[int, datetime]:
    """Return when one of the kinds last happened, by person; machines do not count."""
    rows = Event.objects.filter(lead__person__in=person_ids, is_machine=False, kind__in=list(kinds))
    return dict(rows.values_list("lead__person").annotate(Max("occurred_at")))


def requests(person_ids: Sequence[int]) -> Iterable[tuple[int, str, datetime]]:
    """Return all that persons asked of us: (person, kind, moment)."""
    rows = Event.objects.filter(lead__person__in=person_ids, is_machine=False, kind__in=REQUESTS)
    return rows.values_list("lead__person_id", "kind", "occurred_at")


@dataclass(frozen=True)
class Codes:
    """Numbers for names that grow as they are met."""

    by_name: dict[str, int]

    def code(self, name: str) -> int:
        """Return the name's number, -1 for an empty one."""
        return self.by_name.setdefault(name, len(self.by_name)) if name else -1


def event_arrays(person_ids: Sequence[int]) -> EventArrays:
    """
    Return the events of persons as arrays; `entity` is the person's place in `person_ids`.

    One query for the events and one for the vocabulary, however many persons. What machines did is left out, and
    so are kinds that are not in the vocabulary (any more).
    """
    kinds = vocabulary()
    kind_codes = {kind.name: code for code, kind in enumerate(kinds)}
    entity = {person_id: place for place, person_id in enumerate(person_ids)}
    listings, areas = Codes({}), Codes({})
    rows = [
        (
            entity[person_id],
            kind_codes[kind],
            occurred_at.timestamp(),
            known_at.timestamp(),
            listings.code(listing),
            areas.code(area),
            np.nan if value is None else value,
            np.nan if seconds is None else seconds,
        )
        for person_id, kind, occurred_at, known_at, listing, area, value, seconds in _rows(person_ids)
        if kind in kind_codes
    ]
    columns: list[NDArray[np.float64]] = list(np.array(rows, dtype=np.float64).reshape(-1, 8).T)
    return EventArrays(
        entity=columns[0].astype(np.int64),
        kind=columns[1].astype(np.int16),
        occurred_at=columns[2],
        known_at=columns[3],
        listing=columns[4].astype(np.int32),
        area=columns[5].astype(np.int32),
        value=columns[6],
        seconds=columns[7],
        kinds=kinds,
        listings=tuple(listings.by_name),
        areas=tuple(areas.by_name),
    )


def _rows(person_ids: Sequence[int]) -> Iterable[tuple[Any, ...]]:
    events = Event.objects.filter(lead__person__in=person_ids, is_machine=False)
    return events.values_list(
        "lead__person_id", "kind", "occurred_at", "known_at", "listing", "area", "value", "duration_seconds"
    ).iterator(chunk_size=10_000)


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
