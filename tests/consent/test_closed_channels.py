"""Closed channels: of a lead for the whole person, of an address for whoever comes with it, merged, undone, erased."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leadlight.consent.models import ClosedAddress, Suppression
from leadlight.consent.operations import close_erased, close_for, remember_erased, suppress, take_back
from leadlight.consent.queries import by_person, contact_facts
from leadlight.consent.rules import Channel as Way
from leadlight.consent.rules import ClosedFor
from leadlight.events.operations import merge_persons, undo_merge
from leadlight.kit.secrets import fingerprints
from leadlight.leads.models import Lead
from leadlight.leads.operations import delete_leads, refresh_persons, remove_empty
from tests.consent.people import NOW, email_of, lead, phone_of, tell

pytestmark = pytest.mark.django_db


def closed(of: Lead) -> set[tuple[str, str]]:
    of.refresh_from_db()
    facts = contact_facts([of.person_id], now=NOW)[of.person_id]
    return {(closing.channel or "ALL", closing.reason.value) for closing in facts.closings}


def opt_out(of: Lead, channel: str = "ALL", reason: str = "OPTED_OUT") -> int:
    return suppress(rows=[(of.pk, channel, reason, "said so")], origin="test", now=NOW)


def test_a_lead_is_closed_with_its_addresses_once() -> None:
    ann = lead()
    assert opt_out(ann) == 1
    assert opt_out(ann) == 0
    assert closed(ann) == {("ALL", "OPTED_OUT")}
    rows = ClosedAddress.objects.filter(lead_id=ann.pk).order_by("channel").values_list("channel", flat=True)
    assert list(rows) == ["CALL", "EMAIL", "SMS"]
    digests = set(ClosedAddress.objects.values_list("digest", flat=True))
    assert len(digests) == 2
    assert all(len(digest) == 64 for digest in digests)
    stored = str(list(ClosedAddress.objects.values()))
    assert phone_of(ann) not in stored
    assert email_of(ann) not in stored


@pytest.mark.parametrize(
    ("channel", "expected"), [("EMAIL", {("EMAIL", "OPTED_OUT")}), ("SMS", {("SMS", "OPTED_OUT")}),
                              ("CALL", {("CALL", "OPTED_OUT")})],
)  # fmt: skip
def test_whoever_comes_with_the_address_of_somebody_gone_is_closed_at_once(
    channel: str, expected: set[tuple[str, str]]
) -> None:
    ann = lead()
    email, phone = email_of(ann), phone_of(ann)
    opt_out(ann, channel)
    delete_leads(lead_ids=[ann.pk])
    assert not Suppression.ever.exists()
    assert closed(lead(email=email, phone=phone)) == expected
    assert closed(lead()) == set()


@pytest.mark.parametrize("reason", ["BOUNCED", "TRASH", "DECEASED"])
def test_what_is_of_the_record_alone_does_not_go_with_the_address(reason: str) -> None:
    ann = lead()
    opt_out(ann, "ALL", reason)
    assert closed(ann) == {("ALL", reason)}
    assert closed(lead(phone=phone_of(ann))) == set()


def test_who_shares_a_phone_is_closed_by_phone_and_not_by_email() -> None:
    ann = lead()
    opt_out(ann)
    bob = lead(phone=phone_of(ann))
    assert closed(bob) == {("SMS", "OPTED_OUT"), ("CALL", "OPTED_OUT")}


def test_a_record_binds_the_whole_person_while_they_are_one() -> None:
    ann, other = lead(), lead()
    opt_out(other, "SMS")
    assert closed(ann) == set()
    merge = merge_persons(keep=ann.person_id, gone=[other.person_id], reason="", actor=None, now=NOW)
    assert closed(ann) == {("SMS", "OPTED_OUT")}
    # Said while they are one, of one record: after parting it stays with that one.
    opt_out(ann, "EMAIL")
    assert closed(other) == {("SMS", "OPTED_OUT"), ("EMAIL", "OPTED_OUT")}
    gone = contact_facts([merge.gone[0]], now=NOW)[merge.gone[0]]
    assert gone.person_id == ann.person_id
    undo_merge(merge_id=merge.merge_id, actor=None, now=NOW)
    assert closed(ann) == {("EMAIL", "OPTED_OUT")}
    assert closed(other) == {("SMS", "OPTED_OUT")}


def test_an_event_of_opting_out_closes_lead_and_addresses_in_seven_statements() -> None:
    people = [lead() for _ in range(5)]
    events = [tell(one, "opted_out", NOW) for one in people]
    with CaptureQueriesContext(connection) as caught:
        assert close_for(event_ids=events, now=NOW) == 5
    assert len([query for query in caught if "SAVEPOINT" not in query["sql"]]) == 7
    assert ClosedAddress.objects.count() == 15
    # The job may run again.
    assert close_for(event_ids=events, now=NOW + timedelta(minutes=1)) == 0
    assert ClosedAddress.objects.count() == 15


def test_what_an_undone_import_closed_opens_again_with_the_addresses() -> None:
    ann, bob = lead(), lead()
    rows = [(one.pk, "ALL", "OPTED_OUT", "DNC = yes") for one in (ann, bob)]
    suppress(rows=rows, origin="import:7", now=NOW)
    opt_out(ann, "SMS")
    assert take_back(lead_ids=[ann.pk, bob.pk], origins=["import:7"]) == 2
    assert closed(ann) == {("SMS", "OPTED_OUT")}
    assert closed(bob) == set()
    assert closed(lead(email=email_of(bob), phone=phone_of(bob))) == set()


def test_a_closing_that_was_lifted_is_kept_and_counts_no_more() -> None:
    ann = lead()
    opt_out(ann)
    Suppression.objects.update(lifted_at=NOW)
    ClosedAddress.objects.update(lifted_at=NOW)
    assert closed(ann) == set()
    assert by_person([ann.person_id]) == {}
    assert list(ann.suppressions.all()) == []
    assert Suppression.ever.count() == 1
    # It can be closed anew.
    assert opt_out(ann) == 1
    assert Suppression.ever.count() == 2
    assert ClosedAddress.objects.filter(lifted_at=None).count() == 3


def test_somebody_elses_address_counts_for_that_address_alone() -> None:
    ann = lead(phones=("+13035559001", "+13035559002"))
    ann.person.refresh_from_db()
    assert ann.person.phone == "+13035559001"
    for number, n_closed in (("+13035559002", 0), ("+13035559001", 1)):
        ClosedAddress.objects.create(
            digest=fingerprints(number)[0], channel="SMS", reason=ClosedFor.WRONG, recorded_at=NOW
        )
        assert len(closed(ann)) == n_closed


def test_whoever_has_an_address_of_somebody_erased_is_closed_for_everything() -> None:
    ann = lead()
    remember_erased(addresses=[phone_of(ann)], now=NOW)
    # Known by the address alone, to the gate at once; on the pages from when a record comes with it.
    assert closed(ann) == {("ALL", "ERASED")}
    assert by_person([ann.person_id]) == {}
    bob = lead()
    assert close_erased(lead_ids=[ann.pk, bob.pk], origin="test", now=NOW) == 1
    assert close_erased(lead_ids=[ann.pk, bob.pk], origin="test", now=NOW) == 0
    assert [one.reason for one in by_person([ann.person_id])[ann.person_id]] == ["ERASED"]
    assert closed(bob) == set()


def test_only_the_erased_are_closed_for_what_their_address_says() -> None:
    ann = lead()
    opt_out(ann, "SMS")
    same = lead(phone=phone_of(ann))
    assert close_erased(lead_ids=[same.pk], origin="test", now=NOW) == 0


def test_any_number_that_opted_out_closes_the_person() -> None:
    ann = lead(phones=("+13035559003", "+13035559004"))
    old = lead(phone="+13035559004")
    opt_out(old, "SMS")
    delete_leads(lead_ids=[old.pk])
    assert closed(ann) == {("SMS", "OPTED_OUT")}


def test_a_change_of_key_forgets_nobody_while_the_old_one_is_named(settings) -> None:
    ann = lead()
    opt_out(ann, "SMS")
    phone = phone_of(ann)
    delete_leads(lead_ids=[ann.pk])
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key"
    assert closed(lead(phone=phone)) == {("SMS", "OPTED_OUT")}
    settings.SECRET_KEY_FALLBACKS = []
    assert closed(lead(phone=phone)) == set()


def test_an_opt_out_of_email_says_its_words_to_the_gate() -> None:
    ann = lead()
    opt_out(ann, "EMAIL")
    [closing] = contact_facts([ann.person_id], now=NOW)[ann.person_id].closings
    assert (closing.channel, closing.reason, closing.since, closing.words) == (
        Way.EMAIL, ClosedFor.OPTED_OUT, NOW, "said so",
    )  # fmt: skip


def test_a_person_without_leads_is_nobody() -> None:
    ann = lead()
    person_id = ann.person_id
    delete_leads(lead_ids=[ann.pk])
    remove_empty(person_ids=[person_id])
    refresh_persons(person_ids=[person_id])
    assert not contact_facts([person_id], now=NOW)[person_id].is_here
