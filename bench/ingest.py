"""Events through the HTTP API in batches of 100, beside the same idempotent INSERT without HTTP; on both databases."""

import argparse
import http.client
import json
import random
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.processes import running, web
from tests.servers import free_port
from tests.servers.common import listens, wait_until

from bench.engines import begin, each_engine, home

LIMIT_RATIO = 0.5
BATCH = 100
PEOPLE = 10_000
KINDS = ("listing_view", "page_view", "search", "email_opened", "listing_save")


def events(n: int, rng: random.Random, now: datetime, name: str) -> list[dict[str, Any]]:
    """Return events as a website would tell them, some 300 bytes each."""
    return [
        {
            "event_id": f"{name}-{rng.getrandbits(64):016x}-{k}",
            "kind": rng.choice(KINDS),
            "external_id": f"p{rng.randrange(PEOPLE)}",
            "system": "bench",
            "occurred_at": (now - timedelta(seconds=rng.random() * 3_600)).isoformat(),
            "listing": f"{rng.randrange(2_000)} Elm Street",
            "value": float(rng.randrange(200, 900) * 1_000),
            "props": {"url": f"https://homes.example.com/listing/{rng.randrange(2_000)}", "device": "phone"},
        }
        for k in range(n)
    ]


def through_http(port: int, token: str, bodies: list[bytes], clients: int) -> float:
    """Post bodies over some connections that are kept alive; return seconds."""
    remaining, lock = iter(bodies), threading.Lock()
    wrong: list[str] = []

    def client() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        while True:
            with lock:
                body = next(remaining, None)
            if body is None:
                break
            connection.request("POST", "/api/v1/events", body, headers)
            response = connection.getresponse()
            answer = response.read()
            if response.status != 202 or f'"stored":{BATCH}'.encode() not in answer:
                wrong.append(f"{response.status} {answer[:200]!r}")
                break
        connection.close()

    threads = [threading.Thread(target=client) for _ in range(clients)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    taken = time.perf_counter() - began
    assert not wrong, wrong[0]
    return taken


def bare(rows: list[tuple[Any, ...]], touched: list[tuple[Any, ...]]) -> float:
    """Insert ready rows with their inbox rows, one commit for each batch; return seconds."""
    from django.db import transaction

    from leadlight.events.models import Event, Touched
    from leadlight.events.operations import _COLUMNS
    from leadlight.kit.db import insert_rows

    began = time.perf_counter()
    for start in range(0, len(rows), BATCH):
        with transaction.atomic():
            batch = rows[start : start + BATCH]
            insert_rows(Event, (*_COLUMNS, "stored_at", "cause", "origin"), batch, ignore_conflicts=True)
            insert_rows(Touched, ("person_id", "cause", "at"), touched[start : start + BATCH])
    return time.perf_counter() - began


def report(engine: str, n: int, clients: int) -> int:
    with ExitStack() as stack:
        stack.enter_context(home())
        token = begin(PEOPLE)
        from django.db import connection

        from leadlight.kit.clock import utc_now
        from leadlight.leads.models import Lead

        rng, now = random.Random(1), utc_now()
        leads = {
            name: (pk, person) for name, pk, person in Lead.objects.values_list("external_id", "id", "person_id")
        }
        rows, touched = [], []
        for event in events(n, rng, now, "bare"):
            lead_id, person_id = leads[event["external_id"]]
            at = datetime.fromisoformat(event["occurred_at"])
            fields = (event["listing"], "", event["value"], None, "", event["props"], False)
            rows.append((event["event_id"], lead_id, event["kind"], at, now, *fields, now, "LIVE", "api"))
            touched.append((person_id, "LIVE", now))
        told = events(n + 20 * BATCH, rng, now, "http")
        bodies = [json.dumps({"events": told[k : k + BATCH]}).encode() for k in range(0, len(told), BATCH)]

        port = free_port()
        log = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "log"
        stack.enter_context(running(*web(port), environment=None, log=log))
        wait_until(lambda: listens(f"http://127.0.0.1:{port}"), seconds=60, what="the web process answers")
        through_http(port, token, bodies[:20], clients)
        # By turns and in parts, so that a noisy moment of the machine meets both.
        parts, over_http, without = 4, 0.0, 0.0
        size, bodies = n // parts, bodies[20:]
        for part in range(parts):
            own = slice(part * size, (part + 1) * size)
            without += bare(rows[own], touched[own])
            over_http += through_http(port, token, bodies[part * size // BATCH : (part + 1) * size // BATCH], clients)
        connection.close()
    ratio = without / over_http
    print(f"ingest on {engine}: {n:,} events in batches of {BATCH}, {clients} connections")
    print(f"  HTTP {n / over_http:9,.0f} events/s   bare INSERT {n / without:9,.0f} events/s   ratio {ratio:.2f}")
    print(f"  {'holds' if ratio >= LIMIT_RATIO else 'MISSED'}: the limit is a ratio of {LIMIT_RATIO}", flush=True)
    return 0 if ratio >= LIMIT_RATIO else 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=40_000)
    parser.add_argument("--clients", type=int, default=2)
    chosen = parser.parse_args()
    return each_engine(__spec__.name, lambda engine: report(engine, chosen.events, chosen.clients))


if __name__ == "__main__":
    sys.exit(main())
