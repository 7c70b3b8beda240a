"""Reads of endpoints and deliveries, of what messages say, and of what files for CRMs hold."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import TypeAlias

import numpy as np
from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from leadlight.crm.models import Delivery, DeliveryState, Endpoint
from leadlight.crm.rules.files import ExportRow
from leadlight.crm.rules.payload import ScoredPerson
from leadlight.leads.models import Lead, State
from leadlight.scoring.models import Score, Tier
from leadlight.scoring.queries import scorer, serving
from leadlight.scoring.queries.pages import explain, rows_for, strongest
from leadlight.scoring.rules.scale import display

#: Leads read at once for a file.
CHUNK = 2_000


def endpoints() -> QuerySet[Endpoint]:
    """Return all endpoints, the oldest first, each with how many messages are on their way to it (`n_planned`)."""
    planned = Delivery.objects.filter(endpoint=OuterRef("pk"), state=DeliveryState.PLANNED).order_by()
    # Counted apart: a join would read all that each was ever told.
    n_planned = Coalesce(Subquery(planned.values("endpoint").annotate(n=Count("id")).values("n")), 0)
    return Endpoint.objects.select_related("created_by").annotate(n_planned=n_planned).order_by("id")


def endpoint(endpoint_id: int) -> Endpoint | None:
    """Return an endpoint; None when there is none of this number."""
    return Endpoint.objects.filter(pk=endpoint_id).first()


def listeners(event: str) -> list[int]:
    """Return the endpoints that are on and hear of something. One query."""
    enabled = Endpoint.objects.filter(disabled_at=None).order_by("id")
    return [pk for pk, events in enabled.values_list("id", "events") if event in events]


def latest_deliveries(*, limit: int = 50) -> QuerySet[Delivery]:
    """Return the latest messages, whatever became of them."""
    return Delivery.objects.select_related("endpoint").order_by("-id")[:limit]


def due(delivery_ids: Iterable[int]) -> QuerySet[Delivery]:
    """
    Return which of some messages are still to be sent, with their endpoints.

    `heard` is what the same endpoint heard of the same person last, or None.
    """
    before = Delivery.objects.filter(
        endpoint=OuterRef("endpoint"), person_id=OuterRef("person_id"), state=DeliveryState.SENT
    ).order_by("-id")
    return (
        Delivery.objects.filter(pk__in=list(delivery_ids), state=DeliveryState.PLANNED)
        .select_related("endpoint")
        .annotate(heard=Subquery(before.values("data")[:1]))
        .order_by("id")
    )


def scored_persons(person_ids: Iterable[int]) -> dict[int, ScoredPerson]:
    """
    Return what messages say of persons, by person; those who have gone are left out. A fixed number of queries.

    Reasons follow scores by a while: of one that has just moved, the reason is found here and now.
    """
    ids = list(person_ids)
    records: dict[int, list[tuple[int, str, str]]] = {}
    # The one changed last speaks for the person, as in `leads.rules.survivor`.
    leads = Lead.objects.filter(person__in=ids).order_by("-updated_at", "-id")
    for person_id, lead_id, system, external_id in leads.values_list("person_id", "id", "system", "external_id"):
        records.setdefault(person_id, []).append((lead_id, system, external_id))
    scores = {score.person_id: score for score in Score.objects.filter(person__in=ids)}
    for person_id, reason in _fresh_reasons([score for score in scores.values() if score.reason_is_stale]).items():
        scores[person_id].reason = reason
    return {person_id: _scored(person_id, found, scores.get(person_id)) for person_id, found in records.items()}


def _fresh_reasons(scores: Sequence[Score]) -> dict[int, str]:
    version = serving() if scores else None
    if version is None:
        return {}
    # What another version said cannot be explained by this one.
    own = [score for score in scores if score.version_id == version.pk]
    if not own:
        return {}
    ids, as_of = [score.person_id for score in own], [score.as_of.timestamp() for score in own]
    signals, table = rows_for(ids, np.array(as_of))
    explained = explain(signals, table, scorer(version).serving)
    return {person_id: strongest(reasons) for person_id, (_, reasons) in zip(ids, explained, strict=True)}


def _scored(person_id: int, records: Sequence[tuple[int, str, str]], score: Score | None) -> ScoredPerson:
    lead_id = records[0][0]
    external_ids = tuple((system, external_id) for _, system, external_id in records)
    if score is None:
        return ScoredPerson(person_id, lead_id, external_ids)
    return ScoredPerson(
        person_id,
        lead_id,
        external_ids,
        display(score.value),
        score.tier,
        score.reason,
        score.version_id,
        score.as_of,
    )


def systems() -> dict[str, int]:
    """Return the systems that leads came from, each with how many."""
    rows = Lead.objects.values("system").annotate(n=Count("id")).order_by("-n", "system")
    return dict(rows.values_list("system", "n"))


def has_scores() -> bool:
    """Say whether anybody has a score."""
    return Score.objects.exists()


def export_rows(system: str) -> Iterator[ExportRow]:
    """
    Yield the leads of a system that have a score or need none any more, by their ids there, a query for each chunk.

    Open leads that nobody has scored yet are left out. A lead that comes or goes meanwhile may be in or not.
    """
    last = ""
    while chunk := list(_leads_after(last, system)[:CHUNK]):
        last = chunk[-1][0]
        for external_id, state, value, tier, reason, as_of, version_id in chunk:
            if value is not None:
                yield ExportRow(external_id, display(value), Tier(tier).label, reason, as_of, version_id)
            elif state != State.OPEN:
                yield ExportRow(external_id, None, reason=State(state).label)


_ExportCells: TypeAlias = tuple[str, str, float | None, str, str, datetime, int | None]


def _leads_after(last: str, system: str) -> QuerySet[Lead, _ExportCells]:
    # Along the index by which leads are known: by our own id, each chunk would sort the whole system anew.
    leads = Lead.objects.filter(system=system, external_id__gt=last).order_by("external_id")
    score = (f"person__score__{column}" for column in ("value", "tier", "reason", "as_of", "version_id"))
    return leads.values_list("external_id", F("person__state"), *score)
