"""The Lead page on who lives with whom."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from leadlight.accounts.models import Role
from leadlight.leads.models import Person, SaidHousehold
from leadlight.leads.queries import housemates
from leadlight.quality.operations import find_households
from tests.web.build import person, user
from tests.web.test_pages import signed_in

pytestmark = pytest.mark.django_db
PHONE = ("+18135550177",)


@pytest.fixture
def owner() -> Client:
    return signed_in(user())


@pytest.fixture
def couple() -> tuple[Person, Person]:
    both = person("Ana Berg", phones=PHONE), person("Ben Berg", phones=PHONE)
    find_households()
    return both


def page(client: Client, who: Person) -> str:
    response = client.get(f"/leads/{who.pk}/")
    assert response.status_code == 200
    return response.content.decode()


def test_a_couple_is_shown_parted_and_together_again(owner: Client, couple: tuple[Person, Person]) -> None:
    ana, ben = couple
    told = page(owner, ana)
    assert f'Lives with <a class="link" dir="auto" href="/leads/{ben.pk}/">Ben Berg</a>' in told
    assert "Same phone and surname" in told
    owner.post(f"/leads/{ana.pk}/household/alone/")
    assert "With nobody whom we know" in page(owner, ana)
    assert "Nobody whom we know lives with them" in page(owner, ben)
    owner.post(f"/leads/{ana.pk}/household/undo/")
    assert "Lives with" in page(owner, ben)


def test_whom_they_live_with_is_named_by_what_tells_them_apart(owner: Client) -> None:
    ana = person("Ana Berg", phones=())
    ben, other = person("Ben Lee", phones=()), person("Ben Lee", phones=())
    address = f"/leads/{ana.pk}/household/"
    for who, told in (("Ben Lee", "Several people here fit"), ("Nobody", "Nobody else here fits"), ("", "Nobody")):
        assert told in owner.post(address, {"who": who}, follow=True).content.decode()
    assert "Nobody else here fits" in owner.post(address, {"who": "Ana Berg"}, follow=True).content.decode()
    response = owner.post(address, {"who": f" {ben.email} "}, follow=True)
    assert "Noted: they live with Ben Lee." in response.content.decode()
    assert housemates([ana.pk, other.pk]) == {ana.pk: {ben.pk}}
    assert "said so on" in response.content.decode()


def test_only_who_may_change_and_see_both(couple: tuple[Person, Person]) -> None:
    ana, ben = couple
    analyst, agent = signed_in(user(role=Role.ANALYST)), signed_in(user("Sam", role=Role.AGENT))
    assert "Not one household" not in page(analyst, ana)
    for address in ("", "alone/", "undo/"):
        assert analyst.post(f"/leads/{ana.pk}/household/{address}", {"who": "Ben"}).status_code == 403
    Person.objects.filter(pk=ben.pk).update(owner=user("Eve"))
    told = page(agent, ana)
    assert "Ben Berg" not in told
    assert "1 other of this household belongs to somebody else" in told
    assert "Nobody else" in agent.post(f"/leads/{ana.pk}/household/", {"who": "Ben"}, follow=True).content.decode()
    assert agent.post(f"/leads/{ben.pk}/household/alone/").status_code == 404
    assert not SaidHousehold.objects.exists()


def test_the_section_takes_a_fixed_number_of_queries(owner: Client, couple: tuple[Person, Person]) -> None:
    def counted(who: Person) -> int:
        with CaptureQueriesContext(connection) as captured:
            page(owner, who)
        return len(captured)

    few = counted(couple[0])
    for k in range(4):
        person(f"Kid{k} Berg", phones=PHONE)
    find_households()
    assert counted(couple[0]) == few
