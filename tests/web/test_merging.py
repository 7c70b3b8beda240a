"""The part of the Lead page that says who is the same person."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from leadlight.accounts.models import Role
from leadlight.leads.models import Lead, Merge, Person
from tests.web.build import person, user

pytestmark = pytest.mark.django_db
PHONE = ("+18135550142",)


@pytest.fixture
def owner(client: Client) -> Client:
    client.force_login(user())
    return client


def read(client: Client, who: Person) -> str:
    answer = client.get(f"/leads/{who.pk}/")
    assert answer.status_code == 200
    return answer.content.decode()


def act(client: Client, deed: str, who: Person, **words: Any) -> int:
    return client.post(reverse(f"web:{deed}", args=[who.pk]), words).status_code


def pair() -> tuple[Person, Person]:
    return person("Ann Lee", phones=PHONE), person("A. Lee", phones=PHONE, source="Facebook")


def test_who_has_nobody_in_common_sees_nothing_of_it(owner: Client) -> None:
    assert "Same person" not in read(owner, person("Ann", phones=()))


def test_merging_and_undoing_on_the_page(owner: Client) -> None:
    ann, other = pair()
    page = read(owner, ann)
    assert "has the same phone" in page
    assert "1 record and 0 events of" in page
    assert act(owner, "merge", ann, person=other.pk) == 302
    page = read(owner, ann)
    assert "became part of this lead on" in page
    assert "Facebook" in page
    gone = owner.get(f"/leads/{other.pk}/")
    assert (gone.status_code, gone["Location"]) == (302, f"/leads/{ann.pk}/")
    assert act(owner, "undo_merge", ann, merge=Merge.objects.get().pk) == 302
    assert "has the same phone" in read(owner, ann)
    assert "has the same phone" in read(owner, other)
    # Once more changes nothing.
    assert act(owner, "undo_merge", ann, merge=Merge.objects.get().pk) == 302
    assert "undone already" in read(owner, ann)


def test_who_is_somebody_else_is_remembered_and_may_be_thought_over(owner: Client) -> None:
    ann, other = pair()
    assert act(owner, "keep_apart", ann, person=other.pk) == 302
    page = read(owner, ann)
    assert "and is somebody else" in page
    assert "Merge into this one" not in page
    assert act(owner, "merge", ann, person=other.pk) == 302
    assert "not the same person" in read(owner, ann)
    assert Person.objects.count() == 2
    assert act(owner, "let_together", ann, person=other.pk) == 302
    assert "Merge into this one" in read(owner, ann)


@pytest.mark.parametrize("number", ["", "x", "999999", "-1", "9" * 30])
def test_nonsense_is_not_found(owner: Client, number: str) -> None:
    ann, _ = pair()
    assert {act(owner, deed, ann, person=number) for deed in ("merge", "keep_apart", "let_together")} == {404}
    assert act(owner, "undo_merge", ann, merge=number) in (302, 404)
    assert Person.objects.count() == 2


def test_an_analyst_only_looks_and_an_agent_merges_only_whom_they_see(client: Client) -> None:
    ann, other = pair()
    client.force_login(user(role=Role.ANALYST))
    assert act(client, "merge", ann, person=other.pk) == 403
    agent = user("Kim Poe", role=Role.AGENT)
    client.force_login(agent)
    somebody = user("Sam Roe", role=Role.AGENT)
    Person.objects.filter(pk=other.pk).update(owner=somebody)
    assert "has the same phone" not in read(client, ann)
    assert act(client, "merge", ann, person=other.pk) == 404
    assert Lead.objects.filter(person=other.pk).exists()


def test_the_lists_pass_over_who_went_into_another(owner: Client) -> None:
    ann, other = pair()
    act(owner, "merge", ann, person=other.pk)
    listed = owner.get("/?list=all")
    assert [row.person.pk for row in listed.context["rows"]] == [ann.pk]
    assert "A. Lee" not in owner.get("/?list=all&q=nobody").content.decode()
