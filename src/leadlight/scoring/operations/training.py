"""Training a version and putting it into service."""

import hashlib
import logging
from datetime import UTC, datetime

import numpy as np
from django.db import transaction
from numpy.typing import NDArray

from leadlight.accounts.models import User
from leadlight.accounts.operations import record_audit
from leadlight.events.rules import LADDER
from leadlight.intake.queries import attributes_known_at_creation
from leadlight.quality import queries as quality
from leadlight.quality.operations import ensure_audited
from leadlight.scoring import queries
from leadlight.scoring.learners.encoding import Table
from leadlight.scoring.learners.errors import UnableToTrain
from leadlight.scoring.learners.pipeline import TrainingSet
from leadlight.scoring.learners.scorer import LeadScorer
from leadlight.scoring.models import ModelVersion, Scale
from leadlight.scoring.queries.history import History
from leadlight.scoring.queries.pages import joined
from leadlight.scoring.queries.signals import BATCH, attributes_table, signals_of, table_of
from leadlight.scoring.rules.labels import (
    DAY_SECONDS,
    TARGETS,
    Reached,
    Snapshots,
    Target,
    labelled_snapshots,
    nearest_target,
)
from leadlight.scoring.rules.scale import ScoreScale
from leadlight.scoring.rules.split import one_row_per_person, split_by_time

logger = logging.getLogger(__name__)

#: Younger leads whose outcome is a stage teach nothing, yes or no: keeping them would call the undecided lost.
STAGE_RIPENS_DAYS = 90

#: Ages at which a lead with an undated outcome is looked at: early, as the outcome may lie anywhere after.
EARLY_AGES = (0, 1, 3, 7, 14)


def train(
    *, now: datetime, target: str = "", model: str = "auto", seed: int = 0, actor: User | None = None
) -> ModelVersion:
    """
    Learn from the history and put the result into service.

    Without a `target`, the nearest outcome that the history holds enough of is learned. The card says which. A
    history that cannot teach gives a version in which the points card serves, and says why. The scale of a target
    is declared at its first training and kept.

    Raises:
        UnableToTrain: the target or the model asked for is unknown, or there are no leads at all.
    """
    history = queries.history(now=now)
    if history.n == 0:
        raise UnableToTrain("There are no leads yet. Import your CRM's export first.")
    if attributes_known_at_creation():
        ensure_audited(now=now)
    chosen = _target(history, target)
    declared = Scale.objects.filter(target=str(chosen)).first()
    scale = ScoreScale(declared.p_warm, declared.p_hot) if declared else None
    scorer = LeadScorer(model=model, target=str(chosen), random_state=seed, scale=scale)
    try:
        data, notes = training_set(history, chosen)
        scorer.fit_rows(data, order_is_time=chosen.horizon_days is not None or _dated(history))
    except UnableToTrain as error:
        if model != "auto":
            raise
        scorer = LeadScorer.untrained(target=str(chosen), scale=scale)
        notes = [error.message]
    scorer.card_["notes"] = notes
    scorer.card_["history"] = {
        "people": history.n,
        "events": history.n_events,
        "until": datetime.fromtimestamp(history.until, UTC).isoformat(),
    }
    return _put_into_service(scorer, now=now, until=history.until, actor=actor)


@transaction.atomic
def _put_into_service(scorer: LeadScorer, *, now: datetime, until: float, actor: User | None) -> ModelVersion:
    artefact = scorer.to_json()
    scale = scorer.serving.scale
    Scale.objects.get_or_create(
        target=scorer.target, defaults={"p_warm": scale.p_warm, "p_hot": scale.p_hot, "declared_at": now}
    )
    ModelVersion.objects.filter(serving=True).update(serving=False)
    version = ModelVersion.objects.create(
        target=scorer.target,
        card=scorer.card,
        artefact=artefact,
        artefact_sha256=hashlib.sha256(artefact.encode()).hexdigest(),
        trained_at=now,
        data_until=datetime.fromtimestamp(until, UTC),
        serving=True,
    )
    record_audit(
        action="model.put_into_service",
        subject=f"model:{version.pk}",
        now=now,
        actor=actor,
        detail={key: scorer.card[key] for key in ("target", "verdict", "serving", "model")},
    )
    return version


def _target(history: History, asked: str) -> Target:
    if asked:
        try:
            return Target.parse(asked)
        except ValueError as error:
            raise UnableToTrain(str(error)) from error
    reached = {}
    for target in TARGETS:
        rows = _dated_rows(history, target)
        reached[target] = Reached(
            n_own_kind=int(np.isfinite(history.first_outcome([target.event_kind])).sum()),
            n_positive=len(np.unique(rows.person[rows.label])),
            share_ripe=len(np.unique(rows.person)) / max(history.n, 1),
        )
    return nearest_target(reached)


def _dated_rows(history: History, target: Target) -> Snapshots:
    known = np.where(history.first_contact_at <= history.until, history.first_contact_at, np.nan)
    return labelled_snapshots(
        known, history.first_outcome(target.rungs(LADDER)), target=target, cutoff_at=history.until
    )


def _dated(history: History) -> bool:
    return bool(np.isfinite(history.first_contact_at).mean() > 0.5)


def training_set(history: History, target: Target) -> tuple[TrainingSet, list[str]]:
    """
    Return the labelled rows for a target, with what the card must say of them.

    Raises:
        UnableToTrain: the history holds no outcome of this kind.
    """
    if target.horizon_days is None:
        return _final_rows(history)
    rows = _dated_rows(history, target)
    if not rows.label.any():
        raise UnableToTrain(
            f"No lead of this history has a dated outcome for {target} whose time is up. Choose a nearer target, or "
            "import activities or deals with dates."
        )
    table = _table(history, rows.person, rows.t0)
    names, by_audit = _learned()
    if names:
        place = np.unique(rows.person, return_inverse=True)
        attributes = attributes_table([history.person_ids[k] for k in place[0]], names=names)
        table = joined(table, attributes.take(place[1].astype(np.int64)))
    notes = [
        "Profile columns count as known only when the export was made, and are not learned from"
        + (f"; asked at first contact, and learned from: {', '.join(sorted(names))}." if names else "."),
        *by_audit,
    ]
    return (
        TrainingSet(
            table=table,
            y=rows.label,
            groups=history.group[rows.person],
            persons=rows.person,
            weights=rows.weight,
            created_at=history.first_contact_at[rows.person],
            t0=rows.t0,
            horizon_seconds=target.horizon_seconds,
        ),
        notes,
    )


def _final_rows(history: History) -> tuple[TrainingSet, list[str]]:
    """Return rows for an outcome without a date: the columns count as known at creation, and the card says so."""
    said = np.flatnonzero(~np.isnan(history.final))
    if len(said) == 0:
        raise UnableToTrain(
            "This history holds no outcome: no dated appointment, agreement or closing, no stage that says how a "
            "lead ended, and no outcome column. Name one with --outcome, or say what the stages mean."
        )
    notes = ["The outcome has no date: whether a lead converted in the end is learned, not when."]
    if history.n_events and _dated(history):
        came_at = history.first_contact_at[said]
        ripe = ~history.final_by_stage[said] | (came_at <= history.until - STAGE_RIPENS_DAYS * DAY_SECONDS)
        said = said[np.isfinite(came_at) & ripe]
        ages = np.array(EARLY_AGES) * DAY_SECONDS
        person = np.repeat(said, len(ages))
        t0 = (history.first_contact_at[said][:, None] + ages).ravel()
        kept = t0 <= history.until
        person, t0 = person[kept], t0[kept]
        notes.append("Leads are looked at in their first 14 days, since what they did later may follow the outcome.")
        if history.final_by_stage.any():
            notes.append(
                f"Stages of the last {STAGE_RIPENS_DAYS} days are left out: they do not yet say how it ends."
            )
    else:
        person = said
        t0 = np.full(len(said), history.until)
    names, by_audit = _learned()
    if names:
        notes.append("Columns count as known at creation: leave out with --exclude what was written later.")
    notes += by_audit
    order = history.sequence if np.isfinite(history.sequence[said]).all() else history.first_contact_at
    created_at = order[person] if np.isfinite(order[person]).all() else None
    if created_at is None:
        notes.append("The order of these leads in time is not known, so the test is a random one.")
    table = _table(history, person, t0)
    attributes = attributes_table([history.person_ids[k] for k in said], names=names)
    place = np.searchsorted(said, person)
    _, first, counts = np.unique(person, return_inverse=True, return_counts=True)
    return (
        TrainingSet(
            table=joined(table, attributes.take(place.astype(np.int64))),
            y=history.final[person] > 0.5,
            groups=history.group[person],
            persons=person,
            weights=1.0 / counts[first],
            created_at=created_at,
            t0=None,
            horizon_seconds=0.0,
        ),
        notes,
    )


def _learned() -> tuple[frozenset[str], list[str]]:
    """Return the team's own columns that are learned from, and what the card must say of those that are not."""
    declared, unlearned = attributes_known_at_creation(), quality.unlearned_columns()
    said = {
        "left_out": "Left out by the audit, as written after the outcome or telling it by other ways",
        "ask": "Left out until somebody has said on the Data page whether they were known at first contact",
    }
    by_audit = {why: sorted(declared.intersection(names)) for why, names in unlearned.items()}
    notes = [f"{said[why]}: {', '.join(names)}." for why, names in by_audit.items() if names]
    return declared.difference(*by_audit.values()), notes


def _table(history: History, person: NDArray[np.int64], t0: NDArray[np.float64]) -> Table:
    """Return the signals of rows, reading the events of a batch of persons at a time. Rows are ordered by person."""
    parts = []
    for start in range(0, history.n, BATCH):
        ids = history.person_ids[start : start + BATCH]
        rows = slice(*np.searchsorted(person, [start, start + len(ids)]))
        if rows.start == rows.stop:
            continue
        parts.append(table_of(signals_of(ids, entity=person[rows] - start, as_of=t0[rows]).matrix))
    categories = parts[0].categories.keys()
    return Table(
        parts[0].names,
        np.concatenate([part.values for part in parts]),
        {name: np.concatenate([part.categories[name] for part in parts]) for name in categories},
    )


def held_out(*, version_id: int) -> list[tuple[int, float, float]] | None:
    """
    Return the test rows of a version as (person id, moment in seconds, probability), computed anew.

    The rows are those that the card's figures by time stand on, as long as the history has not changed since. None
    when the version was not tested by time.
    """
    version = ModelVersion.objects.get(pk=version_id)
    if version.card["by_time"] is None:
        return None
    history = queries.history(now=version.trained_at)
    data, _ = training_set(history, Target.parse(version.target))
    assert data.created_at is not None
    moments = data.created_at if data.t0 is None else data.t0
    split = split_by_time(data.created_at, data.groups, data.y, t0=moments, horizon_seconds=data.horizon_seconds)
    rows = one_row_per_person(split.test, data.persons, seed=version.card["seed"])
    p = queries.scorer(version).serving.probability(data.table.take(rows))
    return [
        (history.person_ids[person], float(at), float(chance))
        for person, at, chance in zip(data.persons[rows], moments[rows], p, strict=True)
    ]
