"""A message is handed over once, by a real server that fails as it is told, and what came of it is written down."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection

from leadlight.accounts.models import Brokerage
from leadlight.channels.email.base import Accepted, UnableToSend
from leadlight.channels.email.lines import Security, Server
from leadlight.channels.email.smtp import Patience, Smtp
from leadlight.consent.models import Suppression
from leadlight.consent.operations import suppress
from leadlight.events.models import Event
from leadlight.jobs.models import Job
from leadlight.leads.models import Identity, Lead, Person
from leadlight.leads.operations import assign, refresh_persons
from leadlight.messages import operations
from leadlight.messages.models import Message
from leadlight.messages.rules.tries import MOST_TRIES
from tests.channels.accounts import smtp_of
from tests.messages.build import DAY, HOUR, MINUTE, NOON, deliver, fill_in, read_inbox, ready
from tests.routing.build import agent, happen, lead
from tests.servers.common import free_port
from tests.servers.mail import MailServer, Trouble, mail_server

pytestmark = pytest.mark.django_db

PATIENT = Patience(connect=10, answer=10, verdict=10)
HASTY, STALLS = Patience(connect=1, answer=1, verdict=1), 3.0


@pytest.fixture(scope="module")
def running() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture
def server(running: MailServer) -> MailServer:
    running.script()
    running.forget()
    return running


@pytest.fixture
def ana() -> Person:
    ready()
    return lead("Ana Ortega", owner=agent("Dana Whitfield"), emails=("ana@example.com",))


def acknowledged(who: Person) -> Message:
    event_id = happen(who, "inquiry", NOON, listing="12 Elm St")
    operations.acknowledge(event_ids=[event_id], now=NOON)
    return Message.objects.get(event_id=event_id)


def by(server: MailServer, patience: Patience = PATIENT) -> Smtp:
    return Smtp(smtp_of(server), patience)


def test_what_arrives_is_what_the_ledger_says(server: MailServer, ana: Person) -> None:
    message = acknowledged(ana)
    deliver(message, at=NOON, vendor=by(server))
    message.refresh_from_db()
    [received] = server.accepted
    assert (message.state, message.attempts, message.vendor) == ("SENT", 1, "smtp")
    assert received.message_id == message.message_id
    assert received.recipients == ("ana@example.com",)
    assert received.message["From"] == "Dana Whitfield <office@bayline.test>"
    assert received.message["Subject"] == message.subject
    assert received.message["Auto-Submitted"] == "auto-replied"
    assert "List-Unsubscribe" not in received.message
    assert "Bayline Realty, 1 Bay St, Tampa, FL 33602" in received.raw.decode()


def test_what_an_earlier_try_says_late_is_not_taken_for_the_one_that_runs(ana: Person) -> None:
    message = acknowledged(ana)
    first = operations.claim(message_id=message.pk, now=NOON)
    operations.note_doubtful(message_ids=[message.pk], now=NOON + MINUTE)
    operations.settle_doubt(message_id=message.pk, arrived=False, actor=None, now=NOON + 2 * MINUTE)
    second = operations.claim(message_id=message.pk, now=NOON + 3 * MINUTE)
    assert first is not None
    assert second is not None
    told = {"vendor": "smtp", "now": NOON + 4 * MINUTE}
    operations.record_accepted(letter=first, accepted=Accepted("250 ok", ""), **told)  # type: ignore[arg-type]
    error = UnableToSend("no", is_permanent=True)
    operations.record_failure(letter=first, error=error, now=NOON + 4 * MINUTE, chance=0.5)
    message.refresh_from_db()
    assert message.state == "SENDING"
    operations.record_accepted(letter=second, accepted=Accepted("250 ok", ""), **told)  # type: ignore[arg-type]
    message.refresh_from_db()
    assert (message.state, message.attempts) == ("SENT", 2)


def test_it_goes_to_the_address_that_they_have_by_then(server: MailServer, ana: Person) -> None:
    message = acknowledged(ana)
    Identity.objects.filter(lead__person=ana, kind="EMAIL").update(value="ana@new.example")
    refresh_persons(person_ids=[ana.pk])
    deliver(message, at=NOON, vendor=by(server))
    message.refresh_from_db()
    [received] = server.accepted
    assert (received.recipients, message.address) == (("ana@new.example",), "ana@new.example")


def test_told_to_deliver_twice_it_is_sent_once(server: MailServer, ana: Person) -> None:
    message = acknowledged(ana)
    deliver(message, message, at=NOON, vendor=by(server))
    deliver(message, at=NOON, vendor=by(server))
    assert len(server.accepted) == 1
    assert Event.objects.filter(kind="email_sent").count() == 1


def test_a_server_that_is_busy_is_asked_again_later(server: MailServer, ana: Person) -> None:
    message = acknowledged(ana)
    Job.objects.all().delete()
    server.script(Trouble("RCPT", answer="450 4.3.2 Busy"))
    deliver(message, at=NOON, vendor=by(server))
    message.refresh_from_db()
    assert (message.state, message.attempts) == ("PLANNED", 1)
    assert message.due_at is not None
    assert NOON + timedelta(seconds=15) <= message.due_at
    assert [job.run_at for job in Job.objects.filter(name="messages.deliver")] == [message.due_at]
    server.script()
    deliver(message, at=message.due_at - timedelta(seconds=1), vendor=by(server))
    assert server.accepted == []
    deliver(message, at=message.due_at, vendor=by(server))
    message.refresh_from_db()
    assert (message.state, message.attempts, len(server.accepted)) == ("SENT", 2, 1)


def test_an_address_that_does_not_exist_is_closed(server: MailServer, ana: Person) -> None:
    message = acknowledged(ana)
    server.script(Trouble("RCPT", answer="550 5.1.1 No such user"))
    deliver(message, at=NOON, vendor=by(server))
    message.refresh_from_db()
    assert message.state == "FAILED"
    assert "No such user" in message.outcome
    assert Suppression.objects.get().reason == "BOUNCED"
    assert not Event.objects.filter(kind="email_sent").exists()


def test_a_refusal_that_is_not_of_the_address_closes_nothing(server: MailServer, ana: Person) -> None:
    message = acknowledged(ana)
    server.script(Trouble("DOT", answer="554 5.7.1 Looks like spam"))
    deliver(message, at=NOON, vendor=by(server))
    message.refresh_from_db()
    assert message.state == "FAILED"
    assert not Suppression.objects.exists()


@pytest.mark.parametrize(
    "trouble",
    [Trouble("TAKEN", hangs_up=True), Trouble("TAKEN", wait_seconds=STALLS)],
    ids=["hangs up", "stalls"],
)
def test_what_may_have_arrived_is_never_sent_again_by_itself(
    server: MailServer, ana: Person, trouble: Trouble
) -> None:
    message = acknowledged(ana)
    Job.objects.all().delete()
    server.script(trouble)
    deliver(message, at=NOON, vendor=by(server, HASTY))
    message.refresh_from_db()
    assert message.state == "MAYBE_SENT"
    assert not Job.objects.filter(name="messages.deliver").exists()
    server.script()
    deliver(message, at=NOON + HOUR, vendor=by(server))
    operations.find_doubtful(now=NOON + DAY)
    assert len(server.accepted) == 1


def test_somebody_says_what_became_of_a_doubtful_one(server: MailServer, ana: Person) -> None:
    dana = agent("Olga Reyes")
    message = acknowledged(ana)
    server.script(Trouble("TAKEN", hangs_up=True))
    deliver(message, at=NOON, vendor=by(server))
    operations.settle_doubt(message_id=message.pk, arrived=True, actor=dana, now=NOON + MINUTE)
    message.refresh_from_db()
    assert message.state == "SENT"
    assert Event.objects.get(kind="email_sent").occurred_at == NOON
    with pytest.raises(operations.UnableToSettle):
        operations.settle_doubt(message_id=message.pk, arrived=False, actor=dana, now=NOON + MINUTE)


def test_a_doubtful_one_goes_out_once_more_when_somebody_says_so(server: MailServer, ana: Person) -> None:
    message = acknowledged(ana)
    server.script(Trouble("DOT", hangs_up=True))
    deliver(message, at=NOON, vendor=by(server))
    message.refresh_from_db()
    assert (message.state, server.accepted) == ("MAYBE_SENT", [])
    server.script()
    # Whoever says so has seen how late it is.
    Message.objects.update(stale_at=NOON + MINUTE)
    operations.settle_doubt(message_id=message.pk, arrived=False, actor=None, now=NOON + MINUTE)
    deliver(message, at=NOON + MINUTE, vendor=by(server))
    message.refresh_from_db()
    assert (message.state, len(server.accepted)) == ("SENT", 1)


def test_only_what_is_handed_over_for_longer_than_any_server_takes_is_in_doubt(ana: Person) -> None:
    message = acknowledged(ana)
    assert operations.claim(message_id=message.pk, now=NOON) is not None
    assert operations.find_doubtful(now=NOON + 15 * MINUTE) == 0
    assert operations.find_doubtful(now=NOON + 16 * MINUTE) == 1
    message.refresh_from_db()
    assert message.state == "MAYBE_SENT"


def test_whoever_was_given_up_for_dead_does_not_speak_for_a_later_try(ana: Person) -> None:
    message = acknowledged(ana)
    slow = operations.claim(message_id=message.pk, now=NOON)
    assert slow is not None
    operations.note_doubtful(message_ids=[message.pk], now=NOON + MINUTE)
    message.refresh_from_db()
    assert (message.state, message.outcome[:17]) == ("MAYBE_SENT", "Leadlight stopped")
    operations.settle_doubt(message_id=message.pk, arrived=False, actor=None, now=NOON + MINUTE)
    assert operations.claim(message_id=message.pk, now=NOON + MINUTE) is not None
    operations.record_failure(letter=slow, error=UnableToSend("no", is_permanent=True), now=NOON + MINUTE, chance=0.5)
    message.refresh_from_db()
    assert (message.state, message.attempts) == ("SENDING", 2)


def test_a_server_that_is_away_costs_a_try_and_no_message(ana: Person) -> None:
    away = Smtp(Server("127.0.0.1", free_port(), Security.NONE), HASTY)
    message = acknowledged(ana)
    at = NOON
    for attempt in range(1, MOST_TRIES):
        deliver(message, at=at, vendor=away)
        message.refresh_from_db()
        assert (message.state, message.attempts) == ("PLANNED", attempt)
        assert message.due_at is not None
        at = message.due_at
    deliver(message, at=at, vendor=away)
    message.refresh_from_db()
    assert message.state == "FAILED"


def test_it_is_decided_once_more_in_the_moment_of_sending(server: MailServer, ana: Person) -> None:
    message = acknowledged(ana)
    lead_id = Lead.objects.get(person=ana).pk
    suppress(rows=[(lead_id, "ALL", "OPTED_OUT", "“leave me alone”")], origin="test", now=NOON)
    deliver(message, at=NOON, vendor=by(server))
    message.refresh_from_db()
    assert (message.state, server.accepted) == ("REFUSED", [])
    assert message.decision["decision"] == "refused"


def test_what_comes_too_late_is_not_sent(server: MailServer, ana: Person) -> None:
    message = acknowledged(ana)
    deliver(message, at=NOON + DAY, vendor=by(server))
    message.refresh_from_db()
    assert (message.state, message.outcome, server.accepted) == ("CANCELLED", "It came too late to be of use.", [])


def test_a_pause_holds_back_and_its_end_lets_go(server: MailServer, ana: Person) -> None:
    message = acknowledged(ana)
    operations.pause_sending(what="EMAIL", actor=None, now=NOON)
    deliver(message, at=NOON + MINUTE, vendor=by(server))
    message.refresh_from_db()
    assert (message.state, message.outcome, server.accepted) == ("PLANNED", "Sending by machine is paused.", [])
    Job.objects.all().delete()
    other = lead("Ben Cole")
    second = acknowledged(other)
    assert second.state == "PLANNED"
    assert operations.resume_sending(what="EMAIL", actor=None, now=NOON + HOUR) == 2
    assert Job.objects.filter(name="messages.deliver").count() >= 1
    deliver(message, second, at=NOON + HOUR, vendor=by(server))
    assert len(server.accepted) == 2


def test_nothing_goes_out_in_the_name_of_whoever_left(server: MailServer, ana: Person) -> None:
    dana = ana.owner
    assert dana is not None
    message = acknowledged(ana)
    heir = agent("Ben Cole", mobile="+18135550199")
    assign(owner_of={ana.pk: heir.pk})
    dana.is_active = False
    dana.save()
    deliver(message, at=NOON, vendor=by(server))
    message.refresh_from_db()
    [received] = server.accepted
    assert received.message["From"] == "Ben Cole <office@bayline.test>"
    assert "Dana" not in received.raw.decode()
    assert "Ben Cole has it" in message.text


def test_of_a_lead_whose_owner_left_and_has_no_heir_the_brokerage_speaks(server: MailServer, ana: Person) -> None:
    dana = ana.owner
    assert dana is not None
    message = acknowledged(ana)
    dana.is_active = False
    dana.save()
    deliver(message, at=NOON, vendor=by(server))
    message.refresh_from_db()
    [received] = server.accepted
    assert "Dana" not in received.raw.decode()
    assert (message.sender, message.sender_name) == (None, "")
    assert "Somebody of our team has it" in message.text


def test_what_somebody_wrote_who_left_is_nobody_elses_to_say(server: MailServer, ana: Person) -> None:
    dana = ana.owner
    assert dana is not None
    happen(ana, "inquiry", NOON)
    message = operations.write(person_id=ana.pk, subject="Hello", text="I have it.", token="t", actor=dana, now=NOON)
    assert message.state == "PLANNED"
    dana.is_active = False
    dana.save()
    assert operations.speak_for_planned(user_id=dana.pk, now=NOON) == 1
    message.refresh_from_db()
    assert message.state == "CANCELLED"
    assert "has left the team" in message.outcome
    deliver(message, at=NOON, vendor=by(server))
    assert server.accepted == []


def test_what_advertises_carries_the_way_to_end_it(server: MailServer, ana: Person) -> None:
    dana = ana.owner
    assert dana is not None
    message = operations.write(
        person_id=ana.pk, subject="New on Elm St", text="A home came up.", token="t", actor=dana, now=NOON
    )
    assert message.message_class == "marketing"
    deliver(message, at=NOON, vendor=by(server))
    [received] = server.accepted
    assert received.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "/u/" in received.message["List-Unsubscribe"]
    assert "Auto-Submitted" not in received.message


def test_nothing_is_advertised_before_the_brokerage_says_who_it_is(ana: Person) -> None:
    dana = ana.owner
    assert dana is not None
    Brokerage.objects.all().delete()
    message = operations.write(person_id=ana.pk, subject="New", text="A home.", token="t", actor=dana, now=NOON)
    assert message.state == "REFUSED"
    assert "name, postal address and hours" in message.outcome


def test_nobody_writes_while_no_answer_would_be_seen(ana: Person) -> None:
    dana = ana.owner
    assert dana is not None
    fill_in()
    read_inbox(NOON - timedelta(minutes=11))
    message = operations.write(person_id=ana.pk, subject="New", text="A home.", token="t", actor=dana, now=NOON)
    assert message.state == "REFUSED"


def test_sent_twice_a_form_writes_once(ana: Person) -> None:
    dana = ana.owner
    assert dana is not None
    first = operations.write(person_id=ana.pk, subject="New", text="A home.", token="t", actor=dana, now=NOON)
    again = operations.write(person_id=ana.pk, subject="New", text="A home.", token="t", actor=dana, now=NOON)
    assert first.pk == again.pk


def test_words_that_the_law_forbids_are_not_sent_by_hand(ana: Person) -> None:
    dana = ana.owner
    assert dana is not None
    with pytest.raises(operations.UnableToWrite, match="“No children” may not stand"):
        operations.write(
            person_id=ana.pk, subject="New", text="No children, please.", token="t", actor=dana, now=NOON
        )
    assert not Message.objects.exists()


def test_an_answer_by_hand_is_one_until_somebody_answered(ana: Person) -> None:
    dana = ana.owner
    assert dana is not None
    acknowledged(ana)
    deliver(at=NOON)
    first = operations.write(
        person_id=ana.pk, subject="Elm St", text="Yes, it is.", token="1", actor=dana, now=NOON + MINUTE
    )
    assert first.message_class == "requested_response"
    deliver(first, at=NOON + MINUTE)
    second = operations.write(
        person_id=ana.pk, subject="Elm St", text="One more.", token="2", actor=dana, now=NOON + 2 * MINUTE
    )
    assert second.message_class == "marketing"


def test_each_hand_over_costs_the_same_number_of_queries(ana: Person, django_assert_num_queries: object) -> None:
    """Everybody who asks waits for those before them."""
    # SQLite looks up which rows are new, PostgreSQL says so itself.
    each = 39 if connection.vendor == "sqlite" else 38

    def cost(n: int) -> None:
        planned = [acknowledged(lead(f"P {k}", emails=(f"p{n}-{k}@example.com",))) for k in range(n)]
        with django_assert_num_queries(3 + each * n):  # type: ignore[operator]
            deliver(*planned, at=NOON)
        assert {Message.objects.get(pk=one.pk).state for one in planned} == {"SENT"}

    cost(1)
    cost(7)
