"""What must hold when all is quiet again."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

import numpy as np
from django.db.models import Count, Max, Q

from leadlight.events.models import Event, Retraction, Touched
from leadlight.events.queries import event_arrays, standings
from leadlight.events.rules import FACT_OF
from leadlight.jobs import queries
from leadlight.jobs.models import Job, Worker
from leadlight.kit.clock import utc_now
from leadlight.leads.models import Person
from leadlight.routing.models import Alert, Task, Wait
from leadlight.scoring import queries as scoring
from leadlight.scoring.models import Score, ScoreStep
from leadlight.scoring.queries.pages import rows_for
from leadlight.scoring.rules.labels import Target
from leadlight.scoring.rules.serving import settled_states
from tests.soak.feeders import EventFeeder, JobFeeder
from tests.soak.models import Asked, Effect, Ran

_ASKING = [kind for kind, fact in FACT_OF.items() if fact == "events.inquiry_received"]


def is_idle() -> bool:
    """Say whether nothing waits that will ever be done by itself."""
    waiting = (Job.objects.filter(parked_at=None), Touched.objects, Score.objects.filter(reason_is_stale=True))
    return not any(rows.exists() for rows in waiting)


def left_over() -> list[str]:
    """Return what still waits, or waits for a person."""
    wrong = []
    for job in Job.objects.all()[:5]:
        state = "parked" if job.parked_at else "open"
        error = job.latest_error.strip().splitlines()[-1:] or [""]
        wrong.append(f"job {job.pk} {job.name} is {state} after {job.attempts} leases: {error[0]}")
    n = Touched.objects.count()
    return [*wrong, f"{n} touched persons wait"] if n else wrong


def routing() -> list[str]:
    """Whoever asked has an owner, and a task or an answer; no alert hangs; no promise that is over was forgotten."""
    asked = Event.objects.filter(kind__in=_ASKING, cause="LIVE", is_machine=False, retracted_at=None)
    heard = {origin for model in (Task, Wait) for origin in model.objects.values_list("origin", flat=True)}
    wrong = [f"{event.event_id} has no task" for event in asked if f"inquiry:{event.event_id}" not in heard]
    alone = asked.filter(lead__person__owner=None).values_list("lead__person", flat=True)
    wrong += [f"person {pk} has no owner" for pk in alone]
    hanging = Alert.objects.filter(state__in=("PLANNED", "SENDING"))
    wrong += [f"alert {pk} is {state}" for pk, state in hanging.values_list("pk", "state")]
    forgotten = Wait.objects.filter(ended_at=None).annotate(n=Count("breaches")).exclude(n=2)
    return wrong + [f"wait {pk} is open with {n} breaches" for pk, n in forgotten.values_list("pk", "n")]


def events(feeders: Sequence[EventFeeder]) -> list[str]:
    """Every acknowledged event is stored once and as told, every retraction holds, and nothing else is there."""
    wrong = []
    stored = {event.event_id: event for event in Event.objects.select_related("lead")}
    told = {event_id: event for feeder in feeders for event_id, event in feeder.told.events.items()}
    for event_id, event in told.items():
        found = stored.get(event_id)
        if found is None:
            wrong.append(f"event {event_id} was acknowledged and is lost")
            continue
        same = (found.kind, found.lead.external_id, found.is_machine)
        if same != (event["kind"], event["external_id"], event["is_machine"]):
            wrong.append(f"event {event_id} is stored as {same}")
        if "occurred_at" in event and found.occurred_at != datetime.fromisoformat(event["occurred_at"]):
            wrong.append(f"event {event_id} is stored as of {found.occurred_at}")
    wrong += [f"event {event_id} was never told" for event_id in stored.keys() - told.keys()]
    for feeder in feeders:
        wrong += [f"event {event_id} was stored {n} times" for event_id, n in feeder.told.stored.items() if n > 1]
        kept = set(Retraction.objects.values_list("event_id", flat=True))
        wrong += [f"the retraction of {event_id} is lost" for event_id in feeder.told.retracted - kept]
        for event_id in feeder.told.retracted & stored.keys():
            if stored[event_id].retracted_at is None:
                wrong.append(f"event {event_id} was taken back and still counts")
    return wrong


def jobs(feeder: JobFeeder) -> list[str]:
    """Every job that was asked for came to exactly one effect, and no other did."""
    wrong = []
    asked = set(Asked.objects.values_list("key", flat=True))
    facts = Event.objects.filter(kind__in=_ASKING)
    asked |= {f"fact:{event_id}" for event_id in facts.filter(is_machine=False).values_list("event_id", flat=True)}
    effects = Counter(Effect.objects.values_list("key", flat=True))
    wrong += [f"work {key} was acknowledged and is lost" for key in feeder.acknowledged - asked]
    wrong += [f"work {key} was rolled back and is there" for key in feeder.taken_back & asked]
    wrong += [f"work {key} had no effect" for key in asked - effects.keys()]
    mine = {key for key in effects if not key.startswith("tier:")}
    wrong += [f"work {key} had an effect, and nobody asked for it" for key in mine - asked]
    wrong += [f"work {key} took effect {n} times: two workers had it at once" for key, n in effects.items() if n > 1]
    return wrong


def n_repeated() -> int:
    """Return how many pieces of work were tried more than once."""
    return Ran.objects.values("key").annotate(n=Count("id")).filter(n__gt=1).count()


def living() -> set[str]:
    """Return the workers that run at this moment."""
    return {
        name for name in Worker.objects.values_list("name", flat=True) if Path("/proc", name.split(":")[1]).exists()
    }


def workers(stopped: Iterable[str]) -> list[str]:
    """Nobody counts as alive, and who stopped in an orderly way has left the list."""
    wrong = [
        f"worker {alive.worker.name} still counts as alive" for alive in queries.workers(now=utc_now()) if alive.lives
    ]
    left = Worker.objects.filter(name__in=list(stopped)).values_list("name", flat=True)
    return wrong + [f"worker {name} stopped and is still listed" for name in left]


def nobody_seems_alive() -> bool:
    """Say whether every worker of the list is one that died a while ago."""
    return not any(alive.lives for alive in queries.workers(now=utc_now()))


def scores() -> list[str]:
    """
    What is stored of every person is what follows from their events, computed from scratch.

    A score is compared as of its own moment, which may not lie before the latest that became known.
    """
    wrong = []
    version = scoring.serving()
    assert version is not None
    over = settled_states(Target.parse(version.target))
    stored = {score.person_id: score for score in Score.objects.all()}
    persons = {person.pk: person for person in Person.objects.all()}
    ids = sorted(persons)
    stand = standings(ids, event_arrays(ids))
    latest = _latest()
    for person_id, own in stand.items():
        person, score = persons[person_id], stored.get(person_id)
        if (person.state, person.active_at) != (own.state, own.activity.active_at):
            wrong.append(f"person {person_id} is stored as {person.state}, last active {person.active_at}")
        if person_id in latest and (score is None) != (own.state in over):
            wrong.append(f"person {person_id} is {own.state} and has {'no' if score is None else 'a'} score")
        if score is not None and person_id in latest and score.as_of < latest[person_id]:
            wrong.append(f"the score of person {person_id} knows nothing of what came last")
    ids = sorted(stored)
    _, table = rows_for(ids, np.array([stored[person_id].as_of.timestamp() for person_id in ids]))
    predicted = scoring.scorer(version).serving.predict(table)
    for person_id, value, p in zip(ids, predicted.scores, predicted.p, strict=True):
        score = stored[person_id]
        if abs(score.value - value) > 1e-6 or abs(score.p_target - p) > 1e-9:
            wrong.append(f"the score of person {person_id} is {score.value}, and should be {value}")
    told = set(Effect.objects.filter(key__startswith="tier:").values_list("key", flat=True))
    moves = ScoreStep.objects.filter(Q(is_move=True) | Q(tier_before=""))
    seen = {f"tier:{who}:{at.isoformat()}" for who, at in moves.values_list("person_id", "as_of")}
    wrong += [f"the move {key} is in the history and was not told" for key in seen - told]
    wrong += [f"the move {key} was told and is not in the history" for key in told - seen]
    return wrong


def _latest() -> dict[int, datetime]:
    """Return when something last became known of each person."""
    rows = Event.objects.filter(is_machine=False).values_list("lead__person_id")
    latest = dict(rows.annotate(Max("known_at")))
    for person_id, taken_back_at in rows.exclude(retracted_at=None).annotate(Max("retracted_at")):
        latest[person_id] = max(latest[person_id], taken_back_at)
    return latest
