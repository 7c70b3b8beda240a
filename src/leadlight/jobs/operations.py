"""Writes of the ledger: enqueue, lease, finish, fail. The caller's transaction carries `enqueue`."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q

from leadlight.jobs import rules
from leadlight.jobs.models import Job
from leadlight.kit.db import insert_rows

_OPEN = Q(finished_at=None, parked_at=None)


def enqueue(
    *, name: str, payload: dict[str, Any], now: datetime, key: str = "", run_at: datetime | None = None
) -> None:
    """
    Write down a piece of work, in the caller's transaction: it will happen if and only if that commits.

    With a `key` that an open job already has, nothing is added: the work is known.
    """
    insert_rows(
        Job,
        ("name", "key", "payload", "run_at", "created_at", "attempts", "lease", "latest_error"),
        [(name, key, payload, run_at or now, now, 0, "", "")],
        ignore_conflicts=True,
    )


@transaction.atomic
def lease_due(*, now: datetime, limit: int, seconds: int, key: str = "") -> list[Job]:
    """
    Take up to `limit` due jobs of one name for `seconds`; nobody else gets them until then.

    The name is that of the job which has waited longest; with a `key`, only the job with that key.
    Jobs whose lease ran out are due again. An empty list means that nothing is due.
    """
    due = Job.objects.filter(_OPEN, Q(leased_until=None) | Q(leased_until__lte=now), run_at__lte=now)
    if key:
        due = due.filter(key=key)
    if connection.features.has_select_for_update_skip_locked:
        due = due.select_for_update(skip_locked=True)
    first = due.order_by("run_at", "id").first()
    if first is None:
        return []
    jobs = list(due.filter(name=first.name).order_by("run_at", "id")[:limit])
    lease = uuid.uuid4().hex
    until = now + timedelta(seconds=seconds)
    Job.objects.filter(pk__in=[job.pk for job in jobs]).update(
        lease=lease, leased_until=until, attempts=F("attempts") + 1
    )
    for job in jobs:
        job.lease, job.leased_until, job.attempts = lease, until, job.attempts + 1
    return jobs


def extend_lease(*, name: str, key: str, now: datetime, seconds: int) -> None:
    """Keep a long job's lease alive; called in the transactions of its parts."""
    Job.objects.filter(_OPEN, name=name, key=key).exclude(lease="").update(
        leased_until=now + timedelta(seconds=seconds)
    )


@transaction.atomic
def finish(*, jobs: Sequence[Job], now: datetime) -> None:
    """Mark jobs as done; one whose lease somebody else holds by now is theirs to finish."""
    for lease in {job.lease for job in jobs}:
        Job.objects.filter(pk__in=[job.pk for job in jobs if job.lease == lease], lease=lease).update(
            finished_at=now, lease="", leased_until=None
        )


@transaction.atomic
def fail(*, job: Job, error: str, now: datetime, chance: float, permanent: bool = False) -> None:
    """
    Record what went wrong and when to try again; after the last attempt the job is parked for a person.

    A `permanent` failure, which no repetition can mend, is parked at once. `chance`, from 0 to 1, spreads the
    retries.
    """
    run_at = None if permanent else rules.next_attempt_at(job.attempts, now=now, chance=chance)
    Job.objects.filter(pk=job.pk, lease=job.lease).update(
        lease="",
        leased_until=None,
        latest_error=error[-4000:],
        run_at=run_at or job.run_at,
        parked_at=None if run_at else now,
    )
