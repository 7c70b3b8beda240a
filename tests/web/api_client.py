"""A program that speaks to the API, and a worker that scores for it."""

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import close_old_connections, connection
from django.http import HttpResponse
from django.test import Client

from leadlight.accounts.operations import create_token
from leadlight.kit.clock import utc_now
from leadlight.leads.models import Lead
from leadlight.scoring.learners.scorer import LeadScorer
from leadlight.scoring.models import ModelVersion
from leadlight.scoring.operations import rescore_touched

LEADS = "/api/v1/leads"


def bearer(*scopes: str) -> dict[str, str]:
    token = create_token(name="test", scopes=list(scopes), now=utc_now())
    return {"Authorization": f"Bearer {token}"}


class Program:
    """Carries one token; a server error is raised, as in every test client."""

    def __init__(self, *scopes: str) -> None:
        self.client = Client()
        self.headers = bearer(*(scopes or ("leads:read", "leads:write", "events:write")))

    def get(self, address: str, **query: str) -> HttpResponse:
        return self.client.get(address, query, headers=self.headers)

    def send(self, body: Any, query: str = "", **headers: str) -> HttpResponse:
        """Send JSON; bytes go as they are."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.client.post(
            f"{LEADS}{query}", data, content_type="application/json", headers={**self.headers, **headers}
        )

    def form(self, body: dict[str, Any], query: str = "") -> HttpResponse:
        """Send multipart/form-data."""
        return self.client.post(f"{LEADS}{query}", body, headers=self.headers)

    def tell(self, body: Any, query: str = "", **headers: str) -> dict[str, Any]:
        """Send JSON, which is taken."""
        response = self.send(body, query, **headers)
        assert response.status_code in (200, 201), response.content
        assert (response.status_code == 201) == (response.json()["status"] == "created")
        found: dict[str, Any] = response.json()
        return found


def problem(response: HttpResponse, status: int) -> dict[str, Any]:
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    found: dict[str, Any] = response.json()
    assert found["status"] == status
    return found


def lead(answer: dict[str, Any]) -> Lead:
    return Lead.objects.select_related("person", "source").get(pk=answer["id"])


def with_model(now: datetime) -> ModelVersion:
    """Put the points card into service."""
    scorer = LeadScorer.untrained(target="appointment_60d", scale=None)
    scorer.card_["notes"] = []
    scorer.card_["history"] = {"people": 0, "events": 0, "until": now.isoformat()}
    artefact = scorer.to_json()
    return ModelVersion.objects.create(
        target=scorer.target,
        card=scorer.card,
        artefact=artefact,
        artefact_sha256=sha256(artefact.encode()).hexdigest(),
        trained_at=now,
        data_until=now,
        serving=True,
    )


def drain() -> int:
    """Score whom something new became known of, as a worker does."""
    return rescore_touched(now=utc_now())


@contextmanager
def worker() -> Iterator[None]:
    """Drain in a thread of its own while the block runs."""
    stop = threading.Event()
    errors: list[BaseException] = []

    def go() -> None:
        try:
            while not stop.wait(0.01):
                drain()
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=go)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
    assert errors == []


def at_once(deeds: Sequence[Any]) -> list[Any]:
    """Do several things in threads that start together; return what came of each, errors raised."""
    barrier = threading.Barrier(len(deeds))
    results: list[Any] = [None] * len(deeds)

    def go(place: int) -> None:
        try:
            close_old_connections()
            barrier.wait()
            results[place] = deeds[place]()
        except BaseException as error:
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=go, args=(place,)) for place in range(len(deeds))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return results
