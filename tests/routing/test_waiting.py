"""Who waits for us: an owner, a task, an alert; answered, or heard of by others. On both databases."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leadlight.accounts.models import Brokerage, Role, User
from leadlight.events.operations import NewEvent, append, merge_persons, retract, undo_merge
from leadlight.events.rules import Cause
from leadlight.jobs.models import Job
from leadlight.jobs.operations import publish
from leadlight.kit.clock import utc_now
from leadlight.leads.models import Person
from leadlight.leads.operations import store_leads
from leadlight.leads.rules import NewLead
from leadlight.routing import operations
from leadlight.routing.models import Alert, Assignment, Breach, Task, Wait
from leadlight.routing.operations import Turned
from leadlight.scoring.models import Score
from tests.routing.build import DAY, HOUR, MINUTE, NOON, agent, ask, away, happen, lead, open_always, work

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann() -> User:
    return agent("Ann Blake")


def called() -> list[tuple[int, str, str]]:
    return list(Alert.objects.order_by("pk").values_list("level", "user__name", "channel"))


def looks() -> list[tuple[int, datetime]]:
    jobs = Job.objects.filter(name="routing.escalate").order_by("run_at")
    return [(job.payload["level"], job.run_at) for job in jobs]


def escalate(level: int, now: datetime, wait: Wait | None = None) -> int:
    wait = wait or Wait.objects.get()
    return operations.escalate(reached={(wait.pk, level)}, now=now)


def test_an_inquiry_finds_its_owner_a_task_and_an_alert(ann: User) -> None:
    who = lead()
    event_id = ask(who, listing="214 Alder Ct")
    who.refresh_from_db()
    assert who.owner == ann
    wait, task, given = Wait.objects.get(), Task.objects.get(), Assignment.objects.get()
    assert (wait.kind, wait.began_at, wait.due_at, wait.ended_at) == ("INQUIRY", NOON, NOON + 5 * MINUTE, None)
    assert (task.kind, task.why, task.owner, task.due_at) == ("CALL", "Asked about 214 Alder Ct", ann, wait.due_at)
    assert task.origin == wait.origin == f"inquiry:{event_id}"
    assert (given.person, given.agent, given.reason, given.candidates) == (who, ann, "The only one on duty", [ann.pk])
    assert given.cause == "LIVE"
    assert called() == [(0, "Ann Blake", "EMAIL")]
    assert looks() == [(1, NOON + 5 * MINUTE), (2, NOON + 10 * MINUTE)]


def test_told_again_nothing_happens(ann: User) -> None:
    event_id = ask(lead())
    operations.hear_inquiries(event_ids=[event_id, event_id], cause=Cause.LIVE, now=NOON + MINUTE)
    assert [model.objects.count() for model in (Wait, Task, Alert, Assignment)] == [1, 1, 1, 1]
    assert len(looks()) == 2


def test_a_second_inquiry_renews_the_task_and_calls_nobody(ann: User) -> None:
    who = lead()
    ask(who)
    second = ask(who, NOON + 2 * MINUTE, listing="9 Oak St")
    assert [(wait.began_at, wait.ended_at) for wait in Wait.objects.all()] == [(NOON, None)]
    assert len(called()) == 1
    assert len(looks()) == 2
    task = Task.objects.get(done_at=None)
    assert (task.origin, task.due_at) == (f"inquiry:{second}", NOON + 7 * MINUTE)
    assert Task.objects.exclude(done_at=None).get().outcome == "They asked again"


def test_an_owner_keeps_their_lead(ann: User) -> None:
    bea = agent("Bea", takes_leads=False, **away(date(2026, 6, 1)))
    who = lead(owner=bea)
    ask(who)
    who.refresh_from_db()
    assert who.owner == bea
    assert not Assignment.objects.exists()
    assert called() == [(0, "Bea", "EMAIL")]


def test_many_at_once_go_round_in_as_many_queries(ann: User) -> None:
    agent("Bea"), agent("Cal")

    def counted(n: int, at: datetime) -> int:
        ids = [happen(lead(f"Lead {k}"), "inquiry", at + k * MINUTE) for k in range(n)]
        with CaptureQueriesContext(connection) as captured:
            operations.hear_inquiries(event_ids=ids, cause=Cause.LIVE, now=at + HOUR)
        return len(captured)

    few, many = counted(2, NOON), counted(40, NOON + DAY)
    assert few == many
    agents = list(Assignment.objects.order_by("pk").values_list("agent__name", flat=True))
    assert agents == (["Ann Blake", "Bea", "Cal"] * 14)[:42]
    assert set(Person.objects.values_list("owner__name", flat=True)) == {"Ann Blake", "Bea", "Cal"}


def test_the_turn_is_kept_over_restarts_and_by_who_is_passed_over(ann: User) -> None:
    bea = agent("Bea", **away(date(2026, 6, 1)))
    for k in range(2):
        ask(lead(f"Lead {k}"), NOON + k * MINUTE)
    ask(lead("Next day"), NOON + DAY)
    assert list(Assignment.objects.order_by("pk").values_list("agent", flat=True)) == [ann.pk, ann.pk, bea.pk]


def test_a_touch_by_a_person_answers_and_a_machine_does_not(ann: User) -> None:
    who = lead()
    ask(who)
    for kind, fields in (
        ("email_sent", {"actor": "Ann Blake", "props": {"automatic": True}}),
        ("email_sent", {}),
        ("note_added", {"actor": "Ann Blake"}),
    ):
        operations.hear_touches(event_ids=[happen(who, kind, NOON + MINUTE, **fields)], now=NOON + MINUTE)
    assert Wait.objects.get().ended_at is None
    call = happen(who, "call_attempted", NOON + 3 * MINUTE, actor="ann blake")
    assert operations.hear_touches(event_ids=[call], now=NOON + 4 * MINUTE) == 1
    wait, task = Wait.objects.get(), Task.objects.get()
    assert (wait.answered_at, wait.answered_by, wait.raw_seconds, wait.open_seconds) == (
        NOON + 3 * MINUTE,
        ann,
        180.0,
        180.0,
    )
    assert (task.done_at, task.done_by, task.outcome) == (NOON + 3 * MINUTE, None, "Answered")
    assert escalate(1, NOON + 5 * MINUTE) == 0
    assert not Breach.objects.exists()


def test_a_touch_that_was_told_before_the_inquiry_answers_it(ann: User) -> None:
    who = lead()
    asked = happen(who, "inquiry", NOON)
    happen(who, "sms_sent", NOON + MINUTE, actor="Somebody Else")
    operations.hear_inquiries(event_ids=[asked], cause=Cause.LIVE, now=NOON + 2 * MINUTE)
    wait = Wait.objects.get()
    assert (wait.answered_by, wait.raw_seconds) == (None, 60.0)
    assert not Alert.objects.exists()
    assert not Task.objects.exists()


def test_a_touch_that_was_taken_back_answers_nobody(ann: User) -> None:
    who = lead()
    ask(who)
    call = happen(who, "call_attempted", NOON + MINUTE, actor="Ann")
    retract(event_ids=[call], reason="", now=NOON + MINUTE)
    operations.hear_touches(event_ids=[call], now=NOON + 2 * MINUTE)
    assert escalate(1, NOON + 5 * MINUTE) == 1


def test_nobody_answers_so_a_second_is_called_and_then_the_team_leads(ann: User) -> None:
    agent("Bea", **away(date(2026, 6, 1)))
    agent("Cal"), agent("Dee")
    lou, moe = agent("Lou", Role.LEAD_MANAGER), agent("Moe", Role.LEAD_MANAGER)
    agent("Olga", Role.OWNER)
    ask(lead())
    assert escalate(1, NOON + 5 * MINUTE) == 1
    assert escalate(1, NOON + 6 * MINUTE) == 0, "a level is reached once"
    assert escalate(2, NOON + 10 * MINUTE) == 1
    assert called() == [
        (0, "Ann Blake", "EMAIL"),
        (1, "Cal", "EMAIL"),
        (2, lou.name, "EMAIL"),
        (2, moe.name, "EMAIL"),
    ]
    breaches = list(Breach.objects.order_by("pk").values_list("level", "at"))
    assert breaches == [(1, NOON + 5 * MINUTE), (2, NOON + 10 * MINUTE)]


def test_a_team_of_lead_managers_calls_nobody_twice() -> None:
    lou = agent("Lou", Role.LEAD_MANAGER)
    agent("Moe", Role.LEAD_MANAGER)
    ask(lead(owner=lou))
    for level in (1, 2):
        escalate(level, NOON + 5 * level * MINUTE)
    assert called() == [(0, "Lou", "EMAIL"), (1, "Moe", "EMAIL")]
    assert Breach.objects.count() == 2


def test_who_waits_at_once_calls_different_seconds_in_as_many_queries(ann: User) -> None:
    for name in ("Bea", "Cal", "Dee"):
        agent(name)

    def counted(n: int, at: datetime) -> int:
        for k in range(n):
            ask(lead(f"Lead {k}", owner=ann), at)
        waits = Wait.objects.filter(began_at=at).values_list("pk", flat=True)
        with CaptureQueriesContext(connection) as captured:
            operations.escalate(reached={(pk, 1) for pk in waits}, now=at + 5 * MINUTE)
        return len(captured)

    assert counted(3, NOON) == counted(12, NOON + DAY)
    assert [name for level, name, _ in called() if level == 1][:3] == ["Bea", "Cal", "Dee"]
    assert operations.escalate(reached=set(), now=NOON) == 0


def test_what_a_file_told_meanwhile_keeps_the_promise(ann: User) -> None:
    who = lead(owner=ann)
    ask(who)
    call = NewEvent("file-2", who.leads.get().pk, "call_attempted", NOON + MINUTE, NOON + MINUTE, actor="Ann Blake")
    append(events=[call], cause=Cause.IMPORT, origin="import:1", now=NOON + MINUTE)
    assert escalate(1, NOON + 5 * MINUTE) == 0
    assert Wait.objects.get().answered_by == ann


def test_a_lead_of_the_owner_for_want_of_others_is_no_turn() -> None:
    agent("Olga", Role.OWNER, takes_leads=False)
    ask(lead())
    given = Assignment.objects.get()
    assert (given.agent.name, given.is_turn, given.candidates) == ("Olga", False, [])


def test_without_lead_managers_the_owners_hear_and_nobody_twice() -> None:
    olga, oki = agent("Olga", Role.OWNER), agent("Oki", Role.OWNER)
    ask(lead(owner=olga))
    escalate(2, NOON + 10 * MINUTE)
    assert called() == [(0, "Olga", "EMAIL"), (2, "Oki", "EMAIL")]
    assert oki.is_active


def test_at_night_the_owner_hears_at_once_and_the_promise_waits_for_the_morning(ann: User) -> None:
    night = NOON + 10 * HOUR
    ask(lead(), night)
    opening = datetime(2026, 6, 2, 13, tzinfo=NOON.tzinfo)
    wait = Wait.objects.get()
    assert wait.due_at == opening + 5 * MINUTE
    assert called() == [(0, "Ann Blake", "EMAIL")]
    assert looks() == [(1, opening + 5 * MINUTE), (2, opening + 10 * MINUTE)]
    happen(wait.lead.person, "call_answered", opening + 2 * MINUTE, actor="Ann Blake")
    operations.settle_waits(person_ids=[wait.lead.person_id], now=opening + 3 * MINUTE)
    wait.refresh_from_db()
    assert (wait.raw_seconds, wait.open_seconds) == (11 * 3_600 + 120.0, 120.0)


def test_an_office_that_never_opens_goes_by_the_clock(ann: User) -> None:
    Brokerage.objects.update_or_create(pk=1, defaults={"hours": {"mon": ""}})
    ask(lead())
    assert Wait.objects.get().due_at == NOON + 5 * MINUTE


def turn_hot(who: Person, at: datetime, cause: str = "LIVE", **more: Any) -> None:
    payload = {"person_id": who.pk, "cause": cause, "as_of": at.isoformat(), "before": "WARM", "after": "HOT", **more}
    publish(facts={"scoring.tier_changed": [payload]}, now=at)
    work()


def test_whoever_turns_hot_by_their_own_doing_is_called(ann: User) -> None:
    open_always()
    who = lead(score=91.0, reason="Asked about financing")
    turn_hot(who, NOON)
    turn_hot(who, NOON)
    wait, task = Wait.objects.get(), Task.objects.get()
    assert (wait.kind, wait.began_at, task.kind) == ("HOT", NOON, "CALL")
    assert task.why == "Turned hot. Asked about financing"
    who.refresh_from_db()
    assert who.owner == ann
    assert called()[0] == (0, "Ann Blake", "EMAIL")


@pytest.mark.parametrize("cause", ["IMPORT", "MODEL_CHANGE", "MERGE", "SETTINGS", "TEAM"])
def test_nothing_else_calls_anybody(ann: User, cause: str) -> None:
    who = lead(score=91.0)
    turn_hot(who, NOON, cause)
    event = happen(who, "inquiry", NOON, cause=Cause(cause))
    publish(facts={"events.reply_received": [{"event_id": event, "cause": cause}]}, now=NOON)
    work()
    assert not Wait.objects.exists()
    assert not Task.objects.exists()
    assert not Alert.objects.exists()


def test_who_is_hot_no_more_or_was_spoken_with_is_not_called(ann: User) -> None:
    cooled, spoken, booked, hot = (lead(name, score=91.0) for name in ("Cooled", "Spoken", "Booked", "Hot"))
    Score.objects.filter(person=cooled).update(tier="WARM")
    Person.objects.filter(pk=booked.pk).update(state="BOOKED")
    happen(spoken, "call_answered", NOON - 59 * MINUTE, actor="Ann", cause=Cause.TEAM)
    happen(hot, "call_answered", NOON - 61 * MINUTE, actor="Ann", cause=Cause.TEAM)
    turned = [Turned(who.pk, NOON) for who in (cooled, spoken, booked, hot)]
    assert operations.hear_hot(turned=turned, cause=Cause.SWEEP, now=NOON) == 1
    assert Wait.objects.get().lead.person == hot
    assert operations.hear_hot(turned=[], cause=Cause.SWEEP, now=NOON) == 0


def test_an_inquiry_that_makes_somebody_hot_calls_once(ann: User) -> None:
    who = lead(score=91.0)
    ask(who)
    turned = [Turned(who.pk, NOON + MINUTE)]
    assert operations.hear_hot(turned=turned, cause=Cause.LIVE, now=NOON + MINUTE) == 0
    assert len(called()) == 1
    assert Task.objects.filter(done_at=None).count() == 2
    later = [Turned(who.pk, NOON + 2 * HOUR)]
    assert operations.hear_hot(turned=later, cause=Cause.LIVE, now=NOON + 2 * HOUR) == 1
    assert len(called()) == 2


def test_what_called_nobody_calls_nobody_when_it_is_told_again(ann: User) -> None:
    who = lead(owner=ann)
    ask(who)
    reply = happen(who, "sms_replied", NOON + MINUTE, props={"text": "Hello?"})

    def tell(minutes: int) -> int:
        return operations.hear_replies(event_ids=[reply], cause=Cause.LIVE, now=NOON + minutes * MINUTE)

    assert tell(1) == 0, "they wait already"
    Wait.objects.update(ended_at=NOON + 2 * MINUTE)
    assert tell(3) == 0
    happen(who, "call_attempted", NOON + 4 * MINUTE, actor="Ann Blake")
    assert tell(5) == 0
    assert (Wait.objects.count(), len(called())) == (1, 1)


@pytest.mark.parametrize(
    ("kind", "task", "why"),
    [
        ("email_replied", "EMAIL", "Answer them: they replied to an email"),
        ("sms_replied", "TEXT", "Answer them: they replied to a text"),
        ("call_received", "CALL", "Answer them: they called"),
    ],
)
def test_a_reply_is_to_be_answered(ann: User, kind: str, task: str, why: str) -> None:
    who = lead(owner=ann)
    event_id = happen(who, kind, NOON, props={"text": "Is it still for sale?"})
    operations.hear_replies(event_ids=[event_id], cause=Cause.LIVE, now=NOON)
    made = Task.objects.get()
    assert (made.kind, made.why, made.owner, made.due_at) == (task, why, ann, NOON + 5 * MINUTE)
    assert called() == [(0, "Ann Blake", "EMAIL")]


def test_what_asks_for_no_answer_makes_no_task(ann: User) -> None:
    who = lead(owner=ann)
    ids = [
        happen(who, "email_replied", NOON, props={"text": "I am away until Monday", "automatic": True}),
        happen(who, "sms_replied", NOON, props={"text": "STOP"}),
        happen(who, "call_received", NOON, duration_seconds=65.0, actor="Ann"),
    ]
    assert operations.hear_replies(event_ids=ids, cause=Cause.LIVE, now=NOON) == 0
    assert not Task.objects.exists()


def test_who_wants_no_contact_is_left_alone(ann: User) -> None:
    who, other = lead(owner=ann), lead("Other", owner=ann)
    ask(who), ask(other)
    stop = happen(who, "opted_out", NOON + MINUTE)
    less = happen(other, "opted_out", NOON + MINUTE, props={"channel": "EMAIL"})
    operations.hear_opt_outs(event_ids=[stop, less], now=NOON + MINUTE)
    wait = Wait.objects.get(lead__person=who)
    assert (wait.ended_at, wait.answered_at) == (NOON + MINUTE, None)
    assert Task.objects.get(lead__person=who).outcome == "They want to be left alone"
    assert Wait.objects.get(lead__person=other).ended_at is None
    assert escalate(1, NOON + 5 * MINUTE, wait) == 0


def test_what_a_file_tells_answers_too(ann: User) -> None:
    who = lead(owner=ann)
    ask(who)
    operations.hear_imports(now=NOON + MINUTE)
    assert Wait.objects.get().ended_at is None
    call = NewEvent("file-1", who.leads.get().pk, "call_attempted", NOON + MINUTE, NOON + MINUTE, actor="Ann Blake")
    append(events=[call], cause=Cause.IMPORT, origin="import:1", now=NOON + HOUR)
    assert operations.hear_imports(now=NOON + HOUR) == 1
    assert Wait.objects.get().answered_by == ann


def test_tasks_and_waits_follow_a_merge_and_its_undoing(ann: User) -> None:
    one, other = lead("One", owner=ann), lead("Other", owner=ann)
    ask(one)
    ask(other, NOON + MINUTE)
    first, second = Wait.objects.order_by("began_at")
    merged = merge_persons(keep=one.pk, gone=[other.pk], reason="", actor=None, now=NOON + 2 * MINUTE)
    assert set(Wait.objects.values_list("lead__person", flat=True)) == {one.pk}
    # Both promises are broken, but of one person others hear once.
    agent("Bea")
    assert escalate(1, NOON + 5 * MINUTE, first) == 1
    assert escalate(1, NOON + 6 * MINUTE, second) == 1
    assert [name for level, name, _ in called() if level == 1] == ["Bea"]
    happen(one, "call_attempted", NOON + 7 * MINUTE, actor="Ann")
    undo_merge(merge_id=merged.merge_id, actor=None, now=NOON + 8 * MINUTE)
    assert operations.settle_waits(person_ids=[one.pk, other.pk], now=NOON + 9 * MINUTE) == 1
    assert Wait.objects.get(ended_at=None).lead.person == other


def test_summer_time_ends_within_the_promise() -> None:
    """At 1:58 am, an hour before the clocks go back, of an office that is open all night."""
    agent("Ann")
    open_always()
    at = datetime(2026, 11, 1, 5, 58, tzinfo=NOON.tzinfo)
    ask(lead(), at)
    assert Wait.objects.get().due_at == at + 5 * MINUTE
    assert looks()[1][1] - looks()[0][1] == timedelta(minutes=5)


def test_the_whole_way_by_jobs(ann: User) -> None:
    open_always()
    who = lead()
    now = utc_now()
    happen(who, "inquiry", now - 11 * MINUTE)
    work()
    assert Wait.objects.get().began_at == now - 11 * MINUTE
    assert Breach.objects.count() == 2
    happen(who, "voicemail_left", now, actor="Ann Blake")
    work()
    assert Wait.objects.get().answered_by == ann
    assert Breach.objects.count() == 2, "a broken promise stays one"
    assert not Job.objects.exclude(parked_at=None).exists()


def test_a_large_import_calls_nobody(ann: User) -> None:
    new = [NewLead("file", str(k), name=f"Lead {k}", emails=(f"l{k}@example.com",)) for k in range(5_000)]
    ids = store_leads(leads=new, now=NOON)
    events = [NewEvent(f"f{k}", pk, "inquiry", NOON, NOON) for k, pk in enumerate(ids)]
    append(events=events, cause=Cause.IMPORT, origin="import:1", now=NOON)
    publish(facts={"intake.import_finished": [{"import_id": 1}]}, now=NOON)
    persons = dict(enumerate(Person.objects.values_list("pk", flat=True)))
    told = [
        {"person_id": pk, "cause": "IMPORT", "as_of": NOON.isoformat(), "before": None, "after": "HOT"}
        for pk in persons.values()
    ]
    publish(facts={"scoring.tier_changed": told}, now=NOON)
    Job.objects.filter(name="quality.on_import_finished").delete()
    work()
    assert [model.objects.count() for model in (Wait, Task, Alert, Assignment)] == [0, 0, 0, 0]
