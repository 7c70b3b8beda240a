"""Prepares each process of a soak: short waits, points at which it may die, and, to prove the soak, broken leases."""

import os
from datetime import timedelta

from django.apps import AppConfig

from leadlight.jobs.rules import QUEUES

#: Everything that waits in the ledger waits for a multiple of these.
LEASE_SECONDS, BEAT_SECONDS = 5, 1.0


class Soak(AppConfig):
    name = "tests.soak"
    label = "soak"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from leadlight.events import operations as events
        from leadlight.jobs import operations, queries, worker
        from leadlight.routing.rules import promise
        from tests.soak import points

        for module in (operations, queries):
            module.LEASE_SECONDS = LEASE_SECONDS
        worker._BEAT_SECONDS = BEAT_SECONDS
        events._SETTLE_AFTER = timedelta(seconds=4)
        promise.PROMISE = timedelta(seconds=2)
        assert set(QUEUES) == {"live", "alerts", "mail", "outbound", "long"}, "the probe feeds all queues"
        match os.environ.get("SOAK_WITHOUT"):
            case "lease":
                operations._due = _due_or_leased
            case "return":
                operations.LEASE_SECONDS = 1_000_000
        if "SOAK_POINTS" in os.environ:
            points.install()


def _due_or_leased(queues, now):
    from leadlight.jobs.models import Job

    due = Job.objects.filter(parked_at=None, queue__in=queues, run_at__lte=now)
    return due.order_by("priority", "run_at", "id")
