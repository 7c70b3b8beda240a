"""Reads of suppressions."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from leadlight.consent.models import Suppression
from leadlight.consent.rules import CLOSED_BY
from leadlight.events.models import Event


def by_person(person_ids: Sequence[int]) -> dict[int, list[Suppression]]:
    """Return the closed channels of persons, over all their leads; persons without any are left out."""
    found: dict[int, list[Suppression]] = {}
    for suppression in Suppression.objects.filter(lead__person__in=person_ids).select_related("lead"):
        found.setdefault(suppression.lead.person_id, []).append(suppression)
    return found


def opt_outs(event_ids: Sequence[str]) -> Iterable[tuple[int, str, datetime, dict[str, Any]]]:
    """Return lead, kind, moment and props of those of the events that close a channel and have not been retracted."""
    events = Event.objects.filter(event_id__in=event_ids, kind__in=list(CLOSED_BY), retracted_at=None)
    return events.values_list("lead_id", "kind", "occurred_at", "props")
