"""The pages of the team."""

import pytest
from django.test import Client

from leadlight.accounts.models import Role, User
from leadlight.leads.models import Person
from leadlight.leads.operations import adopt_leads
from tests.web.build import person, user
from tests.web.test_pages import signed_in

pytestmark = pytest.mark.django_db
NEW = {"name": "Sam Lee", "email": "sam@example.com", "role": "AGENT", "mobile": "813-555-0142", "takes_leads": "1"}


@pytest.fixture
def owner() -> Client:
    return signed_in(user())


def test_somebody_is_added_and_starts_by_their_link(owner: Client) -> None:
    person("Ana", owner="sam lee")
    response = owner.post("/settings/team/", {**NEW, "mon": "8-12"}, follow=True)
    page = response.content.decode()
    sam = User.objects.get(email="sam@example.com")
    assert response.redirect_chain == [(f"/settings/team/{sam.pk}/", 302)]
    assert "Sam Lee is of the team now" in page
    assert "1 leads bear their name and are theirs." in page
    assert Person.objects.get().owner == sam
    link = page.split('readonly value="')[1].split('"')[0]
    assert link.startswith("http://127.0.0.1:8000/welcome/")
    path = link.removeprefix("http://127.0.0.1:8000")
    guest = Client()
    assert guest.post(path, {"password": "a quiet harbour 7"})["Location"] == "/"
    assert guest.get("/leads/").status_code == 200
    assert "readonly" not in owner.get(f"/settings/team/{sam.pk}/").content.decode()
    listed = owner.get("/settings/team/").content.decode()
    assert "(813) 555-0142" in listed


def test_what_is_wrong_is_said_and_stays_typed(owner: Client) -> None:
    page = owner.post("/settings/team/", {**NEW, "email": "nowhere", "tue": "late"}).content.decode()
    assert "is no email address" in page
    assert 'value="nowhere"' in page
    assert 'value="late"' in page
    assert User.objects.count() == 1
    sam = user("Sam", role=Role.AGENT)
    page = owner.post(f"/settings/team/{sam.pk}/", {**NEW, "wed": "17-9"}).content.decode()
    assert "Wed: “17-9” ends before it begins" in page
    sent = {**NEW, "name": "Sam Leigh", "away_from": "2026-07-01", "away_until": "2026-07-09", "takes_leads": ""}
    page = owner.post(f"/settings/team/{sam.pk}/", sent, follow=True).content.decode()
    assert "Kept." in page
    sam.refresh_from_db()
    assert (sam.name, sam.takes_leads, str(sam.away_until)) == ("Sam Leigh", False, "2026-07-09")
    assert owner.get(f"/settings/team/{10**9}/").status_code == 404


def test_somebody_leaves(owner: Client) -> None:
    sam, kim = user("Sam", role=Role.AGENT), user("Kim", role=Role.AGENT)
    person("Ana", owner="Sam")
    adopt_leads(user=sam)
    page = owner.get(f"/settings/team/{sam.pk}/").content.decode()
    assert "1 lead is theirs. Who takes it?" in page
    page = owner.post(f"/settings/team/{sam.pk}/remove/", follow=True).content.decode()
    assert "Say who takes the 1 leads that are theirs" in page
    page = owner.post(f"/settings/team/{sam.pk}/remove/", {"heir": kim.pk}, follow=True).content.decode()
    assert "Leads that somebody else has now: 1." in page
    assert "sam@example.com" not in page
    assert Person.objects.get().owner == kim


def test_only_owners_and_lead_managers(owner: Client) -> None:
    sam = user("Sam", role=Role.AGENT)
    for client in (signed_in(user(role=Role.AGENT)), signed_in(user(role=Role.ANALYST))):
        for address in ("/settings/team/", f"/settings/team/{sam.pk}/"):
            assert client.get(address).status_code == 403
            assert client.post(address, NEW).status_code == 403
        assert client.post(f"/settings/team/{sam.pk}/remove/").status_code == 403
    assert signed_in(user(role=Role.LEAD_MANAGER)).get("/settings/team/").status_code == 200
    assert User.objects.get(pk=sam.pk).is_active
