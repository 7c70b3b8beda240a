"""Duplicates among stored leads: what is found, kept, merged and settled."""

from typing import Any

import pytest
from django.test import Client

from leadlight.accounts.models import Role
from leadlight.events.operations import undo_merge
from leadlight.jobs import worker
from leadlight.kit.clock import utc_now
from leadlight.leads.models import Lead, Merge, Person
from leadlight.leads.operations import keep_apart
from leadlight.quality import operations, queries
from leadlight.quality.duplicates.clusters import AUTOMATIC, REVIEW
from leadlight.quality.models import DuplicatePair
from tests.web.build import person, user

pytestmark = pytest.mark.django_db
PAGE = "/data/duplicates/"
FIRST = ("Marisol", "Devon", "Priya", "Tom", "Lena", "Omar", "Grace", "Ivan", "Nadia", "Felix", "Carla", "Hugo")
LAST = (
    "Ortega",
    "Blake",
    "Raman",
    "Alvarez",
    "Fischer",
    "Haddad",
    "Liu",
    "Petrov",
    "Kane",
    "Moreau",
    "Silva",
    "Berg",
)


@pytest.fixture
def owner(client: Client) -> Client:
    client.force_login(user())
    return client


def somebody(k: int, **fields: Any) -> Person:
    first, last = FIRST[k % 12], LAST[(k * 5 + k // 12) % 12]
    told = {
        "emails": (f"{first}.{last}{k}@mail.example".lower(),),
        "phones": (f"+1813555{1000 + k:04d}",),
        "home": f"{100 + 7 * k} {LAST[k % 12]} St, Tampa, FL, 336{k % 90 + 10}",
    }
    return person(f"{first} {last}", **{**told, **fields})


def pair(left: Person, right: Person, probability: float, **said: str) -> DuplicatePair:
    ends = sorted((left.leads.get().pk, right.leads.get().pk))
    return DuplicatePair.objects.create(
        left_id=ends[0], right_id=ends[1], probability=probability, p_household=0.0, found_at=utc_now(), **said
    )


def test_the_same_person_is_found_and_strangers_are_not() -> None:
    people = [somebody(k) for k in range(60)]
    # Another record of the first, with a nickname's mail and the same phone and home.
    again = person(
        "Marisol Ortega",
        emails=("mari@work.example",),
        phones=("+18135551000",),
        home="100 Ortega St, Tampa, FL, 33610",
    )
    operations.find_duplicates(now=utc_now())
    found = queries.unsettled_pairs(least=REVIEW)
    assert [{one.left.person_id, one.right.person_id} for one in found] == [{people[0].pk, again.pk}]
    assert "phone" in found[0].agrees
    # Found anew, they stand there once.
    operations.find_duplicates(now=utc_now())
    assert len(queries.unsettled_pairs(least=REVIEW)) == 1


def test_nobody_and_one_are_no_pairs() -> None:
    assert operations.find_duplicates(now=utc_now()) == 0
    somebody(0)
    assert operations.find_duplicates(now=utc_now()) == 0


class TestSettling:
    def test_the_certain_ones_become_one_and_the_first_is_kept(self) -> None:
        ann, again, third, stranger = (somebody(k) for k in range(4))
        pair(ann, again, 0.999)
        pair(again, third, 0.995)
        pair(ann, third, 0.9)
        pair(ann, stranger, 0.8)
        assert operations.merge_certain(actor=None, now=utc_now()) == 2
        assert {lead.person_id for lead in Lead.objects.all()} == {ann.pk, stranger.pk}
        assert operations.merge_certain(actor=None, now=utc_now()) == 0
        undo_merge(merge_id=Merge.objects.get().pk, actor=None, now=utc_now())
        assert len({lead.person_id for lead in Lead.objects.all()}) == 4

    def test_who_was_said_to_be_two_is_never_merged_nor_asked_about_again(self) -> None:
        ann, other = somebody(0), somebody(1)
        pair(ann, other, 0.999)
        keep_apart(person_ids=[ann.pk, other.pk], actor=None, now=utc_now())
        assert operations.merge_certain(actor=None, now=utc_now()) == 0
        assert queries.unsettled_pairs(least=0.0) == []

    def test_a_weak_link_does_not_chain_strangers(self) -> None:
        ann, between, other = (somebody(k) for k in range(3))
        pair(ann, between, 0.999)
        pair(between, other, 0.998)
        operations.merge_certain(actor=None, now=utc_now())
        assert Lead.objects.get(person_id=other.pk)

    @pytest.mark.parametrize(("answer", "n_people"), [("same", 1), ("apart", 2), ("", 2), ("x", 2)])
    def test_a_person_says_which(self, owner: Client, answer: str, n_people: int) -> None:
        doubt = pair(somebody(0), somebody(1), 0.6)
        assert owner.post(f"{PAGE}{doubt.pk}/", {"answer": answer}).status_code == 302
        assert Person.objects.count() == n_people
        left = 0 if answer in ("same", "apart") else 1
        assert len(queries.unsettled_pairs(least=REVIEW)) == left
        # Once more changes nothing, and neither does a pair that is no more.
        owner.post(f"{PAGE}{doubt.pk}/", {"answer": answer})
        assert owner.post(f"{PAGE}999999/", {"answer": "same"}).status_code == 302
        assert Person.objects.count() == n_people


class TestPage:
    def test_it_shows_both_sides_and_what_agrees(self, owner: Client) -> None:
        pair(somebody(0), somebody(1), 0.6, agrees="phone", differs="e-mail")
        pair(somebody(2), somebody(3), AUTOMATIC)
        page = owner.get(PAGE).content.decode()
        assert "1 pair of records agree" in page
        assert "1 to look at" in page
        assert "60 % likely one person · same: phone · different: e-mail" in page
        assert page.count("Not the same person") == 1
        assert "1 pair of records certainly one person. 1 to look at." in owner.get("/data/").content.decode()

    def test_looking_anew_is_a_job(self, owner: Client) -> None:
        for k in range(3):
            somebody(k)
        owner.post(f"{PAGE}search/")
        assert "Looking…" in owner.get(PAGE).content.decode()
        worker.run_until_idle()
        assert "Nobody seems to be here twice" in owner.get(PAGE).content.decode()

    @pytest.mark.parametrize("role", [Role.AGENT, Role.ANALYST])
    def test_only_managers_come_in(self, client: Client, role: Role) -> None:
        client.force_login(user(role=role))
        doubt = pair(somebody(0), somebody(1), 0.6)
        assert client.get(PAGE).status_code == 403
        assert {client.post(f"{PAGE}{deed}/").status_code for deed in ("search", "merge", doubt.pk)} == {403}
        assert Person.objects.count() == 2

    def test_the_number_of_queries_does_not_grow(self, owner: Client, django_assert_num_queries: Any) -> None:
        people = [somebody(k) for k in range(8)]
        for left, right in zip(people[::2], people[1::2], strict=True):
            pair(left, right, 0.6)
        with django_assert_num_queries(3):
            assert len(queries.doubts(queries.unsettled_pairs(least=REVIEW))) == 4
        with django_assert_num_queries(2):
            assert queries.lead_table().height == 8
