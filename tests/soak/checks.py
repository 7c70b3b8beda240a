"""What must hold when all is quiet again."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db.models import Count, Max

from leadlight.events.models import Event, Retraction, Touched
from leadlight.events.rules import FACT_OF
from leadlight.jobs import queries
from leadlight.jobs.models import Job, Worker
from leadlight.kit.clock import utc_now
from tests.soak.feeders import EventFeeder, JobFeeder
from tests.soak.models import Asked, Effect, Ran


def is_idle() -> bool:
    """Say whether nothing waits that will ever be done by itself."""
    return not Job.objects.filter(parked_at=None).exists() and not (
        any(settings.LEDGER_DRAINS.values()) and Touched.objects.exists()
    )


def left_over() -> list[str]:
    """Return what still waits, or waits for a person."""
    wrong = []
    for job in Job.objects.all()[:5]:
        state = "parked" if job.parked_at else "open"
        error = job.latest_error.strip().splitlines()[-1:] or [""]
        wrong.append(f"job {job.pk} {job.name} is {state} after {job.attempts} leases: {error[0]}")
    n = Touched.objects.count() if any(settings.LEDGER_DRAINS.values()) else 0
    return [*wrong, f"{n} touched persons wait"] if n else wrong


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
    facts = Event.objects.filter(
        kind__in=[kind for kind, fact in FACT_OF.items() if fact == "events.inquiry_received"]
    )
    asked |= {f"fact:{event_id}" for event_id in facts.filter(is_machine=False).values_list("event_id", flat=True)}
    effects = Counter(Effect.objects.values_list("key", flat=True))
    wrong += [f"work {key} was acknowledged and is lost" for key in feeder.acknowledged - asked]
    wrong += [f"work {key} was rolled back and is there" for key in feeder.taken_back & asked]
    wrong += [f"work {key} had no effect" for key in asked - effects.keys()]
    wrong += [f"work {key} had an effect, and nobody asked for it" for key in effects.keys() - asked]
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


def touched_last() -> dict[int, datetime]:
    """Return when something last became known of each person, whatever it was."""
    rows = Event.objects.filter(is_machine=False).values_list("lead__person_id")
    known = dict(rows.annotate(Max("known_at")))
    for person_id, latest in rows.exclude(retracted_at=None).annotate(Max("retracted_at")):
        known[person_id] = max(known[person_id], latest)
    return known
