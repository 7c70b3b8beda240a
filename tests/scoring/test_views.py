from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from leadlight.accounts.models import Role
from leadlight.accounts.operations import create_user
from leadlight.events.rules import Cause
from leadlight.jobs import worker
from leadlight.jobs.models import Job
from leadlight.scoring import operations
from leadlight.scoring.models import ModelVersion, Score

pytestmark = pytest.mark.django_db
Brokerage = Callable[..., list[int]]


@pytest.fixture
def owner(client: Client) -> Client:
    client.force_login(create_user(email="o@x.com", name="O", role=Role.OWNER, password="long enough 1"))
    return client


def test_the_page_teaches_the_next_step_before_there_is_anything(owner: Client) -> None:
    page = owner.get("/model/").content.decode()
    assert "Import your CRM" in page
    assert "Train now" not in page


def test_training_is_asked_for_on_the_page_and_runs_as_a_job(owner: Client, brokerage: Brokerage) -> None:
    brokerage(300)
    assert "Train now" in owner.get("/model/").content.decode()
    owner.post("/model/train/")
    owner.post("/model/train/")
    assert Job.objects.count() == 1
    fragment = owner.get("/model/", headers={"HX-Request": "true"}).content.decode()
    assert "Learning from 300 people" in fragment
    assert "<html" not in fragment
    worker.run_due()
    assert Score.objects.exists()
    page = owner.get("/model/").content.decode()
    assert "Measured on leads that it never saw" in page
    assert page.count("<svg") >= 3
    assert "stated area" in page


def test_a_training_that_cannot_be_says_why(owner: Client) -> None:
    owner.post("/model/train/")
    worker.run_due()
    assert "There are no leads yet" in owner.get("/model/").content.decode()


def test_the_page_takes_a_fixed_number_of_queries(
    owner: Client, brokerage: Brokerage, now: datetime, django_assert_max_num_queries: Any
) -> None:
    brokerage(300)
    operations.train(now=now)
    operations.score_all(now=now, cause=Cause.MODEL_CHANGE)
    owner.get("/model/")
    with django_assert_max_num_queries(11):
        owner.get("/model/")


def test_the_card_is_given_as_it_is(owner: Client, brokerage: Brokerage, now: datetime) -> None:
    brokerage(200)
    version = operations.train(now=now)
    assert owner.get(f"/model/{version.pk}/card.json").json() == ModelVersion.objects.get().card
    assert owner.get("/model/999/card.json").status_code == 404


def test_agents_may_look_and_not_train(client: Client, brokerage: Brokerage) -> None:
    brokerage(20)
    client.force_login(create_user(email="a@x.com", name="A", role=Role.AGENT, password="long enough 1"))
    assert "Train now" not in client.get("/model/").content.decode()
    assert client.post("/model/train/").status_code == 403
    assert not Job.objects.exists()
