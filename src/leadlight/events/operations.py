"""Writes of the event log, and of what persons derive from it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from leadlight.events import queries
from leadlight.events.models import CustomKind, Event
from leadlight.events.rules import Cause, Group
from leadlight.kit.db import insert_rows, update_rows
from leadlight.leads.models import Lead, Person
from leadlight.leads.rules import state


@dataclass(frozen=True)
class NewEvent:
    """An event to be appended; see `models.Event` for the fields."""

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
    props: dict[str, Any] = field(default_factory=dict)
    is_machine: bool = False


def append(*, events: Iterable[NewEvent], cause: Cause, origin: str, now: datetime) -> int:
    """Append events in the caller's transaction; one whose id is known already changes nothing. Returns how many were new."""
    return insert_rows(
        Event,
        (
            "event_id",
            "lead",
            "kind",
            "occurred_at",
            "known_at",
            "stored_at",
            "cause",
            "listing",
            "area",
            "value",
            "duration_seconds",
            "actor",
            "props",
            "is_machine",
            "origin",
        ),
        (
            (
                event.event_id,
                event.lead_id,
                event.kind,
                event.occurred_at,
                event.known_at,
                now,
                cause.value,
                event.listing,
                event.area,
                event.value,
                event.duration_seconds,
                event.actor,
                event.props,
                event.is_machine,
                origin,
            )
            for event in events
        ),
        ignore_conflicts=True,
    )


def remove_by_origin(*, origin: str) -> int:
    """Remove the events that an undone import brought; returns how many."""
    return Event.objects.filter(origin=origin).delete()[0]


def register_kinds(*, kinds: Iterable[tuple[str, Group, str]]) -> None:
    """Add words to the vocabulary (name, group, sentence); known ones stay as they are."""
    insert_rows(CustomKind, ("name", "group", "sentence"), kinds, ignore_conflicts=True)


@transaction.atomic
def refresh_activity(*, person_ids: Sequence[int]) -> None:
    """Settle the state and the latest activity of persons anew, from their leads' stages and their events."""
    own = [kind.name for kind in queries.vocabulary() if kind.group in (Group.BEHAVIOUR, Group.ENGAGEMENT)]
    passive = {"email_delivered", "sms_delivered", "email_bounced"}
    active_at = dict(
        Event.objects.filter(lead__person__in=person_ids, is_machine=False, kind__in=set(own) - passive)
        .values_list("lead__person")
        .annotate(Max("occurred_at"))
    )
    outcomes: dict[int, list[str]] = {}
    for person_id, kind in queries.outcome_kinds(person_ids):
        outcomes.setdefault(person_id, []).append(kind)
    meanings: dict[int, list[str]] = {}
    for person_id, meaning in Lead.objects.filter(person__in=person_ids).values_list("person_id", "stage_meaning"):
        meanings.setdefault(person_id, []).append(meaning)
    update_rows(
        Person,
        ("state", "active_at"),
        (
            (
                person_id,
                state(meanings.get(person_id, []), outcomes.get(person_id, [])),
                active_at.get(person_id),
            )
            for person_id in person_ids
        ),
    )
