"""Reads of suppressions."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from leadlight.consent.models import Suppression
from leadlight.consent.rules.closing import CLOSED_BY, SPOKEN
from leadlight.events.models import Event
from leadlight.kit.secrets import fingerprints
from leadlight.leads.models import Identity


def by_person(person_ids: Sequence[int]) -> dict[int, list[Suppression]]:
    """Return the closed channels of persons, over all their leads; persons without any are left out."""
    found: dict[int, list[Suppression]] = {}
    for suppression in Suppression.objects.filter(lead__person__in=person_ids).select_related("lead"):
        found.setdefault(suppression.lead.person_id, []).append(suppression)
    return found


def opt_outs(event_ids: Sequence[str]) -> Iterable[tuple[int, str, datetime, dict[str, Any]]]:
    """Return lead, kind, moment and props of those of the events that may close a channel and stand."""
    kinds = [*CLOSED_BY, *SPOKEN]
    events = Event.objects.filter(event_id__in=event_ids, kind__in=kinds, is_machine=False, retracted_at=None)
    return events.values_list("lead_id", "kind", "occurred_at", "props")


def leads_by_digest(lead_ids: Sequence[int]) -> dict[str, list[int]]:
    """Return leads by the digests of their addresses and numbers, under each key; one query."""
    found: dict[str, list[int]] = {}
    for lead_id, value in Identity.objects.filter(lead__in=lead_ids).values_list("lead_id", "value"):
        for digest in fingerprints(value):
            found.setdefault(digest, []).append(lead_id)
    return found
