"""Consents: what proves them, once each, and taken back for the whole person."""

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest

from leadlight.consent.models import Basis, Channel, ClosedAddress, Consent, Suppression
from leadlight.consent.operations import Given, TakenBack, UnableToRecordConsent, record_consent, revoke, suppress
from leadlight.consent.queries import contact_facts
from leadlight.consent.rules import Allowed, MessageClass, Refused, decide
from leadlight.consent.rules import Channel as Way
from leadlight.events.operations import merge_persons
from leadlight.leads.models import Lead
from tests.consent.people import NOW, email_of, lead, phone_of

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def signed(by: Lead, **changes: object) -> Given:
    given = Given(
        lead_id=by.pk,
        channel=Channel.SMS,
        address=phone_of(by),
        basis=Basis.WRITTEN,
        obtained_at=NOW - DAY,
        wording="I agree that Tidewater Homes may send me marketing texts by machine. It is no condition of purchase.",
        wording_version="sms-3",
        seller="Tidewater Homes",
        form={"phone": "303", "agree": "on"},
        page="https://example.com/12-elm",
        ip="203.0.113.7",
        user_agent="Browser/1",
        origin="form",
    )
    return replace(given, **changes)  # type: ignore[arg-type]


def texted(of: Lead) -> bool:
    """Say whether a marketing text may go to them at noon, as far as consent is concerned."""
    of.refresh_from_db()
    facts = contact_facts([of.person_id], now=NOW)[of.person_id]
    ready = replace(facts, is_profile_complete=True, connected=frozenset(Way))
    said = decide(ready, Way.SMS, MessageClass.MARKETING, NOW)
    assert isinstance(said, Allowed) or {reason.code for reason in said.reasons} <= {"no_consent", "opted_out"}
    return isinstance(said, Allowed)


def test_all_that_proves_it_is_kept() -> None:
    ann = lead()
    assert record_consent(given=signed(ann), now=NOW)
    kept = Consent.objects.get()
    given = signed(ann)
    for name in ("wording", "wording_version", "seller", "form", "page", "ip", "user_agent", "origin", "obtained_at"):
        assert getattr(kept, name) == getattr(given, name)
    assert kept.wording_digest == sha256(given.wording.encode()).hexdigest()
    assert (kept.recorded_at, kept.revoked_at) == (NOW, None)
    assert texted(ann)


def test_the_same_consent_told_twice_is_one() -> None:
    ann = lead()
    assert record_consent(given=signed(ann), now=NOW)
    assert not record_consent(given=signed(ann, wording="something else"), now=NOW)
    assert Consent.objects.get().wording == signed(ann).wording
    assert record_consent(given=signed(ann, obtained_at=NOW), now=NOW)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"channel": Channel.ALL}, "record one for each"),
        ({"address": "303 555"}, "is not a phone number"),
        ({"channel": Channel.EMAIL}, "is not an e-mail address"),
        ({"obtained_at": NOW + DAY}, "in the future"),
        ({"expires_at": NOW - DAY}, "before it begins"),
        ({"wording": " "}, "the text that was signed"),
        ({"seller": ""}, "who it names"),
        ({"lead_id": 0}, "no such lead"),
    ],
)
def test_what_proves_nothing_is_refused_in_plain_words(changes: dict[str, object], words: str) -> None:
    with pytest.raises(UnableToRecordConsent, match=words):
        record_consent(given=signed(lead(), **changes), now=NOW)
    assert not Consent.objects.exists()


def test_a_spoken_consent_needs_no_text() -> None:
    ann = lead()
    assert record_consent(given=signed(ann, basis=Basis.EXPRESS, wording="", seller=""), now=NOW)
    assert Consent.objects.get().wording_digest == ""
    assert not texted(ann)


def test_a_consent_holds_for_its_number_alone() -> None:
    ann = lead()
    record_consent(given=signed(ann, address="+13035558888"), now=NOW)
    assert not texted(ann)


def test_it_is_taken_back_for_the_whole_person_and_once() -> None:
    ann, other, bob = lead(), lead(), lead()
    for of in (ann, bob):
        record_consent(given=signed(of), now=NOW)
    record_consent(given=signed(ann, channel=Channel.EMAIL, address=email_of(ann), basis=Basis.EXPRESS), now=NOW)
    merge_persons(keep=ann.person_id, gone=[other.person_id], reason="", actor=None, now=NOW)
    first = TakenBack(other.pk, "SMS", NOW, "call", "Please, no more texts")
    later = first._replace(at=NOW + DAY, words="I said no texts")
    assert revoke(taken_back=[later, first]) == 1
    kept = Consent.objects.get(channel="SMS", lead=ann)
    assert (kept.revoked_at, kept.revoked_by, kept.revoked_words) == (NOW, "call", "Please, no more texts")
    assert kept.wording
    assert not texted(ann)
    assert set(Consent.objects.filter(revoked_at=None).values_list("lead", "channel")) == {
        (ann.pk, "EMAIL"), (bob.pk, "SMS"),
    }  # fmt: skip
    assert revoke(taken_back=[later]) == 0
    assert revoke(taken_back=[later._replace(channel="ALL")]) == 1
    assert revoke(taken_back=[]) == 0


def test_what_was_agreed_to_afterwards_stays() -> None:
    ann = lead()
    record_consent(given=signed(ann, obtained_at=NOW - timedelta(hours=1)), now=NOW)
    assert revoke(taken_back=[TakenBack(ann.pk, "ALL", NOW - timedelta(hours=2), "call", "no")]) == 0
    assert revoke(taken_back=[TakenBack(ann.pk, "ALL", NOW - timedelta(hours=1), "call", "no")]) == 1


def test_who_signs_after_a_stop_is_open_again_and_who_signed_before_is_not() -> None:
    ann = lead()
    suppress(rows=[(ann.pk, "ALL", "OPTED_OUT", "STOP")], origin="test", now=NOW - timedelta(hours=2))
    record_consent(given=signed(ann), now=NOW)
    assert not texted(ann)
    record_consent(given=signed(ann, basis=Basis.EXPRESS, obtained_at=NOW - timedelta(minutes=1)), now=NOW)
    assert not texted(ann)
    record_consent(given=signed(ann, obtained_at=NOW - timedelta(hours=1)), now=NOW)
    assert texted(ann)
    # What they did not sign for stays closed.
    assert set(Suppression.objects.values_list("channel", flat=True)) == {"EMAIL", "CALL"}
    assert set(ClosedAddress.objects.filter(lifted_at=None).values_list("channel", flat=True)) == {"EMAIL", "CALL"}
    assert Suppression.ever.filter(channel="ALL", lifted_at=NOW - timedelta(hours=1)).exists()


def test_signing_lifts_no_other_reason() -> None:
    ann = lead()
    rows = [(ann.pk, "SMS", "OPTED_OUT", "STOP"), (ann.pk, "SMS", "LEGAL_HOLD", "letter")]
    suppress(rows=rows, origin="test", now=NOW - 2 * DAY)
    record_consent(given=signed(ann), now=NOW)
    assert list(Suppression.objects.values_list("reason", flat=True)) == ["LEGAL_HOLD"]
    facts = contact_facts([ann.person_id], now=NOW)[ann.person_id]
    said = decide(facts, Way.SMS, MessageClass.MARKETING, NOW)
    assert isinstance(said, Refused)
    assert "legal_hold" in {reason.code for reason in said.reasons}
