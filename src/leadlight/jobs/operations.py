"""Writes of the ledger: enqueue, publish, lease, beat, finish, fail. The caller's transaction carries `enqueue`."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q, QuerySet

from leadlight.jobs import bell, rules
from leadlight.jobs.models import Job, Worker
from leadlight.jobs.registry import Payload, handler
from leadlight.kit.db import insert_rows, lock_until_commit, upsert_rows

#: A lease lasts so long beyond the latest sign of life of its worker.
LEASE_SECONDS = 15
#: A worker that was silent for so long is forgotten.
FORGOTTEN = timedelta(minutes=10)


def enqueue(*, name: str, payload: Payload, now: datetime, key: str = "", run_at: datetime | None = None) -> None:
    """
    Write down a piece of work, in the caller's transaction: it will happen if and only if that commits.

    With a `key` that an open job already has, nothing is added: the work is known. One that was parked under the
    key gives way.
    """
    if key:
        Job.objects.filter(key=key, parked_at__isnull=False).delete()
    enqueue_many(name=name, payloads=[payload], now=now, key=key, run_at=run_at)


def enqueue_many(
    *, name: str, payloads: Iterable[Payload], now: datetime, key: str = "", run_at: datetime | None = None
) -> None:
    """Write down pieces of work of one name in one statement."""
    enqueue_at(name=name, runs=[(run_at or now, payload) for payload in payloads], now=now, key=key)


def enqueue_at(*, name: str, runs: Iterable[tuple[datetime, Payload]], now: datetime, key: str = "") -> None:
    """Write down pieces of work of one name in one statement, each with the moment from which on it is due."""
    spec = handler(name)
    rows = [(name, spec.queue, spec.priority, key, payload, at, now, 0, 0, "", "") for at, payload in runs]
    if not rows:
        return
    columns = ("name", "queue", "priority", "key", "payload", "run_at", "created_at", "attempts", "failures")
    insert_rows(Job, (*columns, "lease", "latest_error"), rows, ignore_conflicts=bool(key))
    if any(row[5] <= now for row in rows):
        bell.ring_on_commit(spec.queue)


def publish(*, facts: Mapping[str, Sequence[Payload]], now: datetime) -> None:
    """
    Tell every subscriber of facts, in the caller's transaction: one job for each fact and subscriber.

    Who hears what stands in `config/subscriptions.py`. Facts may be told twice, and out of order.
    """
    for fact, payloads in facts.items():
        for name in settings.LEDGER_SUBSCRIPTIONS[fact]:
            enqueue_many(name=name, payloads=payloads, now=now)


def _due(queues: Sequence[str], now: datetime) -> QuerySet[Job]:
    free = Q(leased_until=None) | Q(leased_until__lte=now)
    return Job.objects.filter(free, parked_at=None, queue__in=queues, run_at__lte=now).order_by(
        "priority", "run_at", "id"
    )


def lease_due(*, queues: Sequence[str], now: datetime, limit: int = 500, key: str = "") -> list[Job]:
    """
    Take some due jobs of one name; nobody else gets them while their lease holds.

    The name is that of the most urgent due job of the queues; with a `key`, only the job with that key. As many are
    taken as its handler bears at once, at most `limit`. Jobs whose lease ran out are due again; one whose workers
    died again and again is parked instead. An empty list means that nothing can be taken.
    """
    for queue in queues:
        due = _due([queue], now)
        if key:
            due = due.filter(key=key)
        # Looked at before anything is locked: an idle worker costs one read.
        if due.exists() and (jobs := _lease(due, rules.QUEUES[queue], limit, now)):
            return jobs
    return []


@transaction.atomic
def _lease(due: QuerySet[Job], queue: rules.Queue, limit: int, now: datetime) -> list[Job]:
    if queue.concurrency:
        lock_until_commit(f"jobs.{queue.name}")
        running = Job.objects.filter(queue=queue.name, parked_at=None, leased_until__gt=now)
        if running.values("lease").distinct().count() >= queue.concurrency:
            return []
    if connection.features.has_select_for_update_skip_locked:
        due = due.select_for_update(skip_locked=True)
    first = due.first()
    if first is None:
        return []
    if rules.is_killer(attempts=first.attempts, failures=first.failures):
        error = f"Its worker died {first.attempts - first.failures} times while running it."
        Job.objects.filter(pk=first.pk).update(parked_at=now, lease="", leased_until=None, latest_error=error)
        return []
    size = rules.batch_size(min(limit, handler(first.name).batch), attempts=first.attempts, failures=first.failures)
    # What a worker looks at, and no more: half of the cost of a job that does little is reading its row.
    read = due.filter(name=first.name).only("name", "payload", "run_at", "attempts", "failures", "lease")
    jobs = [first] if size == 1 else list(read[:size])
    lease, until = uuid.uuid4().hex, now + timedelta(seconds=LEASE_SECONDS)
    Job.objects.filter(pk__among=[job.pk for job in jobs]).update(
        lease=lease, leased_until=until, attempts=F("attempts") + 1
    )
    for job in jobs:
        job.lease, job.leased_until, job.attempts = lease, until, job.attempts + 1
    return jobs


def beat(
    *,
    worker: str,
    queues: Sequence[str],
    started_at: datetime,
    counters: Mapping[str, int],
    leases: Iterable[str],
    now: datetime,
) -> None:
    """Say that a worker lives: its leases hold on, and its counters are kept for the page and the metrics."""
    held = list(leases)
    if held:
        until = now + timedelta(seconds=LEASE_SECONDS)
        Job.objects.filter(lease__in=held, parked_at=None, leased_until__gt=now).update(leased_until=until)
    row = (worker, list(queues), started_at, now, dict(counters))
    upsert_rows(Worker, ("name", "queues", "started_at", "beat_at", "counters"), [row], keys=["name"])


def leave(*, worker: str) -> None:
    """Take a worker that stops off the list."""
    Worker.objects.filter(name=worker).delete()


def finish(*, jobs: Sequence[Job]) -> int:
    """Remove jobs that are done; one whose lease somebody else holds by now is theirs to finish."""
    done = 0
    for lease in {job.lease for job in jobs}:
        ids = [job.pk for job in jobs if job.lease == lease]
        done += Job.objects.filter(pk__among=ids, lease=lease).delete()[0]
    return done


@transaction.atomic
def fail(*, jobs: Sequence[Job], error: str, now: datetime, chance: float, permanent: bool = False) -> int:
    """
    Record what went wrong and when to try again; return how many were parked for a person instead.

    A job is parked after its last attempt, and at once after a `permanent` failure, which no repetition can mend.
    `chance`, from 0 to 1, spreads the retries. A job whose lease somebody else holds by now is left alone.
    """
    n_parked = 0
    for job in jobs:
        run_at = None if permanent else rules.next_attempt_at(job.failures + 1, now=now, chance=chance)
        n_parked += Job.objects.filter(pk=job.pk, lease=job.lease).update(
            lease="",
            leased_until=None,
            latest_error=error[-4000:],
            failures=F("failures") + 1,
            run_at=run_at or job.run_at,
            parked_at=None if run_at else now,
        ) * (run_at is None)
    return n_parked


def retry_parked(*, job_ids: Sequence[int], now: datetime) -> int:
    """
    Open parked jobs again, as if never tried; return how many.

    One whose key an open job has by now is removed: that job does the work.
    """
    done = 0
    with transaction.atomic():
        for job in Job.objects.select_for_update().filter(pk__in=job_ids, parked_at__isnull=False):
            if job.key and Job.objects.filter(key=job.key, parked_at=None).exists():
                job.delete()
                continue
            Job.objects.filter(pk=job.pk).update(parked_at=None, attempts=0, failures=0, run_at=now)
            bell.ring_on_commit(job.queue)
            done += 1
    return done


def discard_parked(*, job_ids: Sequence[int]) -> int:
    """Remove parked jobs for good; return how many."""
    return Job.objects.filter(pk__in=job_ids, parked_at__isnull=False).delete()[0]


def ensure_schedule(*, now: datetime) -> None:
    """
    Have one open job for each piece of recurring work of `config/subscriptions.py`, due at its next moment.

    Work whose moment passed while nobody was there is still open, and runs at once.
    """
    zone = ZoneInfo(settings.TIME_ZONE)
    rows: list[tuple[Any, ...]] = []
    for name, recurrence in settings.LEDGER_SCHEDULE.items():
        spec, run_at = handler(name), recurrence.next_after(now, zone)
        rows.append((name, spec.queue, spec.priority, f"schedule:{name}", {}, run_at, now, 0, 0, "", ""))
    columns = ("name", "queue", "priority", "key", "payload", "run_at", "created_at", "attempts", "failures")
    insert_rows(Job, (*columns, "lease", "latest_error"), rows, ignore_conflicts=True)
    Worker.objects.filter(beat_at__lt=now - FORGOTTEN).delete()
