"""Writes of work that was given up."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from leadlight.accounts.models import User
from leadlight.accounts.operations import record_audit
from leadlight.jobs.models import Job
from leadlight.jobs.operations import discard_parked, retry_parked


def try_again(*, job_ids: Sequence[int], actor: User, now: datetime) -> int:
    """Open parked jobs again, and write down who had it done; return how many."""
    return _deal(lambda ids: retry_parked(job_ids=ids, now=now), "work.tried_again", job_ids, actor, now)


def set_aside(*, job_ids: Sequence[int], actor: User, now: datetime) -> int:
    """
    Remove parked jobs, and write down who had it done and what they were; return how many.

    The audit trail keeps what each was to do, so that an engineer can have it done after all.
    """
    return _deal(lambda ids: discard_parked(job_ids=ids), "work.set_aside", job_ids, actor, now)


@transaction.atomic
def _deal(
    deal: Callable[[Sequence[int]], int], action: str, job_ids: Sequence[int], actor: User, now: datetime
) -> int:
    jobs = list(Job.objects.select_for_update().filter(pk__in=job_ids, parked_at__isnull=False).order_by("pk"))
    if not jobs:
        return 0
    by_name: dict[str, list[dict[str, Any]]] = {}
    for job in jobs:
        by_name.setdefault(job.name, []).append({"id": job.pk, "payload": job.payload})
    for name, found in by_name.items():
        record_audit(action=action, subject=f"job:{name}", now=now, actor=actor, detail={"jobs": found})
    return deal([job.pk for job in jobs])
