"""The Lead page on who is who: merging, undoing it, and keeping apart."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from leadlight.accounts.models import Role
from leadlight.events.operations import merge_persons
from leadlight.kit.clock import utc_now
from leadlight.leads.models import KeptApart, Lead, Merge, Person
from leadlight.leads.operations import keep_apart, note_added
from tests.web.build import person, user
from tests.web.test_pages import signed_in

pytestmark = pytest.mark.django_db
SHARED = ("ana@example.com",)


@pytest.fixture
def owner() -> Client:
    return signed_in(user())


@pytest.fixture
def pair() -> tuple[Person, Person]:
    return person("Ana Silva", emails=SHARED), person("A. Silva", emails=SHARED, phones=(), source="Facebook")


def page(client: Client, who: Person) -> str:
    response = client.get(f"/leads/{who.pk}/")
    assert response.status_code == 200
    return response.content.decode()


def test_who_shares_an_email_is_merged_and_parted_again(owner: Client, pair: tuple[Person, Person]) -> None:
    ana, other = pair
    told = page(owner, ana)
    assert "has the same email" in told
    assert "1 record and 0 events of" in told
    response = owner.post(f"/leads/{ana.pk}/merge/", {"person": other.pk}, follow=True)
    assert "became part of this lead" in response.content.decode()
    assert "has the same email" not in response.content.decode()
    assert owner.get(f"/leads/{other.pk}/")["Location"] == f"/leads/{ana.pk}/"
    assert owner.post(f"/leads/{other.pk}/edit/", {"name": "X"}).status_code == 404
    again = owner.post(f"/leads/{ana.pk}/merge/", {"person": other.pk})
    assert again.status_code == 404
    made = Merge.objects.get()
    for _ in range(2):
        response = owner.post(f"/leads/{ana.pk}/merge/undo/", {"merge": made.pk}, follow=True)
    assert "undone already" in response.content.decode()
    assert "A. Silva" in page(owner, other)


def test_not_the_same_person(owner: Client, pair: tuple[Person, Person]) -> None:
    ana, other = pair
    owner.post(f"/leads/{ana.pk}/apart/", {"person": other.pk})
    assert "and is somebody else" in page(owner, ana)
    assert "and is somebody else" in page(owner, other)
    response = owner.post(f"/leads/{ana.pk}/merge/", {"person": other.pk}, follow=True)
    assert "Somebody said that they are not the same person." in response.content.decode()
    owner.post(f"/leads/{ana.pk}/apart/undo/", {"person": other.pk})
    assert not KeptApart.objects.exists()
    assert "Merge into this one" in page(owner, ana)


def test_who_was_parted_and_shares_nothing_may_be_the_same_after_all(owner: Client) -> None:
    ana, other = person("Ana Silva", phones=()), person("A. Silva", phones=())
    merge_persons(keep=ana.pk, gone=[other.pk], reason="", actor=None, now=utc_now())
    lead_id = Lead.objects.filter(person=ana.pk).latest("pk").pk
    owner.post(f"/leads/{ana.pk}/part/", {"lead": lead_id})
    for one, another in ((ana, "A. Silva"), (other, "Ana Silva")):
        told = page(owner, one)
        assert f"{another}</a> is somebody else, as somebody said" in told
        assert "Maybe the same after all" not in told
    sent = {"person": other.pk}
    assert "not the same person" in owner.post(f"/leads/{ana.pk}/merge/", sent, follow=True).content.decode()
    response = owner.post(f"/leads/{ana.pk}/merge/", {**sent, "after_all": "1"}, follow=True)
    assert "became part of this lead" in response.content.decode()
    assert not KeptApart.objects.exists()
    assert Lead.objects.get(pk=lead_id).person_id == ana.pk


def test_what_was_said_while_they_became_one_is_of_nobody_else(owner: Client, pair: tuple[Person, Person]) -> None:
    ana, other = pair
    keep_apart(person_ids=[ana.pk, other.pk], actor=None, now=utc_now())
    # As a merge at the very same instant leaves it.
    Lead.objects.filter(person=other.pk).update(person=ana.pk)
    assert "is somebody else" not in page(owner, ana)


def test_of_whom_nothing_is_left_by_an_undoing_the_list_is_shown(owner: Client, pair: tuple[Person, Person]) -> None:
    ana, other = pair
    own = ana.leads.get().pk
    owner.post(f"/leads/{ana.pk}/merge/", {"person": other.pk})
    owner.post(f"/leads/{ana.pk}/part/", {"lead": own})
    response = owner.post(f"/leads/{ana.pk}/merge/undo/", {"merge": Merge.objects.get().pk}, follow=True)
    assert response.redirect_chain == [("/leads/", 302)]
    assert "The merge is undone." in response.content.decode()
    assert "A. Silva" in page(owner, other)


def test_only_who_may_change_both_leads(pair: tuple[Person, Person]) -> None:
    ana, other = pair
    analyst, agent = signed_in(user(role=Role.ANALYST)), signed_in(user("Sam", role=Role.AGENT))
    assert "Same person" not in page(analyst, ana)
    Person.objects.filter(pk=other.pk).update(owner=user("Eve"))
    assert "Same person" not in page(agent, ana)
    keep_apart(person_ids=[ana.pk, other.pk], actor=None, now=utc_now())
    assert "Same person" not in page(agent, ana)
    KeptApart.objects.all().delete()
    for address in ("merge", "apart", "apart/undo"):
        assert analyst.post(f"/leads/{ana.pk}/{address}/", {"person": other.pk}).status_code == 403
        for number in (other.pk, "x", "", "9" * 30):
            assert agent.post(f"/leads/{ana.pk}/{address}/", {"person": number}).status_code == 404
    assert analyst.post(f"/leads/{ana.pk}/merge/undo/", {"merge": 1}).status_code == 403
    assert not Merge.objects.exists()
    assert not KeptApart.objects.exists()


def test_who_referred_somebody_is_found_where_they_went(owner: Client, pair: tuple[Person, Person]) -> None:
    ana, other = pair
    kim = person("Kim Park")
    note_added(
        lead_id=kim.leads.get().pk, by_hand=[], referred_by=other.pk, referred_by_name="A. Silva", now=kim.active_at
    )
    assert f'href="/leads/{other.pk}/">A. Silva' in page(owner, kim)
    owner.post(f"/leads/{ana.pk}/merge/", {"person": other.pk})
    assert f'href="/leads/{ana.pk}/">A. Silva' in page(owner, kim)


def test_lists_and_counts_pass_over_who_is_gone(owner: Client, pair: tuple[Person, Person]) -> None:
    ana, other = pair
    owner.post(f"/leads/{ana.pk}/merge/", {"person": other.pk})
    response = owner.get("/leads/?list=all")
    assert response.context["listed"].n == response.context["n_all"] == 1
    assert [row.person.pk for row in owner.get("/leads/?q=silva").context["listed"].rows] == [ana.pk]


def test_the_section_takes_a_fixed_number_of_queries(owner: Client, pair: tuple[Person, Person]) -> None:
    ana, _ = pair

    def counted(who: Person) -> int:
        with CaptureQueriesContext(connection) as captured:
            page(owner, who)
        return len(captured)

    alone = person("Kim Park", phones=("+17275550199",))
    few = counted(ana)
    for _n in range(5):
        person("Ana", emails=SHARED, phones=())
    assert counted(ana) == few == counted(alone) + 3
    for other in Person.objects.exclude(pk=alone.pk)[:4]:
        keep_apart(person_ids=[alone.pk, other.pk], actor=None, now=utc_now())
    assert counted(alone) == few
