"""What the gate is told of persons: whole, of the address chosen, in a fixed number of queries."""

import io
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leadlight.consent.models import Basis, Channel
from leadlight.consent.operations import Given, import_national_list, record_consent, suppress
from leadlight.consent.queries import contact_facts
from leadlight.consent.rules import Basis as Resting
from leadlight.consent.rules import Channel as Way
from leadlight.consent.rules import Facts
from leadlight.consent.rules.places.zones import ALL_US_ZONES
from leadlight.consent.rules.vocabulary import Provenance
from leadlight.events.operations import merge_persons, retract
from leadlight.leads.models import Lead
from tests.consent.people import NOW, email_of, lead, phone_of, tell

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
NY, CHICAGO, DENVER, LA = "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"


def facts(of: Lead) -> Facts:
    of.refresh_from_db()
    return contact_facts([of.person_id], now=NOW)[of.person_id]


def test_where_they_may_be_is_told_by_all_records() -> None:
    ann = lead(phone="+12125550101", home="1 Pine St, San Francisco, CA 94103")
    assert facts(ann).zones == {NY, LA}
    assert facts(ann).states == {"NY", "CA"}
    assert facts(ann).countries == {"US"}
    other = lead(phone="+13035550199", home="Toronto, Ontario M5V 2T6, Canada")
    merge_persons(keep=ann.person_id, gone=[other.person_id], reason="", actor=None, now=NOW)
    assert facts(ann).states == {"NY", "CA", "CO"}
    assert facts(ann).countries == {"US", "CA"}
    seen = contact_facts([other.person_id, ann.person_id], now=NOW, zones_seen={ann.person_id: [CHICAGO]})
    assert {NY, LA, DENVER, CHICAGO} <= seen[ann.person_id].zones


def test_without_any_place_they_may_be_anywhere() -> None:
    nobody = facts(lead(phone="", email="x@example.com"))
    assert (nobody.phone, nobody.email, nobody.zones) == ("", "x@example.com", ALL_US_ZONES)
    assert nobody.states == nobody.countries == frozenset()


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("OWN_INQUIRY", "BOUGHT", Provenance.OWN_INQUIRY),
        ("BOUGHT", "UNKNOWN", Provenance.BOUGHT),
        ("UNKNOWN", "PAST_CLIENT", Provenance.PAST_CLIENT),
        ("UNKNOWN", "OPEN_HOUSE", Provenance.OPEN_HOUSE),
        ("UNKNOWN", "UNKNOWN", Provenance.UNKNOWN),
    ],
)
def test_an_address_is_known_as_well_as_its_best_record_knows_it(one: str, other: str, expected: Provenance) -> None:
    ann = lead(phone="+13035550198", email="", provenance=one)
    same = lead(phone="+13035550198", provenance=other)
    merge_persons(keep=ann.person_id, gone=[same.person_id], reason="", actor=None, now=NOW)
    assert facts(ann).phone_provenance is expected
    # The e-mail came with one of the records alone.
    assert facts(ann).email_provenance is Provenance(other)


def test_what_they_said_and_did_is_told_by_its_latest_moment() -> None:
    ann = lead()
    assert (facts(ann).asked_at, facts(ann).wrote_at, facts(ann).transacted_at) == (None, None, None)
    for kind, ago in (
        ("inquiry", 9), ("showing_request", 4), ("valuation_request", 6), ("sms_replied", 7), ("email_replied", 5),
        ("form_submit", 8), ("closed", 400), ("closed", 500), ("listing_view", 1), ("opted_out", 2),
    ):  # fmt: skip
        tell(ann, kind, NOW - ago * DAY)
    tell(ann, "inquiry", NOW + DAY)
    tell(ann, "inquiry", NOW - DAY, is_machine=True)
    tell(ann, "sms_replied", NOW - DAY, props={"text": "I am away", "automatic": True})
    tell(ann, "sms_replied", NOW - 3 * DAY, props={"text": "Thanks", "automatic": False})
    retract(event_ids=[tell(ann, "inquiry", NOW - DAY)], reason="", now=NOW)
    told = facts(ann)
    assert (told.asked_at, told.wrote_at, told.transacted_at) == (NOW - 4 * DAY, NOW - 3 * DAY, NOW - 400 * DAY)


def given(by: Lead, channel: Channel, address: str, **fields: object) -> Given:
    return Given(
        lead_id=by.pk, channel=channel, address=address, basis=Basis.EXPRESS, obtained_at=NOW - DAY, **fields
    )  # type: ignore[arg-type]


def test_consents_are_those_for_the_address_chosen() -> None:
    ann = lead()
    ends = NOW + DAY
    record_consent(given=given(ann, Channel.SMS, phone_of(ann), expires_at=ends, seller="Tidewater"), now=NOW)
    record_consent(given=given(ann, Channel.EMAIL, email_of(ann)), now=NOW)
    record_consent(given=given(ann, Channel.CALL, "+13035559999"), now=NOW)
    texts, emails = sorted(facts(ann).agreements, key=lambda agreement: agreement.channel, reverse=True)
    assert (texts.channel, texts.basis, texts.obtained_at, texts.expires_at, texts.seller) == (
        Way.SMS, Resting.EXPRESS, NOW - DAY, ends, "Tidewater",
    )  # fmt: skip
    assert emails.channel is Way.EMAIL
    assert emails.revoked_at is None


def test_the_national_list_is_asked_for_the_number_chosen() -> None:
    ann, bob, cat = lead(phone="+18135550142"), lead(phone="+18135550143"), lead()
    file = io.BytesIO(b"813,5550142\n")
    import_national_list(file=file, drawn_on=date(2026, 11, 2), actor=None, now=NOW)
    assert (facts(ann).is_on_national_list, facts(ann).national_list_of) == (True, date(2026, 11, 2))
    assert (facts(bob).is_on_national_list, facts(bob).national_list_of) == (False, date(2026, 11, 2))
    assert (facts(cat).is_on_national_list, facts(cat).national_list_of) == (False, None)


def test_who_is_not_there_is_said() -> None:
    found = contact_facts([10**9], now=NOW)
    assert found == {10**9: Facts(person_id=10**9, is_here=False)}
    assert contact_facts([], now=NOW) == {}


@pytest.mark.parametrize("n", [1, 40])
def test_facts_take_ten_queries_however_many(n: int) -> None:
    people = [lead(home="Tampa, FL 33602") for _ in range(n)]
    for one in people:
        suppress(rows=[(one.pk, "EMAIL", "OPTED_OUT", "x")], origin="", now=NOW)
        record_consent(given=given(one, Channel.SMS, phone_of(one)), now=NOW)
        tell(one, "inquiry", NOW - DAY)
    ids = [one.person_id for one in people]
    with CaptureQueriesContext(connection) as caught:
        found = contact_facts(ids, now=NOW)
    assert len(caught) == 10
    assert set(found) == set(ids)
    assert all(told.closings and told.agreements and told.asked_at for told in found.values())


def test_what_they_said_of_where_they_are_goes_before_all_else() -> None:
    ann, other = lead(), lead(home="12 Elm St, Tampa, FL 33602")
    merge_persons(keep=ann.person_id, gone=[other.person_id], reason="", actor=None, now=NOW)
    Lead.objects.filter(pk=other.pk).update(stated_zone="Pacific/Honolulu")
    facts = contact_facts([ann.person_id], now=NOW)[ann.person_id]
    assert facts.zones == {"Pacific/Honolulu"}
    assert facts.states == {"CO", "FL"}, "the law of every state that anything points at stays"
    Lead.objects.filter(pk=ann.pk).update(stated_zone="America/Chicago")
    facts = contact_facts([ann.person_id], now=NOW)[ann.person_id]
    assert facts.zones == {"Pacific/Honolulu", "America/Chicago"}, "two records that say different things leave both"
