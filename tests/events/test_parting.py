"""A record that is somebody else's becomes a person of its own, whatever merges came before and come after."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leadlight.accounts.models import AuditEntry
from leadlight.consent.operations import suppress
from leadlight.consent.queries import by_person
from leadlight.events import operations as events
from leadlight.events.models import Event, Touched
from leadlight.events.rules import Cause
from leadlight.intake.operations import tell_lead
from leadlight.intake.rules.records import LeadRow
from leadlight.jobs.models import Job
from leadlight.leads import queries
from leadlight.leads.models import KeptApart, Lead, Merge, MovedLead, Person
from leadlight.leads.operations import UnableToMerge, delete_leads, let_together, store_leads
from leadlight.leads.rules import NewLead
from leadlight.scoring.models import Score
from leadlight.scoring.operations import rescore_touched
from tests.web.api_client import at_once, with_model
from tests.web.build import person, tell, user

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def merge(keep: Person, *gone: Person) -> int:
    ids = [one.pk for one in gone]
    return events.merge_persons(keep=keep.pk, gone=ids, reason="", actor=None, now=NOW).merge_id


def undo(merge_id: int) -> None:
    events.undo_merge(merge_id=merge_id, actor=None, now=NOW + HOUR)


def part(lead_id: int) -> int:
    """Return whose the record is then."""
    parted = events.part_lead(lead_id=lead_id, actor=None, now=NOW)
    assert parted.back == (whose(lead_id),)
    return whose(lead_id)


def whose(lead_id: int) -> int:
    return Lead.objects.get(pk=lead_id).person_id


def told(name: str, number: int, email: str = "family@example.com") -> Lead:
    """Return a record as the live check brings it in."""
    row = LeadRow(str(number), name=name, emails=(email,))
    done = tell_lead(
        row=row, has_own_id=True, system=f"crm{number}", provenance="UNKNOWN", origin="api", now=NOW + HOUR
    )
    return Lead.objects.get(pk=done.lead_id)


def nobody_is_empty() -> bool:
    """Say whether everybody has a lead, or is needed on a lead's way back."""
    here = Person.objects.exclude(leads__isnull=False)
    gone = Person.everyone.exclude(merge=None).exclude(pk__in=MovedLead.objects.values("person"))
    return not here.exists() and not gone.exclude(pk__in=Merge.objects.values("kept")).exists()


@pytest.fixture
def ana() -> Person:
    return person("Ana Berg", emails=("family@example.com",), events=(("page_view", HOUR),))


def test_what_the_live_check_joined_becomes_a_person_of_its_own(ana: Person) -> None:
    ben, dana = told("Ben Berg", 1), user()
    tell(ben.pk, ("inquiry", HOUR))
    assert ben.person_id == ana.pk
    Touched.objects.all().delete()
    parted = events.part_lead(lead_id=ben.pk, actor=dana, now=NOW)
    ben.refresh_from_db()
    assert (parted.kept, parted.back) == (ana.pk, (ben.person_id,))
    ana.refresh_from_db()
    assert (ana.name, ben.person.name, ben.person.asked_for) == ("Ana Berg", "Ben Berg", "inquiry")
    assert "ben" not in ana.search_text
    assert list(Event.objects.filter(lead__person=ben.person_id).values_list("kind", flat=True)) == ["inquiry"]
    touched = set(Touched.objects.values_list("person_id", "cause"))
    assert touched == {(ana.pk, "MERGE"), (ben.person_id, "MERGE")}
    assert Job.objects.get(name="events.settle_persons").payload["person_ids"] == [ana.pk, ben.person_id]
    heard = Job.objects.get(name="crm.on_persons_changed")
    assert heard.payload["person_ids"] == [ana.pk, ben.person_id]
    entry = AuditEntry.objects.get(action="lead.parted")
    assert (entry.actor, entry.subject) == (dana, f"person:{ana.pk}")
    assert entry.detail == {"lead": ben.pk, "to": ben.person_id}
    assert KeptApart.objects.get().said_by == dana


def test_nothing_joins_the_two_again_before_somebody_says_so(ana: Person) -> None:
    ben, third = told("Ben Berg", 1), told("Ana Berg", 2)
    own = part(ben.pk)
    assert queries.apart_persons() == {(ana.pk, own)}
    assert set(KeptApart.objects.values_list("lead", "other")) == {(ana.leads.first().pk, ben.pk), (ben.pk, third.pk)}  # type: ignore[union-attr]
    assert told("Ben Berg", 3).person_id == own
    assert told("Cy Berg", 4).person_id not in (ana.pk, own)
    with pytest.raises(UnableToMerge, match="not the same person"):
        merge(ana, Person.objects.get(pk=own))
    let_together(person_ids=[ana.pk, own], actor=None, now=NOW)
    again = merge(ana, Person.objects.get(pk=own))
    assert whose(ben.pk) == ana.pk
    undo(again)
    assert whose(ben.pk) == own


def test_closed_channels_go_with_their_record_and_none_is_opened(ana: Person) -> None:
    ben = told("Ben Berg", 1)
    suppress(rows=[(ben.pk, "EMAIL", "OPTED_OUT", "STOP")], origin="t", now=NOW)
    suppress(rows=[(ana.leads.exclude(pk=ben.pk).get().pk, "CALL", "DO_NOT_CALL", "x")], origin="t", now=NOW)
    own = part(ben.pk)
    closed = {who: [one.channel for one in found] for who, found in by_person([ana.pk, own]).items()}
    assert closed == {ana.pk: ["CALL"], own: ["EMAIL"]}


def test_whom_a_merge_brought_is_back_as_they_were(ana: Person) -> None:
    ben, cy = person("Ben"), person("Cy")
    lead = ben.leads.get().pk
    with_model(NOW)
    events.touch(person_ids=[ben.pk], cause=Cause.LIVE, now=NOW)
    while rescore_touched(now=NOW):
        pass
    was = Score.objects.get(person=ben).value_before
    made = merge(ana, ben, cy)
    while rescore_touched(now=NOW + HOUR):
        pass
    assert part(lead) == ben.pk
    while rescore_touched(now=NOW + HOUR):
        pass
    assert Score.objects.get(person=ben).value_before == was
    assert not MovedLead.objects.filter(lead=lead).exists()
    assert Merge.objects.get().undone_at is None
    undo(made)
    assert whose(cy.leads.get().pk) == cy.pk
    assert whose(lead) == ben.pk


def test_a_merge_that_nobody_is_gone_by_any_more_is_undone(ana: Person) -> None:
    ben = person("Ben")
    lead, dana = ben.leads.get().pk, user()
    made = merge(ana, ben)
    events.part_lead(lead_id=lead, actor=dana, now=NOW)
    found = Merge.objects.get()
    assert (found.undone_at, found.undone_by) == (NOW, dana)
    assert events.undo_merge(merge_id=made, actor=None, now=NOW) is None


def test_who_came_with_two_records_leaves_one_where_it_is(ana: Person) -> None:
    ben = person("Ben", emails=("ben@example.com",))
    first, second = ben.leads.get().pk, told("Ben", 1, "ben@example.com").pk
    made = merge(ana, ben)
    own = part(second)
    assert own not in (ana.pk, ben.pk)
    assert whose(first) == ana.pk
    undo(made)
    assert (whose(first), whose(second)) == (ben.pk, own)
    assert nobody_is_empty()


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_who_stands_on_the_way_of_others_stays_there_until_they_are_back(ana: Person, order: tuple[int, int]) -> None:
    ben, cy = person("Ben"), person("Cy")
    lead, other = ben.leads.get().pk, cy.leads.get().pk
    merges = [merge(ben, cy), merge(ana, ben)]
    own = part(lead)
    assert own not in (ana.pk, ben.pk, cy.pk)
    undo(merges[order[0]])
    assert whose(other) == (cy.pk if order[0] == 0 else ben.pk)
    undo(merges[order[1]])
    assert (whose(lead), whose(other)) == (own, cy.pk)
    assert not Person.everyone.filter(pk=ben.pk).exists()
    assert nobody_is_empty()


def test_the_person_kept_may_be_left_with_what_merges_brought(ana: Person) -> None:
    ben = person("Ben")
    first, lead = ana.leads.get().pk, ben.leads.get().pk
    made = merge(ana, ben)
    own = part(first)
    assert own != ana.pk
    assert whose(lead) == ana.pk
    undo(made)
    assert (whose(first), whose(lead)) == (own, ben.pk)
    assert nobody_is_empty()


def test_who_was_kept_for_the_way_alone_goes_with_it(ana: Person) -> None:
    ben, cy = person("Ben"), person("Cy")
    lead, own = cy.leads.get().pk, ben.leads.get().pk
    merge(ben, cy)
    merge(ana, ben)
    delete_leads(lead_ids=[own])
    assert Person.everyone.filter(pk=ben.pk).exists()
    assert part(lead) == cy.pk
    assert not Person.everyone.filter(pk=ben.pk).exists()
    assert nobody_is_empty()


def test_a_person_keeps_a_record(ana: Person) -> None:
    ben = told("Ben Berg", 1)
    part(ben.pk)
    for lead_id in (ben.pk, ana.leads.get().pk):
        with pytest.raises(UnableToMerge, match="only record"):
            part(lead_id)
    with pytest.raises(UnableToMerge, match="no such record"):
        part(10**6)
    assert Person.everyone.count() == 2


def test_parting_takes_as_many_queries_of_many_records_as_of_two() -> None:
    def counted(n: int) -> int:
        someone = person(f"Person {n}")
        store_leads(leads=[NewLead("csv", f"{n}-{k}", person_id=someone.pk) for k in range(n)], now=NOW)
        with CaptureQueriesContext(connection) as captured:
            part(someone.leads.latest("pk").pk)
        return len(captured)

    assert counted(1) == counted(40) <= 40


@pytest.mark.django_db(transaction=True)
def test_parting_merging_and_telling_at_once_leave_every_record_with_somebody_who_is_here() -> None:
    ana, cy = person("Ana Berg", emails=("family@example.com",)), person("Cy", emails=("cy@example.com",))
    ben = told("Ben Berg", 1)

    def deed(number: int) -> Any:
        return lambda: told("Ben Berg", number)

    def merged() -> None:
        merge(cy, ana)

    at_once([*(deed(number) for number in range(2, 6)), lambda: part(ben.pk), merged])
    assert set(Lead.objects.values_list("person", flat=True)) <= set(Person.objects.values_list("pk", flat=True))
    undo(Merge.objects.get().pk)
    assert whose(cy.leads.earliest("pk").pk) == cy.pk
    assert not queries.is_kept_apart([cy.pk, ana.pk])
    assert nobody_is_empty()
