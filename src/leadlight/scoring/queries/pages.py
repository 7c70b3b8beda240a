"""What pages show of scores and models."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import numpy as np
from django.db.models import Count, Exists, OuterRef, QuerySet
from numpy.typing import NDArray

from leadlight.accounts.models import User
from leadlight.consent.models import Channel, Suppression
from leadlight.events.queries import own_moments, vocabulary
from leadlight.events.rules import Cause, EventArrays
from leadlight.intake.queries import attributes_known_at_creation
from leadlight.leads.models import Person, State
from leadlight.leads.queries import visible_to
from leadlight.scoring.learners.encoding import Table
from leadlight.scoring.learners.pipeline import FittedModel
from leadlight.scoring.learners.scorer import MODEL, LeadScorer
from leadlight.scoring.models import ModelVersion, Score, ScoreStep, TierOverride
from leadlight.scoring.queries.overrides import tiers_by_hand
from leadlight.scoring.queries.signals import PersonSignals, attributes_table, signals_of, table_of
from leadlight.scoring.rules.gate import Verdict
from leadlight.scoring.rules.labels import Target
from leadlight.scoring.rules.words import chance
from leadlight.signals.rules import Family, Signal, catalogue, reason_text

FAMILY_LABELS: Mapping[Family, str] = {
    Family.BEHAVIOURAL: "What they did",
    Family.DEMOGRAPHIC: "What they need",
    Family.ENGAGEMENT: "How they answer",
}
OTHER_FAMILY = "What your records say"

#: Moments on the small line of a lead page.
LINE_MOMENTS = 16


def serving() -> ModelVersion | None:
    """Return the version whose scores are shown, without its artefact; None before the first training."""
    return versions().filter(serving=True).first()


def versions() -> QuerySet[ModelVersion]:
    """Return all versions without their artefacts, the latest first."""
    return ModelVersion.objects.defer("artefact").order_by("-id")


@lru_cache(maxsize=2)
def _scorer(sha256: str) -> LeadScorer:
    found = ModelVersion.objects.filter(artefact_sha256=sha256).values_list("artefact", flat=True)
    return LeadScorer.from_json(found[0])


def scorer(version: ModelVersion) -> LeadScorer:
    """Return a version's fitted scorer; kept in memory, as it never changes."""
    return _scorer(version.artefact_sha256)


def warm() -> None:
    """Load the model that serves and score nobody once, so that the next to be scored need not wait for it."""
    version = serving()
    if version is not None:
        _, table = rows_for([0], np.zeros(1))
        scorer(version).serving.predict(table)


@dataclass(frozen=True)
class HotWord:
    """Whether anybody may be called hot, and the sentence that goes with it."""

    earned: bool
    note: str


def hot_word(version: ModelVersion | None) -> HotWord:
    """Return what the gate says of the word "hot"."""
    if version is None:
        return HotWord(False, "Nobody is called hot yet: no model has been trained.")
    if version.card["serving"] != MODEL:
        return HotWord(False, "Nobody is called hot yet: the points card serves until a model beats it.")
    verdict = Verdict(version.card["verdict"])
    n = (version.card.get("by_time") or version.card.get("random") or {}).get("n_hot") or 0
    match verdict:
        case Verdict.PASS:
            return HotWord(True, "")
        case Verdict.POINT_PASS:
            return HotWord(True, f"not yet proven, n = {n}")
        case Verdict.INSUFFICIENT:
            return HotWord(False, "Nobody is called hot yet: too few leads stood out in the test to prove the word.")
        case Verdict.FAIL:
            return HotWord(False, "Nobody is called hot: in the test, too few of those leads came true.")


@dataclass(frozen=True)
class Reason:
    """One plain reason; `points` are score points, and with the others and `Explanation.base` they add up."""

    text: str
    points: float
    family: str
    #: The signals that it sums up, by their common name.
    group: str

    @property
    def direction(self) -> str:
        """Say whether it raises ("more") or lowers ("less") the score."""
        return "more" if self.points >= 0 else "less"


@dataclass(frozen=True)
class Explanation:
    """Why a person has the score they have."""

    score: float
    tier: str
    p_target: float
    #: "31 of 100 leads like this booked an appointment within 60 days (n = 214)", or empty.
    chance: str
    #: What everybody starts from.
    base: float
    #: The strongest first.
    reasons: tuple[Reason, ...]
    #: Sums of the reasons' points.
    families: Mapping[str, float]
    version: ModelVersion


def explain(
    signals: PersonSignals, table: Table, fitted: FittedModel, *, limit: int = 12
) -> list[tuple[float, list[Reason]]]:
    """
    Return for each row the base and the reasons, in score points, the strongest first.

    Contributions add up to the log-odds; they are spread over the score in the same shares, so that base and
    reasons add up to the score. Contributions of one group of signals are one reason, told by the signal that
    weighs most in it. Groups beyond `limit` are summed as "Everything else".
    """
    explained = fitted.explain(table)
    scores = fitted.scores(table)
    base_scores = fitted.scale.score_of_logit(fitted.calibration.margin(explained.base))
    by_name = {signal.name: (signal, k) for k, signal in enumerate(signals.matrix.signals)}
    groups: dict[str, list[int]] = {}
    for k, column in enumerate(explained.columns):
        group = by_name[column][0].group if column in by_name else column
        groups.setdefault(group, []).append(k)
    found = []
    for row in range(table.n_rows):
        parts = explained.contributions[row]
        lift = explained.margin[row] - explained.base[row]
        per_logit = (scores[row] - base_scores[row]) / lift if abs(lift) > 1e-9 else 0.0
        reasons = []
        for group, places in groups.items():
            total = float(parts[places].sum())
            if total == 0.0:
                continue
            told = max(places, key=lambda k: (parts[k] * np.sign(total), -k))
            reasons.append(_reason(explained.columns[told], row, total * per_logit, by_name, signals, table, group))
        reasons.sort(key=lambda reason: -abs(reason.points))
        rest = sum(reason.points for reason in reasons[limit:])
        if rest:
            reasons[limit:] = [Reason("Everything else", rest, OTHER_FAMILY, "")]
        found.append((float(scores[row]) - sum(reason.points for reason in reasons), reasons))
    return found


def strongest(reasons: Sequence[Reason]) -> str:
    """Return the reason a list shows: what raises a score above its base most, or holds one below it down most."""
    if not reasons:
        return ""
    above = sum(reason.points for reason in reasons) >= 0.0
    told = max(reasons, key=lambda reason: reason.points if above else -reason.points)
    return told.text


def _reason(
    column: str,
    row: int,
    points: float,
    by_name: Mapping[str, tuple[Signal, int]],
    signals: PersonSignals,
    table: Table,
    group: str,
) -> Reason:
    if column not in by_name:
        return Reason(f"{group}: {_cell(table, column, row)}", points, OTHER_FAMILY, group)
    signal, k = by_name[column]
    witness = signals.matrix.witness.get(column)
    listing = None
    if witness is not None and witness[row] >= 0:
        listing = signals.events.listings[witness[row]]
    text = reason_text(signal, float(signals.matrix.values[row, k]), listing)
    return Reason(text, points, FAMILY_LABELS[signal.family], group)


def _cell(table: Table, column: str, row: int) -> str:
    if column in table.categories:
        return str(table.categories[column][row] or "not given")
    value = float(table.values[row, table.names.index(column)]) if column in table.names else np.nan
    return "not given" if np.isnan(value) else f"{value:,.15g}"


def joined(signals: Table, attributes: Table) -> Table:
    """Return one table of signals and attributes; a signal's name wins."""
    own = [k for k, name in enumerate(attributes.names) if name not in signals.names]
    return Table(
        (*signals.names, *(attributes.names[k] for k in own)),
        np.hstack([signals.values, attributes.values[:, own]]),
        {**attributes.categories, **signals.categories},
        {**attributes.left_out, **signals.left_out},
    )


def rows_for(
    person_ids: list[int],
    as_of: NDArray[np.float64],
    *,
    entity: NDArray[np.int64] | None = None,
    events: EventArrays | None = None,
) -> tuple[PersonSignals, Table]:
    """Return signals and the model's table, one row for each moment; see `signals_of`."""
    signals = signals_of(person_ids, entity=entity, as_of=as_of, events=events)
    table = table_of(signals.matrix)
    names = attributes_known_at_creation()
    if names:
        attributes = attributes_table(person_ids, names=names)
        table = joined(table, attributes if entity is None else attributes.take(entity))
    return signals, table


@dataclass(frozen=True)
class Change:
    """What moved a score of late: parts in points, the strongest first, which add up to `points`."""

    points: float
    before_as_of: datetime
    as_of: datetime
    parts: tuple[Reason, ...]


def change(person_id: int) -> Change | None:
    """
    Return what the latest change shown beside a score ("+23") is made of; None when none is shown.

    Both moments are explained anew by the serving model, from what was known at each.
    """
    score = Score.objects.filter(person=person_id).first()
    version = serving()
    if score is None or version is None or score.before_as_of is None or score.version_id != version.pk:
        return None
    as_of = np.array([score.before_as_of.timestamp(), score.as_of.timestamp()])
    signals, table = rows_for([person_id], as_of, entity=np.zeros(2, dtype=np.int64))
    (_, earlier), (_, later) = explain(signals, table, scorer(version).serving, limit=10_000)
    before = {reason.group: reason for reason in earlier}
    after = {reason.group: reason for reason in later}
    parts = []
    for group in dict.fromkeys((*after, *before)):
        told = after.get(group) or before[group]
        points = (after[group].points if group in after else 0.0) - (before[group].points if group in before else 0.0)
        parts.append(replace(told, points=points))
    whole = sum(part.points for part in parts)
    parts.sort(key=lambda part: -abs(part.points))
    said = [part for part in parts[:_PARTS] if abs(part.points) >= _SMALLEST_PART]
    rest = whole - sum(part.points for part in said)
    if abs(rest) >= _SMALLEST_PART:
        said.append(Reason("All smaller things together", rest, OTHER_FAMILY, ""))
    return Change(whole, score.before_as_of, score.as_of, tuple(said))


#: A change is told by so many parts at most, none smaller than half a point.
_PARTS, _SMALLEST_PART = 6, 0.5


def explanation(person_id: int) -> Explanation | None:
    """Return why a person has the score they have, computed anew; None when they have none."""
    score = Score.objects.filter(person=person_id).first()
    version = serving()
    if score is None or version is None:
        return None
    target = Target.parse(version.target)
    signals, table = rows_for([person_id], np.array([score.as_of.timestamp()]))
    base, reasons = explain(signals, table, scorer(version).serving)[0]
    families = dict.fromkeys((*FAMILY_LABELS.values(), OTHER_FAMILY), 0.0)
    for reason in reasons:
        families[reason.family] += reason.points
    said = chance(score.p_target, _bins(version), target)
    return Explanation(
        score=score.value,
        tier=score.tier,
        p_target=score.p_target,
        chance=said.text if said else "",
        base=base,
        reasons=tuple(reasons),
        families=families,
        version=version,
    )


def held_tier(person_id: int) -> TierOverride | None:
    """Return the tier that somebody set by hand; None when the score decides."""
    return next(iter(tiers_by_hand([person_id]).get(person_id, ())), None)


#: What moved tiers without a word to anybody, in plain words.
_SILENT: Mapping[str, str] = {
    Cause.MODEL_CHANGE: "a new model",
    Cause.IMPORT: "an import, or history told late",
    Cause.MERGE: "a merge",
    Cause.SETTINGS: "your own hand",
    Cause.TEAM: "what the team wrote down or took back",
}


def silent_moves(*, since: datetime) -> list[tuple[str, int]]:
    """Return how many tiers moved without alerting anybody, by what moved them, the most first."""
    moves = ScoreStep.objects.filter(is_move=True, as_of__gte=since, cause__in=list(_SILENT))
    counted = moves.values_list("cause").annotate(n=Count("id")).order_by("-n")
    return [(_SILENT[Cause(cause)], n) for cause, n in counted]


def _bins(version: ModelVersion) -> list[dict[str, Any]]:
    """Return the reliability curve of what serves; the points card has none, as nothing was promised of it."""
    measured = version.card["by_time"] or version.card["random"]
    bins: list[dict[str, Any]] = measured["reliability"] if measured and version.card["serving"] == MODEL else []
    return bins


def score_line(person_id: int) -> list[tuple[datetime, float]]:
    """
    Return what the serving model says of a person as of their latest visits, and now; the oldest first.

    The kernel sees only what was known at each moment, so the line is what would have been shown then.
    """
    version = serving()
    score = Score.objects.filter(person=person_id).first()
    if version is None or score is None:
        return []
    moments = [*own_moments(person_id, until=score.as_of, limit=LINE_MOMENTS), score.as_of]
    as_of = np.array([moment.timestamp() for moment in moments])
    _, table = rows_for([person_id], as_of, entity=np.zeros(len(moments), dtype=np.int64))
    values = scorer(version).serving.scores(table)
    return [(datetime.fromtimestamp(at, UTC), float(value)) for at, value in zip(as_of, values, strict=True)]


def priority_ids(actor: User, *, limit: int = 20) -> list[int]:
    """Return the open persons with a phone whom nothing forbids to call, the highest score first."""
    closed = Suppression.objects.filter(
        lead__person=OuterRef("pk"), channel__in=[Channel.ALL, Channel.CALL, Channel.SMS]
    )
    callable_now = visible_to(actor).filter(pk=OuterRef("person"), state=State.OPEN).exclude(phone="")
    # Walks the scores from the highest, and stops at the limit.
    best = Score.objects.filter(Exists(callable_now.exclude(Exists(closed)))).order_by("-value", "-person")
    return list(best.values_list("person_id", flat=True)[:limit])


def n_people() -> int:
    """Return how many persons there are."""
    return Person.objects.count()


@dataclass(frozen=True)
class Weight:
    """How much a group of signals moves scores, as a share of all."""

    label: str
    share: float


def in_words(weighs_most: list[dict[str, Any]]) -> list[Weight]:
    """Return the card's weights summed by the plain words of their groups, the heaviest first."""
    groups = {signal.name: signal.group for signal in catalogue(vocabulary())}
    sums: dict[str, float] = {}
    for item in weighs_most:
        label = groups.get(item["column"], item["column"])
        sums[label] = sums.get(label, 0.0) + item["mean_absolute_log_odds"]
    total = sum(sums.values()) or 1.0
    return sorted((Weight(label, value / total) for label, value in sums.items()), key=lambda w: -w.share)


def left_for_audit() -> list[str]:
    """Return the signals that stay out of every score until the fairness audit clears them."""
    return [signal.name.replace("_", " ") for signal in catalogue() if not signal.in_model]
