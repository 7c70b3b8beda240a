"""Merging persons, undoing it, keeping them apart, and moving one event."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leadlight.accounts.models import AuditEntry, User
from leadlight.consent.models import Suppression
from leadlight.consent.operations import suppress
from leadlight.consent.queries import by_person
from leadlight.events import operations as events
from leadlight.events.models import Event, Touched
from leadlight.events.operations import NewEvent, UnableToMoveEvent
from leadlight.events.rules import Cause
from leadlight.intake import operations as intake
from leadlight.intake.operations import running, tell_lead
from leadlight.intake.rules.records import LeadRow
from leadlight.jobs.models import Job
from leadlight.jobs.worker import run_due
from leadlight.leads import queries
from leadlight.leads.models import Lead, Merge, Person
from leadlight.leads.operations import (
    UnableToKeepApart,
    UnableToMerge,
    delete_leads,
    keep_apart,
    let_together,
    store_leads,
)
from leadlight.leads.rules import NewLead, Wish
from leadlight.scoring.models import Score, ScoreAside, ScoreStep, TierOverride
from leadlight.scoring.operations import clear_tier, rescore_touched, set_tier
from leadlight.scoring.queries import held_tier
from tests.intake.helpers import people, receive
from tests.web.api_client import at_once, with_model
from tests.web.build import person, user

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def merge(keep: Person, *gone: Person, actor: User | None = None) -> int:
    ids = [one.pk for one in gone]
    return events.merge_persons(keep=keep.pk, gone=ids, reason="same phone", actor=actor, now=NOW).merge_id


def undo(merge_id: int) -> None:
    events.undo_merge(merge_id=merge_id, actor=None, now=NOW + HOUR)


def score(at: datetime = NOW + HOUR) -> None:
    while rescore_touched(now=at):
        pass


def work() -> None:
    while run_due():
        pass


def whose(*persons: Person) -> list[int]:
    """Return with whom the first lead of each person is."""
    return [Lead.objects.get(pk=one.first_lead).person_id for one in persons]  # type: ignore[attr-defined]


@pytest.fixture
def trio() -> list[Person]:
    found = [person(name, events=(("page_view", n * HOUR),)) for n, name in enumerate(("Ana", "Ben", "Cy"), 1)]
    for one in found:
        one.first_lead = one.leads.get().pk  # type: ignore[attr-defined]
    return found


def test_who_goes_is_passed_over_and_comes_back(trio: list[Person]) -> None:
    ana, ben, _ = trio
    dana = user()
    merge_id = merge(ana, ben, actor=dana)
    assert whose(ana, ben) == [ana.pk, ana.pk]
    assert ben not in Person.objects.all()
    assert ben not in queries.visible_to(dana)
    assert Person.everyone.get(pk=ben.pk).name == "Ben"
    assert queries.hold_persons([ana.pk, ben.pk]) == [ana.pk]
    assert queries.whom([ben.pk, 10**6]) == {ben.pk: ana.pk}
    ana.refresh_from_db()
    assert "ben" in ana.search_text
    entry = AuditEntry.objects.get(action="persons.merged")
    assert (entry.actor, entry.subject) == (dana, f"person:{ana.pk}")
    assert (entry.detail["gone"], entry.detail["leads"]) == ([ben.pk], [ben.first_lead])  # type: ignore[attr-defined]
    assert set(Touched.objects.values_list("person_id", "cause")) == {(ana.pk, "MERGE"), (ben.pk, "MERGE")}
    undo(merge_id)
    assert whose(ana, ben) == [ana.pk, ben.pk]
    assert ben in Person.objects.all()
    made = Merge.objects.get()
    assert (made.undone_at, made.reason) == (NOW + HOUR, "same phone")
    assert events.undo_merge(merge_id=merge_id, actor=None, now=NOW) is None


@pytest.mark.parametrize("first", [0, 1])
def test_merges_in_a_chain_are_undone_in_any_order(trio: list[Person], first: int) -> None:
    ana, ben, cy = trio
    merges = [merge(ben, cy), merge(ana, ben)]
    assert whose(*trio) == [ana.pk] * 3
    undo(merges[first])
    assert whose(*trio) == ([ana.pk, ana.pk, cy.pk] if first == 0 else [ana.pk, ben.pk, ben.pk])
    undo(merges[1 - first])
    assert whose(*trio) == [ana.pk, ben.pk, cy.pk]


def test_of_two_who_went_into_one_the_first_may_go_back_alone(trio: list[Person]) -> None:
    ana, ben, cy = trio
    first, second = merge(ana, ben), merge(ana, cy)
    undo(first)
    assert whose(*trio) == [ana.pk, ben.pk, ana.pk]
    merge(cy, ben)  # cy is ana by now
    assert whose(*trio) == [ana.pk] * 3
    undo(second)
    assert whose(*trio) == [ana.pk, ana.pk, cy.pk]


def test_what_arrives_at_the_person_kept_stays_there(trio: list[Person]) -> None:
    ana, ben, _ = trio
    merge_id = merge(ana, ben)
    row = LeadRow("77", name="Ben", emails=(ben.email,))
    told = tell_lead(row=row, has_own_id=True, system="crm", provenance="UNKNOWN", origin="api", now=NOW)
    [late] = store_leads(leads=[NewLead("csv", "78", person_id=ben.pk)], now=NOW)
    assert told.person_id == ana.pk
    assert Lead.objects.get(pk=late).person_id == ana.pk
    undo(merge_id)
    assert whose(ana, ben) == [ana.pk, ben.pk]
    assert set(Lead.objects.filter(pk__in=[told.lead_id, late]).values_list("person_id", flat=True)) == {ana.pk}


def test_what_cannot_become_one(trio: list[Person]) -> None:
    ana, ben, cy = trio
    with pytest.raises(UnableToMerge, match="no longer here"):
        events.merge_persons(keep=ana.pk, gone=[10**6], reason="", actor=None, now=NOW)
    merge(ana, ben)
    with pytest.raises(UnableToMerge, match="one person already"):
        merge(ben, ana)
    keep_apart(person_ids=[ana.pk, cy.pk], actor=None, now=NOW)
    keep_apart(person_ids=[ana.pk, cy.pk], actor=None, now=NOW)
    with pytest.raises(UnableToMerge, match="not the same person"):
        merge(cy, ben)
    with pytest.raises(UnableToMerge, match="no such merge"):
        undo(10**6)
    with pytest.raises(UnableToKeepApart):
        keep_apart(person_ids=[ana.pk, ana.pk], actor=None, now=NOW)


def test_apart_is_said_of_leads_wherever_they_go(trio: list[Person]) -> None:
    ana, ben, cy = trio
    merge_id = merge(ana, ben)
    keep_apart(person_ids=[ana.pk, cy.pk], actor=None, now=NOW)
    undo(merge_id)
    assert queries.apart_persons() == {(ana.pk, cy.pk), (ben.pk, cy.pk)}
    assert queries.is_kept_apart([ben.pk, cy.pk])
    assert not queries.is_kept_apart([ana.pk, ben.pk])
    let_together(person_ids=[ben.pk, cy.pk], actor=None, now=NOW)
    assert queries.apart_persons() == {(ana.pk, cy.pk)}
    merge(ben, cy)
    assert queries.apart_persons() == {(ana.pk, ben.pk)}


def test_a_shared_email_names_nobody_of_those_kept_apart() -> None:
    ana = person("Ana", emails=("both@example.com",))
    ben = person("Ben", emails=("both@example.com",), phones=())

    def told(name: str, number: int) -> int:
        row = LeadRow(str(number), name=name, emails=("both@example.com",))
        return tell_lead(
            row=row, has_own_id=True, system=f"crm{number}", provenance="UNKNOWN", origin="api", now=NOW
        ).person_id

    assert told("Ben Ray", 1) == ana.pk
    keep_apart(person_ids=[ana.pk, ben.pk], actor=None, now=NOW)
    assert told("Ben", 2) == ben.pk
    assert told("Kim", 3) not in (ana.pk, ben.pk)


def test_closed_channels_bind_the_whole_person_and_go_back_with_their_lead(trio: list[Person]) -> None:
    ana, ben, _ = trio
    suppress(rows=[(ben.first_lead, "EMAIL", "OPTED_OUT", "x")], origin="t", now=NOW)  # type: ignore[attr-defined]
    merge_id = merge(ana, ben)
    suppress(rows=[(ana.first_lead, "CALL", "OPTED_OUT", "x")], origin="t", now=NOW)  # type: ignore[attr-defined]

    def closed() -> dict[int, set[str]]:
        found = by_person([ana.pk, ben.pk])
        return {person_id: {one.channel for one in own} for person_id, own in found.items()}

    assert closed() == {ana.pk: {"EMAIL", "CALL"}}
    undo(merge_id)
    assert closed() == {ana.pk: {"CALL"}, ben.pk: {"EMAIL"}}


def test_scores_follow_silently_and_come_back_as_they_were(trio: list[Person]) -> None:
    ana, ben, _ = trio
    with_model(NOW)
    events.touch(person_ids=[one.pk for one in trio], cause=Cause.LIVE, now=NOW)
    score(NOW)
    columns = ("value", "tier", "p_target", "as_of", "reason", "is_held", "value_before")
    was = Score.objects.filter(person=ben).values_list(*columns).get()
    merge_id = merge(ana, ben)
    score()
    assert not Score.objects.filter(person=ben).exists()
    assert ScoreAside.objects.filter(person=ben).values_list(*columns).get() == was
    undo(merge_id)
    score()
    assert not ScoreAside.objects.exists()
    again = Score.objects.get(person=ben)
    assert (again.tier, again.is_held, again.value_before) == (was[1], was[5], was[6])
    assert set(ScoreStep.objects.filter(as_of__gt=NOW).values_list("cause", flat=True)) <= {"MERGE"}


def test_what_was_told_of_who_is_gone_counts_for_the_person_kept(trio: list[Person]) -> None:
    ana, ben, _ = trio
    with_model(NOW)
    events.touch(person_ids=[ana.pk, ben.pk], cause=Cause.LIVE, now=NOW)
    score(NOW)
    merge(ana, ben)
    score()
    at = NOW + 2 * HOUR
    live = NewEvent("e1", ben.first_lead, "showing_request", at, at)  # type: ignore[attr-defined]
    # Whoever told of it had looked up the person before the merge.
    events.record(events=[live], person_of={live.lead_id: ben.pk}, causes=[Cause.LIVE], origin="api", now=at)
    score(at)
    assert list(ScoreStep.objects.filter(person=ana, as_of__gt=NOW + HOUR).values_list("cause", flat=True)) == [
        "LIVE"
    ]
    assert not Score.objects.filter(person=ben).exists()
    assert not Touched.objects.exists()
    assert Job.objects.get(name="events.settle_persons").run_at > NOW


def test_tiers_set_by_hand(trio: list[Person]) -> None:
    ana, ben, cy = trio
    with_model(NOW)
    events.touch(person_ids=[one.pk for one in trio], cause=Cause.LIVE, now=NOW)
    score(NOW)
    dana = user()
    set_tier(person_id=ben.pk, tier="HOT", note="", actor=dana, now=NOW)
    set_tier(person_id=cy.pk, tier="WARM", note="", actor=dana, now=NOW + HOUR)
    first, second = merge(ana, ben), merge(ana, cy)
    score()

    def tier() -> tuple[str, bool]:
        found = Score.objects.get(person=ana)
        return found.tier, found.is_held

    assert tier() == ("WARM", True)
    undo(second)
    score()
    assert tier() == ("HOT", True)
    set_tier(person_id=ana.pk, tier="COLD", note="", actor=dana, now=NOW)
    assert tier() == ("COLD", True)
    undo(first)
    score()
    assert tier() == ("COLD", True)
    assert TierOverride.objects.count() == 3
    merge(ana, ben)
    clear_tier(person_id=ana.pk, actor=dana, now=NOW)
    assert held_tier(ana.pk) is None
    assert list(TierOverride.objects.values_list("person", flat=True)) == [cy.pk]


def test_other_systems_hear_of_both_sides(trio: list[Person], monkeypatch: pytest.MonkeyPatch) -> None:
    ana, ben, _ = trio
    told: list[tuple[set[int], str]] = []
    monkeypatch.setattr(
        "leadlight.crm.operations.plan_score_messages",
        lambda *, person_ids, cause, now: told.append((set(person_ids), cause)),
    )
    merge_id = merge(ana, ben)
    work()
    undo(merge_id)
    work()
    assert told == [({ana.pk}, "MERGE"), ({ana.pk, ben.pk}, "MERGE")]


def test_many_merges_take_as_many_queries_as_one() -> None:
    persons = [person(f"Person {n}") for n in range(40)]

    def counted(wishes: list[Wish]) -> int:
        with CaptureQueriesContext(connection) as captured:
            found = events.merge_many(wishes=wishes, actor=None, now=NOW)
        assert not any(isinstance(done, str) for done in found)
        return len(captured)

    one = counted([Wish(persons[0].pk, (persons[1].pk,))])
    many = counted([Wish(persons[n].pk, (persons[n + 1].pk,)) for n in range(2, 40, 2)])
    assert many == one
    assert one <= 36
    assert Person.objects.count() == 20


# --- one event ----------------------------------------------------------------------------------------------------


def test_an_event_is_moved_and_moved_back(trio: list[Person]) -> None:
    ana, ben, _ = trio
    event = Event.objects.get(lead=ben.first_lead)  # type: ignore[attr-defined]
    before = Event.objects.filter(pk=event.pk).values().get()
    active = Person.objects.get(pk=ben.pk).active_at

    def move(to: Person) -> None:
        events.move_events(event_ids=[event.event_id], to_lead=to.first_lead, actor=None, now=NOW)  # type: ignore[attr-defined]

    move(ana)
    assert Person.objects.get(pk=ben.pk).active_at is None
    assert set(Touched.objects.values_list("person_id", "cause")) == {(ana.pk, "TEAM"), (ben.pk, "TEAM")}
    entry = AuditEntry.objects.get(action="event.moved")
    assert (entry.detail["from"], entry.detail["to"]) == (ben.first_lead, ana.first_lead)  # type: ignore[attr-defined]
    move(ana)
    assert AuditEntry.objects.filter(action="event.moved").count() == 1
    move(ben)
    assert Event.objects.filter(pk=event.pk).values().get() == before
    assert Person.objects.get(pk=ben.pk).active_at == active
    for event_id, to in (("none", before["lead_id"]), (event.event_id, 10**6)):
        with pytest.raises(UnableToMoveEvent, match="There is no"):
            events.move_events(event_ids=[event_id], to_lead=to, actor=None, now=NOW)


def test_events_that_were_moved_go_back_to_the_very_record_they_came_from(trio: list[Person]) -> None:
    ana, ben, _ = trio
    again = person("Ben", emails=("ben2@example.com",), events=(("call_attempted", timedelta(days=2)),))
    events.merge_persons(keep=ben.pk, gone=[again.pk], reason="", actor=None, now=NOW)
    told = list(Event.objects.filter(lead__person=ben.pk).order_by("pk"))
    before = {event.event_id: event.lead_id for event in told}
    assert len(set(before.values())) == 2
    to = ana.first_lead  # type: ignore[attr-defined]
    assert events.move_events(event_ids=before, to_lead=to, actor=None, now=NOW) == len(before)
    assert not Event.objects.filter(lead__person=ben.pk).exists()
    assert events.move_events_back(event_ids=before, actor=None, now=NOW) == len(before)
    assert dict(Event.objects.filter(event_id__in=before).values_list("event_id", "lead_id")) == before
    assert events.move_events_back(event_ids=["none"], actor=None, now=NOW) == 0


def test_of_several_moves_the_latest_is_taken_back(trio: list[Person]) -> None:
    ana, ben, cy = trio
    event = Event.objects.get(lead=ben.first_lead)  # type: ignore[attr-defined]
    for to in (ana, cy):
        events.move_events(event_ids=[event.event_id], to_lead=to.first_lead, actor=None, now=NOW)  # type: ignore[attr-defined]
    events.move_events_back(event_ids=[event.event_id], actor=None, now=NOW)
    assert Event.objects.get(pk=event.pk).lead_id == ana.first_lead  # type: ignore[attr-defined]


def test_what_a_machine_did_moves_in_silence(trio: list[Person]) -> None:
    ana, ben, _ = trio
    told = NewEvent("bot", ben.first_lead, "unsubscribed", NOW, NOW, is_machine=True)  # type: ignore[attr-defined]
    events.record(events=[told], person_of={told.lead_id: ben.pk}, causes=[Cause.LIVE], origin="api", now=NOW)
    events.move_events(event_ids=["bot"], to_lead=ana.first_lead, actor=None, now=NOW)  # type: ignore[attr-defined]
    assert Event.objects.get(event_id="bot").lead_id == ana.first_lead  # type: ignore[attr-defined]
    assert not Touched.objects.exists()
    assert not Job.objects.exists()


def test_a_record_that_is_gone_takes_nothing_back(trio: list[Person]) -> None:
    ana, ben, _ = trio
    event = Event.objects.get(lead=ben.first_lead)  # type: ignore[attr-defined]
    events.move_events(event_ids=[event.event_id], to_lead=ana.first_lead, actor=None, now=NOW)  # type: ignore[attr-defined]
    delete_leads(lead_ids=[ben.first_lead])  # type: ignore[attr-defined]
    with pytest.raises(UnableToMoveEvent, match="no longer here"):
        events.move_events_back(event_ids=[event.event_id], actor=None, now=NOW)


def test_moving_takes_a_fixed_number_of_queries(trio: list[Person], django_assert_num_queries: Any) -> None:
    ana, ben, _ = trio
    many = person("Kim", events=tuple(("call_attempted", timedelta(hours=n)) for n in range(1, 12)))
    ids = list(Event.objects.filter(lead__person=many.pk).values_list("event_id", flat=True))

    def counted(event_ids: list[str], to: Person) -> int:
        with CaptureQueriesContext(connection) as captured:
            events.move_events(event_ids=event_ids, to_lead=to.first_lead, actor=None, now=NOW)  # type: ignore[attr-defined]
        return len(captured)

    assert counted(ids[:1], ana) == counted(ids[1:], ben)


def test_an_opt_out_that_is_moved_closes_the_right_channel_and_opens_none(trio: list[Person]) -> None:
    ana, ben, _ = trio
    told = NewEvent("stop", ben.first_lead, "unsubscribed", NOW, NOW)  # type: ignore[attr-defined]
    events.record(events=[told], person_of={told.lead_id: ben.pk}, causes=[Cause.LIVE], origin="api", now=NOW)
    work()
    events.move_events(event_ids=["stop"], to_lead=ana.first_lead, actor=None, now=NOW)  # type: ignore[attr-defined]
    work()
    assert set(Suppression.objects.values_list("lead__person", "channel")) == {(ana.pk, "EMAIL"), (ben.pk, "EMAIL")}


# --- at the same instant --------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_twenty_who_tell_of_one_at_once_make_one_person() -> None:
    def deed(number: int) -> Any:
        row = LeadRow(str(number), name="Ana", emails=("ana@example.com",), phones=("+18135550142",))
        return lambda: tell_lead(
            row=row, has_own_id=True, system=f"system{number}", provenance="UNKNOWN", origin="api", now=NOW
        )

    at_once([deed(number) for number in range(20)])
    assert (Person.everyone.count(), Lead.objects.count()) == (1, 20)


@pytest.mark.django_db(transaction=True)
def test_merges_and_records_at_once_leave_no_lead_with_who_is_gone() -> None:
    ana, ben = person("Ana", emails=("ana@example.com",)), person("Ben", emails=("ben@example.com",))

    def told(number: int) -> Any:
        row = LeadRow(str(number), name="Ben", emails=("ben@example.com",))
        return lambda: tell_lead(
            row=row, has_own_id=True, system=f"system{number}", provenance="UNKNOWN", origin="api", now=NOW
        )

    at_once([*(told(number) for number in range(6)), lambda: merge(ana, ben)])
    assert set(Lead.objects.values_list("person_id", flat=True)) == {ana.pk}
    undo(Merge.objects.get().pk)
    assert Lead.objects.filter(person=ben).exists()


@pytest.mark.django_db(transaction=True)
def test_who_is_told_while_a_file_brings_them_waits_and_finds_them(monkeypatch: pytest.MonkeyPatch) -> None:
    stored, told = threading.Event(), threading.Event()
    store = running.store_people

    def slow(**more: Any) -> Any:
        counts = store(**more)
        stored.set()
        # Whoever does not wait for us is done long before.
        assert not told.wait(0.7)
        return counts

    monkeypatch.setattr(running, "store_people", slow)
    part_of = receive(people("1,2024-03-01 10:00,Ana,Lee,Lead,Zillow,,ana@example.com,,,,,,"))
    intake.start_import(import_id=part_of.pk, actor=None, now=NOW)

    def tell() -> None:
        assert stored.wait(20)
        row = LeadRow("9", name="Ana Lee", emails=("ana@example.com",))
        tell_lead(row=row, has_own_id=True, system="form", provenance="UNKNOWN", origin="api", now=NOW)
        told.set()

    at_once([tell, lambda: intake.run_import(import_id=part_of.pk, clock=lambda: NOW)])
    assert (Person.objects.count(), Lead.objects.count()) == (1, 2)
