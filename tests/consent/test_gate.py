"""What the gate says, case by case: consents, lists, closings, hours, caps, and what only the ledger knows."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from leadlight.consent.rules import (
    Agreement,
    Allowed,
    Basis,
    Channel,
    ClosedFor,
    Closing,
    Facts,
    MessageClass,
    Refused,
    Sender,
    Touch,
    decide,
)
from leadlight.consent.rules.law.forms import Cap
from leadlight.consent.rules.law.states import STATES
from leadlight.consent.rules.places.zones import STATE_ZONES
from leadlight.consent.rules.vocabulary import STRANGERS, Provenance
from leadlight.consent.rules.zones import whereabouts
from tests.consent.build import LONG_AGO, NOON, facts, local, signed
from tests.consent.test_law import AS_FEDERAL, AS_WRITTEN

EMAIL, SMS, CALL = Channel.EMAIL, Channel.SMS, Channel.CALL
ANSWER, TRANSACTIONAL = MessageClass.REQUESTED_RESPONSE, MessageClass.TRANSACTIONAL
MARKETING, COMPLIANCE = MessageClass.MARKETING, MessageClass.COMPLIANCE
HAND, AUTOMATED = Sender.HAND, Sender.AUTOMATED
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NY, CHICAGO, DENVER = "America/New_York", "America/Chicago", "America/Denver"


def codes(
    told: Facts,
    channel: Channel = SMS,
    message_class: MessageClass = MARKETING,
    now: datetime = NOON,
    sender: Sender = AUTOMATED,
) -> list[str]:
    said = decide(told, channel, message_class, now, sender=sender)
    return [] if isinstance(said, Allowed) else [reason.code for reason in said.reasons]


def retry_at(told: Facts, now: datetime, channel: Channel = SMS, sender: Sender = AUTOMATED) -> datetime | None:
    said = decide(told, channel, MARKETING, now, sender=sender)
    assert isinstance(said, Refused)
    return said.retry_at


@pytest.mark.parametrize("channel", list(Channel))
@pytest.mark.parametrize("message_class", list(MessageClass))
@pytest.mark.parametrize("sender", list(Sender))
def test_to_whom_nothing_stands_in_the_way_all_may_be_sent(
    channel: Channel, message_class: MessageClass, sender: Sender
) -> None:
    assert isinstance(decide(facts(), channel, message_class, NOON, sender=sender), Allowed)


def test_what_is_not_known_refuses() -> None:
    said = codes(Facts(person_id=1, phone="+13035550142"))
    assert said == ["stranger", "no_consent", "profile", "not_connected", "hours"]
    assert codes(Facts(person_id=1), EMAIL) == ["no_address", "stranger", "profile", "not_connected"]
    assert codes(facts(is_here=False), EMAIL) == ["not_here"]
    assert codes(facts(phone="")) == ["no_address"]
    assert codes(facts(phone=""), EMAIL) == []


# Consents ------------------------------------------------------------------------------------------------------------

NONE: tuple[Agreement, ...] = ()
EXPRESS = tuple(signed(channel, basis=Basis.EXPRESS) for channel in Channel)
INQUIRED = tuple(signed(channel, basis=Basis.INQUIRY) for channel in Channel)
DEALT = tuple(signed(channel, basis=Basis.TRANSACTION) for channel in Channel)
WRITTEN = tuple(signed(channel) for channel in Channel)
UNNAMED = tuple(signed(channel, seller="") for channel in Channel)
REFUSED, FINE = ["no_consent"], []


@pytest.mark.parametrize(
    ("agreements", "channel", "message_class", "sender", "expected"),
    [
        # Nothing given: marketing texts need a signature, an answer does not.
        (NONE, SMS, MARKETING, AUTOMATED, REFUSED),
        (NONE, SMS, MARKETING, HAND, REFUSED),
        (NONE, SMS, ANSWER, AUTOMATED, FINE),
        (NONE, SMS, TRANSACTIONAL, AUTOMATED, REFUSED),
        (NONE, SMS, COMPLIANCE, AUTOMATED, FINE),
        (NONE, EMAIL, MARKETING, AUTOMATED, FINE),
        (NONE, EMAIL, TRANSACTIONAL, AUTOMATED, FINE),
        (NONE, CALL, MARKETING, HAND, FINE),
        (NONE, CALL, MARKETING, AUTOMATED, REFUSED),
        (NONE, CALL, ANSWER, AUTOMATED, REFUSED),
        (NONE, CALL, TRANSACTIONAL, AUTOMATED, REFUSED),
        # Given to be contacted.
        (EXPRESS, SMS, MARKETING, AUTOMATED, REFUSED),
        (EXPRESS, SMS, MARKETING, HAND, REFUSED),
        (EXPRESS, SMS, ANSWER, AUTOMATED, FINE),
        (EXPRESS, SMS, TRANSACTIONAL, AUTOMATED, FINE),
        (EXPRESS, CALL, MARKETING, AUTOMATED, REFUSED),
        (EXPRESS, CALL, TRANSACTIONAL, AUTOMATED, FINE),
        # Implied by a question or a deal: no consent for texts.
        (INQUIRED, SMS, MARKETING, AUTOMATED, REFUSED),
        (INQUIRED, SMS, TRANSACTIONAL, AUTOMATED, REFUSED),
        (INQUIRED, SMS, ANSWER, AUTOMATED, FINE),
        (INQUIRED, CALL, TRANSACTIONAL, AUTOMATED, REFUSED),
        (DEALT, SMS, MARKETING, AUTOMATED, REFUSED),
        (DEALT, SMS, TRANSACTIONAL, AUTOMATED, REFUSED),
        # Signed; one that names no seller counts as given.
        (WRITTEN, SMS, MARKETING, AUTOMATED, FINE),
        (WRITTEN, CALL, MARKETING, AUTOMATED, FINE),
        (UNNAMED, SMS, MARKETING, AUTOMATED, REFUSED),
        (UNNAMED, SMS, TRANSACTIONAL, AUTOMATED, FINE),
        # For another channel.
        ((signed(EMAIL), signed(CALL)), SMS, MARKETING, AUTOMATED, REFUSED),
    ],
)
def test_consents(
    agreements: tuple[Agreement, ...],
    channel: Channel,
    message_class: MessageClass,
    sender: Sender,
    expected: list[str],
) -> None:
    assert codes(facts(agreements=agreements), channel, message_class, sender=sender) == expected


def test_a_consent_holds_from_its_moment_until_it_expires_or_is_revoked() -> None:
    def at(**fields: Any) -> list[str]:
        return codes(facts(agreements=(signed(**fields),)))

    second = timedelta(seconds=1)
    assert at(at=NOON) == FINE
    assert at(at=NOON + second) == REFUSED
    assert at(expires_at=NOON + second) == FINE
    assert at(expires_at=NOON) == REFUSED
    assert at(revoked_at=NOON) == REFUSED
    assert at(revoked_at=NOON + second) == FINE


def test_a_consent_that_runs_out_before_the_hours_open_brings_no_other_try() -> None:
    night = local(2026, 11, 18, 22, zone=DENVER)
    ending = facts(agreements=(signed(expires_at=night + HOUR),))
    assert codes(ending, now=night) == ["hours"]
    assert retry_at(ending, night) is None


# Strangers -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("provenance", sorted(STRANGERS))
def test_strangers_get_no_texts_and_no_plans_and_are_called_after_a_look_at_the_list(provenance: Provenance) -> None:
    who = facts(phone_provenance=provenance, email_provenance=provenance)
    for message_class in (MARKETING, TRANSACTIONAL, ANSWER):
        for sender in Sender:
            assert "stranger" in codes(who, SMS, message_class, sender=sender)
        assert "stranger" in codes(who, CALL, message_class)
    assert codes(who, EMAIL) == ["stranger"]
    assert codes(who, EMAIL, sender=HAND) == []
    assert codes(who, EMAIL, ANSWER) == []
    assert codes(who, CALL, sender=HAND) == []
    unchecked = replace(who, national_list_of=None)
    for message_class in (MARKETING, TRANSACTIONAL):
        assert codes(unchecked, CALL, message_class, sender=HAND) == ["national_list_unchecked"]
    assert codes(unchecked, CALL, ANSWER, sender=HAND) == []
    for message_class in (COMPLIANCE,):
        assert codes(unchecked, SMS, message_class) == []


@pytest.mark.parametrize("provenance", sorted(set(Provenance) - STRANGERS))
def test_others_are_no_strangers(provenance: Provenance) -> None:
    assert codes(facts(phone_provenance=provenance)) == []


def test_who_is_known_by_phone_may_be_a_stranger_by_email() -> None:
    who = facts(email_provenance=Provenance.BOUGHT)
    assert codes(who, SMS) == []
    assert codes(who, EMAIL) == ["stranger"]


# The National Do Not Call list ---------------------------------------------------------------------------------------

LISTED = {"is_on_national_list": True, "agreements": NONE, "asked_at": None}


def test_a_listed_number_is_not_called_unless_they_signed_or_dealt_with_us() -> None:
    assert codes(facts(**LISTED), CALL, sender=HAND) == ["national_list"]
    assert codes(facts(**LISTED), SMS, sender=HAND) == ["no_consent", "national_list"]
    assert codes(facts(**{**LISTED, "agreements": WRITTEN}), CALL, sender=HAND) == []
    assert codes(facts(**{**LISTED, "agreements": EXPRESS}), CALL, sender=HAND) == ["national_list"]
    assert codes(facts(**{**LISTED, "asked_at": NOON - DAY}), CALL, sender=HAND) == []
    # A relationship lifts the list for calls, and not for texts.
    assert "national_list" in codes(facts(**{**LISTED, "asked_at": NOON - DAY}), SMS)
    assert codes(facts(**LISTED), CALL, TRANSACTIONAL, sender=HAND) == []


@pytest.mark.parametrize(
    ("field", "begun", "last"),
    [
        ("asked_at", datetime(2026, 8, 18, 18, tzinfo=UTC), datetime(2026, 11, 18, 18, tzinfo=UTC)),
        ("asked_at", datetime(2026, 11, 30, 18, tzinfo=UTC), datetime(2027, 2, 28, 18, tzinfo=UTC)),
        ("transacted_at", datetime(2025, 5, 18, 18, tzinfo=UTC), datetime(2026, 11, 18, 18, tzinfo=UTC)),
        ("transacted_at", datetime(2025, 8, 31, 18, tzinfo=UTC), datetime(2027, 2, 28, 18, tzinfo=UTC)),
    ],
)
def test_relationships_end_after_three_and_eighteen_months(field: str, begun: datetime, last: datetime) -> None:
    second = timedelta(seconds=1)
    who = facts(**{**LISTED, field: begun, "national_list_of": last.date()})
    assert codes(who, CALL, now=last - second, sender=HAND) == []
    assert codes(who, CALL, now=last, sender=HAND) == ["national_list"]


def test_a_copy_of_the_list_is_good_for_31_days() -> None:
    cold = facts(agreements=NONE, asked_at=None)
    assert codes(replace(cold, national_list_of=NOON.date() - 31 * DAY), CALL, sender=HAND) == []
    old = replace(cold, national_list_of=NOON.date() - 32 * DAY)
    assert codes(old, CALL, sender=HAND) == ["national_list_unchecked"]
    assert codes(replace(cold, national_list_of=None), CALL, sender=HAND) == ["national_list_unchecked"]
    # Who dealt with us or signed needs no look.
    assert codes(replace(old, asked_at=NOON - DAY), CALL, sender=HAND) == []
    assert codes(replace(old, agreements=WRITTEN), CALL, sender=HAND) == []


# Answers -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("channel", list(Channel))
def test_an_answer_answers_something_of_the_last_day_once(channel: Channel) -> None:
    def said(**changes: Any) -> list[str]:
        return codes(facts(**changes), channel, ANSWER, sender=HAND)

    assert said(asked_at=NOON - DAY) == []
    assert said(asked_at=NOON - DAY - timedelta(seconds=1)) == ["not_requested"]
    assert said(asked_at=None) == ["not_requested"]
    assert said(asked_at=NOON - HOUR, answered_at=NOON - HOUR) == ["not_requested"]
    assert said(asked_at=NOON - HOUR, answered_at=NOON - 2 * HOUR) == []


def test_a_reply_wants_an_answer_and_makes_no_relationship() -> None:
    replied = facts(asked_at=NOON - 2 * DAY, wrote_at=NOON - HOUR)
    assert codes(replied, SMS, ANSWER) == []
    assert codes(replace(replied, answered_at=NOON - DAY), SMS, ANSWER) == []
    assert codes(replace(replied, answered_at=NOON), SMS, ANSWER) == ["not_requested"]
    assert codes(facts(**LISTED, wrote_at=NOON - HOUR), CALL, sender=HAND) == ["national_list"]


def test_an_answer_that_the_night_makes_late_is_not_promised() -> None:
    night = local(2026, 11, 18, 22, zone=DENVER)
    asked = facts(asked_at=night - 20 * HOUR)
    said = decide(asked, SMS, ANSWER, night)
    assert isinstance(said, Refused)
    assert said.retry_at is None
    said = decide(replace(asked, asked_at=night - HOUR), SMS, ANSWER, night)
    assert isinstance(said, Refused)
    assert said.retry_at == local(2026, 11, 19, 8, zone=DENVER)


# Closings ------------------------------------------------------------------------------------------------------------


def closed(
    channel: Channel | None, reason: ClosedFor = ClosedFor.OPTED_OUT, since: datetime = NOON
) -> dict[str, Any]:
    return {"closings": (Closing(channel, reason, since, "STOP"),)}


def test_a_stop_closes_its_channel_to_all_but_its_confirmation() -> None:
    for channel in Channel:
        for told in (
            closed(channel),
            closed(None),
            closed(channel, ClosedFor.DO_NOT_CALL),
            closed(None, ClosedFor.TRASH),
        ):
            for message_class in (ANSWER, TRANSACTIONAL, MARKETING):
                for sender in Sender:
                    said = codes(facts(**told), channel, message_class, sender=sender)
                    assert said in (["opted_out"], ["set_aside"])
            assert codes(facts(**told), channel, COMPLIANCE) == []


def test_a_stop_to_texts_closes_calls_too_and_leaves_email() -> None:
    assert codes(facts(**closed(SMS)), CALL, sender=HAND) == ["opted_out"]
    assert codes(facts(**closed(CALL)), SMS) == ["opted_out"]
    assert codes(facts(**closed(SMS)), EMAIL) == []
    assert codes(facts(**closed(EMAIL)), SMS) == []
    assert codes(facts(**closed(SMS, ClosedFor.TRASH)), CALL, sender=HAND) == []


def test_what_they_allow_after_a_stop_on_the_other_channel_stands() -> None:
    before = closed(SMS, since=NOON - HOUR)
    prefers = (*WRITTEN, signed(CALL, NOON - HOUR, basis=Basis.EXPRESS))
    assert codes(facts(**before, agreements=prefers), CALL, sender=HAND) == []
    earlier = (*WRITTEN, signed(CALL, NOON - HOUR - timedelta(seconds=1), basis=Basis.EXPRESS))
    assert codes(facts(**before, agreements=earlier), CALL, sender=HAND) == ["opted_out"]
    # So does a call back to what they asked afterwards, by somebody's own hand.
    assert codes(facts(**before, asked_at=NOON - HOUR), CALL, ANSWER, sender=HAND) == []
    assert codes(facts(**before, asked_at=NOON - HOUR), CALL, ANSWER) == ["opted_out"]
    assert codes(facts(**before, asked_at=NOON - 2 * HOUR), CALL, ANSWER, sender=HAND) == ["opted_out"]


def test_a_wrong_number_closes_the_phone_and_a_bounce_the_email_even_to_confirmations() -> None:
    wrong = facts(**closed(SMS, ClosedFor.WRONG))
    for channel in (SMS, CALL):
        assert codes(wrong, channel, COMPLIANCE) == ["wrong_number"]
        assert codes(wrong, channel, sender=HAND) == ["wrong_number"]
    assert codes(wrong, EMAIL) == []
    theirs = facts(**closed(EMAIL, ClosedFor.WRONG))
    assert codes(theirs, EMAIL) == ["wrong_number"]
    assert codes(theirs, SMS) == []
    bounced = facts(**closed(EMAIL, ClosedFor.BOUNCED))
    assert codes(bounced, EMAIL, COMPLIANCE) == ["bounced"]
    assert codes(bounced, SMS) == []


@pytest.mark.parametrize(
    ("reason", "code"),
    [(ClosedFor.DECEASED, "deceased"), (ClosedFor.LEGAL_HOLD, "legal_hold"), (ClosedFor.ERASED, "erased")],
)
def test_death_lawyers_and_being_erased_close_everything(reason: ClosedFor, code: str) -> None:
    for channel in Channel:
        for message_class in MessageClass:
            assert codes(facts(**closed(SMS, reason)), channel, message_class, sender=HAND) == [code]


def test_a_landline_takes_calls_alone() -> None:
    assert codes(facts(is_landline=True)) == ["landline"]
    assert codes(facts(is_landline=True), CALL, sender=HAND) == []


# Abroad --------------------------------------------------------------------------------------------------------------


def test_abroad_there_is_email_by_express_consent_alone() -> None:
    abroad = facts(countries=frozenset({"US", "CA"}))
    for channel in (SMS, CALL):
        assert codes(abroad, channel, sender=HAND) == ["abroad"]
        assert codes(abroad, channel, ANSWER) == ["abroad"]
        assert codes(abroad, channel, ANSWER, sender=HAND) == []
        assert codes(abroad, channel, COMPLIANCE) == []
    assert codes(abroad, EMAIL) == []
    assert codes(replace(abroad, agreements=EXPRESS), EMAIL) == []
    for agreements in (NONE, INQUIRED, DEALT):
        assert codes(replace(abroad, agreements=agreements), EMAIL, sender=HAND) == ["abroad"]
        assert codes(replace(abroad, agreements=agreements), EMAIL, TRANSACTIONAL) == []


# Hours ---------------------------------------------------------------------------------------------------------------


def known_by(phone: str, *postal_codes: str, **changes: Any) -> Facts:
    found = whereabouts(phones=[phone], postal_codes=postal_codes)
    return facts(phone=phone, countries=found.countries, states=found.states, zones=found.zones, **changes)


@pytest.mark.parametrize(
    ("phone", "postal_codes", "at", "expected"),
    [
        # Half past eight in New York is half past seven in Pensacola.
        ("+14485550100", (), local(2026, 11, 18, 8, 30, zone=NY), False),
        ("+14485550100", (), local(2026, 11, 18, 9, 0, zone=NY), True),
        # Florida ends at eight, by the eastern clock too.
        ("+18505550100", (), local(2026, 11, 18, 20, 30, zone=NY), False),
        ("+18505550100", (), local(2026, 11, 18, 19, 59, zone=NY), True),
        ("+18505550100", (), local(2026, 11, 18, 20, 0, zone=NY), False),
        # Arizona keeps no summer time, Navajo land does.
        ("+19285550100", (), local(2026, 7, 15, 7, 30, zone="America/Phoenix"), False),
        ("+19285550100", (), local(2026, 7, 15, 8, 0, zone="America/Phoenix"), True),
        ("+19285550100", (), local(2026, 7, 15, 19, 59, zone="America/Phoenix"), True),
        ("+19285550100", (), local(2026, 7, 15, 20, 30, zone="America/Phoenix"), False),
        # A New Yorker's number, a home in San Francisco.
        ("+12125550100", ("94103",), local(2026, 11, 18, 10, 59, zone=NY), False),
        ("+12125550100", ("94103",), local(2026, 11, 18, 11, 0, zone=NY), True),
        ("+12125550100", ("94103",), local(2026, 11, 18, 20, 59, zone=NY), True),
        ("+12125550100", ("94103",), local(2026, 11, 18, 21, 0, zone=NY), False),
        # Texas by Central time and by El Paso's.
        ("+19155550100", (), local(2026, 11, 18, 9, 0, zone=CHICAGO), False),
        ("+19155550100", (), local(2026, 11, 18, 10, 0, zone=CHICAGO), True),
        ("+19155550100", (), local(2026, 11, 18, 20, 59, zone=CHICAGO), True),
        ("+19155550100", (), local(2026, 11, 18, 21, 0, zone=CHICAGO), False),
        # Pennsylvania's weekend, and Alabama's Sunday and Thanksgiving.
        ("+12155550100", (), local(2026, 11, 21, 11, 59, zone=NY), True),
        ("+12155550100", (), local(2026, 11, 21, 12, 0, zone=NY), False),
        ("+12155550100", (), local(2026, 11, 22, 13, 29, zone=NY), False),
        ("+12155550100", (), local(2026, 11, 22, 13, 30, zone=NY), True),
        ("+12055550100", (), local(2026, 11, 22, 12, 0, zone=CHICAGO), False),
        ("+12055550100", (), local(2026, 11, 26, 12, 0, zone=CHICAGO), False),
        ("+12055550100", (), local(2026, 11, 27, 12, 0, zone=CHICAGO), True),
        # A toll-free number may be anywhere, of a state that nobody knows: 10:00 in Adak to 20:00 in San Juan.
        ("+18005550199", (), local(2026, 11, 18, 15, 59, zone="America/Puerto_Rico"), False),
        ("+18005550199", (), local(2026, 11, 18, 16, 0, zone="America/Puerto_Rico"), True),
        ("+18005550199", (), local(2026, 11, 18, 19, 59, zone="America/Puerto_Rico"), True),
        ("+18005550199", (), local(2026, 11, 18, 20, 0, zone="America/Puerto_Rico"), False),
        ("+18005550199", (), local(2026, 11, 21, 16, 30, zone="America/Puerto_Rico"), True),
        ("+18005550199", (), local(2026, 11, 21, 17, 0, zone="America/Puerto_Rico"), False),
        ("+18005550199", (), local(2026, 11, 22, 16, 30, zone="America/Puerto_Rico"), False),
    ],
)  # fmt: skip
def test_hours_by_all_candidates(phone: str, postal_codes: tuple[str, ...], at: datetime, expected: bool) -> None:
    who = known_by(phone, *postal_codes, national_list_of=at.date())
    for channel in (SMS, CALL):
        assert (codes(who, channel, now=at, sender=HAND) == []) is expected
    assert codes(who, EMAIL, now=at) == []


EDGES = [
    (state, on_day, day)
    for state in sorted(STATES)
    for on_day, day in (
        ("week", date(2026, 11, 18)),
        ("saturday", date(2026, 11, 21)),
        ("sunday", date(2026, 11, 22)),
    )
]


@pytest.mark.parametrize(("state", "on_day", "day"), EDGES)
def test_each_state_opens_and_closes_to_the_minute(state: str, on_day: str, day: date) -> None:
    """By the table as people read it, on a day of the week, a Saturday and a Sunday."""
    weekdays, saturday, sunday, _ = AS_WRITTEN.get(state, AS_FEDERAL)
    written = {"week": weekdays, "saturday": saturday, "sunday": sunday}[on_day]
    # Where Texas and Mississippi have their clocks.
    zone = STATE_ZONES[state][0]
    who = facts(states=frozenset({state}), zones=frozenset({zone}), national_list_of=day)

    def is_open(hour: int, minute: int) -> bool:
        return codes(who, CALL, now=local(day.year, day.month, day.day, hour, minute, zone=zone), sender=HAND) == []

    if written is None:
        assert not any(is_open(hour, 0) for hour in range(24))
        return
    opens, closes = (tuple(map(int, text.split(":"))) for text in written.split("-"))
    assert is_open(*opens)
    assert not is_open(*_before(*opens))
    assert is_open(*_before(*closes))
    assert not is_open(*closes)


def _before(hour: int, minute: int) -> tuple[int, int]:
    return divmod(hour * 60 + minute - 1, 60)


@pytest.mark.parametrize("state", sorted(STATES))
def test_each_state_keeps_christmas_or_does_not(state: str) -> None:
    *_, is_free = AS_WRITTEN.get(state, AS_FEDERAL)
    zone, christmas = STATE_ZONES[state][0], date(2026, 12, 25)
    who = facts(states=frozenset({state}), zones=frozenset({zone}), national_list_of=christmas)
    noon = local(2026, 12, 25, 12, zone=zone)
    assert codes(who, CALL, now=noon, sender=HAND) == (["hours"] if is_free else [])


def test_what_does_not_promote_keeps_the_federal_hours_alone() -> None:
    evening = local(2026, 11, 22, 20, 30, zone=CHICAGO)
    alabama = known_by("+12055550100", asked_at=evening - HOUR)
    assert codes(alabama, SMS, ANSWER, evening) == []
    assert codes(alabama, SMS, TRANSACTIONAL, evening) == []
    assert codes(alabama, SMS, TRANSACTIONAL, evening + HOUR) == ["hours"]
    assert codes(alabama, SMS, COMPLIANCE, evening + HOUR) == []


def test_a_machine_stops_texting_a_quarter_of_an_hour_before_the_end() -> None:
    end = local(2026, 11, 18, 21, zone=DENVER)
    minute = timedelta(minutes=1)
    assert codes(facts(), SMS, now=end - 16 * minute) == []
    assert codes(facts(), SMS, now=end - 15 * minute) == ["hours"]
    assert codes(facts(), SMS, now=end - minute, sender=HAND) == []
    assert codes(facts(), CALL, now=end - minute) == []


def test_it_says_until_when_and_from_when_on() -> None:
    said = decide(facts(), SMS, MARKETING, NOON)
    assert said == Allowed(local(2026, 11, 18, 20, 45, zone=DENVER))
    assert decide(facts(), EMAIL, MARKETING, NOON) == Allowed(None)
    night = decide(facts(), SMS, MARKETING, local(2026, 11, 18, 21, 14, zone=DENVER), sender=HAND)
    assert isinstance(night, Refused)
    [reason] = night.reasons
    assert reason.words == "It is 21:14 on Wednesday in Denver; texts may arrive from 08:00 on Thursday (Colorado)."
    assert reason.citation.source == "47 CFR 64.1200(c)(1)"
    assert night.retry_at == reason.clears_at == local(2026, 11, 19, 8, zone=DENVER)
    early = decide(facts(), CALL, MARKETING, local(2026, 11, 18, 6, zone=DENVER), sender=HAND)
    assert isinstance(early, Refused)
    assert early.reasons[0].words == "It is 06:00 on Wednesday in Denver; calls may be made from 08:00 (Colorado)."
    thanksgiving = decide(known_by("+12055550100"), SMS, MARKETING, local(2026, 11, 26, 12, zone=CHICAGO))
    assert isinstance(thanksgiving, Refused)
    assert thanksgiving.reasons[0].words == (
        "It is 12:00 on Thursday, Thanksgiving Day, in Chicago; texts may arrive from 08:00 on Friday (Alabama)."
    )


def test_the_next_common_opening_passes_over_a_long_weekend() -> None:
    friday = local(2026, 7, 2, 20, zone=NY)
    # Independence Day on a Saturday, kept on Friday; Sunday is none.
    assert retry_at(known_by("+14015550100", national_list_of=date(2026, 7, 2)), friday) == local(
        2026, 7, 6, 9, zone=NY
    )


def test_clocks_that_never_agree_promise_nothing() -> None:
    who = facts(zones=frozenset({"Pacific/Guam", "Pacific/Honolulu", "Europe/London"}))
    assert retry_at(who, NOON) is None


# How often -----------------------------------------------------------------------------------------------------------


def touched(*hours_ago: float, channel: Channel = CALL, automated: bool = False) -> tuple[Touch, ...]:
    return tuple(Touch(NOON - ago * HOUR, channel, MARKETING, automated) for ago in hours_ago)


@pytest.mark.parametrize("state", ["FL", "MD", "OK"])
def test_three_calls_and_texts_a_day(state: str) -> None:
    def who(*touches: Touch) -> Facts:
        return facts(states=frozenset({state}), touches=touches, house_caps=())

    assert codes(who(*touched(1, 2)), CALL, sender=HAND) == []
    three = who(*touched(1, 23), *touched(5, channel=SMS, automated=True))
    assert codes(three, CALL, sender=HAND) == ["legal_cap"]
    assert codes(three, SMS) == ["legal_cap"]
    assert retry_at(three, NOON, CALL, HAND) == NOON + HOUR
    assert codes(three, EMAIL) == []
    assert codes(three, CALL, TRANSACTIONAL, sender=HAND) == []
    assert codes(who(*touched(1, 2, 24)), CALL, sender=HAND) == []
    # What was no marketing, and e-mail, does not count.
    other = (Touch(NOON - HOUR, CALL, TRANSACTIONAL, False), Touch(NOON - HOUR, EMAIL, MARKETING))
    assert codes(who(*touched(1, 2), *other), CALL, sender=HAND) == []
    assert codes(facts(touches=touched(1, 2, 3), house_caps=()), CALL, sender=HAND) == []
    # A household's are not the person's.
    assert codes(replace(who(), household_touches=touched(1, 2, 3)), CALL, sender=HAND) == []


def test_one_call_by_machine_in_eight_hours_in_maine() -> None:
    def who(*touches: Touch) -> Facts:
        return facts(states=frozenset({"ME"}), touches=touches, house_caps=())

    assert codes(who(*touched(7, automated=True)), CALL) == ["legal_cap"]
    assert codes(who(*touched(7, automated=True)), CALL, sender=HAND) == []
    assert codes(who(*touched(8, automated=True)), CALL) == []
    assert codes(who(*touched(7)), CALL) == []


def test_an_unknown_state_is_capped_too() -> None:
    who = facts(states=frozenset(), touches=touched(1, 2, 3), house_caps=())
    assert "legal_cap" in codes(who, CALL, now=local(2026, 11, 18, 12, zone=DENVER), sender=HAND)


def test_the_house_sends_less_to_a_household_than_the_law_lets_it() -> None:
    once = facts(touches=touched(23, channel=SMS, automated=True))
    assert codes(once, SMS) == ["house_cap"]
    assert retry_at(once, NOON) == NOON + HOUR
    assert codes(once, SMS, sender=HAND) == []
    assert codes(once, CALL) == []
    theirs = facts(household_touches=touched(30, 60, 90, channel=SMS, automated=True))
    assert codes(theirs, SMS) == ["house_cap"]
    gap = facts(touches=touched(3, channel=EMAIL, automated=True), house_caps=(Cap(1, 4 * HOUR, frozenset(Channel)),))
    assert codes(gap, SMS) == ["house_cap"]
    # What is on its way counts from now on.
    coming = facts(touches=touched(-2, channel=SMS, automated=True))
    assert codes(coming, SMS) == ["house_cap"]


# What only the ledger knows ------------------------------------------------------------------------------------------


def test_marketing_waits_for_the_brokerage_to_say_who_it_is() -> None:
    nameless = facts(is_profile_complete=False)
    assert codes(nameless, EMAIL) == codes(nameless, SMS) == codes(nameless, CALL) == ["profile"]
    assert codes(nameless, EMAIL, TRANSACTIONAL) == []
    assert codes(nameless, EMAIL, sender=HAND) == ["profile"]
    assert codes(nameless, CALL, sender=HAND) == []


def test_nothing_goes_out_without_something_to_send_through() -> None:
    alone = facts(connected=frozenset({SMS}))
    for message_class in MessageClass:
        assert codes(alone, EMAIL, message_class, sender=HAND) == ["not_connected"]
    assert codes(alone, SMS) == []
    assert codes(alone, CALL, sender=HAND) == []
    assert codes(alone, CALL) == ["not_connected"]


def test_machines_pause_and_people_do_not() -> None:
    for message_class in (ANSWER, TRANSACTIONAL, MARKETING):
        assert codes(facts(is_paused=True), EMAIL, message_class) == ["paused"]
    assert codes(facts(is_paused=True), EMAIL, COMPLIANCE) == []
    assert codes(facts(is_paused=True), EMAIL, sender=HAND) == []
    resting = facts(paused_until=NOON + DAY)
    assert codes(resting, EMAIL) == ["paused"]
    assert retry_at(resting, NOON, EMAIL) == NOON + DAY
    assert codes(resting, EMAIL, TRANSACTIONAL) == []
    assert codes(facts(paused_until=NOON), EMAIL) == []


def test_a_plan_that_has_stopped_sends_nothing() -> None:
    over = facts(stopped_by="they replied on Tuesday")
    said = decide(over, EMAIL, MARKETING, NOON)
    assert isinstance(said, Refused)
    assert said.retry_at is None
    assert said.reasons[0].words == "The plan has stopped: they replied on Tuesday."
    assert codes(over, EMAIL, TRANSACTIONAL) == []
    assert codes(over, EMAIL, sender=HAND) == []


def test_a_breaker_holds_marketing_on_its_channel() -> None:
    held = facts(breakers=((EMAIL, NOON + HOUR),))
    assert codes(held, EMAIL) == codes(held, EMAIL, sender=HAND) == ["breaker"]
    assert codes(held, SMS) == []
    assert codes(held, EMAIL, TRANSACTIONAL) == []
    assert retry_at(held, NOON, EMAIL) == NOON + HOUR
    assert codes(facts(breakers=((EMAIL, NOON),)), EMAIL) == []
    assert retry_at(facts(breakers=((EMAIL, None),)), NOON, EMAIL) is None


# All of it -----------------------------------------------------------------------------------------------------------


def test_every_reason_is_told_in_one_order_with_where_it_stands() -> None:
    night = local(2026, 11, 18, 23, zone=DENVER)
    worst = facts(
        closings=(Closing(None, ClosedFor.OPTED_OUT, LONG_AGO, "take me off your list"),),
        countries=frozenset({"US", "MX"}),
        states=frozenset({"FL"}),
        agreements=(),
        phone_provenance=Provenance.BOUGHT,
        is_landline=True,
        is_on_national_list=True,
        asked_at=None,
        is_profile_complete=False,
        connected=frozenset(),
        is_paused=True,
        paused_until=night + DAY,
        stopped_by="they replied",
        touches=tuple(Touch(night - HOUR, SMS) for _ in range(3)),
        breakers=((SMS, None),),
    )
    said = decide(worst, SMS, MARKETING, night)
    assert isinstance(said, Refused)
    assert [reason.code for reason in said.reasons] == [
        "landline", "opted_out", "abroad", "stranger", "no_consent", "national_list", "profile", "not_connected",
        "paused", "paused", "stopped", "hours", "legal_cap", "house_cap", "house_cap", "breaker",
    ]  # fmt: skip
    for reason in said.reasons:
        assert reason.words.endswith((".", ")."))
        assert reason.citation.source
        assert reason.citation.version


def test_decisions_and_facts_are_stored_as_json_the_same_every_time() -> None:
    night = local(2026, 11, 18, 21, 14, zone=DENVER)
    said = decide(facts(), SMS, MARKETING, night)
    assert isinstance(said, Refused)
    assert said.as_dict() == {
        "decision": "refused",
        "reasons": [
            {
                "code": "hours",
                "words": "It is 21:14 on Wednesday in Denver; texts may arrive from 08:00 on Thursday (Colorado).",
                "citation": {"source": "47 CFR 64.1200(c)(1)", "version": "2003-08-25, read 2026-11-23"},
                "clears_at": "2026-11-19T15:00:00+00:00",
            }
        ],
        "retry_at": "2026-11-19T15:00:00+00:00",
    }
    assert said.reasons[0].as_dict() == said.as_dict()["reasons"][0]
    assert decide(facts(), EMAIL, MARKETING, NOON).as_dict() == {"decision": "allowed", "until": None}
    one = facts(zones=frozenset({NY, CHICAGO, DENVER}), house_caps=(Cap(1, DAY, frozenset(Channel)),))
    other = facts(
        zones=frozenset({DENVER, CHICAGO, NY}), house_caps=(Cap(1, DAY, frozenset(reversed(list(Channel)))),)
    )
    assert json.dumps(one.as_dict()) == json.dumps(other.as_dict())
    assert one.as_dict()["zones"] == [CHICAGO, DENVER, NY]
    assert one.as_dict()["house_caps"][0] == {
        "n": 1, "period": 86400.0, "channels": ["CALL", "EMAIL", "SMS"], "is_automated": False,
    }  # fmt: skip
