"""Scores of persons who went into others by a merge: put aside as they are, and brought back."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from leadlight.events.rules import Cause
from leadlight.jobs.operations import publish
from leadlight.kit.db import insert_rows, upsert_rows
from leadlight.scoring.models import Score, ScoreAside

_COLUMNS = tuple(field.name for field in Score._meta.concrete_fields)


def put_aside(person_ids: Sequence[int]) -> None:
    """Put the scores of persons who are gone aside, in the caller's transaction."""
    if person_ids:
        scores = Score.objects.filter(person__in=person_ids)
        upsert_rows(ScoreAside, _COLUMNS, list(scores.values_list(*_COLUMNS)), keys=["person"])
        scores.delete()


@transaction.atomic
def bring_back(person_ids: Sequence[int], *, now: datetime) -> None:
    """Bring the scores back of those of the persons who had gone, and have who listens hear of them."""
    if not person_ids:
        return
    asides = ScoreAside.objects.filter(person__in=person_ids)
    rows = list(asides.values_list(*_COLUMNS))
    if rows:
        insert_rows(Score, _COLUMNS, rows, ignore_conflicts=True)
        asides.delete()
        told = {"person_ids": [row[0] for row in rows], "cause": Cause.MERGE.value}
        publish(facts={"scoring.scores_changed": [told]}, now=now)
