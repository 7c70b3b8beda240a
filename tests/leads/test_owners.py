"""Who answers for whom, and what becomes of the leads of somebody who leaves."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from leadlight.accounts.models import ApiToken, AuditEntry, Role, User
from leadlight.accounts.operations import authenticate, create_token
from leadlight.events.operations import merge_persons, undo_merge
from leadlight.intake.operations import tell_lead
from leadlight.intake.rules.records import LeadRow
from leadlight.kit.clock import utc_now
from leadlight.leads.models import Lead, Person
from leadlight.leads.operations import (
    UnableToHandOver,
    adopt_leads,
    assign,
    edit_lead,
    part_with_agent,
    refresh_persons,
)
from leadlight.leads.queries import visible_to
from tests.web.build import person, user

pytestmark = pytest.mark.django_db


@pytest.fixture
def dana() -> User:
    return user("Dana Ruiz")


@pytest.fixture
def sam() -> User:
    return user("Sam Lee", role=Role.AGENT)


def part(who: User, *heirs: User, actor: User) -> int:
    return part_with_agent(user_id=who.pk, heir_ids=[heir.pk for heir in heirs], actor=actor, now=utc_now())


def owned(by: User, n: int) -> list[Person]:
    found = [person(f"Person {k}", owner=by.name) for k in range(n)]
    adopt_leads(user=by)
    return found


def test_leads_go_to_the_heirs_by_turns_and_nobody_is_left_alone(dana: User, sam: User) -> None:
    kim, eve = user("Kim", role=Role.AGENT), user("Eve", role=Role.AGENT)
    owned(sam, 5)
    assert part(sam, kim, eve, actor=dana) == 5
    assert [Person.objects.filter(owner=heir).count() for heir in (kim, eve)] == [3, 2]
    assert not Person.objects.filter(owner=None).exists()
    assert set(Person.objects.values_list("owner_name", flat=True)) == {"Kim", "Eve"}
    assert set(Lead.objects.values_list("owner_name", flat=True)) == {"Sam Lee"}
    assert AuditEntry.objects.get(action="member.left").detail == {"leads": 5, "heirs": [kim.pk, eve.pk]}
    with pytest.raises(UnableToHandOver, match="not of the team any more"):
        part(sam, kim, actor=dana)


def test_they_are_signed_out_and_their_tokens_end_and_the_past_stays_theirs(dana: User, sam: User) -> None:
    client = Client()
    client.force_login(sam)
    assert client.get("/leads/").status_code == 200
    token = create_token(name="Zapier", scopes=["leads:read"], now=utc_now(), actor=sam)
    other = create_token(name="Make", scopes=["leads:read"], now=utc_now(), actor=dana)
    part(sam, actor=dana)
    assert client.get("/leads/").status_code == 302
    assert authenticate(token=token, now=utc_now()) is None
    assert authenticate(token=other, now=utc_now()) is not None
    assert ApiToken.objects.get(name="Zapier").created_by == sam
    sam.refresh_from_db()
    assert not sam.has_usable_password()
    assert AuditEntry.objects.filter(actor=sam).exists()


def test_who_cannot_leave_and_who_cannot_take(dana: User, sam: User) -> None:
    owned(sam, 1)
    ann, gone = user("Ann", role=Role.ANALYST), user("Gone", role=Role.AGENT)
    part(gone, actor=dana)
    for heirs in ([], [ann], [gone], [sam]):
        with pytest.raises(UnableToHandOver, match="Say who takes the 1 leads"):
            part(sam, *heirs, actor=dana)
    with pytest.raises(UnableToHandOver, match="Somebody else has to part with you"):
        part(dana, sam, actor=dana)
    with pytest.raises(UnableToHandOver, match="Only an owner parts with an owner"):
        part(dana, sam, actor=sam)
    boss = user("Boss")
    User.objects.filter(pk=boss.pk).update(is_active=False)
    with pytest.raises(UnableToHandOver, match="somebody has to be one"):
        part(dana, sam, actor=boss)
    sam.refresh_from_db()
    assert sam.is_active
    assert Person.objects.filter(owner=sam).count() == 1


def test_namesakes_are_no_trouble(dana: User, sam: User) -> None:
    owned(sam, 1)
    _, second = user("Pat", role=Role.AGENT), user("pat", role=Role.AGENT)
    part(sam, second, actor=dana)
    assert Person.objects.get().owner == second


def tell(one: Person, owner: str) -> None:
    lead = one.leads.get()
    row = LeadRow(lead.external_id, name="Ana", owner_name=owner)
    tell_lead(row=row, has_own_id=True, system=lead.system, provenance="UNKNOWN", origin="api", now=utc_now())


def test_another_owner_told_later_is_the_owner_again(dana: User, sam: User) -> None:
    kim = user("Kim", role=Role.AGENT)
    ana = person("Ana", owner="Sam Lee")
    assign(owner_of={ana.pk: kim.pk})
    tell(ana, "")
    tell(ana, "Sam Lee")
    ana.refresh_from_db()
    assert (ana.owner, ana.owner_name) == (kim, "Kim")
    tell(ana, "Dana Ruiz")
    ana.refresh_from_db()
    assert (ana.owner, ana.owner_name, ana.leads.get().assignee) == (dana, "Dana Ruiz", None)


def test_an_owner_named_by_hand_is_the_owner_of_all_records(dana: User, sam: User) -> None:
    kim = user("Kim", role=Role.AGENT)
    ana, ben = person("Ana"), person("Ben")
    merge_persons(keep=ana.pk, gone=[ben.pk], reason="", actor=None, now=utc_now())
    assign(owner_of={ana.pk: kim.pk})
    lead = ana.leads.order_by("pk")[0]
    edit_lead(lead_id=lead.pk, changes={"owner_name": "sam lee"}, actor=dana, now=utc_now())
    ana.refresh_from_db()
    assert ana.owner == sam
    assert not Lead.objects.exclude(assignee=None).exists()


def test_a_merge_and_its_undoing_keep_whose_each_record_is(dana: User, sam: User) -> None:
    kim = user("Kim", role=Role.AGENT)
    ana, ben = person("Ana"), person("Ben")
    assign(owner_of={ana.pk: kim.pk, ben.pk: sam.pk})
    merged = merge_persons(keep=ana.pk, gone=[ben.pk], reason="", actor=None, now=utc_now())
    assert Person.objects.get().owner in (kim, sam)
    undo_merge(merge_id=merged.merge_id, actor=None, now=utc_now())
    assert [Person.objects.get(pk=one.pk).owner for one in (ana, ben)] == [kim, sam]


def test_of_two_records_the_one_told_of_last_says_whose_they_are(dana: User, sam: User) -> None:
    kim = user("Kim", role=Role.AGENT)
    ana, ben = person("Ana"), person("Ben")
    assign(owner_of={ana.pk: kim.pk, ben.pk: sam.pk})
    Lead.objects.filter(person=ben).update(updated_at=utc_now())
    merge_persons(keep=ana.pk, gone=[ben.pk], reason="", actor=None, now=utc_now())
    assert Person.objects.get().owner == sam


def test_who_has_left_owns_nobody_by_an_old_word(dana: User, sam: User) -> None:
    ana = person("Ana", owner="Dana Ruiz")
    assign(owner_of={ana.pk: sam.pk})
    User.objects.filter(pk=sam.pk).update(is_active=False)
    refresh_persons(person_ids=[ana.pk])
    ana.refresh_from_db()
    assert (ana.owner, ana.owner_name) == (dana, "Dana Ruiz")


def test_a_record_inside_a_merge_finds_an_heir_too(dana: User, sam: User) -> None:
    kim, eve = user("Kim", role=Role.AGENT), user("Eve", role=Role.AGENT)
    ana, ben = person("Ana"), person("Ben")
    assign(owner_of={ben.pk: sam.pk})
    assign(owner_of={ana.pk: kim.pk})
    Lead.objects.filter(person=ana).update(updated_at=utc_now())
    merged = merge_persons(keep=ana.pk, gone=[ben.pk], reason="", actor=None, now=utc_now())
    assert Person.objects.get().owner == kim
    part(sam, eve, actor=dana)
    assert Person.objects.get().owner == kim
    undo_merge(merge_id=merged.merge_id, actor=None, now=utc_now())
    assert Person.objects.get(pk=ben.pk).owner == eve


def test_nothing_later_gives_them_back(dana: User, sam: User) -> None:
    kim = user("Kim", role=Role.AGENT)
    ana, ben = person("Ana", owner="Sam Lee"), person("Ben", owner="Sam Lee")
    adopt_leads(user=sam)
    merged = merge_persons(keep=ana.pk, gone=[ben.pk], reason="", actor=None, now=utc_now())
    part(sam, kim, actor=dana)
    undo_merge(merge_id=merged.merge_id, actor=None, now=utc_now())
    lead = ana.leads.get()
    row = LeadRow(lead.external_id, name="Ana", owner_name="Sam Lee")
    tell_lead(row=row, has_own_id=True, system=lead.system, provenance="UNKNOWN", origin="api", now=utc_now())
    assert {one.owner for one in Person.objects.all()} == {kim}
    assert visible_to(kim).count() == 2


def test_any_number_of_leads_takes_as_many_queries(sam: User) -> None:
    def counted(persons: list[Any]) -> int:
        with CaptureQueriesContext(connection) as captured:
            assign(owner_of={one.pk: sam.pk for one in persons})
        return len(captured)

    one = counted([person("Ana")])
    assert counted([person(f"Ben {k}") for k in range(7)]) == one
