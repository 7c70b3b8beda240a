"""The audit of a stored history with ten columns of the team's own, beside reading its rows; on both databases."""

import argparse
import json
import random
import subprocess
import sys
from typing import Any

from bench.engines import each_engine, home

LIMIT_SECONDS, LIMIT_MIB = 120.0, 3_072

#: The audit, or the reading of its rows alone, in a process of its own that says seconds and peak memory.
_RUN = """
import json, resource, sys, time
import django
django.setup()
from leadlight.events.models import Event
from leadlight.kit.clock import utc_now
from leadlight.leads.models import Lead
from leadlight.quality import operations
began = time.perf_counter()
said = {}
if sys.argv[1] == "audit":
    run = operations.audit_history(now=utc_now())
    said = {"n": run.n_leads, "left_out": [f["column"] for f in run.findings if f["action"] == "left_out"]}
else:
    for rows in (Lead.objects.values_list("pk", "attributes"), Event.objects.values_list("lead_id", "kind", "occurred_at")):
        for _ in rows.iterator(chunk_size=100_000):
            pass
taken = time.perf_counter() - began
mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"seconds": taken, "mib": mib, **said}))
"""


def run(what: str) -> dict[str, Any]:
    """Return what the process said."""
    done = subprocess.run([sys.executable, "-c", _RUN, what], check=True, stdout=subprocess.PIPE, text=True)
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def columns(k: int) -> tuple[bool, str]:
    """Return whether a lead converted, and its own columns: honest ones, and one that was filled in afterwards."""
    rng = random.Random(k)
    converted = rng.random() < 0.1
    told: dict[str, Any] = {f"Answer {n}": rng.choice(("yes", "no", "maybe", "later")) for n in range(6)}
    told |= {
        "Budget": round(rng.gauss(400 + 40 * converted, 90)),
        "Rooms": rng.randrange(1, 6),
        "Pets": rng.random() < 0.4,
    }
    if rng.random() < 0.9:
        told["Rating"] = "A" if converted else rng.choice("BC")
    return converted, json.dumps(told)


def report(engine: str, leads: int, n_events: int) -> int:
    with home():
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connection

        from bench import scenery
        from leadlight.kit.clock import utc_now

        call_command("migrate", verbosity=0)
        scenery.fill(leads, n_events, now=utc_now(), told=columns)
        connection.close()
        said, bare = run("audit"), run("read")
    held = said["seconds"] <= LIMIT_SECONDS and said["mib"] <= LIMIT_MIB and said["left_out"] == ["Rating"]
    print(f"audit of the history on {engine}: {said['n']:,} leads with 10 columns of their own, {n_events:,} events")
    print(
        f"  {said['seconds']:.1f} s, peak {said['mib']:,.0f} MiB; left out: {', '.join(said['left_out']) or 'nothing'}"
        f"   reading the rows alone {bare['seconds']:.1f} s, ratio {said['seconds'] / bare['seconds']:.2f}"
    )
    print(
        f"  {'holds' if held else 'MISSED'}: the limits are {LIMIT_SECONDS:.0f} s and {LIMIT_MIB:,} MiB, and the one leak",
        flush=True,
    )
    return 0 if held else 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--leads", type=int, default=100_000)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--large", action="store_true", help="1 million leads and 10 million events")
    chosen = parser.parse_args()
    leads, n_events = (1_000_000, 10_000_000) if chosen.large else (chosen.leads, chosen.events)
    return each_engine(__spec__.name, lambda engine: report(engine, leads, n_events))


if __name__ == "__main__":
    sys.exit(main())
