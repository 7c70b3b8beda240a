"""What follows from messages of theirs: a stop closes at once, a start opens, a wrong number is nobody's."""

from dataclasses import replace
from datetime import timedelta

import pytest

from leadlight.consent.models import Basis, Channel, ClosedAddress, Consent, Suppression
from leadlight.consent.operations import close_for, close_for_stranger, record_consent
from leadlight.consent.queries import contact_facts
from leadlight.consent.rules import Allowed, MessageClass, Sender, decide
from leadlight.consent.rules import Channel as Way
from leadlight.consent.rules.words import Meaning, PauseReason, Reply, meaning_of
from leadlight.events.operations import merge_persons, undo_merge
from leadlight.jobs import worker
from leadlight.kit.secrets import fingerprints
from leadlight.leads.models import Lead
from tests.consent.people import NOW, email_of, lead, phone_of, tell
from tests.consent.test_consents import signed, texted

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def say(by: Lead, text: str, *, at: int = 0, way: Way = Way.SMS, **props: object) -> Reply:
    """Have a lead write something, `at` minutes after the hour."""
    moment = NOW + at * MINUTE
    kind = "sms_replied" if way is Way.SMS else "email_replied"
    event_id = tell(by, kind, moment, props={"text": text, **props})
    close_for(event_ids=[event_id], now=moment)
    return meaning_of(text, channel=way)


def may(of: Lead, way: Way, message_class: MessageClass = MessageClass.MARKETING, *, at: int = 60) -> bool:
    of.refresh_from_db()
    now = NOW + at * MINUTE
    facts = contact_facts([of.person_id], now=now)[of.person_id]
    ready = replace(facts, is_profile_complete=True, connected=frozenset(Way), national_list_of=now.date())
    return isinstance(decide(ready, way, message_class, now, sender=Sender.HAND), Allowed)


def test_a_stop_closes_texts_and_calls_to_the_person_the_address_and_their_consent() -> None:
    ann = lead()
    record_consent(given=signed(ann), now=NOW)
    assert texted(ann)
    assert say(ann, "Please STOP texting me").meaning is Meaning.OPT_OUT
    assert set(Suppression.objects.values_list("channel", "reason")) == {("SMS", "OPTED_OUT"), ("CALL", "OPTED_OUT")}
    consent = Consent.objects.get()
    assert (consent.revoked_at, consent.revoked_by, consent.revoked_words) == (
        NOW,
        "text reply",
        "Please STOP texting me",
    )
    assert not may(ann, Way.SMS)
    assert not may(ann, Way.CALL)
    assert may(ann, Way.EMAIL)
    assert may(ann, Way.SMS, MessageClass.COMPLIANCE)
    assert not may(lead(phone=phone_of(ann)), Way.CALL)


def test_hearing_a_message_twice_changes_nothing() -> None:
    ann = lead()
    record_consent(given=signed(ann), now=NOW)
    stop, start, again = (
        tell(ann, "sms_replied", NOW + at * MINUTE, props={"text": text})
        for at, text in ((0, "STOP"), (5, "START"), (9, "STOP"))
    )
    for _ in range(2):
        close_for(event_ids=[stop], now=NOW)
    assert Suppression.ever.count() == 2
    close_for(event_ids=[start], now=NOW + 9 * MINUTE)
    assert not may(ann, Way.SMS)
    close_for(event_ids=[again, start], now=NOW + 20 * MINUTE)
    assert not may(ann, Way.SMS)


def test_a_stop_of_everything_closes_everything() -> None:
    ann = lead()
    say(ann, "Leave me alone")
    assert list(Suppression.objects.values_list("channel", flat=True)) == ["ALL"]
    assert not may(ann, Way.EMAIL)
    # Their addresses are known by all they can be reached through.
    assert set(ClosedAddress.objects.values_list("channel", flat=True)) == {"SMS", "CALL", "EMAIL"}


def test_a_stop_on_one_record_binds_all_while_they_are_one_and_undoing_is_exact() -> None:
    ann, other = lead(), lead()
    merge = merge_persons(keep=ann.person_id, gone=[other.person_id], reason="", actor=None, now=NOW)
    say(other, "STOP")
    assert not may(ann, Way.CALL)
    undo_merge(merge_id=merge.merge_id, actor=None, now=NOW)
    assert may(ann, Way.CALL)
    assert not may(other, Way.CALL)


def test_start_opens_texts_again_with_the_consent_that_they_had() -> None:
    ann = lead()
    record_consent(given=signed(ann), now=NOW)
    say(ann, "STOP")
    assert say(ann, "START", at=5).meaning is Meaning.OPT_IN
    assert may(ann, Way.SMS)
    assert not may(ann, Way.CALL)
    again = Consent.objects.get(basis=Basis.WRITTEN, revoked_at=None)
    assert (again.words, again.wording, again.seller) == ("START", signed(ann).wording, "Tidewater Homes")
    assert Suppression.ever.exclude(lifted_at=None).count() == 1
    say(ann, "stop", at=8)
    assert not may(ann, Way.SMS)


def test_the_job_that_hears_a_stop_late_closes_nothing_that_a_start_has_opened() -> None:
    ann = lead()
    record_consent(given=signed(ann), now=NOW)
    unsubscribed = tell(ann, "unsubscribed", NOW)
    say(ann, "STOP")
    say(ann, "START", at=5)
    worker.run_until_idle(queues=["live"])
    assert may(ann, Way.SMS)
    # What they said of another channel before is heard all the same, and a stop that came after.
    assert may(ann, Way.EMAIL)
    assert close_for(event_ids=[unsubscribed], now=NOW + 9 * MINUTE) == 1
    assert not may(ann, Way.EMAIL)
    at_once = tell(ann, "opted_out", NOW + 5 * MINUTE, props={"channel": "SMS"})
    assert close_for(event_ids=[at_once], now=NOW + 6 * MINUTE) == 1
    assert not may(ann, Way.SMS)
    say(ann, "START", at=8)
    assert may(ann, Way.SMS)
    later = tell(ann, "opted_out", NOW + 9 * MINUTE, props={"channel": "SMS"})
    assert close_for(event_ids=[later], now=NOW + 10 * MINUTE) == 1
    assert not may(ann, Way.SMS)


def test_start_of_somebody_who_never_signed_signs_nothing() -> None:
    ann = lead()
    say(ann, "STOP")
    say(ann, "START", at=5)
    assert list(Consent.objects.values_list("basis", flat=True)) == ["EXPRESS"]
    assert not may(ann, Way.SMS)
    assert may(ann, Way.SMS, MessageClass.TRANSACTIONAL)


def test_start_after_a_stop_of_everything_opens_texts_alone() -> None:
    ann = lead()
    say(ann, "take me off your list")
    say(ann, "START", at=5)
    assert may(ann, Way.SMS, MessageClass.TRANSACTIONAL)
    assert not may(ann, Way.EMAIL)
    assert not may(ann, Way.CALL)


def test_start_lifts_nothing_that_others_closed() -> None:
    ann = lead()
    bob = lead(phones=(phone_of(ann), "+13035559100"), phone="")
    say(bob, "STOP")
    cat = lead(phone="+13035559100")
    say(cat, "STOP", at=1)
    say(ann, "START", at=5)
    # The number that spoke is open to ann; bob and cat said so themselves, and stay closed.
    assert may(ann, Way.SMS, MessageClass.TRANSACTIONAL)
    assert not may(bob, Way.SMS, MessageClass.TRANSACTIONAL)
    assert not may(cat, Way.SMS, MessageClass.TRANSACTIONAL)


def test_yes_never_opens_what_a_stop_closed() -> None:
    ann = lead()
    say(ann, "STOP")
    say(ann, "YES", at=5)
    assert not may(ann, Way.SMS, MessageClass.TRANSACTIONAL)


def test_who_wants_calls_instead_of_texts_may_be_called() -> None:
    ann = lead()
    say(ann, "Stop texting me, just call me")
    assert not may(ann, Way.SMS)
    assert may(ann, Way.CALL)
    assert [(one.channel, one.basis) for one in Consent.objects.all()] == [("CALL", "EXPRESS")]


def test_a_wrong_number_is_closed_for_whoever_has_it_and_its_consents_are_gone() -> None:
    ann = lead()
    record_consent(given=signed(ann), now=NOW)
    say(ann, "Sorry, wrong number")
    assert set(ClosedAddress.objects.values_list("channel", "reason")) == {
        ("SMS", "WRONG"), ("CALL", "WRONG"),
    }  # fmt: skip
    assert Consent.objects.get().revoked_at == NOW
    assert set(Suppression.objects.values_list("lead", "channel", "reason", "evidence")) == {
        (ann.pk, way, "WRONG", "“Sorry, wrong number” on 2026-11-18") for way in ("SMS", "CALL")
    }
    assert not may(lead(phone=phone_of(ann)), Way.CALL)
    for way in (Way.SMS, Way.CALL):
        assert not may(ann, way, MessageClass.COMPLIANCE)
    assert may(ann, Way.EMAIL)
    # No start of whoever has the number now makes it theirs.
    say(ann, "START", at=5)
    assert not may(ann, Way.SMS, MessageClass.TRANSACTIONAL)


def test_a_stop_from_a_wrong_number_is_both() -> None:
    ann = lead()
    say(ann, "Wrong number, stop texting me")
    assert {reason for _, reason in ClosedAddress.objects.values_list("channel", "reason")} == {
        "WRONG", "OPTED_OUT",
    }  # fmt: skip
    assert {reason for _, reason in Suppression.objects.values_list("channel", "reason")} == {"WRONG", "OPTED_OUT"}


def test_of_two_numbers_nobody_knows_which_is_the_wrong_one() -> None:
    ann = lead(phones=("+13035559201", "+13035559202"), phone="")
    record_consent(given=signed(ann), now=NOW)
    say(ann, "Wrong number")
    # Their record is closed; the numbers are others' as much as before, and what was agreed to for one stands.
    assert Consent.objects.get().revoked_at is None
    assert not may(ann, Way.SMS, MessageClass.COMPLIANCE)
    assert not ClosedAddress.objects.exists()


def test_a_text_that_names_its_number_speaks_for_that_one() -> None:
    first, second = "+13035559211", "+13035559212"
    ann = lead(phones=(first, second), phone="")
    say(ann, "STOP")
    say(ann, "START", at=5, **{"from": "+13035550000"})
    assert not may(ann, Way.SMS, MessageClass.TRANSACTIONAL), "a number of nobody's opens nothing"
    say(ann, "START", at=6, **{"from": first})
    assert may(ann, Way.SMS, MessageClass.TRANSACTIONAL)
    assert Consent.objects.get().address == first
    say(ann, "Wrong number", at=7, **{"from": second})
    assert {one.digest for one in ClosedAddress.objects.filter(reason="WRONG")} == {fingerprints(second)[0]}


def test_a_stop_by_email_closes_email() -> None:
    ann = lead()
    given = signed(ann, channel=Channel.EMAIL, address=email_of(ann), basis=Basis.EXPRESS)
    record_consent(given=given, now=NOW)
    say(ann, "please unsubscribe me", way=Way.EMAIL, at=1)
    assert not may(ann, Way.EMAIL)
    assert may(ann, Way.CALL)
    consent = Consent.objects.get()
    assert (consent.revoked_by, consent.revoked_words) == ("email reply", "please unsubscribe me")


def test_a_subject_of_their_own_counts_where_the_text_says_nothing_of_it() -> None:
    for subject, is_open in (("Unsubscribe", False), ("Re: Unsubscribe", True), ("12 Elm St", True)):
        ann = lead()
        say(ann, "Ann Lee\n12 Elm St, Tampa", way=Way.EMAIL, subject=subject)
        assert may(ann, Way.EMAIL) is is_open, subject
    bob = lead()
    say(bob, "Take me off your list", way=Way.EMAIL, subject="Unsubscribe")
    assert "Take me off" in Suppression.objects.get(lead=bob).evidence


@pytest.mark.parametrize("text", ["Not interested", "HELP", "Is it still for sale?"])
def test_what_asks_for_nothing_of_us_writes_nothing(text: str) -> None:
    ann = lead()
    reply = say(ann, text)
    assert reply.meaning in {Meaning.PAUSE, Meaning.HELP, Meaning.NOTHING}
    assert (reply.reason is PauseReason.NOT_INTERESTED) == (reply.meaning is Meaning.PAUSE)
    assert not any(model.objects.exists() for model in (Suppression, ClosedAddress, Consent))


def test_who_is_nobody_to_us_closes_their_mail_by_asking_for_that_alone() -> None:
    for text, is_closed in (("Unsubscribe", True), ("Leave me alone", True), ("Wrong number", False), ("Hi", False)):
        address = f"{len(text)}@nowhere.example"
        told = close_for_stranger(address=address, kind="email_replied", props={"text": text}, now=NOW)
        assert told is is_closed, text
        assert may(lead(email=address), Way.EMAIL) is not is_closed, text
        assert ClosedAddress.objects.filter(origin="email_replied").count() == is_closed
        ClosedAddress.objects.all().delete()
