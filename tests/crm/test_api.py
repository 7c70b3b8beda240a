import json
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leadlight.accounts.models import AuditEntry
from leadlight.accounts.operations import create_token
from leadlight.crm.models import Delivery, Endpoint
from leadlight.kit.clock import utc_now
from tests.crm.build import plan
from tests.web.build import person, user

pytestmark = pytest.mark.django_db
HOOKS = "/api/v1/webhooks"
URL = "https://hooks.zapier.example/1"


@pytest.fixture
def headers() -> dict[str, str]:
    token = create_token(name="Zapier", scopes=["webhooks:write"], now=utc_now(), actor=user())
    return {"Authorization": f"Bearer {token}"}


def post(client: Client, headers: dict[str, str], body: object) -> Any:
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.post(HOOKS, text, content_type="application/json", headers=headers)


def test_subscribe_list_unsubscribe(client: Client, headers: dict[str, str]) -> None:
    answer = post(client, headers, {"url": URL})
    assert answer.status_code == 201
    made = answer.json()
    assert made["secret"].startswith("whsec_")
    assert (made["url"], made["events"], made["enabled"]) == (URL, ["lead.score_changed"], True)
    listed = client.get(HOOKS, headers=headers).json()
    assert listed == [{name: value for name, value in made.items() if name != "secret"}]
    assert plan(person(score=60.0)) == 1
    assert client.delete(f"{HOOKS}/{made['id']}", headers=headers).status_code == 204
    assert client.get(HOOKS, headers=headers).json() == []
    assert not Delivery.objects.exists()
    assert client.delete(f"{HOOKS}/{made['id']}", headers=headers).status_code == 404
    first, last = AuditEntry.objects.filter(action__startswith="webhook.").order_by("id")
    assert first.detail["via"] == last.detail["via"] != ""
    assert first.actor is not None


def test_an_address_has_one_webhook(client: Client, headers: dict[str, str]) -> None:
    assert post(client, headers, {"url": URL}).status_code == 201
    answer = post(client, headers, {"url": URL})
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:leadlight:problem:webhook_exists")


def test_without_the_scope_nothing(client: Client) -> None:
    token = create_token(name="x", scopes=["leads:read"], now=utc_now())
    for found in ({}, {"Authorization": f"Bearer {token}"}):
        status = 403 if found else 401
        assert post(client, found, {"url": URL}).status_code == status
        assert client.get(HOOKS, headers=found).status_code == status
        assert client.delete(f"{HOOKS}/1", headers=found).status_code == status


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"url": 1e400}', b'{"url": ' + b"[" * 5000, b'{"url": ' + b"9" * 6000,
        {}, {"url": None}, {"url": ["x"]}, {"url": ""}, {"url": "http://hooks.example/"}, {"url": "https://10.0.0.1/"},
        {"url": "https://hooks.example/\x00"}, {"url": "https://hooks.example/\ud800"}, {"url": "https://" + "a" * 5000},
        {"url": URL, "name": "\x00"}, {"url": URL, "name": "\ud800"}, {"url": URL, "name": "x" * 121},
        {"url": URL, "events": []}, {"url": URL, "events": ["lead.sneezed"]}, {"url": URL, "events": ["\x00"]},
        {"url": URL, "events": "lead.score_changed"}, {"url": URL, "events": ["lead.score_changed"] * 21},
        {"url": URL, "events": [{}]},
    ],
)  # fmt: skip
def test_what_cannot_be_taken_is_a_problem_and_no_breakdown(
    client: Client, headers: dict[str, str], body: object
) -> None:
    answer = post(client, headers, body)
    assert 400 <= answer.status_code < 500
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["detail"]
    assert not Endpoint.objects.exists()


@pytest.mark.parametrize(
    "told", ["0", "-1", "x", "1.0", "%00", "²", "9" * 18, str(2**63), "9" * 400, " 1", "%F0%9F%92%A9"]
)
def test_a_number_that_is_none_is_not_found(client: Client, headers: dict[str, str], told: str) -> None:
    assert client.delete(f"{HOOKS}/{told}", headers=headers).status_code == 404


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=st.fixed_dictionaries(
        {"url": st.text() | st.just(URL)}, optional={"name": st.text(), "events": st.lists(st.text())}
    )
)
def test_no_words_break_it(client: Client, headers: dict[str, str], body: dict[str, object]) -> None:
    assert post(client, headers, body).status_code < 500


def test_the_description_tells_of_it(client: Client) -> None:
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    assert set(paths["/api/v1/webhooks"]) == {"get", "post"}
    assert set(paths["/api/v1/webhooks/{webhook_id}"]) == {"delete"}
