"""Scoring those of whom something new became known: the drain of `events.models.Touched`."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import InterfaceError, OperationalError, transaction

from leadlight.events.models import Touched
from leadlight.events.operations import store_standings
from leadlight.events.queries import event_arrays, standings
from leadlight.events.rules import Cause
from leadlight.jobs.operations import enqueue_many, publish
from leadlight.kit.db import held_rows, insert_rows, skip_locked
from leadlight.leads.queries import hold_persons, whom
from leadlight.scoring import queries
from leadlight.scoring.models import Score
from leadlight.scoring.operations.aside import bring_back, put_aside
from leadlight.scoring.operations.storing import Fresh, computed, store
from leadlight.scoring.rules.labels import Target
from leadlight.scoring.rules.serving import causes_of, settled_states

logger = structlog.get_logger(__name__)

#: Persons of one pass: large enough to be quick, small enough to be done in a fraction of a second.
_PASS = 500
#: Rows looked at for one pass; a busy person has several.
_ROWS = 2_000


@dataclass(frozen=True)
class _Taken:
    """Rows of `Touched` that were read, by person."""

    rows: dict[int, list[int]]
    causes: dict[int, list[Cause]]
    #: When a person first did something themselves, among these rows.
    lived_at: dict[int, datetime]
    #: The latest moment at which one of the rows was written.
    latest: datetime


def rescore_touched(*, now: datetime) -> int:
    """
    Take into account what became known of some hundreds of persons; return how many rows were taken, 0 for none.

    Exactly the rows that were read are removed, in the transaction that stores the scores: what comes meanwhile is
    taken next time, and a worker killed at any point leaves everything as it was. Any number of workers may do this
    at once. When something about these persons makes it fail, each of them becomes a job of the ledger, which tries
    again and in the end parks the one that is to blame.
    """
    with held_rows():
        taken = _take()
        if taken is None:
            return 0
        try:
            _rescore(taken, now)
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:
            logger.exception("rescoring_failed", n=len(taken.rows), error=type(error).__name__)
            _hand_over(taken, now)
    return sum(map(len, taken.rows.values()))


def _take() -> _Taken | None:
    found = skip_locked(Touched.objects.order_by("id")).values_list("id", "person_id", "cause", "at")[:_ROWS]
    rows: dict[int, list[int]] = {}
    causes: dict[int, list[Cause]] = {}
    lived_at: dict[int, datetime] = {}
    latest: datetime | None = None
    for row_id, person_id, word, at in found:
        if person_id not in rows and len(rows) == _PASS:
            continue
        cause = Cause(word)
        rows.setdefault(person_id, []).append(row_id)
        causes.setdefault(person_id, []).append(cause)
        if cause is Cause.LIVE:
            lived_at[person_id] = min(at, lived_at.get(person_id, at))
        latest = at if latest is None else max(latest, at)
    return None if latest is None else _Taken(rows, causes, lived_at, latest)


def _rescore(taken: _Taken, now: datetime) -> None:
    ids = hold_persons(taken.rows)
    into = whom(taken.rows.keys() - set(ids))
    bring_back([person_id for person_id in ids if Cause.MERGE in taken.causes[person_id]], now=now)
    events = event_arrays(ids)
    stand = standings(ids, events)
    version = queries.serving()
    silent: list[Fresh] = []
    fresh: list[Fresh] = []
    settled: list[int] = []
    if version is not None:
        over = settled_states(Target.parse(version.target))
        settled = [person_id for person_id in ids if person_id in stand and stand[person_id].state in over]
        to_score = [person_id for person_id in ids if person_id in stand and stand[person_id].state not in over]
        known = _known(to_score)
        # The clocks of two hosts differ: what was stored by now counts, and the latest reader knows most.
        now = max(now, taken.latest, *(as_of for _, as_of in known.values()))
        first: dict[int, tuple[Cause, datetime]] = {}
        then: dict[int, tuple[Cause, datetime]] = {}
        for person_id in to_score:
            version_id, as_of = known.get(person_id, (version.pk, now))
            before, cause = causes_of(taken.causes[person_id], same_version=version_id == version.pk)
            then[person_id] = cause, now
            if before is not None and person_id in known and person_id in taken.lived_at:
                just_before = taken.lived_at[person_id] - timedelta(microseconds=1)
                if just_before >= as_of:
                    first[person_id] = before, just_before
        silent = computed(ids, version, first, events)
        fresh = computed(ids, version, then, events)
    with transaction.atomic():
        mine = _still_mine(taken)
        store_standings(standings={person_id: own for person_id, own in stand.items() if person_id in mine})
        _end_scores([person_id for person_id in settled if person_id in mine], taken, now)
        for scores in (silent, fresh):
            if scores and version is not None:
                store([score for score in scores if score.person_id in mine], version)
        into = {person_id: kept for person_id, kept in into.items() if person_id in mine}
        # Who is back by now is one's own again.
        put_aside([person_id for person_id, kept in into.items() if kept != person_id])
        _hand_on(into, taken)
        _remove(taken)


def _hand_on(into: Mapping[int, int], taken: _Taken) -> None:
    """Have those into whom others went by a merge scored for what those did; of the merge they know already."""
    rows = [
        (kept, cause.value, taken.lived_at.get(person_id, taken.latest) if cause is Cause.LIVE else taken.latest)
        for person_id, kept in into.items()
        for cause in dict.fromkeys(taken.causes[person_id])
        if cause is not Cause.MERGE
    ]
    insert_rows(Touched, ("person_id", "cause", "at"), rows)


def _end_scores(person_ids: Sequence[int], taken: _Taken, now: datetime) -> None:
    """Take the scores of those of whom nothing is left to foretell, and tell who had one."""
    scores = Score.objects.filter(person__in=person_ids)
    ended: dict[str, list[int]] = {}
    for person_id in scores.order_by("pk").values_list("pk", flat=True):
        _, cause = causes_of(taken.causes[person_id], same_version=True)
        ended.setdefault(cause.value, []).append(person_id)
    if ended:
        scores.delete()
        told = [{"person_ids": ids, "cause": cause} for cause, ids in ended.items()]
        publish(facts={"scoring.scores_changed": told}, now=now)


def _known(person_ids: Sequence[int]) -> dict[int, tuple[int | None, datetime]]:
    """Return version and moment of the scores that persons have."""
    rows = Score.objects.filter(person__in=person_ids).values_list("person_id", "version_id", "as_of")
    return {person_id: (version_id, as_of) for person_id, version_id, as_of in rows}


def _still_mine(taken: _Taken) -> set[int]:
    """
    Return the persons of whom a row that was read is still there.

    Where rows cannot be locked (SQLite) another worker may have taken the same ones. Whoever removed all rows of a
    person knew at least what they tell, and what was computed here may be older. A person of whom no row was read
    was asked for by name.
    """
    ids = [row_id for own in taken.rows.values() for row_id in own]
    named = {person_id for person_id, own in taken.rows.items() if not own}
    return named | set(Touched.objects.filter(pk__in=ids).values_list("person_id", flat=True))


def _remove(taken: _Taken) -> None:
    Touched.objects.filter(pk__in=[row_id for own in taken.rows.values() for row_id in own]).delete()


@transaction.atomic
def _hand_over(taken: _Taken, now: datetime) -> None:
    """Leave persons whose scoring failed to the ledger, one by one."""
    mine = _still_mine(taken)
    enqueue_many(
        name="scoring.rescore_person",
        payloads=[
            {"person_id": person_id, "causes": sorted({cause.value for cause in own})}
            for person_id, own in taken.causes.items()
            if person_id in mine
        ],
        now=now,
    )
    _remove(taken)


def rescore_person(*, person_id: int, causes: Collection[Cause], now: datetime) -> None:
    """Score one person for what touched them, as `rescore_touched` does: how the ledger goes on where that failed."""
    with held_rows():
        _rescore(_Taken({person_id: []}, {person_id: list(causes)}, {}, now), now)
