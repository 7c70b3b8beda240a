"""Who tells inquiries through the API, as many as the workers can bear."""

import json
import random
import threading

from django.db import connection
from django.test import Client

from leadlight.consent.operations import suppress
from leadlight.jobs.models import Job
from leadlight.kit.clock import utc_now
from leadlight.leads.models import Person
from leadlight.leads.operations import refresh_persons, store_leads
from leadlight.leads.rules import NewLead
from tests.soak.sends.people import Asker, Manner

#: Leads are stored so many at a time.
_LEADS = 200
#: While more work than that waits, they ask one by one and more slowly; while much more does, nobody asks.
_WAITING, _TOO_MUCH = 60, 300


class Feeder(threading.Thread):
    """Tells of one inquiry after another until told to stop, some of them again."""

    def __init__(self, *, token: str, seed: str, stop: threading.Event) -> None:
        super().__init__(name="feeder", daemon=True)
        self.asked: list[Asker] = []
        self.failure = ""
        self._client = Client(headers={"host": "localhost", "authorization": f"Bearer {token}"})
        self._rng, self._done = random.Random(seed), stop
        self._n_leads = 0

    def run(self) -> None:
        try:
            while not self._done.wait(0.02):
                waiting = Job.objects.filter(name__startswith="messages.").count()
                if waiting < _WAITING:
                    self._tell(self._rng.randint(1, 8))
                elif waiting < _TOO_MUCH and not self._done.wait(0.1):
                    self._tell(1)
        except Exception as error:
            self.failure = f"the feeder failed: {error!r}"
        finally:
            connection.close()

    def _tell(self, n: int) -> None:
        first = len(self.asked)
        new = [Asker(number) for number in range(first, first + n)]
        while self._n_leads <= new[-1].number:
            self._store_leads()
        again = self._rng.sample(self.asked, k=min(len(self.asked), self._rng.randint(0, 2)))
        told = [
            {
                "event_id": event_id,
                "kind": self._rng.choice(("inquiry", "showing_request")),
                "external_id": f"p{asker.number}",
                "system": "soak",
                "listing": "12 Elm St",
                "is_machine": asker.manner is Manner.MACHINE,
            }
            for asker in (*new, *again)
            for event_id in asker.event_ids
        ]
        answer = self._client.post("/api/v1/events", json.dumps({"events": told}), content_type="application/json")
        items = answer.json()["items"] if answer.status_code == 202 else []
        if not items or any(item["status"] == "rejected" for item in items):
            raise RuntimeError(f"{answer.status_code} {answer.content[:300]!r}")
        self.asked += new

    def _store_leads(self) -> None:
        now = utc_now()
        askers = [Asker(self._n_leads + k) for k in range(_LEADS)]
        leads = [
            NewLead(
                system="soak",
                external_id=f"p{asker.number}",
                name=f"P {asker.number}",
                contacted_at=now,
                emails=(asker.address,),
            )
            for asker in askers
        ]
        ids = store_leads(leads=leads, now=now)
        refresh_persons(person_ids=list(Person.objects.filter(leads__in=ids).values_list("pk", flat=True)))
        closed = [
            (pk, "EMAIL", "OPTED_OUT", "“stop”")
            for asker, pk in zip(askers, ids, strict=True)
            if asker.manner is Manner.CLOSED
        ]
        suppress(rows=closed, origin="soak", now=now)
        self._n_leads += _LEADS
