"""Workers under Celery, with a real broker: rung they run what is due; unrung, they are swept together by beat."""

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.db import connection

from leadlight.jobs import bell, operations
from leadlight.jobs.models import Job, Worker
from leadlight.kit.clock import utc_now
from tests.processes import environment, running
from tests.servers import Server, valkey
from tests.servers.common import wait_until

CELERY = ("celery", "-A", "leadlight.config.celery")
WORKER = (
    *CELERY,
    "worker",
    "-Q",
    "live,alerts,mail,outbound,long",
    "--concurrency",
    "1",
    "--without-mingle",
    "--without-gossip",
)
NAME = "events.settle_retractions"


@pytest.fixture
def broker(settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with valkey() as server:
        settings.BROKER_URL = server.url
        ringer = bell._Ringer()
        monkeypatch.setattr(bell, "_ringer", lambda: ringer)
        yield server
        ringer._stop()


def enqueue(n: int) -> None:
    payloads = [{"event_ids": [f"none-{k}"]} for k in range(n)]
    operations.enqueue_many(name=NAME, payloads=payloads, now=utc_now())


def all_done() -> bool:
    return not Job.objects.exists()


def n_done() -> int:
    counted: Counter[str] = Counter()
    for counters in Worker.objects.values_list("counters", flat=True):
        counted.update(counters)
    return counted[f"done:{NAME}"]


@pytest.mark.django_db(transaction=True)
def test_bells_are_heard_and_lost_ones_are_made_good(broker: Server, tmp_path: Path) -> None:
    variables = {**environment(tmp_path / "home"), "LEADLIGHT_BROKER_URL": broker.url}
    log = tmp_path / "log"
    with ExitStack() as stack:
        for n in range(2):
            stack.enter_context(running(*WORKER, "-n", f"w{n}@localhost", environment=variables, log=log))
        wait_until(lambda: Worker.objects.count() == 2, seconds=60, what="both workers live")

        # Nobody looks by themselves: there is no beat yet. Rung they come.
        enqueue(300)
        wait_until(all_done, seconds=60, what="what was rung for is done")

        if broker.is_ours:
            broker.stop()
            enqueue(300)
            assert Job.objects.count() == 300
            broker.start()
        else:
            Job.objects.bulk_create(
                Job(name=NAME, queue="live", payload={"event_ids": ["none"]}, run_at=utc_now(), created_at=utc_now())
                for _ in range(300)
            )
        beat = (*CELERY, "beat", "--pidfile=", "--schedule", str(tmp_path / "beat"))
        stack.enter_context(running(*beat, environment=variables, log=log))
        wait_until(all_done, seconds=90, what="what nobody heard of is swept")
        wait_until(lambda: n_done() == 600, seconds=30, what="the workers counted each job once")
    assert not Worker.objects.exists(), "who stops leaves the list"
    connection.close()
