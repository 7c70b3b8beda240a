"""Reads of who waits for us, and of what may have answered them: whole batches at once."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import F, QuerySet

from leadlight.accounts.models import User
from leadlight.events.models import Event
from leadlight.leads.models import Lead, State
from leadlight.leads.queries import visible_to
from leadlight.routing.models import Alert, Breach, Wait
from leadlight.routing.rules.promise import TOUCHES, Touch
from leadlight.scoring.models import Score, Tier


class Told(NamedTuple):
    """An event by which somebody may begin to wait, or that may answer them."""

    event_id: str
    lead_id: int
    person_id: int
    kind: str
    at: datetime
    known_at: datetime
    listing: str
    seconds: float | None
    actor: str
    props: Mapping[str, Any]


def told(event_ids: Iterable[str]) -> list[Told]:
    """Return events that stand and were not done by machines, the earliest first."""
    events = Event.objects.filter(event_id__among=event_ids, is_machine=False, retracted_at=None)
    rows = events.order_by("occurred_at", "pk").values_list(
        *("event_id", "lead_id", "lead__person_id", "kind", "occurred_at", "known_at", "listing"),
        *("duration_seconds", "actor", "props"),
    )
    return [Told(*row) for row in rows]


def touches(person_ids: Collection[int], *, since: datetime) -> dict[int, list[Touch]]:
    """Return by person what may have reached them from a moment on; one query."""
    found: dict[int, list[Touch]] = {}
    events = Event.objects.filter(
        lead__person__in=person_ids, kind__in=TOUCHES, occurred_at__gte=since, is_machine=False, retracted_at=None
    )
    for person_id, *touch in events.values_list("lead__person_id", "kind", "occurred_at", "actor", "props"):
        found.setdefault(person_id, []).append(Touch(*touch))
    return found


def open_waits(person_ids: Collection[int]) -> list[Wait]:
    """Return the open waits of persons with their `person_id`, the earliest first; one query."""
    waits = Wait.objects.filter(lead__person__in=person_ids, ended_at=None).annotate(person_id=F("lead__person_id"))
    return list(waits.order_by("began_at", "pk"))


def waiting_persons() -> set[int]:
    """Return everybody who waits for us."""
    return set(Wait.objects.filter(ended_at=None).values_list("lead__person_id", flat=True))


def of_person(waits: Iterable[Wait]) -> dict[int, list[Wait]]:
    """Return waits of `open_waits` by person, in their order."""
    found: dict[int, list[Wait]] = {}
    for wait in waits:
        found.setdefault(wait.person_id, []).append(wait)  # type: ignore[attr-defined]  # annotated
    return found


def alerted(wait_ids: Collection[int]) -> dict[int, set[int]]:
    """Return for waits whom we have called about them; one query."""
    found: dict[int, set[int]] = {}
    for wait_id, user_id in Alert.objects.filter(wait__in=wait_ids).values_list("wait_id", "user_id"):
        found.setdefault(wait_id, set()).add(user_id)
    return found


class Hot(NamedTuple):
    """Somebody who is hot now."""

    #: The record of theirs that was told of last.
    lead_id: int
    reason: str


def hot(person_ids: Collection[int]) -> dict[int, Hot]:
    """Return those of the persons who are hot now, as the score stands, and nobody's client; two queries."""
    scores = Score.objects.filter(person__in=person_ids, tier=Tier.HOT, person__merge=None, person__state=State.OPEN)
    reasons = dict(scores.values_list("person_id", "reason"))
    leads = Lead.objects.filter(person__in=reasons).order_by("updated_at", "pk")
    latest = dict(leads.values_list("person_id", "pk"))
    return {person_id: Hot(lead_id, reasons[person_id]) for person_id, lead_id in latest.items()}


def breaches(actor: User, *, since: datetime, until: datetime) -> QuerySet[Breach]:
    """Return the broken promises of a span of time that somebody may see, the latest first, with waits and leads."""
    found = Breach.objects.filter(at__gte=since, at__lt=until, wait__lead__person__in=visible_to(actor))
    found = found.select_related("wait__lead", "wait__claimed_by")
    return found.order_by("-at", "-pk")
