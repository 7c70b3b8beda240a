"""What comes in is filed with whoever wrote it, and what it asks for happens in the same moment."""

from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leadlight.consent.models import ClosedAddress, Consent, Suppression
from leadlight.events.models import Event
from leadlight.events.rules import Cause
from leadlight.intake.rules.portal_mail import BASIS
from leadlight.jobs.models import Job
from leadlight.leads.models import Lead, Person
from leadlight.messages import operations
from leadlight.messages.models import Message
from leadlight.messages.rules.receiving import Incoming
from tests.channels.mails import parts
from tests.messages.build import DAY, HOUR, MINUTE, NOON, deliver, incoming, ready, receive
from tests.routing.build import agent, happen, lead

pytestmark = pytest.mark.django_db

ANA = "Ana Ortega <ana@example.com>"


@pytest.fixture
def ana() -> Person:
    ready()
    return lead("Ana Ortega", owner=agent("Dana Whitfield"), emails=("ana@example.com",))


def sent_to(who: Person) -> Message:
    event_id = happen(who, "inquiry", NOON - HOUR)
    operations.acknowledge(event_ids=[event_id], now=NOON - HOUR)
    message = Message.objects.get(event_id=event_id)
    deliver(message, at=NOON - HOUR)
    message.refresh_from_db()
    assert message.state == "SENT"
    return message


def test_an_answer_stands_in_the_inbox_and_is_an_event(ana: Person) -> None:
    said = sent_to(ana)
    mail = incoming(From=ANA, In_Reply_To=f"<{said.message_id}>", Subject="Re: We have your message")
    assert receive(mail) == 1
    message = Message.objects.get(direction="IN")
    assert (message.state, message.purpose, message.lead) == ("RECEIVED", "ANSWER", Lead.objects.get(person=ana))
    assert (message.text, message.subject) == ("Is it still for sale?", "Re: We have your message")
    event = Event.objects.get(kind="email_replied")
    assert (event.cause, event.occurred_at, event.props["text"]) == (Cause.LIVE, NOON, "Is it still for sale?")
    assert event.value is not None
    assert Job.objects.filter(name="routing.on_reply").exists()


def test_told_again_nothing_happens(ana: Person) -> None:
    mail = incoming(From=ANA)
    assert receive(mail, mail) == 1
    assert receive(mail) == 0
    assert Event.objects.filter(kind="email_replied").count() == 1


def test_a_thread_goes_before_the_address(ana: Person) -> None:
    ben = lead("Ben Ortega", emails=("ben@example.com",))
    said = sent_to(ana)
    receive(incoming(From="Ben <ben@example.com>", References=f"<other@x.test> <{said.message_id}>"))
    assert Message.objects.get(direction="IN").lead == Lead.objects.get(person=ana)
    receive(incoming(From="Ben <ben@example.com>"))
    assert Message.objects.filter(direction="IN", lead__person=ben).count() == 1


@pytest.mark.parametrize("text", ["Stop", "please unsubscribe me", "No me escriban más"])
def test_a_stop_closes_at_once_and_takes_back_what_is_planned(ana: Person, text: str) -> None:
    event_id = happen(ana, "inquiry", NOON)
    operations.acknowledge(event_ids=[event_id], now=NOON)
    planned = Message.objects.get()
    receive(incoming(text, From=ANA))
    assert set(Suppression.objects.values_list("reason", flat=True)) == {"OPTED_OUT"}
    deliver(planned, at=NOON)
    planned.refresh_from_db()
    assert planned.state == "REFUSED"
    reply = Event.objects.get(kind="email_replied")
    other = happen(ana, "inquiry", NOON)
    operations.stop_for_answers(event_ids=[reply.event_id], now=NOON)
    assert other


def test_an_empty_mail_whose_subject_says_it_all_counts(ana: Person) -> None:
    receive(incoming("", From=ANA, Subject="unsubscribe"))
    assert Suppression.objects.filter(channel="EMAIL", reason="OPTED_OUT").exists()


def test_what_they_quote_of_us_is_not_their_word(ana: Person) -> None:
    receive(incoming("Yes please!\n\nOn Mon, Dana wrote:\n> Or reply “stop”.\n", From=ANA))
    assert not Suppression.objects.exists()


def test_a_machine_that_answers_for_them_is_shown_and_counts_for_nothing(ana: Person) -> None:
    said = sent_to(ana)
    receive(incoming("I am away.", From=ANA, In_Reply_To=f"<{said.message_id}>", Auto_Submitted="auto-replied"))
    message = Message.objects.get(direction="IN")
    assert (message.purpose, message.is_automatic) == ("AUTO_REPLY", True)
    assert not Event.objects.filter(kind="email_replied").exists()


def bounce(original: str, status: str = "5.1.1", recipient: str = "ana@example.com") -> dict[str, str]:
    action = "failed" if status.startswith("5") else "delayed"
    return parts(
        "Content-Type: text/plain\r\n\r\nIt did not arrive.\r\n",
        "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.com\r\n\r\n"
        f"Final-Recipient: rfc822; {recipient}\r\nAction: {action}\r\nStatus: {status}\r\n"
        f"Diagnostic-Code: smtp; {status.replace('.', '')[0]}50 {status} No such user\r\n",
        f"Content-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{original}>\r\nTo: {recipient}\r\n",
        kind="report; report-type=delivery-status",
    )


def test_what_comes_back_is_written_down_and_closes_the_address(ana: Person) -> None:
    said = sent_to(ana)
    report = bounce(said.message_id)
    assert receive(incoming(report.pop("body"), From="MAILER-DAEMON@mx.example.com", **report)) == 0
    said.refresh_from_db()
    assert (said.state, said.bounced_at) == ("SENT", NOON)
    assert "No such user" in said.outcome
    assert Suppression.objects.get().reason == "BOUNCED"
    assert Event.objects.filter(kind="email_bounced").count() == 1


def test_a_delay_is_no_bounce(ana: Person) -> None:
    said = sent_to(ana)
    report = bounce(said.message_id, "4.4.1")
    receive(incoming(report.pop("body"), From="MAILER-DAEMON@mx.example.com", **report))
    said.refresh_from_db()
    assert said.bounced_at is None
    assert not Suppression.objects.exists()


def test_nobody_can_close_an_address_to_which_nothing_went(ana: Person) -> None:
    report = bounce("made-up@mx.example.com")
    receive(incoming(report.pop("body"), From="MAILER-DAEMON@mx.example.com", **report))
    assert not Suppression.objects.exists()
    assert not Event.objects.filter(kind="email_bounced").exists()


def test_a_report_without_our_id_counts_for_what_went_there_lately(ana: Person) -> None:
    said = sent_to(ana)
    report = bounce("made-up@mx.example.com")
    receive(incoming(report["body"], From="MAILER-DAEMON@mx.example.com", Content_Type=report["Content_Type"]))
    said.refresh_from_db()
    assert said.bounced_at == NOON


def test_a_doubtful_message_that_is_answered_has_arrived(ana: Person) -> None:
    said = sent_to(ana)
    Message.objects.update(state="MAYBE_SENT")
    receive(incoming(From=ANA, In_Reply_To=f"<{said.message_id}>"))
    said.refresh_from_db()
    assert (said.state, said.outcome) == ("SENT", "It was answered, so it arrived.")


def test_who_asks_through_a_portal_becomes_a_lead_with_an_inquiry() -> None:
    ready()
    body = (
        "New lead\n\nName: Marisol Ortega\nEmail: marisol@example.net\nPhone: (813) 555-0142\n"
        "Property: 12 Elm St\nMessage: Can I see it on Saturday?\n"
    )
    mail = incoming(body, From="Leads <leads@homes.com>", Subject="New lead", Reply_To=None)
    assert receive(mail) == 1
    found = Lead.objects.get()
    assert (found.name, found.provenance) == ("Marisol Ortega", "OWN_INQUIRY")
    asked = Event.objects.get(kind="inquiry")
    assert (asked.listing, asked.props["text"], asked.cause) == ("12 Elm St", "Can I see it on Saturday?", "LIVE")
    message = Message.objects.get(direction="IN")
    assert (message.purpose, message.lead, message.text) == ("INQUIRY", found, "Can I see it on Saturday?")
    assert Job.objects.filter(name="messages.on_inquiry").exists()
    again = incoming(body, From="Leads <leads@homes.com>", Subject="New lead", at=NOON + MINUTE)
    receive(again, at=NOON + MINUTE)
    assert Event.objects.filter(kind="inquiry").count() == 1
    later = incoming(body, From="Leads <leads@homes.com>", Subject="New lead", at=NOON + DAY)
    receive(later, at=NOON + DAY)
    assert Event.objects.filter(kind="inquiry").count() == 2
    assert Lead.objects.count() == 1


PORTAL = {"From": "Leads <leads@homes.com>", "Subject": "New lead", "Reply_To": None}


def portal_mail(name: str, email: str, phone: str, *, at: datetime = NOON) -> Incoming:
    body = f"New lead\n\nName: {name}\nEmail: {email}\nPhone: {phone}\nProperty: 12 Elm St\nMessage: Is it there?\n"
    return incoming(body, at=at, **PORTAL)


def test_who_asks_through_a_portal_agreed_by_its_terms_to_be_reached_by_what_they_gave() -> None:
    ready()
    mail = portal_mail("Marisol Ortega", "Marisol@example.net", "(813) 555-0142", at=NOON - HOUR)
    receive(mail)
    kept = Consent.objects.order_by("channel")
    assert list(kept.values_list("channel", "address")) == [
        ("CALL", "+18135550142"),
        ("EMAIL", "marisol@example.net"),
        ("SMS", "+18135550142"),
    ]
    for consent in kept:
        assert (consent.lead, consent.basis, consent.words) == (Lead.objects.get(), "EXPRESS", BASIS)
        assert (consent.obtained_at, consent.recorded_at) == (NOON - HOUR, NOON)
        assert (consent.origin, consent.page, consent.wording) == ("messages", "", "")
        assert consent.form == {"portal": "homes", "mail_id": str(mail.mail_id)}


def test_a_portal_mail_told_again_records_no_further_consent() -> None:
    ready()
    mail = portal_mail("Marisol Ortega", "marisol@example.net", "(813) 555-0142")
    receive(mail)
    receive(mail, at=NOON + MINUTE)
    receive(portal_mail("Marisol Ortega", "marisol@example.net", "(813) 555-0142", at=NOON + MINUTE), at=NOON + HOUR)
    assert Consent.objects.count() == 3
    receive(portal_mail("Marisol Ortega", "marisol@example.net", "(813) 555-0142", at=NOON + DAY), at=NOON + DAY)
    assert Consent.objects.count() == 6


def test_a_portal_mail_from_a_clock_that_is_ahead_agrees_to_nothing_in_the_future() -> None:
    ready()
    receive(portal_mail("Marisol Ortega", "marisol@example.net", "", at=NOON + HOUR))
    assert Consent.objects.get().obtained_at == NOON


def test_a_portal_opens_nothing_that_somebody_closed(ana: Person) -> None:
    receive(incoming("Stop", From=ANA))
    receive(portal_mail("Ana Ortega", "ana@example.com", "", at=NOON + HOUR), at=NOON + HOUR)
    assert Consent.objects.filter(lead__person=ana, channel="EMAIL", basis="EXPRESS").exists()
    assert Suppression.objects.filter(channel="EMAIL", reason="OPTED_OUT").exists()


def test_each_portal_mail_costs_the_same_number_of_queries() -> None:
    ready()
    receive(portal_mail("Person 0", "person0@example.org", "813-555-0100"))

    def cost(*numbers: int) -> int:
        mails = [portal_mail(f"Person {k}", f"person{k}@example.org", f"813-555-01{k:02}") for k in numbers]
        with CaptureQueriesContext(connection) as captured:
            assert receive(*mails) == len(mails)
        return len(captured)

    one, two, five = cost(1), cost(2, 3), cost(4, 5, 6, 7, 8)
    assert five - two == 3 * (two - one)


def test_what_a_portal_says_and_nobody_can_read_waits_for_somebody() -> None:
    ready()
    assert receive(incoming("Something new\n", From="x@homes.com", List_Unsubscribe="<https://homes.com/u>")) == 1
    message = Message.objects.get()
    assert (message.lead, message.read_at) == (None, None)
    assert "Something new" in message.text


def test_what_nobody_knows_is_kept_and_can_be_filed(ana: Person) -> None:
    assert receive(incoming(From="x@nowhere.test")) == 1
    message = Message.objects.get()
    operations.file_message(message_id=message.pk, person_id=ana.pk, now=NOON)
    message.refresh_from_db()
    assert message.lead == Lead.objects.get(person=ana)
    with pytest.raises(operations.UnableToWrite):
        operations.set_aside(message_id=message.pk, now=NOON)


def test_a_stop_from_an_address_that_nobody_has_holds_for_whoever_comes_with_it() -> None:
    ready()
    receive(
        incoming("Please unsubscribe me\n", From="zoe@nowhere.test"), incoming("Hello\n", From="yan@nowhere.test")
    )
    closed = ClosedAddress.objects.get()
    assert (closed.channel, closed.reason, closed.lead_id) == ("EMAIL", "OPTED_OUT", 0)
    for address, state in (("zoe@nowhere.test", "REFUSED"), ("yan@nowhere.test", "PLANNED")):
        event_id = happen(lead(emails=(address,)), "inquiry", NOON)
        operations.acknowledge(event_ids=[event_id], now=NOON)
        assert Message.objects.get(event_id=event_id).state == state


def test_what_a_machine_of_nobody_whom_we_know_says_is_not_kept(ana: Person) -> None:
    away = {"Auto_Submitted": "auto-replied", "Subject": "Out of office"}
    assert receive(incoming("I am away.\n", From="x@nowhere.test", **away)) == 0
    assert receive(incoming("I am away.\n", From=ANA, **away)) == 1


def test_newsletters_are_not_kept_in_the_inbox(ana: Person) -> None:
    assert receive(incoming(From="news@shop.test", List_Id="<news.shop.test>")) == 0
    assert not Message.objects.exists()


def test_mail_that_was_written_long_ago_calls_nobody(ana: Person) -> None:
    receive(incoming(From=ANA, at=NOON - 2 * DAY))
    assert Event.objects.get(kind="email_replied").cause == Cause.IMPORT


def test_the_number_of_queries_does_not_grow(ana: Person, django_assert_num_queries: object) -> None:
    def cost(n: int) -> None:
        mails = [incoming(From=f"person{number}@example.org") for number in range(n)]
        for number in range(n):
            if not Lead.objects.filter(identities__value=f"person{number}@example.org").exists():
                lead(f"Person {number}", emails=(f"person{number}@example.org",))
        with django_assert_num_queries(26):  # type: ignore[operator]
            assert receive(*mails) == n

    cost(2)
    cost(12)
