"""Several workers at once: one message on its way for each listener and lead, and none lost."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from leadlight.crm import operations
from leadlight.crm.models import Delivery
from leadlight.crm.rules.retries import Tried
from leadlight.jobs.models import Job
from leadlight.kit.clock import utc_now
from tests.crm.build import endpoint
from tests.web.build import person


def side_by_side(*deeds: Callable[[], object]) -> None:
    errors: list[BaseException] = []

    def run(deed: Callable[[], object]) -> None:
        try:
            deed()
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


@pytest.mark.django_db(transaction=True)
def test_planning_and_recording_side_by_side_lose_nothing() -> None:
    for k in range(2):
        endpoint(f"https://hooks.example/{k}")
    people = [person(score=60.0).pk for _ in range(8)]

    def plan(ids: list[int]) -> None:
        for _ in range(10):
            operations.plan_score_messages(person_ids=ids, cause="LIVE", now=utc_now())

    def send() -> None:
        for _ in range(10):
            ids = list(Delivery.objects.filter(state="PLANNED").order_by("-id").values_list("id", flat=True)[:6])
            letters = operations.claim(delivery_ids=ids, now=utc_now())
            operations.record(tried=[(letter, Tried(204)) for letter in letters], now=utc_now(), chance=0)

    plan(people[:4])
    side_by_side(lambda: plan(people), lambda: plan(people[::-1]), send, send)
    waiting = list(Delivery.objects.filter(state="PLANNED").values_list("endpoint_id", "person_id"))
    assert len(waiting) == len(set(waiting))
    # Whatever waits has a job that will send it.
    jobs = {payload["delivery_id"] for payload in Job.objects.values_list("payload", flat=True)}
    assert set(Delivery.objects.filter(state="PLANNED").values_list("id", flat=True)) <= jobs
    assert Delivery.objects.filter(state="SENT").exists()
