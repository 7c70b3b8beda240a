"""Computing scores, and storing them with their history and the facts that others wait for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from django.db import transaction

from leadlight.events.queries import event_arrays
from leadlight.events.rules import Cause, EventArrays
from leadlight.jobs.operations import publish
from leadlight.kit.db import held_rows, insert_rows, upsert_rows
from leadlight.leads.models import Person
from leadlight.leads.queries import hold_persons
from leadlight.scoring import queries
from leadlight.scoring.models import ModelVersion, Score, ScoreStep
from leadlight.scoring.queries.pages import rows_for
from leadlight.scoring.rules.scale import Tier, display
from leadlight.scoring.rules.serving import Before, Move, Recent, move


def score_persons(*, person_ids: Sequence[int], version: ModelVersion, now: datetime, cause: Cause) -> int:
    """
    Score persons as of now; return how many tiers moved. Persons who are no more are passed over.

    A score computed for an earlier moment never replaces a fresher one. What people see of a change goes into the
    history, and what others wait for is told as facts, in the same transaction.
    """
    with held_rows():
        ids = hold_persons(person_ids)
        fresh = computed(ids, version, dict.fromkeys(ids, (cause, now)), event_arrays(ids))
        with transaction.atomic():
            return store(fresh, version)


@dataclass(frozen=True)
class Fresh:
    """A score that was just computed, not stored yet."""

    person_id: int
    value: float
    p: float
    cause: Cause
    as_of: datetime


def computed(
    person_ids: list[int],
    version: ModelVersion,
    wanted: Mapping[int, tuple[Cause, datetime]],
    events: EventArrays,
) -> list[Fresh]:
    """Compute the scores of those `wanted` among persons whose events are at hand, each as of a moment of its own."""
    if not wanted:
        return []
    places = [place for place, person_id in enumerate(person_ids) if person_id in wanted]
    rows = [(person_ids[place], *wanted[person_ids[place]]) for place in places]
    as_of = np.array([moment.timestamp() for _, _, moment in rows])
    _, table = rows_for(person_ids, as_of, entity=np.array(places, dtype=np.int64), events=events)
    predicted = queries.scorer(version).serving.predict(table)
    return [
        Fresh(person_id, float(value), float(p), cause, moment)
        for (person_id, cause, moment), value, p in zip(rows, predicted.scores, predicted.p, strict=True)
    ]


def store(fresh: Sequence[Fresh], version: ModelVersion) -> int:
    """Store scores with their history and their facts, in the caller's transaction; return how many tiers moved."""
    hot_earned = queries.scorer(version).serving.verdict.earns_hot
    person_ids = [score.person_id for score in fresh]
    before, by_hand = standing_scores(person_ids), queries.tiers_by_hand(person_ids)
    rows: dict[bool, list[tuple[Any, ...]]] = {True: [], False: []}
    moves: list[Moved] = []
    for score in fresh:
        if score.person_id not in before:
            # Gone while it was computed: on SQLite nobody holds them.
            continue
        was = before[score.person_id]
        if was is not None and was.as_of > score.as_of:
            continue
        # Whoever was scored by another version was moved by the new one, whatever else came with it.
        cause = score.cause if was is None or was.version_id == version.pk else Cause.MODEL_CHANGE
        held = Tier(by_hand[score.person_id][0].tier) if score.person_id in by_hand else None
        moved = move(was, score.value, held=held, cause=cause, hot_earned=hot_earned, now=score.as_of)
        moves.append(Moved(score.person_id, score.value, was.tier if was else None, moved, score.as_of))
        recent = moved.recent
        base = (recent.value, recent.as_of, recent.changed_as_of) if recent else (None, None, None)
        as_stored = score.person_id, score.value, moved.tier.value, score.p, score.as_of, version.pk
        rows[moved.is_step].append((*as_stored, *base, held is not None, True, ""))
    upsert_rows(Score, _COLUMNS, rows[True], keys=["person"], newer="as_of", keep=["reason"])
    upsert_rows(Score, _COLUMNS, rows[False], keys=["person"], newer="as_of", keep=["reason", "reason_is_stale"])
    tell(moves=moves, version=version)
    return sum(moved.move.is_move and moved.tier_before is not None for moved in moves)


_COLUMNS = (
    *("person", "value", "tier", "p_target", "as_of", "version", "value_before", "before_as_of", "changed_as_of"),
    *("is_held", "reason_is_stale", "reason"),
)


def standing_scores(person_ids: Sequence[int]) -> dict[int, Before | None]:
    """Return the scores of persons as they stand, None for who has none; persons who are not here are left out."""
    columns = ("value", "tier", "as_of", "version_id", "value_before", "before_as_of", "changed_as_of")
    rows = Person.objects.filter(pk__in=person_ids).values_list("pk", *(f"score__{column}" for column in columns))
    return {
        person_id: None
        if value is None
        else Before(
            value=value,
            tier=Tier(word),
            as_of=as_of,
            version_id=version_id,
            recent=None if began_as_of is None else Recent(began, began_as_of, changed_as_of),
        )
        for person_id, value, word, as_of, version_id, began, began_as_of, changed_as_of in rows
    }


@dataclass(frozen=True)
class Moved:
    """A score with what it means beside the one before."""

    person_id: int
    value: float
    tier_before: Tier | None
    move: Move
    as_of: datetime


def tell(*, moves: Sequence[Moved], version: ModelVersion) -> None:
    """Write what people see of new scores into the history, and tell the facts that others wait for."""
    steps: list[tuple[Any, ...]] = []
    tiers: list[dict[str, Any]] = []
    jumps: list[dict[str, Any]] = []
    changed: dict[str, list[int]] = {}
    seen = [moved for moved in moves if moved.move.is_step]
    for moved in seen:
        own, cause, was = moved.move, moved.move.cause.value, moved.tier_before
        has_moved = own.is_move and was is not None
        word_before = was.value if was else ""
        steps.append(
            (
                *(moved.person_id, moved.value, own.tier.value, moved.as_of, cause),
                *(version.pk, word_before, has_moved),
            )
        )
        changed.setdefault(cause, []).append(moved.person_id)
        fact = {"person_id": moved.person_id, "cause": cause, "as_of": moved.as_of.isoformat()}
        if own.is_move:
            tiers.append({**fact, "before": word_before or None, "after": own.tier.value})
        if own.is_jump and own.recent is not None:
            jumps.append({**fact, "points": display(moved.value) - display(own.recent.value)})
    columns = ("person", "value", "tier", "as_of", "cause", "version", "tier_before", "is_move")
    insert_rows(ScoreStep, columns, steps)
    if not seen:
        return
    facts = {
        "scoring.tier_changed": tiers,
        "scoring.score_jumped": jumps,
        "scoring.scores_changed": [{"person_ids": ids, "cause": cause} for cause, ids in changed.items()],
    }
    publish(facts=facts, now=max(moved.as_of for moved in seen))
