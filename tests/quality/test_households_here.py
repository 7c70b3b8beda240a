"""Households among stored leads: found, placed as leads come, and said otherwise."""

from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leadlight.intake.operations import tell_lead
from leadlight.intake.rules.records import LeadRow
from leadlight.jobs import worker
from leadlight.jobs.models import Job
from leadlight.kit.clock import utc_now
from leadlight.leads.models import HouseholdMember, Lead, Person
from leadlight.leads.operations import keep_apart
from leadlight.leads.queries import housemates
from leadlight.quality import operations, queries
from leadlight.quality.duplicates.households import MOST_RECORDS
from leadlight.quality.queries.households import BY_WAY_OF_ANOTHER, SAID, near
from tests.web.build import person, user

pytestmark = pytest.mark.django_db
PHONE = ("+18135550177",)


def lead_of(who: Person) -> int:
    return int(who.leads.get().pk)


def together(*people: Person) -> bool:
    return all(
        housemates([who.pk]).get(who.pk) == {other.pk for other in people if other is not who} for who in people
    )


@pytest.fixture
def couple() -> tuple[Person, Person]:
    return person("Ana Berg", phones=PHONE), person("Ben Berg", phones=PHONE)


def test_couples_are_found_and_strangers_and_buildings_are_not(couple: tuple[Person, Person]) -> None:
    home = "12 Oak St, Tampa, FL, 33610"
    spouses = [person(name, phones=(), home=home) for name in ("Kim Park", "Zoe Park")]
    neighbour = person("Lee Wong", phones=(), home=home)
    assert operations.find_households() == 4
    assert together(*couple)
    assert together(*spouses)
    assert housemates([neighbour.pk]) == {}
    assert queries.n_households() == 2
    # Found anew, they stand there once; whoever is gone takes nobody with them.
    assert operations.find_households() == 4


def test_no_leads_are_no_households() -> None:
    assert operations.find_households() == 0
    operations.place_in_households(lead_ids=[])
    assert not HouseholdMember.objects.exists()


def test_a_lead_that_is_told_is_placed_at_once(couple: tuple[Person, Person]) -> None:
    operations.find_households()
    row = LeadRow(external_id="new-1", name="Cleo Berg", emails=("cleo@example.com",), phones=PHONE)
    told = tell_lead(row=row, has_own_id=True, system="site", provenance="UNKNOWN", origin="api", now=utc_now())
    assert told.status == "created"
    assert Job.objects.filter(name="quality.on_lead_created").count() == 1
    worker.run_until_idle()
    assert together(*couple, Person.objects.get(pk=told.person_id))
    # Told again, nobody is placed anew.
    tell_lead(row=row, has_own_id=True, system="site", provenance="UNKNOWN", origin="api", now=utc_now())
    assert not Job.objects.filter(name="quality.on_lead_created").exists()


def test_who_is_placed_joins_two_households(couple: tuple[Person, Person]) -> None:
    mail = ("bergs@example.com",)
    others = [person(name, emails=mail, phones=()) for name in ("Dan Berg", "Eva Berg")]
    operations.find_households()
    bridge = person("Fay Berg", emails=mail, phones=PHONE)
    operations.place_in_households(lead_ids=[lead_of(bridge)])
    assert together(*couple, *others, bridge)
    by_all = dict(HouseholdMember.objects.values_list("lead_id", "household"))
    operations.find_households()
    assert dict(HouseholdMember.objects.values_list("lead_id", "household")) == by_all


def test_what_an_office_shares_places_nobody() -> None:
    crowd = [person("Pat Agent", phones=PHONE, emails=(f"p{k}@example.com",)) for k in range(MOST_RECORDS + 1)]
    assert near([lead_of(crowd[0])]) == {lead_of(crowd[0])}


def test_placing_takes_a_fixed_number_of_queries(couple: tuple[Person, Person]) -> None:
    def counted(lead_ids: list[int]) -> int:
        with CaptureQueriesContext(connection) as captured:
            operations.place_in_households(lead_ids=lead_ids)
        return len(captured)

    one = counted([lead_of(couple[0])])
    many = [lead_of(person(f"Gus{k} Berg", phones=PHONE)) for k in range(12)]
    assert counted(many) == one


def test_somebody_knows_better(couple: tuple[Person, Person]) -> None:
    ana, ben = couple
    friend, actor = person("Kim Park", phones=()), user()
    operations.find_households()
    assert queries.household_of(ana.pk).others == {ben.pk: "same phone and surname"}
    operations.say_household(person_id=ana.pk, with_person=None, actor=actor, now=utc_now())
    assert housemates([ana.pk, ben.pk]) == {}
    operations.find_households()
    assert housemates([ana.pk, ben.pk]) == {}
    operations.say_household(person_id=ana.pk, with_person=friend.pk, actor=actor, now=utc_now())
    assert together(ana, friend)
    operations.find_households()
    assert together(ana, friend)
    assert queries.household_of(ana.pk).others == {friend.pk: SAID}
    operations.unsay_household(person_id=ana.pk, actor=actor, now=utc_now())
    assert together(ana, ben)
    assert housemates([friend.pk]) == {}


def test_who_is_called_the_same_is_rather_the_same_person(couple: tuple[Person, Person]) -> None:
    ana, ben = couple
    twice = person("ana berg", phones=PHONE)
    operations.find_households()
    assert together(ana, ben, twice)
    assert queries.n_households() == 1
    assert set(queries.household_of(ana.pk).others) == {ben.pk}
    assert set(queries.household_of(ben.pk).others) == {ana.pk, twice.pk}
    keep_apart(person_ids=[ana.pk, twice.pk], actor=None, now=utc_now())
    assert set(queries.household_of(ana.pk).others) == {ben.pk, twice.pk}
    HouseholdMember.objects.filter(lead=lead_of(ben)).delete()
    assert queries.n_households() == 0


def test_a_word_holds_when_others_come(couple: tuple[Person, Person]) -> None:
    ana, ben = couple
    operations.say_household(person_id=ana.pk, with_person=None, actor=user(), now=utc_now())
    cleo = person("Cleo Berg", phones=PHONE)
    operations.place_in_households(lead_ids=[lead_of(cleo)])
    assert together(ben, cleo)
    assert housemates([ana.pk]) == {}


def test_who_shares_nothing_with_one_lives_there_by_way_of_a_third(couple: tuple[Person, Person]) -> None:
    ana, ben = couple
    home = {"home": "12 Oak St, Tampa, FL, 33610"}
    middle = person("Ivo Berg", phones=PHONE, **home)
    far = person("Jan Berg", phones=(), **home)
    operations.find_households()
    assert together(ana, ben, middle, far)
    assert queries.household_of(far.pk).others == {
        middle.pk: "same address and surname",
        ana.pk: BY_WAY_OF_ANOTHER,
        ben.pk: BY_WAY_OF_ANOTHER,
    }


def test_leads_that_come_while_others_are_read_are_placed(monkeypatch: pytest.MonkeyPatch) -> None:
    from leadlight.quality.operations import households as module

    ana = person("Ana Berg", phones=PHONE)
    seen: list[Any] = []
    real = module.search

    def late(table: Any, **how: Any) -> Any:
        if not seen:
            seen.append(person("Ben Berg", phones=PHONE))
        return real(table, **how)

    monkeypatch.setattr(module, "search", late)
    operations.find_households()
    assert together(ana, seen[0])


def test_after_an_import_households_are_looked_for() -> None:
    assert settings.COUNTRY
    Job.objects.all().delete()
    from leadlight.quality.tasks import on_import_finished

    on_import_finished([{}])
    assert Job.objects.filter(name="quality.find_households").count() == 1
    assert Lead.objects.count() == 0
