"""What came of a call, with all that follows, taken back exactly. On both databases."""

from datetime import datetime

import pytest

from leadlight.accounts.models import AuditEntry, Role, User
from leadlight.consent.models import Basis, Channel, Consent, Suppression
from leadlight.consent.operations import Given, record_consent
from leadlight.events.models import Event
from leadlight.events.rules import Cause
from leadlight.leads.models import Identity, Lead, Person
from leadlight.routing import operations
from leadlight.routing.models import Alert, RecordedOutcome, Task, TaskKind, Wait
from leadlight.routing.operations import UnableToChangeTask, UnableToRecordOutcome
from leadlight.routing.rules.outcomes import Outcome, Said
from leadlight.scoring.models import Score
from tests.routing.build import DAY, HOUR, MINUTE, NOON, agent, ask, happen, lead, work

pytestmark = pytest.mark.django_db
NUMBER = "+18135550142"


@pytest.fixture
def ann() -> User:
    return agent("Ann Blake")


@pytest.fixture
def who(ann: User) -> Person:
    found = lead(owner=ann, phones=(NUMBER, "+18135550199"))
    ask(found)
    return found


def record(who: Person, ann: User, outcome: Outcome, *, now: datetime = NOON + 2 * MINUTE, **said: object) -> int:
    done = operations.record_outcome(
        person_id=who.pk,
        said=Said(outcome, **said),  # type: ignore[arg-type]
        actor=ann,
        now=now,
    )
    return done.pk


def told(who: Person) -> list[tuple[str, str]]:
    events = Event.objects.filter(lead__person=who, origin="page", retracted_at=None).order_by("pk")
    return list(events.values_list("kind", "actor"))


def closed() -> list[tuple[str, str]]:
    return list(Suppression.objects.order_by("channel").values_list("channel", "reason"))


def test_reached_ends_the_wait_and_its_task(who: Person, ann: User) -> None:
    record(who, ann, Outcome.REACHED)
    wait, task = Wait.objects.get(), Task.objects.get()
    assert (wait.answered_at, wait.answered_by, wait.raw_seconds) == (NOON + 2 * MINUTE, ann, 120.0)
    assert (task.done_at, task.done_by, task.outcome) == (NOON + 2 * MINUTE, ann, "REACHED")
    assert told(who) == [("call_answered", "Ann Blake")]
    who.refresh_from_db()
    assert who.waiting_since is None
    assert AuditEntry.objects.get(action="outcome.recorded").detail == {"outcome": "REACHED"}


def test_what_we_write_down_calls_nobody(who: Person, ann: User) -> None:
    Score.objects.create(person=who, value=91, tier="HOT", p_target=0.9, as_of=NOON)
    n = Alert.objects.count()
    record(who, ann, Outcome.APPOINTMENT, at=NOON + DAY)
    assert set(Event.objects.filter(origin="page").values_list("cause", flat=True)) == {"TEAM"}
    work()
    assert Alert.objects.count() == n


def test_an_appointment_is_one_with_its_time(who: Person, ann: User) -> None:
    record(who, ann, Outcome.APPOINTMENT, at=NOON + DAY)
    assert [kind for kind, _ in told(who)] == ["call_answered", "appointment_booked"]
    assert Event.objects.get(kind="appointment_booked").props["at"] == (NOON + DAY).isoformat()
    who.refresh_from_db()
    assert who.state == "BOOKED"


def test_not_now_comes_again_on_its_day(who: Person, ann: User) -> None:
    done = record(who, ann, Outcome.NOT_NOW, at=NOON + 30 * DAY, words="After the holidays")
    task = Task.objects.get(done_at=None)
    assert (task.due_at, task.why, task.owner) == (NOON + 30 * DAY, "Ask again: After the holidays", ann)
    assert task.origin == f"outcome:{done}"
    assert Task.objects.exclude(done_at=None).count() == 1


def test_later_tasks_stay_unless_nothing_is_left_to_do(who: Person, ann: User) -> None:
    later = operations.make_task(
        person_id=who.pk, kind=TaskKind.CALL, why="Check in", due_at=NOON + 5 * DAY, actor=ann, now=NOON
    )
    record(who, ann, Outcome.VOICEMAIL)
    assert list(Task.objects.filter(done_at=None)) == [later]
    record(who, ann, Outcome.HAS_AGENT)
    assert not Task.objects.filter(done_at=None).exists()
    who.refresh_from_db()
    assert who.state == "LOST"


def test_not_interested_keeps_why(who: Person, ann: User) -> None:
    record(who, ann, Outcome.NOT_INTERESTED, words="Bought already")
    assert Event.objects.get(kind="lost").props["text"] == "Bought already"


def test_a_wrong_number_closes_calls_and_texts_of_the_records_that_bear_it(who: Person, ann: User) -> None:
    other = Lead.objects.create(person=who, system="x", external_id="x", updated_at=NOON)
    Identity.objects.create(lead=other, kind="PHONE", value="+18135550777")
    record(who, ann, Outcome.WRONG_NUMBER, number=NUMBER)
    assert closed() == [("CALL", "WRONG"), ("SMS", "WRONG")]
    row = Suppression.objects.filter(channel="CALL").get()
    assert row.lead != other
    assert row.evidence == f"{NUMBER} is somebody else’s, written down by Ann Blake"
    assert told(who) == [("call_attempted", "Ann Blake")]
    with pytest.raises(UnableToRecordOutcome, match="none of theirs"):
        record(who, ann, Outcome.WRONG_NUMBER, number="+18135550000")


def test_stop_closes_everything_of_all_records_with_their_words(who: Person, ann: User) -> None:
    Lead.objects.create(person=who, system="x", external_id="x", updated_at=NOON)
    record(who, ann, Outcome.STOP, words="Leave me alone")
    assert closed() == [("ALL", "OPTED_OUT")] * 2
    assert Suppression.objects.all()[0].evidence == "“Leave me alone”, written down by Ann Blake"
    assert Event.objects.get(kind="opted_out").props["text"] == "Leave me alone"
    work()
    assert Suppression.objects.count() == 2, "the event closes nothing more"


def test_what_is_lacking_writes_nothing(who: Person, ann: User) -> None:
    with pytest.raises(UnableToRecordOutcome, match="own words"):
        record(who, ann, Outcome.STOP)
    assert not RecordedOutcome.objects.exists()
    assert closed() == []
    assert Wait.objects.get().ended_at is None


def test_nobody_writes_down_for_leads_of_others(who: Person, ann: User) -> None:
    for actor in (agent("Bea"), agent("Lou", Role.ANALYST)):
        with pytest.raises(UnableToChangeTask, match="not yours"):
            record(who, actor, Outcome.REACHED)
        with pytest.raises(UnableToChangeTask, match="not yours"):
            operations.undo_outcome(outcome_id=record(who, ann, Outcome.REACHED), actor=actor, now=NOON + HOUR)


@pytest.mark.parametrize("outcome", list(Outcome))
def test_taken_back_all_is_as_before(who: Person, ann: User, outcome: Outcome) -> None:
    def state() -> tuple[object, ...]:
        person = Person.objects.values("state", "waiting_since", "asked_at", "owner").get()
        tasks = list(Task.objects.order_by("pk").values("why", "due_at", "done_at", "done_by", "outcome"))
        waits = list(Wait.objects.values("ended_at", "answered_at", "answered_by", "raw_seconds", "open_seconds"))
        agreed = list(Consent.objects.values())
        return person, tasks, waits, agreed, closed(), told(who)

    given = Given(who.leads.get().pk, Channel.SMS, NUMBER, Basis.EXPRESS, NOON - DAY)
    record_consent(given=given, now=NOON - DAY)
    before = state()
    done = record(who, ann, outcome, at=NOON + 9 * DAY, number=NUMBER, words="Leave me alone")
    work()
    assert state() != before
    assert (Consent.objects.get().revoked_at is None) is (outcome is not Outcome.STOP)
    operations.undo_outcome(outcome_id=done, actor=ann, now=NOON + HOUR)
    assert state() == before
    with pytest.raises(UnableToRecordOutcome, match="taken back already"):
        operations.undo_outcome(outcome_id=done, actor=ann, now=NOON + HOUR)


def test_too_late_or_sent_since_it_stays(who: Person, ann: User) -> None:
    done = record(who, ann, Outcome.REACHED)
    with pytest.raises(UnableToRecordOutcome, match="too late"):
        operations.undo_outcome(outcome_id=done, actor=ann, now=NOON + HOUR + 3 * MINUTE)
    happen(who, "email_sent", NOON + 3 * MINUTE, cause=Cause.TEAM, actor="Leadlight", props={"automatic": True})
    with pytest.raises(UnableToRecordOutcome, match="was sent to them since"):
        operations.undo_outcome(outcome_id=done, actor=ann, now=NOON + 4 * MINUTE)
    with pytest.raises(UnableToRecordOutcome, match="nothing to take back"):
        operations.undo_outcome(outcome_id=10**9, actor=ann, now=NOON)


def test_taking_back_opens_no_second_wait(who: Person, ann: User) -> None:
    done = record(who, ann, Outcome.REACHED)
    ask(who, NOON + 3 * MINUTE)
    operations.undo_outcome(outcome_id=done, actor=ann, now=NOON + 4 * MINUTE)
    assert [wait.began_at for wait in Wait.objects.filter(ended_at=None)] == [NOON + 3 * MINUTE]
