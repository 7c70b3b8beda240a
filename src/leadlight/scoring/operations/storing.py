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
from leadlight.leads.queries import hold_persons
from leadlight.scoring import queries
from leadlight.scoring.models import ModelVersion, Score, ScoreStep, TierOverride
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
    before = scores_before([score.person_id for score in fresh])
    rows: dict[bool, list[tuple[Any, ...]]] = {True: [], False: []}
    moves: list[Moved] = []
    for score in fresh:
        was = before.get(score.person_id)
        if was is not None and was.as_of > score.as_of:
            continue
        # Whoever was scored by another version was moved by the new one, whatever else came with it.
        cause = score.cause if was is None or was.version_id == version.pk else Cause.MODEL_CHANGE
        moved = move(was, score.value, cause=cause, hot_earned=hot_earned, now=score.as_of)
        moves.append(Moved(score.person_id, score.value, was.tier if was else None, moved, score.as_of))
        recent = moved.recent
        base = (recent.value, recent.as_of, recent.changed_as_of) if recent else (None, None, None)
        held = was is not None and was.held is not None
        as_stored = score.person_id, score.value, moved.tier.value, score.p, score.as_of, version.pk
        rows[moved.is_step].append((*as_stored, *base, held, True, ""))
    upsert_rows(Score, _COLUMNS, rows[True], keys=["person"], newer="as_of", keep=["reason"])
    upsert_rows(Score, _COLUMNS, rows[False], keys=["person"], newer="as_of", keep=["reason", "reason_is_stale"])
    tell(moves=moves, version=version)
    return sum(moved.move.is_move and moved.tier_before is not None for moved in moves)


_COLUMNS = (
    *("person", "value", "tier", "p_target", "as_of", "version", "value_before", "before_as_of", "changed_as_of"),
    *("is_held", "reason_is_stale", "reason"),
)


def scores_before(person_ids: Sequence[int]) -> dict[int, Before]:
    """Return the scores of persons as they stand."""
    overrides = TierOverride.objects.filter(person__in=person_ids)
    held = {person_id: Tier(word) for person_id, word in overrides.values_list("person_id", "tier")}
    rows = Score.objects.filter(person__in=person_ids).values_list(
        *("person_id", "value", "tier", "as_of", "version_id", "value_before", "before_as_of", "changed_as_of")
    )
    return {
        person_id: Before(
            value=value,
            tier=Tier(word),
            as_of=as_of,
            version_id=version_id,
            recent=None if began_as_of is None else Recent(began, began_as_of, changed_as_of),
            held=held.get(person_id),
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
