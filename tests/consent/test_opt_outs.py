"""An opt-out that comes as an event closes its channel within a moment."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from leadlight.accounts.operations import create_token
from leadlight.consent.models import Suppression
from leadlight.consent.operations import close_for
from leadlight.consent.rules import CHANNELS, CLOSED_BY, closed_by
from leadlight.events.rules import KIND_BY_NAME
from leadlight.jobs import worker
from tests.web.build import person

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def tell(client: Client, **event: Any) -> None:
    token = create_token(name="t", scopes=["events:write"], now=NOW)
    response = client.post(
        "/api/v1/events", json.dumps(event), "application/json", headers={"authorization": f"Bearer {token}"}
    )
    assert response.status_code == 202, response.content


def test_words_are_those_of_the_vocabulary() -> None:
    assert set(CLOSED_BY) <= set(KIND_BY_NAME)
    assert set(CLOSED_BY.values()) <= set(CHANNELS)
    assert closed_by("listing_view", told="SMS", at=NOW) is None
    assert closed_by("opted_out", told=["SMS"], at=NOW) == ("ALL", "opt-out on 2026-11-01")


def test_an_event_of_opting_out_closes_its_channel(client: Client) -> None:
    ann = person("Ann").leads.get().pk
    tell(client, event_id="1", lead_id=ann, kind="unsubscribed")
    tell(client, event_id="2", lead_id=ann, kind="opted_out", props={"channel": "SMS"})
    tell(client, event_id="3", lead_id=ann, kind="listing_view")
    worker.run_until_idle(queues=["live"])
    closed = Suppression.objects.filter(lead=ann).order_by("channel").values_list("channel", "reason", "origin")
    assert list(closed) == [("EMAIL", "OPTED_OUT", "api"), ("SMS", "OPTED_OUT", "api")]


def test_one_that_was_retracted_closes_nothing_and_many_take_two_statements(client: Client) -> None:
    leads = [person(f"P{k}").leads.get().pk for k in range(5)]
    for k, lead in enumerate(leads):
        tell(client, event_id=f"e{k}", lead_id=lead, kind="opted_out")
    from leadlight.events.operations import retract

    retract(event_ids=["e0"], reason="a test", now=NOW)
    with CaptureQueriesContext(connection) as caught:
        assert close_for(event_ids=[f"e{k}" for k in range(5)], now=NOW) == 4
    assert len(caught) == 2
    assert close_for(event_ids=["e1"], now=NOW) == 0
