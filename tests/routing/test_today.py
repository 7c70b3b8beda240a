"""The day of somebody of the team. On both databases."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leadlight.accounts.models import Role, User
from leadlight.events.rules import Cause
from leadlight.routing import operations, queries
from leadlight.routing.models import TaskKind, Wait
from leadlight.routing.operations import PAUSE, Turned
from leadlight.routing.rules.outcomes import Outcome, Said
from tests.routing.build import DAY, HOUR, MINUTE, NOON, agent, ask, happen, lead

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann() -> User:
    return agent("Ann Blake")


def call_later(name: str, ann: User, due: timedelta) -> int:
    task = operations.make_task(
        person_id=lead(name, owner=ann).pk,
        kind=TaskKind.CALL,
        why="Check in",
        due_at=NOON + due,
        actor=ann,
        now=NOON - DAY,
    )
    return task.pk


def turn_hot(name: str, ann: User, ago: timedelta) -> None:
    who = lead(name, owner=ann, score=91.0, reason="Asked about financing")
    operations.hear_hot(turned=[Turned(who.pk, NOON - ago)], cause=Cause.SWEEP, now=NOON - ago)


def test_the_queue_in_order(ann: User) -> None:
    call_later("Due", ann, -HOUR)
    call_later("This evening", ann, 6 * HOUR)
    call_later("Tomorrow", ann, DAY)
    off = call_later("Put off", ann, -HOUR)
    operations.snooze_task(task_id=off, until=NOON + HOUR, actor=ann, now=NOON)
    turn_hot("Hot", ann, 2 * HOUR)
    ask(lead("Asked", owner=ann), NOON - 2 * MINUTE, listing="9 Oak St")
    ask(lead("Asked first", owner=ann), NOON - HOUR)
    found = queries.today(ann, now=NOON)
    assert found.next is not None
    assert [entry.name for entry in (found.next, *found.queue)] == [
        "Asked first",
        "Asked",
        "Hot",
        "Due",
        "This evening",
    ]
    asked, hot, due = found.queue[0], found.queue[1], found.queue[2]
    assert (asked.what, asked.why, asked.task, asked.owner_id) == ("INQUIRY", "Asked about 9 Oak St", "CALL", ann.pk)
    assert (asked.at, asked.due_at) == (NOON - 2 * MINUTE, NOON + 3 * MINUTE)
    assert (hot.tier, hot.score, hot.reason) == ("HOT", 91.0, "Asked about financing")
    assert (due.what, due.wait_id) == ("TASK", None)
    assert due.task_id is not None
    assert (found.n_waiting, found.n_in_time, found.longest_since) == (3, 1, NOON - 2 * HOUR)
    later = queries.today(ann, now=NOON + 61 * MINUTE)
    assert "Put off" in {entry.name for entry in later.queue}


def test_a_day_with_nothing(ann: User) -> None:
    found = queries.today(ann, now=NOON)
    assert (found.next, found.queue, found.done, found.n_waiting, found.longest_since) == (None, [], [], 0, None)
    assert found.since.at is None


def test_since_they_were_here(ann: User) -> None:
    assert operations.note_visit(user=ann, now=NOON - 3 * DAY) is None
    ask(lead("Before"), NOON - 3 * DAY - MINUTE)
    assert operations.note_visit(user=ann, now=NOON - 3 * DAY + PAUSE) is None
    ask(lead("Marisol Ortega"), NOON - DAY)
    replied = lead("Ben", owner=ann)
    event = happen(replied, "sms_replied", NOON - DAY, props={"text": "Hello"})
    operations.hear_replies(event_ids=[event], cause=Cause.LIVE, now=NOON - DAY)
    turn_hot("Cleo", ann, 2 * HOUR)
    for wait in Wait.objects.filter(lead__person=replied):
        for level in (1, 2):
            operations.escalate(reached={(wait.pk, level)}, now=NOON - DAY + 10 * MINUTE)
    left = NOON - 3 * DAY + PAUSE
    assert operations.note_visit(user=ann, now=NOON) == left
    assert operations.note_visit(user=ann, now=NOON + MINUTE) == left
    since = queries.today(ann, now=NOON + MINUTE).since
    assert since.at == left
    assert [name.name for name in since.new] == ["Marisol Ortega"]
    assert [name.name for name in since.replied] == ["Ben"]
    assert [name.name for name in since.came_back] == ["Cleo"]
    assert [name.name for name in since.missed] == ["Ben"]


def test_done_today_with_what_came_of_it(ann: User) -> None:
    who = lead("Ana", owner=ann)
    ask(who)
    done = operations.record_outcome(person_id=who.pk, said=Said(Outcome.REACHED), actor=ann, now=NOON)
    task = call_later("Ben", ann, -HOUR)
    operations.finish_task(task_id=task, outcome="", actor=ann, now=NOON + MINUTE)
    taken_back = lead("Cleo", owner=ann)
    undone = operations.record_outcome(person_id=taken_back.pk, said=Said(Outcome.VOICEMAIL), actor=ann, now=NOON)
    operations.undo_outcome(outcome_id=undone.pk, actor=ann, now=NOON)
    operations.record_outcome(person_id=who.pk, said=Said(Outcome.VOICEMAIL), actor=ann, now=NOON - 13 * HOUR)
    found = queries.today(ann, now=NOON + HOUR)
    assert [(one.who.name, one.outcome, one.by, one.outcome_id) for one in found.done] == [
        ("Ben", "Check in", "Ann Blake", None),
        ("Ana", "Reached", "Ann Blake", done.pk),
    ]


def test_nobody_sees_leads_of_others_and_managers_see_all(ann: User) -> None:
    bea, lou = agent("Bea"), agent("Lou", Role.LEAD_MANAGER)
    who = lead("Ana", owner=ann)
    ask(who)
    operations.note_visit(user=bea, now=NOON - DAY)
    operations.note_visit(user=bea, now=NOON)
    operations.escalate(reached={(Wait.objects.get().pk, 1)}, now=NOON + 5 * MINUTE)
    operations.record_outcome(person_id=who.pk, said=Said(Outcome.VOICEMAIL), actor=ann, now=NOON)
    ask(who, NOON + 6 * MINUTE)
    hidden = queries.today(bea, now=NOON + 7 * MINUTE)
    assert (hidden.next, hidden.queue, hidden.done, hidden.n_waiting) == (None, [], [], 0)
    assert not any((hidden.since.new, hidden.since.replied, hidden.since.came_back, hidden.since.missed))
    shown = queries.today(lou, now=NOON + 7 * MINUTE)
    assert (shown.n_waiting, len(shown.done)) == (1, 1)
    assert shown.next is not None
    assert [breach.wait.lead.person_id for breach in queries.breaches(lou, since=NOON, until=NOON + DAY)] == [who.pk]
    assert not queries.breaches(bea, since=NOON, until=NOON + DAY).exists()
    assert not queries.breaches(lou, since=NOON, until=NOON + 5 * MINUTE).exists()


def test_any_number_takes_as_many_queries(ann: User) -> None:
    def counted(n: int) -> int:
        for k in range(n):
            ask(lead(f"Asked {k}"), NOON - (k + 1) * MINUTE)
            turn_hot(f"Hot {k}", ann, 2 * HOUR)
            call_later(f"Due {k}", ann, -HOUR)
            done = lead(f"Done {k}", owner=ann)
            operations.record_outcome(person_id=done.pk, said=Said(Outcome.REACHED), actor=ann, now=NOON)
        operations.note_visit(user=ann, now=NOON + n * HOUR)
        with CaptureQueriesContext(connection) as captured:
            queries.today(ann, now=NOON)
        return len(captured)

    assert counted(1) == counted(9) == 10
