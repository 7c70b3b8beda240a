"""Who tells events and asks for work while the soak runs, and remembers what was acknowledged."""

import http.client
import json
import random
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import DatabaseError, InterfaceError, close_old_connections, connection, transaction

from leadlight.jobs.operations import enqueue_many
from leadlight.kit.clock import utc_now
from leadlight.kit.db import insert_rows

KINDS = (
    "listing_view",
    "page_view",
    "search",
    "email_opened",
    "inquiry",
    "showing_request",
    "sms_replied",
    "call_attempted",
)
#: A request that is not answered in so many tries is a failure of the soak.
_MOST_TRIES = 600


@dataclass
class Told:
    """What the API has acknowledged."""

    #: By its id, each event as it was first acknowledged.
    events: dict[str, dict[str, Any]] = field(default_factory=dict)
    #: How often an answer said of an id that it was stored by this very request.
    stored: Counter[str] = field(default_factory=Counter)
    retracted: set[str] = field(default_factory=set)
    n_requests: int = 0
    n_repeated: int = 0


class EventFeeder(threading.Thread):
    """Tells events through the API: new, known, twice in one request, late, of machines, taken back before and after."""

    def __init__(self, name: str, *, port: int, token: str, people: int, seed: str, stop: threading.Event) -> None:
        super().__init__(name=f"feeder-{name}", daemon=True)
        self.told = Told()
        self.failure = ""
        self._prefix, self._port, self._token, self._people = name, port, token, people
        self._rng = random.Random(seed)
        self._done = stop
        self._n = 0
        self._connection: http.client.HTTPConnection | None = None

    def run(self) -> None:
        while not self._done.wait(0.01):
            batch = self._batch()
            answer = self._post("/api/v1/events", {"events": batch})
            if answer is None:
                return
            for event, item in zip(batch, answer["items"], strict=True):
                if item["status"] == "rejected":
                    self.failure = f"an event was refused: {item}"
                    return
                self.told.events.setdefault(event["event_id"], event)
                self.told.stored[event["event_id"]] += item["status"] == "stored"
            if self._rng.random() < 0.3 and not self._retract():
                return

    def _batch(self) -> list[dict[str, Any]]:
        batch = [self._event() for _ in range(self._rng.randint(1, 40))]
        known = list(self.told.events.values())
        if known:
            batch += self._rng.sample(known, k=min(len(known), self._rng.randint(0, 10)))
        if self._rng.random() < 0.2:
            batch.append(self._rng.choice(batch))
        self._rng.shuffle(batch)
        return batch

    def _event(self) -> dict[str, Any]:
        self._n += 1
        event: dict[str, Any] = {
            "event_id": f"{self._prefix}-{self._n}",
            "kind": "appointment_booked" if self._rng.random() < 0.005 else self._rng.choice(KINDS),
            "external_id": f"p{self._rng.randrange(self._people)}",
            "system": "soak",
            "is_machine": self._rng.random() < 0.05,
        }
        when = self._rng.random()
        if when < 0.5:
            ago = (
                timedelta(seconds=self._rng.random() * 3_600)
                if when < 0.3
                else timedelta(days=90 * self._rng.random())
            )
            event["occurred_at"] = (utc_now() - ago).isoformat()
        return event

    def _retract(self) -> bool:
        """Take back an event that was told, and one that may come or never comes."""
        ids = [f"{self._prefix}-{self._n + self._rng.randint(1, 60)}"]
        if self.told.events:
            ids.append(self._rng.choice(list(self.told.events)))
        if self._post("/api/v1/events/retractions", {"event_ids": ids, "reason": "soak"}) is None:
            return False
        self.told.retracted.update(ids)
        return True

    def _post(self, path: str, document: dict[str, Any]) -> dict[str, Any] | None:
        """Ask until it is acknowledged, as a client that wants to lose nothing does."""
        body = json.dumps(document).encode()
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        pause, said = threading.Event(), ""
        for n in range(_MOST_TRIES):
            self.told.n_requests += 1
            self.told.n_repeated += n > 0
            try:
                if self._connection is None:
                    self._connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=40)
                self._connection.request("POST", path, body, headers)
                response = self._connection.getresponse()
                answer = response.read()
                if response.status == 202:
                    read: dict[str, Any] = json.loads(answer)
                    return read
                said = f"{response.status} {answer[:300]!r}"
            except (OSError, http.client.HTTPException) as error:
                said = repr(error)
            if self._connection is not None:
                self._connection.close()
            self._connection = None
            pause.wait(0.1)
        self.failure = f"{path} was not acknowledged: {said}"
        return None


#: Job → how many of it one transaction asks for at most.
_WORK = {"soak.note": 120, "soak.call": 20, "soak.post": 20, "soak.send": 20, "soak.toil": 2}


class JobFeeder(threading.Thread):
    """Asks for work in transactions of its own, of which some are rolled back."""

    def __init__(self, *, seed: str, stop: threading.Event, asked: Callable[..., Any]) -> None:
        super().__init__(name="feeder-jobs", daemon=True)
        self.acknowledged: set[str] = set()
        self.taken_back: set[str] = set()
        self._rng = random.Random(seed)
        self._done = stop
        self._asked = asked
        self._n = 0

    def run(self) -> None:
        while not self._done.wait(0.1):
            close_old_connections()
            keys: list[str] = []
            try:
                with transaction.atomic():
                    for name, most in _WORK.items():
                        mine = [f"item:{self._next()}" for _ in range(self._rng.randint(0, most))]
                        insert_rows(self._asked, ("key",), [(key,) for key in mine])
                        enqueue_many(name=name, payloads=[{"key": key} for key in mine], now=utc_now())
                        keys += mine
                    if self._rng.random() < 0.1:
                        raise _Change
            except _Change:
                self.taken_back.update(keys)
            except (DatabaseError, InterfaceError):
                # Whether it was stored before the database went, the table of what was asked for says.
                connection.close()
            else:
                self.acknowledged.update(keys)
        connection.close()

    def _next(self) -> int:
        self._n += 1
        return self._n


class _Change(Exception):
    """The caller thinks better of it."""
