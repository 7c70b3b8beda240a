"""What is planned stops when they answer, when they say stop, when something better came, and when somebody pauses."""

import pytest

from leadlight.accounts.models import AuditEntry
from leadlight.consent.rules import MessageClass
from leadlight.events.operations import merge_persons
from leadlight.jobs.models import Job
from leadlight.leads.models import HouseholdMember, Lead, Person
from leadlight.messages import operations, queries
from leadlight.messages.models import Message, Pause, Purpose
from leadlight.messages.operations import Draft
from tests.messages.build import HOUR, MINUTE, NOON, ready
from tests.routing.build import agent, happen, lead, work

pytestmark = pytest.mark.django_db


def planned(who: Person, *, is_automatic: bool = True) -> Message:
    """Have something planned for in an hour."""
    owned = Lead.objects.filter(person=who).order_by("pk").first()
    assert owned is not None
    key = f"test:{who.pk}:{Message.objects.count()}"
    draft = Draft(
        lead_id=owned.pk,
        message_class=MessageClass.REQUESTED_RESPONSE,
        purpose=Purpose.ACKNOWLEDGMENT,
        key=key,
        subject="Later",
        text="Later.",
        address=who.email,
        is_automatic=is_automatic,
        due_at=NOON + HOUR,
    )
    happen(who, "inquiry", NOON)
    operations.prepare(drafts=[draft], now=NOON)
    message = Message.objects.get(key=key)
    assert message.state == "PLANNED", message.outcome
    return message


def state(message: Message) -> tuple[str, str]:
    message.refresh_from_db()
    return message.state, message.outcome


def live_together(*persons: Person) -> None:
    for one in persons:
        for owned in Lead.objects.filter(person=one):
            HouseholdMember.objects.create(lead=owned, household=persons[0].pk)


def test_an_answer_stops_what_goes_out_by_itself_to_them_and_their_household() -> None:
    ready()
    ana, ben, eve = lead("Ana Ortega"), lead("Ben Ortega"), lead("Eve Stone")
    live_together(ana, ben)
    own, by_hand, mate, other = planned(ana), planned(ana, is_automatic=False), planned(ben), planned(eve)
    event_id = happen(ana, "email_replied", NOON, props={"text": "Saturday works."})
    assert operations.stop_for_answers(event_ids=[event_id], now=NOON) == 2
    assert state(own) == ("CANCELLED", "They answered.")
    assert state(mate) == ("CANCELLED", "Somebody of their household answered.")
    assert state(by_hand)[0] == state(other)[0] == "PLANNED"


def test_a_stop_stops_what_is_planned_by_hand_too_on_all_records() -> None:
    ready()
    ana, again = lead("Ana Ortega"), lead("Ana O.")
    own, by_hand, elsewhere = planned(ana), planned(ana, is_automatic=False), planned(again)
    merge_persons(keep=ana.pk, gone=[again.pk], reason="test", actor=None, now=NOON)
    event_id = happen(ana, "sms_replied", NOON, props={"text": "STOP"})
    work()
    operations.stop_for_opt_outs(event_ids=[event_id], now=NOON)
    assert {state(one)[0] for one in (own, by_hand, elsewhere)} == {"CANCELLED"}


def test_words_of_stop_in_an_event_take_back_what_is_planned_by_the_jobs_alone() -> None:
    ready()
    ana = lead("Ana Ortega")
    own = planned(ana)
    happen(ana, "email_replied", NOON, props={"text": "Please stop writing to me"})
    work()
    assert state(own)[0] == "CANCELLED"


def test_what_the_law_wants_said_is_not_stopped() -> None:
    ready()
    ana = lead("Ana Ortega")
    own = planned(ana)
    Message.objects.filter(pk=own.pk).update(message_class=MessageClass.COMPLIANCE)
    assert operations.stop_planned(person_ids=[ana.pk], why="They stopped.", now=NOON, by_hand_too=True) == 0
    assert state(own)[0] == "PLANNED"


@pytest.mark.parametrize("kind", ["appointment_booked", "agreement_signed", "lost"])
def test_what_settles_it_stops_what_goes_out_by_itself(kind: str) -> None:
    ready()
    ana = lead("Ana Ortega")
    own = planned(ana)
    happen(ana, kind, NOON)
    work()
    assert state(own) == ("CANCELLED", "An appointment or an agreement came first.")


def test_a_pause_is_one_however_often_it_is_pressed_and_its_end_is_kept() -> None:
    dana = agent("Dana Ruiz")
    for _ in range(2):
        operations.pause_sending(what="ALL", why="fire drill", actor=dana, now=NOON)
    assert [pause.what for pause in queries.pauses()] == ["ALL"]
    assert operations.resume_sending(what="ALL", actor=dana, now=NOON + HOUR) == 0
    assert operations.resume_sending(what="ALL", actor=dana, now=NOON + HOUR) == 0
    pause = Pause.objects.get()
    assert (pause.began_by, pause.ended_by, pause.ended_at, pause.why) == (dana, dana, NOON + HOUR, "fire drill")
    told = AuditEntry.objects.filter(subject="sending:ALL").order_by("pk")
    assert [entry.action for entry in told] == ["sending.paused", "sending.resumed"]
    with pytest.raises(operations.UnableToPause):
        operations.pause_sending(what="FAX", actor=dana, now=NOON)
    with pytest.raises(operations.UnableToPause):
        operations.resume_sending(what="FAX", actor=dana, now=NOON)


def test_the_end_of_a_pause_brings_nothing_before_its_time() -> None:
    ready()
    own, waiting = planned(lead("Ana Ortega")), planned(lead("Ben Cole"))
    Message.objects.filter(pk=waiting.pk).update(due_at=None)
    Job.objects.all().delete()
    operations.pause_sending(what="ALL", actor=None, now=NOON)
    assert operations.resume_sending(what="ALL", actor=None, now=NOON + MINUTE) == 1
    assert [job.payload for job in Job.objects.filter(name="messages.deliver")] == [{"message_id": waiting.pk}]
    own.refresh_from_db()
    assert own.due_at == NOON + HOUR


def test_the_end_of_a_pause_of_one_channel_leaves_the_other_alone() -> None:
    ready()
    own = planned(lead("Ana Ortega"))
    Job.objects.all().delete()
    operations.pause_sending(what="SMS", actor=None, now=NOON)
    assert operations.resume_sending(what="SMS", actor=None, now=NOON) == 0
    assert not Job.objects.filter(name="messages.deliver").exists()
    assert state(own)[0] == "PLANNED"
