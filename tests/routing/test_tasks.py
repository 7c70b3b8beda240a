"""What is to be done, by whom; and nothing of it left lying when somebody leaves. On both databases."""

import pytest
from django.test import Client

from leadlight.accounts.models import Role, User
from leadlight.events.models import Event
from leadlight.leads.models import Lead, Person
from leadlight.leads.operations import UnableToHandOver
from leadlight.routing import operations
from leadlight.routing.models import Alert, Assignment, PushSubscription, Task, TaskKind, Wait
from leadlight.routing.operations import UnableToChangeTask
from tests.routing.build import DAY, HOUR, MINUTE, NOON, agent, ask, lead

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann() -> User:
    return agent("Ann Blake")


@pytest.fixture
def bea() -> User:
    return agent("Bea Cole")


def make(who: Person, actor: User, why: str = "Send the plans") -> Task:
    return operations.make_task(
        person_id=who.pk, kind=TaskKind.EMAIL, why=why, due_at=NOON + DAY, actor=actor, now=NOON
    )


def test_a_task_is_made_put_off_and_done(ann: User) -> None:
    who = lead(owner=ann)
    task = make(who, ann, " Send  the plans ")
    assert (task.why, task.owner, task.done_at) == ("Send the plans", ann, None)
    operations.snooze_task(task_id=task.pk, until=NOON + 2 * DAY, actor=ann, now=NOON)
    operations.finish_task(task_id=task.pk, outcome=" Sent ", actor=ann, now=NOON + HOUR)
    task.refresh_from_db()
    assert (task.snoozed_until, task.done_at, task.done_by, task.outcome) == (
        NOON + 2 * DAY,
        NOON + HOUR,
        ann,
        "Sent",
    )
    with pytest.raises(UnableToChangeTask, match="done already"):
        operations.finish_task(task_id=task.pk, outcome="", actor=ann, now=NOON)


def test_what_cannot_be(ann: User, bea: User) -> None:
    who = lead(owner=ann)
    task = make(who, ann)
    with pytest.raises(UnableToChangeTask, match="what is to be done"):
        make(who, ann, "  ")
    with pytest.raises(UnableToChangeTask, match="moment to come"):
        operations.snooze_task(task_id=task.pk, until=NOON, actor=ann, now=NOON)
    with pytest.raises(UnableToChangeTask, match="no longer here"):
        operations.finish_task(task_id=10**9, outcome="", actor=ann, now=NOON)
    with pytest.raises(UnableToChangeTask, match="not yours"):
        operations.finish_task(task_id=task.pk, outcome="", actor=bea, now=NOON)
    with pytest.raises(UnableToChangeTask, match="Write something"):
        operations.add_note(person_id=who.pk, text=" ", actor=ann, now=NOON)


def test_a_lead_of_nobody_is_everybodys_to_work_with(ann: User) -> None:
    assert make(lead(), ann).owner == ann


def test_a_note_is_an_event(ann: User) -> None:
    who = lead(owner=ann)
    ask(who)
    operations.add_note(person_id=who.pk, text="Likes porches\n", actor=ann, now=NOON + MINUTE)
    note = Event.objects.get(kind="note_added")
    assert (note.actor, note.props, note.cause) == ("Ann Blake", {"text": "Likes porches"}, "TEAM")
    assert Wait.objects.get().ended_at is None, "a note reaches nobody"


def test_a_lead_is_handed_over_with_what_is_to_be_done(ann: User, bea: User) -> None:
    who = lead(owner=ann)
    ask(who)
    operations.hand_over(person_id=who.pk, to_user=bea.pk, actor=ann, now=NOON)
    who.refresh_from_db()
    given = Assignment.objects.get()
    assert (who.owner, Task.objects.get().owner) == (bea, bea)
    assert (given.agent, given.by, given.reason, given.is_turn) == (bea, ann, "Handed over by Ann Blake", False)
    assert list(Alert.objects.order_by("pk").values_list("user__name", flat=True)) == ["Ann Blake", "Bea Cole"]
    with pytest.raises(UnableToHandOver, match="not yours to hand over"):
        operations.hand_over(person_id=who.pk, to_user=ann.pk, actor=ann, now=NOON)
    for heir in (agent("Lou", Role.ANALYST), agent("Gone", is_active=False)):
        with pytest.raises(UnableToHandOver, match="works with leads"):
            operations.hand_over(person_id=who.pk, to_user=heir.pk, actor=bea, now=NOON)


def test_after_somebody_left_nothing_is_without_an_owner(ann: User, bea: User) -> None:
    olga, cal = agent("Olga", Role.OWNER), agent("Cal")
    people = [lead(f"Lead {k}", owner=ann) for k in range(4)]
    for who in people:
        ask(who)
    done = Task.objects.order_by("pk")[0]
    operations.finish_task(task_id=done.pk, outcome="Called", actor=ann, now=NOON)
    operations.claim(wait_id=Wait.objects.order_by("-pk")[0].pk, user=ann, now=NOON)
    stray = make(lead("Nobody's"), ann)
    PushSubscription.objects.create(user=ann, endpoint="https://push.example/a", created_at=NOON)
    client = Client()
    client.force_login(ann)
    n = operations.remove_agent(user_id=ann.pk, heir_ids=[bea.pk, cal.pk], actor=olga, now=NOON + HOUR)
    assert n == 4
    assert client.get("/").status_code == 302
    assert not Person.objects.filter(owner=ann).exists()
    assert [Person.objects.filter(owner=heir).count() for heir in (bea, cal)] == [2, 2]
    assert not Lead.objects.filter(assignee=ann).exists()
    for task in Task.objects.filter(done_at=None).exclude(pk=stray.pk).select_related("lead__person"):
        assert task.owner == task.lead.person.owner
    stray.refresh_from_db()
    done.refresh_from_db()
    assert (stray.owner, done.owner, done.done_by) == (olga, ann, ann)
    wait = Wait.objects.exclude(claimed_by=None).get()
    assert wait.claimed_by == wait.lead.person.owner
    assert not PushSubscription.objects.exists()
    called = set(Alert.objects.exclude(user=ann).values_list("wait", "user"))
    free = Wait.objects.filter(claimed_by=None, ended_at=None)
    assert called == set(free.values_list("pk", "lead__person__owner"))
    with pytest.raises(UnableToHandOver, match="not of the team"):
        operations.remove_agent(user_id=ann.pk, heir_ids=[], actor=olga, now=NOON)
