"""Several workers at once: every job is leased by exactly one of them."""

import threading
from datetime import UTC, datetime

import pytest
from django.db import connection

from leadlight.jobs import operations
from leadlight.jobs.models import Job

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


@pytest.mark.django_db(transaction=True)
def test_concurrent_leases_never_share_a_job() -> None:
    operations.enqueue_many(name="events.settle_retractions", payloads=[{"n": n} for n in range(200)], now=NOW)
    taken: list[int] = []
    errors: list[BaseException] = []

    def drain() -> None:
        try:
            while jobs := operations.lease_due(queues=["live"], now=NOW, limit=7):
                taken.extend(job.pk for job in jobs)
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=drain) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(taken) == len(set(taken)) == Job.objects.count() == 200
