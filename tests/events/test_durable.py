"""What the API has acknowledged is there, whatever happens to its process."""

import http.client
import json
import threading
from pathlib import Path

import pytest
from django.db import connection

from leadlight.accounts.operations import create_token
from leadlight.events.models import Event, Touched
from leadlight.kit.clock import utc_now
from leadlight.leads.operations import store_leads
from leadlight.leads.rules import NewLead
from tests.processes import environment, running, stop, web
from tests.servers import free_port
from tests.servers.common import listens, wait_until

#: The process is killed once so many requests were acknowledged.
ENOUGH = 25


@pytest.mark.django_db(transaction=True)
def test_every_acknowledged_event_survives_a_killed_process(tmp_path: Path) -> None:
    now = utc_now()
    store_leads(leads=[NewLead(system="crm", external_id="p1", name="P")], now=now)
    token = create_token(name="t", scopes=["events:write"], now=now)
    port = free_port()
    acknowledged: list[str] = []
    enough = threading.Event()

    def tell(name: str) -> None:
        client = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        for n in range(1_000_000):
            ids = [f"{name}-{n}-{k}" for k in range(7)]
            told = [{"event_id": id_, "kind": "page_view", "external_id": "p1", "system": "crm"} for id_ in ids]
            try:
                client.request("POST", "/api/v1/events", json.dumps(told), headers)
                response = client.getresponse()
                response.read()
            except (OSError, http.client.HTTPException):
                return  # it was killed
            assert response.status == 202
            acknowledged.extend(ids)
            if len(acknowledged) >= 7 * ENOUGH:
                enough.set()

    with running(*web(port), environment=environment(tmp_path / "home"), log=tmp_path / "log") as process:
        wait_until(lambda: listens(f"http://127.0.0.1:{port}"), seconds=60, what="the web process answers")
        threads = [threading.Thread(target=tell, args=(name,)) for name in "abc"]
        for thread in threads:
            thread.start()
        assert enough.wait(60)
        stop([process], seconds=0)
        for thread in threads:
            thread.join(60)
    assert len(acknowledged) >= 7 * ENOUGH
    stored = set(Event.objects.values_list("event_id", flat=True))
    assert set(acknowledged) <= stored
    # A request is stored whole, with the word that its person was touched, or not at all.
    assert len(stored) % 7 == 0
    assert Touched.objects.count() == len(stored) // 7
    connection.close()
