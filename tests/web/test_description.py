"""The API keeps to its own description: whatever is sent, the answer is one that it tells of."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.core import signals
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from schemathesis import Case, GenerationMode, openapi
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.web.api_client import LEADS, Program, bearer
from tests.web.build import person

pytestmark = pytest.mark.django_db

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@pytest.fixture
def one_connection() -> Iterator[None]:
    """Keep the test's own connection open, which a server would close after each request."""
    for signal in (signals.request_started, signals.request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (signals.request_started, signals.request_finished):
        signal.connect(close_old_connections)


@pytest.mark.usefixtures("one_connection")
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_answers_are_those_that_are_described(settings_home: None, mode: GenerationMode) -> None:
    person("Ana", emails=("ana@example.com",), score=50)
    headers = bearer("leads:read", "leads:write", "events:write", "webhooks:write")
    schema = openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
    labels = set()
    seen: Counter[tuple[str, int]] = Counter()
    for found in schema.get_all_operations():
        operation = found.ok()
        labels.add(operation.label)

        @given(operation.as_strategy(generation_mode=mode))
        @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), database=None)
        def run(case: Case) -> None:
            answer = case.call_and_validate(headers=headers, checks=CHECKS)
            seen[case.operation.label, answer.status_code] += 1

        run()
    assert {label for label, _ in seen} == labels
    assert len(labels) >= 9


@pytest.fixture
def settings_home(settings: Any, tmp_path: Any) -> None:
    settings.HOME = tmp_path


def test_the_description_shows_what_can_be_sent() -> None:
    document = Program().client.get("/api/v1/openapi.json").json()
    post = document["paths"][LEADS]["post"]
    assert set(post["requestBody"]["content"]) == {
        "application/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
    }
    assert set(post["responses"]) == {"200", "201", "400", "401", "403", "413", "415", "422"}
    assert {parameter["name"] for parameter in post["parameters"]} == {
        "wait",
        "system",
        "provenance",
        "Idempotency-Key",
    }
    example = post["requestBody"]["content"]["application/json"]["example"]
    assert json.dumps(example)
