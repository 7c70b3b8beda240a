"""Merging, taking apart, and moving one event: what each does to whom."""

from datetime import timedelta
from typing import Any

import pytest

from leadlight.accounts.models import AuditEntry
from leadlight.consent.models import Suppression
from leadlight.consent.operations import suppress
from leadlight.consent.queries import by_person
from leadlight.events.models import Event, Touched
from leadlight.events.operations import (
    UnableToMoveEvent,
    merge_many,
    merge_persons,
    move_event,
    settle_persons,
    undo_merge,
)
from leadlight.jobs import worker
from leadlight.jobs.models import Job
from leadlight.kit.clock import utc_now
from leadlight.leads.models import Lead, Merge, Person
from leadlight.leads.operations import UnableToMerge, keep_apart
from leadlight.leads.rules import Wish
from leadlight.scoring.models import Score, ScoreStep
from tests.web.build import person, tell, user

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def merge(keep: Person, *gone: Person) -> int:
    made = merge_persons(keep=keep.pk, gone=[one.pk for one in gone], reason="", actor=None, now=utc_now())
    return made.merge_id


def undo(merge_id: int) -> Any:
    return undo_merge(merge_id=merge_id, actor=None, now=utc_now())


def whose() -> dict[str, str]:
    """Return whose each record is, by names."""
    rows = Lead.objects.order_by("pk").values_list("name", "person__name")
    return dict(rows)


class TestMerging:
    def test_the_leads_go_to_the_one_kept_and_come_back(self) -> None:
        ann, bob, cy = person("Ann"), person("Bob"), person("Cy")
        made = merge(ann, bob, cy)
        assert {lead.person_id for lead in Lead.objects.all()} == {ann.pk}
        assert list(Person.objects.values_list("pk", flat=True)) == [ann.pk]
        parted = undo(made)
        assert set(parted.back) == {bob.pk, cy.pk}
        assert whose() == {"Ann": "Ann", "Bob": "Bob", "Cy": "Cy"}
        assert undo(made) is None

    def test_any_merge_of_a_chain_can_be_undone_first(self) -> None:
        ann, bob, cy = person("Ann"), person("Bob"), person("Cy")
        first, second = merge(bob, cy), merge(ann, bob)
        assert {lead.person_id for lead in Lead.objects.all()} == {ann.pk}
        undo(first)
        # Cy came by way of Bob, and goes back to itself although Bob is still with Ann.
        assert {lead.name: lead.person_id for lead in Lead.objects.all()} == {
            "Ann": ann.pk,
            "Bob": ann.pk,
            "Cy": cy.pk,
        }
        undo(second)
        assert {lead.name: lead.person_id for lead in Lead.objects.all()} == {
            "Ann": ann.pk,
            "Bob": bob.pk,
            "Cy": cy.pk,
        }

    def test_who_went_already_is_taken_for_whom_they_went_into(self) -> None:
        ann, bob, cy = person("Ann"), person("Bob"), person("Cy")
        merge(ann, bob)
        made = merge(cy, bob)
        assert {lead.person_id for lead in Lead.objects.all()} == {cy.pk}
        undo(made)
        assert {lead.person_id for lead in Lead.objects.filter(name__in=["Ann", "Bob"])} == {ann.pk}

    @pytest.mark.parametrize("case", ["itself", "nobody", "apart", "already"])
    def test_what_cannot_be_merged_says_why_and_changes_nothing(self, case: str) -> None:
        ann, bob = person("Ann"), person("Bob")
        gone = {"itself": ann.pk, "nobody": 999_999}.get(case, bob.pk)
        if case == "apart":
            keep_apart(person_ids=[ann.pk, bob.pk], actor=None, now=utc_now())
        if case == "already":
            merge(ann, bob)
        n = Merge.objects.count()
        with pytest.raises(UnableToMerge):
            merge_persons(keep=ann.pk, gone=[gone], reason="", actor=None, now=utc_now())
        assert Merge.objects.count() == n
        with pytest.raises(UnableToMerge, match="no such merge"):
            undo(999_999)

    def test_scores_follow_silently_and_others_hear(self) -> None:
        ann, bob = person("Ann", score=60.0), person("Bob", score=40.0)
        Touched.objects.all().delete()
        made = merge(ann, bob)
        assert set(Touched.objects.values_list("person_id", "cause")) == {(ann.pk, "MERGE"), (bob.pk, "MERGE")}
        assert {job.name for job in Job.objects.all()} >= {"crm.on_persons_changed", "events.settle_persons"}
        steps = ScoreStep.objects.filter(person=bob.pk).count()
        worker.run_until_idle()
        undo(made)
        worker.run_until_idle()
        assert Score.objects.filter(person=bob.pk).exists()
        assert ScoreStep.objects.filter(person=bob.pk).count() >= steps
        assert [entry.action for entry in AuditEntry.objects.order_by("pk")][-2:] == [
            "persons.merged",
            "persons.parted",
        ]

    def test_a_closed_channel_closes_it_for_both_and_is_only_ones_own_again(self) -> None:
        ann, bob = person("Ann"), person("Bob")
        suppress(rows=[(bob.leads.get().pk, "SMS", "OPTED_OUT", "STOP")], origin="t", now=utc_now())
        made = merge(ann, bob)
        assert [shut.channel for shut in by_person([ann.pk])[ann.pk]] == ["SMS"]
        undo(made)
        assert ann.pk not in by_person([ann.pk])
        assert [shut.channel for shut in by_person([bob.pk])[bob.pk]] == ["SMS"]
        assert Suppression.objects.count() == 1

    def test_a_request_waits_with_the_one_kept(self) -> None:
        ann, bob = person("Ann"), person("Bob", events=(("inquiry", DAY),))
        made = merge(ann, bob)
        assert Person.objects.get(pk=ann.pk).asked_for == "inquiry"
        undo(made)
        assert Person.objects.get(pk=ann.pk).asked_for == ""
        assert Person.objects.get(pk=bob.pk).asked_for == "inquiry"

    def test_what_comes_after_stays_with_whom_it_came_to(self) -> None:
        ann, bob = person("Ann"), person("Bob")
        made = merge(ann, bob)
        tell(Lead.objects.get(name="Bob").pk, ("inquiry", DAY))
        undo(made)
        settle_persons(person_ids=[ann.pk, bob.pk], now=utc_now())
        # The event belongs to Bob's record, wherever that was.
        assert Person.objects.get(pk=bob.pk).asked_for == "inquiry"
        assert Person.objects.get(pk=ann.pk).asked_for == ""

    def test_the_number_of_queries_does_not_grow(self, django_assert_max_num_queries: Any) -> None:
        people = [person(f"P{k}") for k in range(40)]
        wishes = [Wish(people[k].pk, (people[k + 1].pk,)) for k in range(0, 40, 2)]
        with django_assert_max_num_queries(48):
            made = merge_many(wishes=wishes, actor=None, now=utc_now())
        assert len({done.kept for done in made if not isinstance(done, str)}) == 20


class TestMoving:
    def test_an_event_moves_and_moves_back(self) -> None:
        ann, bob = person("Ann", events=(("inquiry", DAY),)), person("Bob")
        event = Event.objects.get()
        before = Event.objects.values().get()
        Touched.objects.all().delete()
        move_event(event_id=event.event_id, to_lead=bob.leads.get().pk, actor=user(), now=utc_now())
        assert (Person.objects.get(pk=ann.pk).asked_for, Person.objects.get(pk=bob.pk).asked_for) == ("", "inquiry")
        assert set(Touched.objects.values_list("person_id", "cause")) == {(ann.pk, "TEAM"), (bob.pk, "TEAM")}
        entry = AuditEntry.objects.get(action="event.moved")
        assert entry.detail["from"] == ann.leads.get().pk
        move_event(event_id=event.event_id, to_lead=entry.detail["from"], actor=None, now=utc_now())
        assert Event.objects.values().get() == before
        assert Person.objects.get(pk=ann.pk).asked_for == "inquiry"

    def test_moving_to_where_it_is_does_nothing(self) -> None:
        ann = person("Ann", events=(("inquiry", DAY),))
        move_event(event_id=Event.objects.get().event_id, to_lead=ann.leads.get().pk, actor=None, now=utc_now())
        assert not AuditEntry.objects.exists()

    def test_what_is_not_there_says_so(self) -> None:
        ann = person("Ann", events=(("inquiry", DAY),))
        with pytest.raises(UnableToMoveEvent, match="event"):
            move_event(event_id="none", to_lead=ann.leads.get().pk, actor=None, now=utc_now())
        with pytest.raises(UnableToMoveEvent, match="lead"):
            move_event(event_id=Event.objects.get().event_id, to_lead=999_999, actor=None, now=utc_now())
