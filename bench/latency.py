"""
From an event acknowledged to its new score stored, under a steady load, with one worker process; on both databases.

The load is open: requests go out at their time, whether or not earlier ones were answered. Each event is of another
person. A connection of its own looks every 10 ms whether the scores of those in flight are as of a moment after their
event was sent: that is the resolution of these figures.
"""

import argparse
import http.client
import json
import os
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from tests.processes import running, web
from tests.servers import free_port
from tests.servers.common import listens, wait_until

from bench.engines import each_engine, home

LIMIT_P50, LIMIT_P99, LIMIT_MIB = 0.150, 1.0, 1_024
RATES = {"PostgreSQL": 500, "SQLite": 200}
#: Events of one request: what a website tells of one visitor within some seconds.
BATCH = 5
CONNECTIONS = 6
LOOK = 0.01


@dataclass
class Flight:
    """What was told and is not scored yet, and what was found."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    #: Person → (when the request went out, when it was acknowledged).
    waiting: dict[int, tuple[datetime, float]] = field(default_factory=dict)
    taken: list[float] = field(default_factory=list)
    late: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def tell(flight: Flight, port: int, token: str, requests: list[tuple[float, list[int]]], began: float) -> None:
    """Send requests at their times over one connection."""
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    pause = threading.Event()
    for at, places in requests:
        ahead = began + at - time.perf_counter()
        if ahead > 0:
            pause.wait(ahead)
        told = [
            {"event_id": f"live-{k}", "kind": "listing_view", "external_id": f"p{k}", "system": "bench"}
            for k in places
        ]
        sent_at, sent = datetime.now(UTC), time.perf_counter()
        client.request("POST", "/api/v1/events", json.dumps(told), headers)
        response = client.getresponse()
        answer = response.read()
        acknowledged = time.perf_counter()
        if response.status != 202:
            flight.wrong.append(f"{response.status} {answer[:200]!r}")
            return
        with flight.lock:
            flight.late.append(sent - began - at)
            flight.waiting.update(dict.fromkeys(places, (sent_at, acknowledged)))


def watch(flight: Flight, person_of: list[int], stop: threading.Event) -> None:
    """Find what of those in flight is scored, until told to stop and nobody is in flight, or nobody comes any more."""
    from django.db import connection

    from leadlight.scoring.models import Score

    place_of = {person_id: place for place, person_id in enumerate(person_of)}
    idle_since = time.perf_counter()
    while not (stop.is_set() and not flight.waiting) and time.perf_counter() - idle_since < 30:
        with flight.lock:
            wanted = dict(flight.waiting)
        ids = [person_of[place] for place in wanted]
        rows = Score.objects.filter(person_id__in=ids).values_list("person_id", "as_of") if ids else ()
        found = [place_of[person_id] for person_id, as_of in rows if as_of >= wanted[place_of[person_id]][0]]
        seen = time.perf_counter()
        if found or not wanted:
            idle_since = seen
        with flight.lock:
            for place in found:
                flight.taken.append(max(0.0, seen - flight.waiting.pop(place)[1]))
        stop.wait(LOOK) if not stop.is_set() else threading.Event().wait(LOOK)
    connection.close()


def report(engine: str, leads: int, n_events: int, seconds: float, rate: int) -> int:
    with ExitStack() as stack:
        stack.enter_context(home())
        import django

        django.setup()
        from django.db import connection

        from bench import scenery
        from leadlight.accounts.operations import create_token
        from leadlight.kit.clock import utc_now

        now = utc_now()
        model = scenery.teach()
        person_of = scenery.fill(leads, n_events, now=now)
        scenery.score_everybody(now)
        token = create_token(name="bench", scopes=["events:write"], now=utc_now())
        connection.close()
        print(
            f"latency on {engine}: {leads:,} leads, {n_events:,} past events, {rate} events/s for {seconds:.0f} s; {model}"
        )

        port, folder = free_port(), Path(stack.enter_context(tempfile.TemporaryDirectory()))
        stack.enter_context(running(*web(port), environment=None, log=folder / "web"))
        worker = stack.enter_context(running("leadlight", "work", environment=None, log=folder / "worker"))
        wait_until(lambda: listens(f"http://127.0.0.1:{port}"), seconds=60, what="the web process answers")
        flight, stop = Flight(), threading.Event()
        order = np.random.default_rng(2).permutation(leads)[: int(rate * (seconds + 5))]
        # Some seconds of warming, apart from what counts.
        warm = Flight()
        _run(warm, port, token, order[: rate * 5].tolist(), rate, person_of, threading.Event())
        cpu = _cpu(worker.pid)
        _run(flight, port, token, order[rate * 5 :].tolist(), rate, person_of, stop)
        cpu = _cpu(worker.pid) - cpu
        peak = _peak_mib(worker.pid)
        if not flight.taken:
            sys.exit(f"Nothing was scored. The worker said: {(folder / 'worker').read_text()[-3000:]}")
    assert not flight.wrong, flight.wrong[0]
    taken = np.array(flight.taken)
    p50, p99 = np.quantile(taken, (0.5, 0.99))
    held = p50 <= LIMIT_P50 and p99 <= LIMIT_P99 and not flight.waiting and peak <= LIMIT_MIB
    print(
        f"  acknowledged to stored: p50 {p50 * 1_000:,.0f} ms, p99 {p99 * 1_000:,.0f} ms, most {taken.max() * 1_000:,.0f} ms"
        f" (n = {len(taken):,}, seen within {LOOK * 1_000:.0f} ms); {len(flight.waiting)} not scored"
    )
    print(
        f"  the worker: {cpu / seconds:.0%} of a core, peak {peak:,.0f} MiB; requests went out p99 {np.quantile(flight.late, 0.99) * 1_000:,.0f} ms late"
    )
    print(
        f"  {'holds' if held else 'MISSED'}: the limits are p50 {LIMIT_P50 * 1_000:.0f} ms, p99 {LIMIT_P99 * 1_000:,.0f} ms, {LIMIT_MIB:,} MiB",
        flush=True,
    )
    return 0 if held else 1


def _run(
    flight: Flight, port: int, token: str, places: list[int], rate: int, person_of: list[int], stop: threading.Event
) -> None:
    requests = [(k / rate, places[k : k + BATCH]) for k in range(0, len(places), BATCH)]
    began = time.perf_counter() + 0.2
    tellers = [
        threading.Thread(target=tell, args=(flight, port, token, requests[n::CONNECTIONS], began))
        for n in range(CONNECTIONS)
    ]
    watcher = threading.Thread(target=watch, args=(flight, person_of, stop))
    for thread in (*tellers, watcher):
        thread.start()
    for thread in tellers:
        thread.join()
    stop.set()
    watcher.join()


def _peak_mib(pid: int) -> float:
    [line] = (line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1_024


def _cpu(pid: int) -> float:
    user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--leads", type=int, default=200_000)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--rate", type=int, default=0, help="events a second; by default what the engine must bear")
    parser.add_argument("--large", action="store_true", help="10 million past events")
    chosen = parser.parse_args()
    n_events = 10_000_000 if chosen.large else chosen.events
    return each_engine(
        __spec__.name,
        lambda engine: report(engine, chosen.leads, n_events, chosen.seconds, chosen.rate or RATES[engine]),
    )


if __name__ == "__main__":
    sys.exit(main())
