from datetime import UTC, datetime
from typing import Any

import pytest

from leadlight.accounts.models import AuditEntry, Role, User
from leadlight.accounts.operations import UnableToCreateUser, create_user
from leadlight.leads import operations, queries
from leadlight.leads.models import Identity, Lead, Person
from leadlight.leads.rules import NewLead

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 1, tzinfo=UTC)


def store(*names: str, **more: Any) -> list[int]:
    new = [NewLead("csv", name, name=name, emails=(f"{name.lower()}@x.com",), **more) for name in names]
    ids = operations.store_leads(leads=new, now=NOW)
    operations.refresh_persons(person_ids=[lead.person_id for lead in Lead.objects.filter(pk__in=ids)])
    return ids


def user(name: str, role: Role = Role.AGENT) -> User:
    return create_user(email=f"{name.lower()}@team.com", name=name, role=role, password="long enough 1")


def test_stored_leads_keep_their_order_and_have_a_person_each() -> None:
    ids = store("Ann", "Bob", "Cy")
    assert [Lead.objects.get(pk=pk).name for pk in ids] == ["Ann", "Bob", "Cy"]
    assert Person.objects.count() == 3
    assert queries.ids_by_external("csv", ["Bob", "Zed"]) == {"Bob": ids[1]}


def test_the_queries_of_storing_do_not_grow_with_the_leads(django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(10):
        operations.store_leads(leads=[NewLead("csv", str(k), emails=(f"{k}@x.com",)) for k in range(300)], now=NOW)
    persons = list(Person.objects.values_list("pk", flat=True))
    with django_assert_max_num_queries(7):
        operations.refresh_persons(person_ids=persons)


def test_identities_are_added_once_and_taken_away_by_value() -> None:
    (ann,) = store("Ann")
    extra = {ann: (["ann@x.com", "ann@work.com"], ["+18135550142"])}
    assert operations.add_identities(identities=extra) == 2
    operations.remove_identities(identities={ann: (["ann@work.com"], [])})
    assert set(Identity.objects.values_list("value", flat=True)) == {"ann@x.com", "+18135550142"}


def test_deleting_a_lead_takes_the_person_whom_no_lead_is_left_of() -> None:
    ann, bob, cy = store("Ann", "Bob", "Cy")
    shared = Lead.objects.get(pk=ann).person
    Lead.objects.filter(pk=bob).update(person=shared)
    operations.delete_leads(lead_ids=[ann, cy])
    assert list(Lead.objects.values_list("pk", flat=True)) == [bob]
    assert shared in Person.objects.all()
    assert not Person.objects.filter(name="Cy").exists()


def test_an_edit_by_hand_is_kept_audited_and_shown() -> None:
    (ann,) = store("Ann")
    dana = user("Dana")
    operations.edit_lead(lead_id=ann, changes={"name": " Ann Lee ", "stage": ""}, actor=dana, now=NOW)
    lead = Lead.objects.get(pk=ann)
    assert (lead.name, lead.edited_fields, lead.person.name) == ("Ann Lee", ["name"], "Ann Lee")
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.detail) == (dana, {"name": ["Ann", "Ann Lee"]})
    operations.edit_lead(lead_id=ann, changes={"name": "Ann Lee"}, actor=dana, now=NOW)
    assert AuditEntry.objects.count() == 1


@pytest.mark.parametrize("changes", [{"name": "  "}, {"person": "1"}, {"stated_zone": "Denver"}])
def test_an_edit_that_cannot_be_is_refused_and_changes_nothing(changes: dict[str, str]) -> None:
    (ann,) = store("Ann")
    with pytest.raises(operations.UnableToEditLead):
        operations.edit_lead(lead_id=ann, changes=changes, actor=user("Dana"), now=NOW)
    assert Lead.objects.get(pk=ann).name == "Ann"


def test_agents_see_their_own_and_the_unowned_and_the_others_see_all() -> None:
    store("Ann", owner_name="Dana")
    store("Bob", owner_name="Eve")
    store("Cy")
    dana, manager = user("Dana"), user("Max", Role.LEAD_MANAGER)
    assert operations.adopt_leads(user=dana) == 1
    user_of_bob = user("eve")
    assert operations.adopt_leads(user=user_of_bob) == 1
    seen = sorted(person.name for person in queries.visible_to(dana))
    assert seen == ["Ann", "Cy"]
    assert queries.visible_to(manager).count() == 3


def test_an_owner_is_found_by_name_whatever_its_case() -> None:
    dana = user("Dana Ruiz")
    store("Ann", owner_name="DANA  RUIZ")
    assert Person.objects.get().owner == dana


def test_an_address_is_taken_whatever_its_case() -> None:
    user("Dana")
    with pytest.raises(UnableToCreateUser, match="already signs in"):
        create_user(email="DANA@team.com", name="D", role=Role.AGENT, password="long enough 1")
