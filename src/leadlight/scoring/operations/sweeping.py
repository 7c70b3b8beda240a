"""Scoring everybody for a new model, the active ones as time passes, and finding the reasons that lists show."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

import numpy as np
from django.db import transaction
from django.db.models import F, Q, QuerySet

from leadlight.events.rules import Cause
from leadlight.jobs.operations import enqueue_many
from leadlight.kit.db import update_rows
from leadlight.leads.models import Person
from leadlight.scoring import queries
from leadlight.scoring.models import ModelVersion, Score
from leadlight.scoring.operations.storing import score_persons
from leadlight.scoring.queries.pages import explain, rows_for, strongest
from leadlight.scoring.rules.labels import Target
from leadlight.scoring.rules.scale import Tier
from leadlight.scoring.rules.serving import IDLE, settled_states

#: Persons of one batch: their rows are held while it runs, so that it must be short.
_BATCH = 1_000
#: Scores whose reasons are found in one pass.
_REASONS = 50


@dataclass(frozen=True)
class Scored:
    """What scoring everybody came to."""

    n_scored: int
    n_settled: int
    n_moved: int


def score_all(*, now: datetime, cause: Cause) -> Scored:
    """
    Score every person who can still do what the target foretells; take the score from those who cannot.

    In batches, each one transaction and a fixed number of queries. Without a version nothing is scored.
    """
    version = queries.serving()
    if version is None:
        return Scored(0, 0, 0)
    n_scored = n_moved = 0
    for batch in _batches(_open(version).order_by("id"), _BATCH):
        n_moved += score_persons(person_ids=batch, version=version, now=now, cause=cause)
        n_scored += len(batch)
    settled = settled_states(Target.parse(version.target))
    n_settled = Score.objects.filter(person__state__in=settled).delete()[0]
    return Scored(n_scored, n_settled, n_moved)


def _open(version: ModelVersion) -> QuerySet[Person]:
    return Person.objects.exclude(state__in=settled_states(Target.parse(version.target)))


def _batches(persons: QuerySet[Person], size: int) -> Iterator[list[int]]:
    ids = iter(list(persons.values_list("id", flat=True)))
    while batch := list(islice(ids, size)):
        yield batch


def start_sweep(*, now: datetime, warm_only: bool) -> int:
    """
    Have the scores of all active people, or of the warm and hot ones, computed anew as jobs; return how many people.

    So scores fall with time. Whoever has done nothing for long, and was scored since that faded, costs nothing.
    """
    version = queries.serving()
    if version is None:
        return 0
    if warm_only:
        persons = _open(version).filter(score__tier__in=(Tier.HOT, Tier.WARM))
    else:
        fading = Q(score__as_of__lt=F("active_at") + IDLE)
        silent = Q(active_at=None, score__as_of__lt=F("first_contact_at") + IDLE)
        persons = _open(version).filter(Q(score=None) | fading | silent)
    batches = list(_batches(persons.order_by("id"), _BATCH))
    enqueue_many(name="scoring.sweep_persons", payloads=[{"person_ids": batch} for batch in batches], now=now)
    return sum(map(len, batches))


def sweep(*, person_ids: Sequence[int], now: datetime) -> int:
    """Score some people anew because time has passed; return how many tiers moved."""
    version = queries.serving()
    if version is None:
        return 0
    still_open = list(_open(version).filter(pk__in=person_ids).order_by("id").values_list("id", flat=True))
    return score_persons(person_ids=still_open, version=version, now=now, cause=Cause.SWEEP)


def find_reasons(*, limit: int = _REASONS) -> int:
    """
    Find the strongest reason of scores that have moved since theirs was found, the highest first; return how many.

    One that moves again meanwhile stays to be done.
    """
    version = queries.serving()
    if version is None:
        return 0
    # Who has just gone into another has no events left that could explain the score.
    stale = Score.objects.filter(reason_is_stale=True, version=version, person__merge=None)
    found = list(stale.order_by("-value").values_list("person_id", "as_of")[:limit])
    if not found:
        return 0
    person_ids = [person_id for person_id, _ in found]
    signals, table = rows_for(person_ids, np.array([as_of.timestamp() for _, as_of in found]))
    explained = explain(signals, table, queries.scorer(version).serving)
    with transaction.atomic():
        locked = Score.objects.select_for_update(of=("self",)).filter(person__in=person_ids).order_by("person")
        as_of_now = dict(locked.values_list("person_id", "as_of"))
        update_rows(
            Score,
            ("reason", "reason_is_stale"),
            [
                (person_id, strongest(reasons)[:200], False)
                for (person_id, as_of), (_, reasons) in zip(found, explained, strict=True)
                if as_of_now.get(person_id) == as_of
            ],
        )
    return len(found)
