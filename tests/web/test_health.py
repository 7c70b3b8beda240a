"""Health, metrics, and the model that is loaded before anybody asks."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.db.utils import ProgrammingError
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from leadlight.accounts.operations import create_token
from leadlight.events.models import Touched
from leadlight.jobs.models import Job, Worker
from leadlight.jobs.operations import beat
from leadlight.kit.clock import utc_now
from leadlight.scoring.models import ModelVersion
from leadlight.scoring.queries import pages
from leadlight.web import warming
from leadlight.web.queries import figures
from tests.web.api_client import with_model
from tests.web.build import CARD, person, tell, user

pytestmark = pytest.mark.django_db
NOW = utc_now()
SECOND = timedelta(seconds=1)


def job(name: str = "intake.run_import", *, queue: str = "long", ago: int = 0, **fields: Any) -> Job:
    moment = utc_now() - ago * SECOND
    return Job.objects.create(name=name, queue=queue, run_at=moment, created_at=moment, **fields)


def alive(name: str = "anas-laptop:17:abcd1234", *, queues: tuple[str, ...] = ("live",), **counters: int) -> None:
    told = {what.replace("_of_", ":", 1).replace("__", "."): n for what, n in counters.items()}
    beat(worker=name, queues=queues, started_at=utc_now(), counters=told, leases=(), now=utc_now())


def test_it_lives_whatever_the_database_does(django_assert_num_queries) -> None:
    with django_assert_num_queries(0):
        answer = Client().get("/health/live")
    assert (answer.status_code, answer.json()) == (200, {"live": True})
    assert Client().post("/health/live").status_code == 405


def test_it_is_ready_when_the_database_is(django_assert_max_num_queries) -> None:
    figures.missing_migrations()
    with django_assert_max_num_queries(2):
        answer = Client().get("/health/ready")
    assert (answer.status_code, answer.json()) == (200, {"ready": True, "missing": []})


def test_a_migration_that_was_not_applied_is_said() -> None:
    MigrationRecorder.Migration.objects.filter(app="scoring").delete()
    answer = Client().get("/health/ready")
    assert answer.status_code == 503
    assert "lacks 3 migrations. Run: leadlight migrate" in answer.json()["missing"][0]


def test_a_database_that_is_away_is_said(monkeypatch) -> None:
    def away(*_: object, **__: object) -> None:
        raise OperationalError("connection to server at 10.0.0.5 failed: password of ana")

    monkeypatch.setattr(connection, "cursor", away)
    answer = Client().get("/health/ready")
    assert answer.status_code == 503
    assert answer.json() == {"ready": False, "missing": ["The database does not answer."]}


def scrape(token: str) -> Any:
    return Client().get("/metrics", headers={"authorization": f"Bearer {token}"})


@pytest.fixture
def token() -> str:
    return create_token(name="Prometheus", scopes=["metrics:read"], now=utc_now())


def samples(token: str) -> dict[tuple[str, frozenset[str]], float]:
    answer = scrape(token)
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain; version=0.0.4")
    return {
        (sample.name, frozenset(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(answer.content.decode())
        for sample in family.samples
    }


@pytest.mark.parametrize("sent", ["", "Bearer", "Bearer ll_nobody", "Basic YTpi"])
def test_metrics_are_for_who_has_a_token(sent: str) -> None:
    answer = Client().get("/metrics", headers={"authorization": sent})
    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["WWW-Authenticate"] == "Bearer"
    signed_in = Client()
    signed_in.force_login(user())
    assert signed_in.get("/metrics").status_code == 401


def test_a_token_for_something_else_is_told_which_scope_it_lacks() -> None:
    answer = scrape(create_token(name="Website", scopes=["events:write"], now=utc_now()))
    assert answer.status_code == 403
    assert "metrics:read" in json.loads(answer.content)["detail"]


def test_the_metrics_of_an_empty_brokerage(token: str) -> None:
    found = samples(token)
    assert found["leadlight_jobs_parked", frozenset()] == 0
    assert found["leadlight_touched_oldest_seconds", frozenset()] == 0
    assert found["leadlight_workers_alive", frozenset({"live"})] == 0
    assert found["leadlight_events_stored", frozenset()] == 0


def test_the_metrics_tell_what_there_is(token: str) -> None:
    job(ago=90)
    job(ago=-60, failures=1)
    job("scoring.train_and_score", parked_at=utc_now())
    Touched.objects.create(person_id=1, cause="live", at=utc_now() - 30 * SECOND)
    Touched.objects.create(person_id=2, cause="live", at=utc_now())
    alive(done_of_intake__run_import=3)
    alive("elsewhere:18:ffff0000", queues=("live", "long"), done_of_intake__run_import=4, parked_of_scoring__train=1)
    Worker.objects.create(
        name="gone:1:00000000", queues=["live"], started_at=NOW, beat_at=utc_now() - 60 * SECOND, counters={}
    )
    someone = person("Ana Ortega", score=90)
    person("Bo", score=60)
    tell(someone.leads.get().pk, ("page_view", SECOND))
    ModelVersion.objects.create(
        target="appointment_60d", card=CARD, artefact="{}", trained_at=NOW, data_until=NOW, serving=True
    )

    found = samples(token)

    def value(name: str, *labels: str) -> float:
        return found[f"leadlight_{name}", frozenset(labels)]

    assert value("jobs", "long", "intake.run_import", "waiting") == 1
    assert value("jobs", "long", "intake.run_import", "retrying") == 1
    assert value("jobs", "long", "scoring.train_and_score", "parked") == 1
    assert 90 <= value("jobs_oldest_due_seconds", "long", "intake.run_import") < 120
    assert value("jobs_parked") == 1
    assert value("touched") == 2
    assert 30 <= value("touched_oldest_seconds") < 60
    assert (value("workers_alive", "live"), value("workers_alive", "long")) == (2, 1)
    assert value("work_total", "abcd1234", "done", "intake.run_import") == 3
    assert value("work_total", "ffff0000", "done", "intake.run_import") == 4
    assert value("work_total", "ffff0000", "parked", "scoring.train") == 1
    assert value("events_stored") >= 1
    assert value("leads") == 2
    assert (value("scores", "hot"), value("scores", "warm"), value("scores", "cold")) == (1, 1, 0)
    assert ("leadlight_model_trained_timestamp_seconds", frozenset()) in found
    text = scrape(token).content.decode()
    for personal in ("Ana", "anas-laptop", "elsewhere", "@"):
        assert personal not in text


def test_a_scrape_takes_a_fixed_number_of_queries(token: str, django_assert_num_queries) -> None:
    scrape(token)  # notes, once a minute, that the token is in use
    with django_assert_num_queries(8):
        scrape(token)
    for number in range(5):
        job(f"intake.job_{number}")
        alive(f"host:{number}:aaaa000{number}")
        person(score=10 * number)
    with django_assert_num_queries(8):
        scrape(token)


class TestWarming:
    @pytest.fixture(autouse=True)
    def _keep_the_tests_connection(self, monkeypatch) -> None:
        monkeypatch.setattr(connection, "close", lambda: None)

    def test_the_model_that_serves_is_loaded(self) -> None:
        pages._scorer.cache_clear()
        warming.warm()
        assert pages._scorer.cache_info().currsize == 0
        with_model(NOW)
        warming.warm()
        assert pages._scorer.cache_info().currsize == 1

    def test_without_tables_it_is_left_for_later(self, monkeypatch) -> None:
        def no_tables() -> None:
            raise ProgrammingError("no such table")

        monkeypatch.setattr(warming, "load", no_tables)
        warming.warm()

    def test_it_goes_on_beside_the_requests(self, monkeypatch) -> None:
        monkeypatch.setattr(warming, "warm", lambda: None)
        thread = warming.warm_in_background()
        thread.join(timeout=10)
        assert thread.daemon
        assert not thread.is_alive()
