"""Reads of the ledger."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q, QuerySet

from leadlight.jobs.models import Job, Worker
from leadlight.jobs.operations import LEASE_SECONDS


def open_job(name: str) -> Job | None:
    """Return the oldest job of a name that is still to be done; None when there is none."""
    return Job.objects.filter(name=name, parked_at=None).order_by("id").first()


def parked_error(name: str) -> str:
    """Return the last line of what parked the latest job of a name; empty when none is parked."""
    job = Job.objects.filter(name=name, parked_at__isnull=False).order_by("-id").first()
    if job is None or not job.latest_error:
        return ""
    return job.latest_error.strip().splitlines()[-1].partition(": ")[2]


@dataclass(frozen=True)
class Depth:
    """How much of one name is in the ledger."""

    name: str
    queue: str
    waiting: int
    running: int
    #: Failed at least once and waiting for the next try.
    retrying: int
    later: int
    parked: int
    #: Since when the oldest due job waits; None when none does.
    oldest_due_at: datetime | None


def depths(*, now: datetime) -> list[Depth]:
    """Return how much is in the ledger, by name. One query."""
    leased = Q(parked_at=None, leased_until__gt=now)
    free = Q(parked_at=None) & ~leased
    due = free & Q(run_at__lte=now)
    rows = (
        Job.objects.values("name", "queue")
        .annotate(
            waiting=Count("id", filter=due),
            running=Count("id", filter=leased),
            retrying=Count("id", filter=free & Q(run_at__gt=now, failures__gt=0)),
            later=Count("id", filter=free & Q(run_at__gt=now, failures=0)),
            parked=Count("id", filter=Q(parked_at__isnull=False)),
            oldest_due_at=Min("run_at", filter=due),
        )
        .order_by("queue", "name")
    )
    return [Depth(**row) for row in rows]


def parked(*, limit: int = 50) -> QuerySet[Job]:
    """Return the jobs that a person must look at, the latest first."""
    return Job.objects.filter(parked_at__isnull=False).order_by("-parked_at", "-id")[:limit]


def n_parked() -> int:
    """Return how many jobs are parked."""
    return Job.objects.filter(parked_at__isnull=False).count()


@dataclass(frozen=True)
class Alive:
    """A worker by its latest word."""

    worker: Worker
    #: False once its leases have run out.
    lives: bool


def workers(*, now: datetime) -> Sequence[Alive]:
    """Return the workers that gave a sign of life not long ago, the longest running first."""
    return [
        Alive(worker, (now - worker.beat_at).total_seconds() < LEASE_SECONDS)
        for worker in Worker.objects.order_by("started_at", "name")
    ]
