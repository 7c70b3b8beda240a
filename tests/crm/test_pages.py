import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from leadlight.accounts.models import AuditEntry, Role
from leadlight.crm import operations
from leadlight.crm.models import Delivery, Endpoint
from leadlight.crm.operations.endpoints import turn_off
from leadlight.crm.rules.retries import Tried
from leadlight.jobs import worker
from leadlight.kit.clock import utc_now
from tests.crm.build import endpoint, only, plan
from tests.crm.receiver import Receiver
from tests.web.build import person, user

pytestmark = pytest.mark.django_db
PAGE = "/settings/webhooks/"


@pytest.fixture
def owner(client: Client) -> Client:
    client.force_login(user())
    return client


def read(client: Client, **headers: str) -> str:
    answer = client.get(PAGE, headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def act(client: Client, name: str, endpoint_id: int) -> int:
    return client.post(reverse(f"crm:{name}", args=[endpoint_id])).status_code


def test_the_empty_page_teaches_the_next_step(owner: Client) -> None:
    page = read(owner)
    assert "No other system hears from Leadlight yet" in page
    assert "Nothing was sent yet" in page


def test_the_secret_is_shown_once(owner: Client) -> None:
    answer = owner.post(PAGE, {"name": "Zapier\x00 hook", "url": " https://hooks.example/x "})
    page = answer.content.decode()
    [secret] = re.findall(r'value="(whsec_[^"]+)"', page)
    assert "no-store" in answer["Cache-Control"]
    assert secret not in read(owner)
    assert "whsec_" not in read(owner)
    found = Endpoint.objects.get()
    assert (found.name, found.url, found.created_by) == ("Zapier hook", "https://hooks.example/x", user_of(owner))
    rolled = owner.post(reverse("crm:roll", args=[found.pk])).content.decode()
    assert secret not in rolled
    assert "For a day the old one still signs too" in rolled
    assert list(AuditEntry.objects.order_by("id").values_list("action", flat=True)) == [
        "webhook.added", "webhook.secret_rolled",
    ]  # fmt: skip


def user_of(client: Client) -> object:
    return client.get(PAGE).context["user"]


def test_what_cannot_be_added_is_said_beside_the_form_with_what_was_typed(owner: Client) -> None:
    answer = owner.post(PAGE, {"name": "My <CRM>", "url": "http://10.0.0.1/"})
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "must begin with https://" in page
    assert 'value="My &lt;CRM&gt;"' in page
    assert 'value="http://10.0.0.1/"' in page
    assert owner.post(PAGE, {}).status_code == 400
    assert owner.post(PAGE, {"name": "\x00" * 300, "url": "https://\x00"}).status_code == 400
    assert not Endpoint.objects.exists()


def test_a_test_is_sent_and_its_outcome_shown(owner: Client, receiver: Receiver) -> None:
    added, _ = endpoint(receiver.url)
    receiver.answer(404, body=b"<script>alert(1)</script>")
    assert act(owner, "test", added.pk) == 302
    assert 'hx-trigger="every 2s"' in read(owner)
    worker.run_until_idle()
    page = read(owner)
    assert "It answered 404: &lt;script&gt;" in page
    assert "Not delivered" in page
    assert "every 2s" not in page
    part = read(owner, **{"HX-Request": "true"})
    assert "<html" not in part
    assert "It answered 404" in part


def test_states_are_told_in_plain_words(owner: Client) -> None:
    added, _ = endpoint()
    who = person("Marisol Ortega", score=60.0)
    plan(who)
    [letter] = operations.claim(delivery_ids=[only().pk], now=utc_now())
    operations.record(tried=[(letter, Tried(503, "busy"))], now=utc_now(), chance=0)
    page = read(owner)
    assert "1 try in a row failed" in page
    assert "It answered 503: busy" in page
    assert "Next try" in page
    assert f"Score of person {who.pk}" in page
    assert "Marisol" not in page
    turn_off(reasons={added.pk: "It answered 410: this address is gone for good."}, now=utc_now())
    page = read(owner)
    assert "It answered 410" in page
    assert "Not sent: the webhook was turned off." in page
    assert act(owner, "enable", added.pk) == 302
    assert ">On<" in read(owner)
    assert act(owner, "disable", added.pk) == 302
    assert "Somebody of the team turned it off." in read(owner)
    assert act(owner, "remove", added.pk) == 302
    assert not Endpoint.objects.exists()


def test_what_is_no_longer_there_is_said(owner: Client) -> None:
    for name in ("test", "disable", "enable", "roll", "remove"):
        answer = owner.post(reverse(f"crm:{name}", args=[2**70]))
        assert answer.status_code == 400
        assert "no longer there" in answer.content.decode()


@pytest.mark.parametrize(
    ("role", "status"), [(Role.OWNER, 200), (Role.LEAD_MANAGER, 200), (Role.AGENT, 403), (Role.ANALYST, 403)]
)
def test_who_may(client: Client, role: Role, status: int) -> None:
    added, _ = endpoint()
    client.force_login(user(role=role))
    assert client.get(PAGE).status_code == status
    assert (PAGE in client.get("/leads/").content.decode()) == (status == 200)
    if status == 403:
        assert client.post(PAGE, {"name": "x", "url": "https://hooks.example/y"}).status_code == 403
        assert {act(client, name, added.pk) for name in ("test", "disable", "enable", "roll", "remove")} == {403}
        found = Endpoint.objects.get()
        assert (found.disabled_at, found.secret) == (None, added.secret)


def test_the_page_takes_a_fixed_number_of_queries(owner: Client, django_assert_max_num_queries: object) -> None:
    for k in range(4):
        endpoint(f"https://hooks.example/{k}")
    plan(*[person(score=60.0) for _ in range(5)])
    Delivery.objects.update(next_at=utc_now() + timedelta(hours=1))
    with django_assert_max_num_queries(5):  # type: ignore[operator]
        read(owner)
