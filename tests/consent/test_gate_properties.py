"""What holds of the gate whatever the facts."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

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
from leadlight.consent.rules.hours import MARGIN, add_months, next_common, opens_at, pairs, shut, span_on
from leadlight.consent.rules.law import federal, rules_of
from leadlight.consent.rules.law.states import STATES
from leadlight.consent.rules.places.zones import ALL_US_ZONES, STATE_ZONES
from leadlight.consent.rules.vocabulary import Provenance
from tests.consent.build import facts, local, signed

ZONES = sorted({*ALL_US_ZONES, "Pacific/Guam", "Pacific/Pago_Pago"})
channels, classes, senders = st.sampled_from(Channel), st.sampled_from(MessageClass), st.sampled_from(Sender)
moments = st.integers(0, 3 * 365 * 1440).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
#: Weekends in March and November on which clocks change, to the minute.
changes = st.builds(
    lambda day, minutes: datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(minutes=minutes),
    st.sampled_from([date(2026, 3, 7), date(2026, 10, 31), date(2027, 3, 13), date(2027, 11, 6)]),
    st.integers(0, 3 * 1440),
)
when = st.one_of(moments, changes)
few_states = st.frozensets(st.sampled_from(sorted(STATES)), max_size=3)
few_zones = st.frozensets(st.sampled_from(ZONES), min_size=1, max_size=3)
agreements = st.builds(
    Agreement,
    channels,
    st.sampled_from(Basis),
    when,
    st.none() | when,
    st.none() | when,
    st.sampled_from(["", "Tidewater Homes"]),
)
closings = st.builds(Closing, st.none() | channels, st.sampled_from(ClosedFor), when, st.just("told"))
touches = st.builds(Touch, when, channels, classes, st.booleans())


@st.composite
def near(draw: st.DrawFn, now: datetime) -> tuple[Touch, ...]:
    ago = draw(st.lists(st.integers(0, 200), max_size=4))
    return tuple(
        Touch(now - timedelta(hours=hours), draw(channels), draw(classes), draw(st.booleans())) for hours in ago
    )


@st.composite
def questions(draw: st.DrawFn) -> tuple[Facts, Channel, MessageClass, datetime, Sender]:
    """Facts that more often than not would allow, with whatever else."""
    now = draw(when)
    told = facts(
        states=draw(few_states),
        zones=draw(few_zones),
        countries=draw(st.sampled_from([frozenset(), frozenset({"US"}), frozenset({"US", "CA"})])),
        agreements=tuple(draw(st.lists(agreements, max_size=2)))
        + draw(st.sampled_from([(), (signed(at=datetime(2025, 1, 1, tzinfo=UTC)),)])),
        closings=tuple(draw(st.lists(closings, max_size=1))) if draw(st.booleans()) else (),
        email_provenance=draw(st.sampled_from(Provenance)),
        phone_provenance=draw(st.sampled_from(Provenance)),
        asked_at=draw(st.none() | st.just(now - timedelta(hours=1)) | when),
        transacted_at=draw(st.none() | when),
        is_on_national_list=draw(st.booleans()),
        national_list_of=draw(st.none() | st.just(now.date())),
        touches=draw(near(now)),
        household_touches=draw(near(now)),
        paused_until=draw(st.none() | when),
        breakers=draw(st.sampled_from([(), ((Channel.SMS, now + timedelta(hours=30)),)])),
    )
    return told, draw(channels), draw(classes), now, draw(senders)


def ask(
    told: Facts, channel: Channel, message_class: MessageClass, now: datetime, sender: Sender
) -> Allowed | Refused:
    return decide(told, channel, message_class, now, sender=sender)


def not_looser(before: Allowed | Refused, after: Allowed | Refused) -> None:
    """Say that what was refused stays refused, and no earlier moment is promised."""
    if isinstance(before, Refused):
        assert isinstance(after, Refused)
        codes = {reason.code for reason in after.reasons}
        assert {reason.code for reason in before.reasons} <= codes
        if after.retry_at is not None:
            assert before.retry_at is not None
            assert before.retry_at <= after.retry_at
    elif isinstance(after, Allowed) and before.until is not None:
        assert after.until is not None
        assert after.until <= before.until


@given(questions(), few_states, few_zones)
def test_more_candidates_never_allow_more_nor_sooner(
    question: tuple[Facts, Channel, MessageClass, datetime, Sender], states: frozenset[str], zones: frozenset[str]
) -> None:
    told, *rest = question
    # Not knowing any state is a rule of its own, which knowing one replaces.
    assume(told.states or not states)
    more = replace(told, states=told.states | states, zones=told.zones | zones)
    not_looser(ask(told, *rest), ask(more, *rest))


@given(questions(), closings)
def test_a_further_closing_never_allows_more(
    question: tuple[Facts, Channel, MessageClass, datetime, Sender], closing: Closing
) -> None:
    told, *rest = question
    not_looser(ask(told, *rest), ask(replace(told, closings=(*told.closings, closing)), *rest))


@given(questions(), touches)
def test_a_further_touch_never_allows_more(
    question: tuple[Facts, Channel, MessageClass, datetime, Sender], touch: Touch
) -> None:
    told, *rest = question
    not_looser(ask(told, *rest), ask(replace(told, touches=(*told.touches, touch)), *rest))


@given(questions(), agreements)
def test_a_further_consent_never_refuses_more(
    question: tuple[Facts, Channel, MessageClass, datetime, Sender], agreement: Agreement
) -> None:
    told, *rest = question
    not_looser(ask(replace(told, agreements=(*told.agreements, agreement)), *rest), ask(told, *rest))


@given(questions(), st.sampled_from([ClosedFor.OPTED_OUT, ClosedFor.DO_NOT_CALL, ClosedFor.TRASH]), when)
def test_who_opted_out_hears_the_confirmation_and_nothing_else(
    question: tuple[Facts, Channel, MessageClass, datetime, Sender], reason: ClosedFor, since: datetime
) -> None:
    told, channel, message_class, now, sender = question
    out = replace(told, closings=(Closing(channel, reason, since),))
    said = ask(out, channel, message_class, now, sender)
    if message_class is not MessageClass.COMPLIANCE:
        assert isinstance(said, Refused)
        assert said.retry_at is None
    else:
        assert said == ask(replace(told, closings=()), channel, message_class, now, sender)


@given(questions())
def test_allowed_means_inside_the_hours_of_every_candidate(
    question: tuple[Facts, Channel, MessageClass, datetime, Sender],
) -> None:
    told, channel, message_class, now, sender = question
    told = replace(told, asked_at=now, national_list_of=now.date(), closings=(), touches=(), household_touches=())
    said = ask(told, channel, message_class, now, sender)
    if not channel.is_phone or message_class is MessageClass.COMPLIANCE or isinstance(said, Refused):
        return
    rules = rules_of(told.states, now.date()) if message_class is MessageClass.MARKETING else (federal.CALLING,)
    until = now + (MARGIN if sender is Sender.AUTOMATED and channel is Channel.SMS else timedelta(0))
    for rule in rules:
        for zone in told.zones | set(rule.clocks):
            clock, at_the_end = (moment.astimezone(ZoneInfo(zone)) for moment in (now, until))
            span = span_on(rule, clock.date())
            assert span is not None
            assert span.opens <= clock.time() <= at_the_end.time() < span.closes
            assert federal.DAY.opens <= clock.time() < federal.DAY.closes


@given(questions())
@settings(max_examples=60)
def test_another_try_is_promised_for_the_first_moment_that_will_do(
    question: tuple[Facts, Channel, MessageClass, datetime, Sender],
) -> None:
    told, channel, message_class, now, sender = question
    said = ask(told, channel, message_class, now, sender)
    if not isinstance(said, Refused):
        return
    ends = said.retry_at
    if ends is None:
        # Nothing within some days, as far as one looks every half an hour.
        assert not any(
            isinstance(ask(told, channel, message_class, now + k * timedelta(minutes=30), sender), Allowed)
            for k in range(48)
            # A consent that is yet to come is no matter of time passing.
            if not any(agreement.obtained_at > now for agreement in told.agreements)
        )
        return
    assert ends > now
    assert isinstance(ask(told, channel, message_class, ends, sender), Allowed)
    step = max(timedelta(minutes=1), (ends - now) / 300)
    moment = ends - timedelta(minutes=1)
    while moment > now:
        assert isinstance(ask(told, channel, message_class, moment, sender), Refused)
        moment -= step


@given(few_states, few_zones, when, st.sampled_from([timedelta(0), MARGIN]))
@example(frozenset({"AL"}), frozenset({"America/Chicago"}), local(2026, 3, 8, 2, 30, zone="America/Chicago"), MARGIN)
@settings(max_examples=100)
def test_the_next_opening_is_the_first_minute_at_which_all_are_open(
    states: frozenset[str], zones: frozenset[str], now: datetime, margin: timedelta
) -> None:
    asked = pairs(rules_of(states, now.date()), zones)
    found = next_common(asked, now, margin=margin)
    if found is None:
        return
    assert shut(asked, found, margin=margin) == []
    moment = max(now, found - timedelta(hours=20))
    while moment < found:
        assert shut(asked, moment, margin=margin)
        moment += timedelta(minutes=7)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("day", [date(2026, 3, 8), date(2026, 11, 1), date(2027, 3, 14), date(2027, 11, 7)])
def test_nights_on_which_clocks_change_keep_their_hours(zone: str, day: date) -> None:
    """The hours of the day before, of the day, and of the day after begin and end by the clock on the wall."""
    for ahead in (-1, 0, 1):
        morning = day + timedelta(days=ahead)
        eight = local(morning.year, morning.month, morning.day, 8, zone=zone)
        nine = local(morning.year, morning.month, morning.day, 21, zone=zone)
        second = timedelta(seconds=1)
        no = timedelta(0)
        assert opens_at(federal.CALLING, zone, eight, margin=no) == eight
        assert opens_at(federal.CALLING, zone, eight - second, margin=no) == eight
        assert opens_at(federal.CALLING, zone, nine - second, margin=no) == nine - second
        following = morning + timedelta(days=1)
        opens = local(following.year, following.month, following.day, 8, zone=zone)
        assert opens_at(federal.CALLING, zone, nine, margin=no) == opens


@given(moments, st.integers(0, 40))
def test_months_end_where_the_month_does(moment: datetime, months: int) -> None:
    later = add_months(moment, months)
    assert (later.year * 12 + later.month) - (moment.year * 12 + moment.month) == months
    assert later.time() == moment.time()
    assert later.day == moment.day or (later.day < moment.day and (later + timedelta(days=1)).day == 1)


@pytest.mark.parametrize(
    ("moment", "months", "expected"),
    [
        (datetime(2026, 1, 31, 9, tzinfo=UTC), 6, datetime(2026, 7, 31, 9, tzinfo=UTC)),
        (datetime(2026, 8, 31, 9, tzinfo=UTC), 6, datetime(2027, 2, 28, 9, tzinfo=UTC)),
        (datetime(2027, 11, 30, 9, tzinfo=UTC), 3, datetime(2028, 2, 29, 9, tzinfo=UTC)),
        (datetime(2026, 12, 31, 9, tzinfo=UTC), 0, datetime(2026, 12, 31, 9, tzinfo=UTC)),
    ],
)
def test_months_that_are_too_short(moment: datetime, months: int, expected: datetime) -> None:
    assert add_months(moment, months) == expected


@given(questions())
def test_reasons_are_told_once_each_and_in_the_order_of_the_rules(
    question: tuple[Facts, Channel, MessageClass, datetime, Sender],
) -> None:
    said = ask(*question)
    if isinstance(said, Refused):
        assert said.reasons
        assert len(set(said.reasons)) == len(said.reasons)
        assert all(reason.clears_at is None or reason.clears_at > question[3] for reason in said.reasons)
        assert said == ask(*question)


def test_every_candidate_state_has_zones_that_some_hour_of_the_day_suits() -> None:
    for state, zones in STATE_ZONES.items():
        who = facts(states=frozenset({state}), zones=frozenset(zones))
        night = local(2026, 11, 18, 23, 30, zone=zones[0])
        said = decide(who, Channel.SMS, MessageClass.MARKETING, night)
        assert isinstance(said, Refused)
        assert said.retry_at is not None
        assert said.retry_at - night < timedelta(days=2)
