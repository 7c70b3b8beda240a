"""Leads rescored per second by the drain, beside a Celery task per event on Valkey; two processes each, same machine."""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from tests.processes import running
from tests.servers import valkey
from tests.servers.common import wait_until

from bench.engines import each_engine, home

LIMIT = 10.0
PROCESSES = 2

#: What a worker process does: the live queue's loop of `leadlight work` until nothing waits.
_WORKER = """
import sys
import django
django.setup()
from leadlight.jobs import worker
from leadlight.scoring import queries
queries.scorer(queries.serving())
worker.run_drains(queues=("live",))
print("ready", flush=True)
sys.stdin.readline()
worker.run_until_idle(queues=("live",))
"""


def drained(person_ids: list[int]) -> float:
    """Touch people, and return how many a second two processes score."""
    from leadlight.events.models import Touched
    from leadlight.events.operations import touch
    from leadlight.events.rules import Cause
    from leadlight.kit.clock import utc_now

    workers = [
        subprocess.Popen([sys.executable, "-c", _WORKER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(PROCESSES)
    ]
    for worker in workers:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
    touch(person_ids=person_ids, cause=Cause.LIVE, now=utc_now())
    began = time.perf_counter()
    for worker in workers:
        worker.communicate("go\n")
    taken = time.perf_counter() - began
    assert not Touched.objects.exists()
    return len(person_ids) / taken


def one_by_one(person_ids: list[int], broker: str, folder: Path) -> float:
    """Send a task for each person, and return how many a second a Celery worker of two processes scores."""
    from bench.celery_rival import app, rescore
    from leadlight.scoring.models import Score

    app.conf.broker_url = broker
    began_at = Score.objects.filter(person__in=person_ids).latest("as_of").as_of
    for person_id in person_ids:
        rescore.delay(person_id)

    def n_done() -> int:
        return Score.objects.filter(person__in=person_ids, as_of__gt=began_at).count()

    words = ("worker", "--pool", "prefork", "--concurrency", str(PROCESSES), "--without-mingle", "--without-gossip")
    environment = {**os.environ, "LEADLIGHT_BROKER_URL": broker}
    with running("celery", "-A", "bench.celery_rival", *words, environment=environment, log=folder / "log"):
        wait_until(lambda: n_done() == len(person_ids), seconds=600, what="every task is done")
    # By the moments that the tasks themselves stored: neither sending nor starting counts, nor the first tenth.
    moments = sorted(Score.objects.filter(person__in=person_ids).values_list("as_of", flat=True))
    first = len(moments) // 10
    return (len(moments) - 1 - first) / (moments[-1] - moments[first]).total_seconds()


def report(engine: str, leads: int, n_tasks: int) -> int:
    with ExitStack() as stack:
        stack.enter_context(home())
        broker = stack.enter_context(valkey())
        # Before the settings are read, and only for the rival: ours looks by itself.
        os.environ["LEADLIGHT_BROKER_URL"] = broker.url
        import django

        django.setup()
        os.environ["LEADLIGHT_BROKER_URL"] = ""
        from django.conf import settings
        from django.db import connection

        from bench import scenery
        from leadlight.kit.clock import utc_now

        settings.BROKER_URL = ""
        now = utc_now()
        model = scenery.teach()
        people = scenery.fill(leads, 5 * leads, now=now)
        scenery.score_everybody(now)
        connection.close()
        ours = drained(people)
        settings.BROKER_URL = broker.url
        theirs = one_by_one(people[:n_tasks], broker.url, Path(stack.enter_context(tempfile.TemporaryDirectory())))
        connection.close()
    held = ours >= LIMIT * theirs
    print(f"rescoring on {engine}: {leads:,} leads with 5 events each, {PROCESSES} processes; {model}")
    print(
        f"  the drain {ours:9,.0f} leads/s   a Celery task per event on Valkey {theirs:9,.0f} leads/s   ratio {ours / theirs:.1f}"
    )
    print(f"  {'holds' if held else 'MISSED'}: the limit is a ratio of {LIMIT:.0f}", flush=True)
    return 0 if held else 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--leads", type=int, default=20_000)
    parser.add_argument("--tasks", type=int, default=2_000)
    chosen = parser.parse_args()
    return each_engine(__spec__.name, lambda engine: report(engine, chosen.leads, chosen.tasks))


if __name__ == "__main__":
    sys.exit(main())
