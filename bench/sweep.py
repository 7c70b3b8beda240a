"""A full sweep, which scores everybody anew, beside its bare parts (read, kernel, predict); on both databases."""

import argparse
import json
import subprocess
import sys
from datetime import timedelta
from typing import Any

from bench.engines import each_engine, home

LIMIT_PARTS, LIMIT_GROWTH = 3.0, 5.5

#: A sweep, or its parts alone, in a process of its own that says seconds and peak memory.
_RUN = """
import json, resource, sys, time
from datetime import timedelta
import django
django.setup()
import numpy as np
from leadlight.events.queries import event_arrays
from leadlight.events.rules import Cause
from leadlight.kit.clock import utc_now
from leadlight.leads.models import Person
from leadlight.scoring import operations, queries
from leadlight.scoring.queries.pages import rows_for
what, now = sys.argv[1], utc_now() + timedelta(hours=int(sys.argv[2]))
fitted = queries.scorer(queries.serving()).serving
ids = list(Person.objects.filter(score__isnull=False).order_by("id").values_list("id", flat=True))
spent = dict.fromkeys(("read", "kernel", "predict"), 0.0)
began = time.perf_counter()
if what == "sweep":
    done = operations.score_all(now=now, cause=Cause.SWEEP)
    assert done.n_scored == len(ids), done
else:
    for start in range(0, len(ids), 1_000):
        batch = ids[start : start + 1_000]
        at = time.perf_counter()
        events = event_arrays(batch)
        spent["read"] += time.perf_counter() - at
        at = time.perf_counter()
        _, table = rows_for(batch, np.full(len(batch), now.timestamp()), events=events)
        spent["kernel"] += time.perf_counter() - at
        at = time.perf_counter()
        fitted.predict(table)
        spent["predict"] += time.perf_counter() - at
taken = time.perf_counter() - began
mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"seconds": taken, "mib": mib, "n": len(ids), **spent}))
"""


def run(what: str, hours: int) -> dict[str, Any]:
    """Return what the process said."""
    done = subprocess.run(
        [sys.executable, "-c", _RUN, what, str(hours)], check=True, stdout=subprocess.PIPE, text=True
    )
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def report(engine: str, leads: int, n_events: int, limit_mib: int) -> int:
    with home():
        import django

        django.setup()
        from django.db import connection

        from bench import scenery
        from leadlight.kit.clock import utc_now

        now = utc_now()
        model = scenery.teach()
        print(f"sweep on {engine}: {model}")
        swept: list[dict[str, Any]] = []
        for part in (1, 4):
            scenery.fill(leads * part // 5, n_events * part // 5, now=now, seed=part, system=f"bench{part}")
            scenery.score_everybody(now + timedelta(minutes=part))
            connection.close()
            hours = 6 * (len(swept) + 1)
            swept.append(run("sweep", hours))
            said = swept[-1]
            print(
                f"  {said['n']:9,} leads, {n_events * sum((1, 4)[: len(swept)]) // 5:12,} events: {said['seconds']:7.1f} s"
                f"  {said['n'] / said['seconds']:8,.0f} leads/s  peak {said['mib']:,.0f} MiB",
                flush=True,
            )
        parts = run("parts", 13)
    bare = parts["read"] + parts["kernel"] + parts["predict"]
    ratio, growth = swept[1]["seconds"] / bare, swept[1]["seconds"] / swept[0]["seconds"]
    print(
        f"  its parts alone: read {parts['read']:.1f} s, signals {parts['kernel']:.1f} s, predict {parts['predict']:.1f} s"
        f"   ratio {ratio:.2f}; five times the events take {growth:.1f} times as long"
    )
    held = ratio <= LIMIT_PARTS and growth <= LIMIT_GROWTH and swept[1]["mib"] <= limit_mib
    print(
        f"  {'holds' if held else 'MISSED'}: the limits are {LIMIT_PARTS:.0f} times the parts, {LIMIT_GROWTH} times as long,"
        f" {limit_mib:,} MiB",
        flush=True,
    )
    return 0 if held else 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--leads", type=int, default=100_000)
    parser.add_argument("--events", type=int, default=5_000_000)
    parser.add_argument("--large", action="store_true", help="1 million leads and 20 million events, within 2 GiB")
    chosen = parser.parse_args()
    leads, n_events = (1_000_000, 20_000_000) if chosen.large else (chosen.leads, chosen.events)
    limit_mib = 2_048 if chosen.large else 1_024
    return each_engine(__spec__.name, lambda engine: report(engine, leads, n_events, limit_mib))


if __name__ == "__main__":
    sys.exit(main())
