"""No-op jobs through the ledger with two worker processes, beside bare deletes of as many rows; on both databases."""

import argparse
import subprocess
import sys
import time

from bench.engines import each_engine, home

LIMIT = 5_000
WORKERS = 2

#: What a worker process does: the loop of `leadlight work` until nothing is due.
_WORKER = """
import sys
import django
django.setup()
from leadlight.jobs import operations, worker
from leadlight.jobs.registry import Handler
handler = Handler(lambda payloads: None)
operations.handler = worker.handler = lambda name: handler
worker.run_drains(queues=("live",))  # loads what they stand on
print("ready", flush=True)
sys.stdin.readline()
heart = worker.Heart(("live",))
with heart.beating():
    worker.run_until_idle(queues=("live",), heart=heart)
print(heart._counters["done:bench.nothing"], flush=True)
"""


def measure(n: int) -> tuple[float, float, float]:
    """Return jobs per second written, run by two workers, and rows per second of a bare delete in batches of 500."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection, transaction

    from leadlight.jobs import operations
    from leadlight.jobs.models import Job
    from leadlight.jobs.registry import Handler
    from leadlight.kit.clock import utc_now

    call_command("migrate", verbosity=0)
    operations.handler = lambda _name: Handler(lambda _payloads: None)  # type: ignore[assignment]

    def enqueue() -> float:
        began = time.perf_counter()
        for start in range(0, n, 500):
            with transaction.atomic():
                payloads = [{"n": k} for k in range(start, start + 500)]
                operations.enqueue_many(name="bench.nothing", payloads=payloads, now=utc_now())
        return time.perf_counter() - began

    enqueue()
    began = time.perf_counter()
    while ids := list(Job.objects.order_by("id").values_list("pk", flat=True)[:500]):
        Job.objects.filter(pk__in=ids).delete()
    bare = time.perf_counter() - began

    written = enqueue()
    connection.close()
    workers = [
        subprocess.Popen([sys.executable, "-c", _WORKER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(WORKERS)
    ]
    for worker in workers:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
    began = time.perf_counter()
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("go\n")
        worker.stdin.flush()
    done = [int(worker.communicate()[0]) for worker in workers]
    ran = time.perf_counter() - began
    assert sum(done) == n, f"{sum(done)} of {n} jobs were done"
    assert not Job.objects.exists()
    connection.close()
    return n / written, n / ran, n / bare


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=40_000)
    chosen = parser.parse_args()
    return each_engine(__spec__.name, lambda engine: report(engine, chosen.jobs))


def report(engine: str, n: int) -> int:
    with home():
        written, ran, bare = measure(n)
    held = ran >= LIMIT
    print(f"ledger on {engine}: {n:,} jobs that do nothing, {WORKERS} workers")
    print(
        f"  enqueued {written:9,.0f}/s   leased, run and finished {ran:9,.0f}/s   bare select and delete {bare:9,.0f}/s"
    )
    print(f"  {'holds' if held else 'MISSED'}: the limit is {LIMIT:,} jobs/s", flush=True)
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
