"""Every named special with an example worked by hand, and the sentence it gives."""

import math

import numpy as np
import pytest

from leadlight.signals.rules import reason_text
from leadlight.signals.rules.kernel import SPECIALS
from tests.signals.build import DAY, HOUR, LISTINGS, NOW, Happening, asked, matrix, value

E = Happening
MINUTE = 60.0


def view(age: float, listing: int = 0, price: float = np.nan, area: int = -1) -> Happening:
    return E("listing_view", age, listing=listing, value=price, area=area)


def said(name: str, *happenings: Happening) -> str:
    """Return the reason that a special of entity 0 gives."""
    result = matrix(*happenings)
    signal = result.signals[result.names.index(name)]
    place = int(result.witness[name][0]) if name in result.witness else -1
    return reason_text(signal, float(result.column(name)[0]), LISTINGS[place] if place >= 0 else None)


def test_most_views_one_listing_48h():
    name = "most_views_one_listing_48h"
    views = [view(47 * HOUR), view(3 * HOUR), view(2 * HOUR), view(HOUR), view(HOUR, 1), view(49 * HOUR, 0)]
    assert value(name, *views) == 4
    assert said(name, *views) == "Viewed 12 Elm St 4 times in two days"
    assert said(name, view(HOUR, 1)) == "Viewed 9 Oak Ave once in two days"
    assert value(name, view(48 * HOUR)) == 0
    assert said(name) == "No listing viewed in the last two days"
    assert matrix(view(49 * HOUR)).witness[name][0] == -1


def test_of_two_listings_viewed_alike_the_witness_is_the_one_viewed_last():
    views = [view(5 * HOUR, 0), view(4 * HOUR, 0), view(3 * HOUR, 1), view(2 * HOUR, 1), view(HOUR, 2)]
    assert matrix(*views).witness["most_views_one_listing_48h"][0] == 1
    assert matrix(*views, view(30 * MINUTE, 0), view(20 * MINUTE, 1)).witness["listing_focus"][0] == 1
    at_once = [view(HOUR, 2), view(HOUR, 1), view(HOUR, 3)]
    assert matrix(*at_once).witness["listing_focus"][0] == 1


def test_peak_views_one_listing_48h():
    name = "peak_views_one_listing_48h"
    then = 90 * DAY
    views = [view(then + 47 * HOUR), view(then + HOUR), view(then), view(HOUR), view(2 * HOUR, 1)]
    assert value(name, *views) == 3
    assert said(name, *views) == "Viewed 12 Elm St 3 times within two days, their most so far"
    assert value(name, view(then + 48 * HOUR), view(then)) == 1
    assert value(name, view(then + 48 * HOUR - 1), view(then)) == 2
    assert value(name) == 0


def test_listing_focus():
    assert value("listing_focus", view(HOUR), view(2 * HOUR), view(3 * HOUR), view(DAY, 1)) == 0.75
    assert said("listing_focus", view(HOUR), view(DAY, 1), view(2 * DAY, 1), view(3 * DAY, 1)) == (
        "75% of their listing views were of 9 Oak Ave"
    )
    assert math.isnan(value("listing_focus", E("page_view", HOUR)))


def test_area_focus():
    views = [view(HOUR, area=1), view(2 * HOUR, area=1), view(3 * HOUR, area=0), view(4 * HOUR)]
    assert value("area_focus", *views) == pytest.approx(2 / 3)
    assert said("area_focus", *views) == "67% of their listing views were of one area"
    assert math.isnan(value("area_focus", view(HOUR)))


def test_price_focus():
    views = [view(HOUR, price=p) for p in (300_000, 400_000, 500_000, 900_000)]
    # Quartiles: (300 + 400) / 2 and (500 + 900) / 2 thousand.
    assert value("price_focus", *views) == 0.5
    close = [view(HOUR, price=p) for p in (440_000, 500_000)]
    assert said("price_focus", *close) == "Half of the homes viewed were priced within 12% of each other"
    assert math.isnan(value("price_focus", view(HOUR, price=300_000), view(HOUR)))


def test_repeat_view_share():
    assert value("repeat_view_share", view(HOUR), view(2 * HOUR), view(3 * HOUR), view(DAY, 1)) == 0.5
    assert value("repeat_view_share", view(HOUR), view(DAY, 1)) == 0
    assert math.isnan(value("repeat_view_share"))
    assert said("repeat_view_share", view(HOUR)) == "No listing viewed twice"


def test_distinct_listings_30d():
    views = [view(HOUR), view(2 * HOUR), view(29 * DAY, 1), view(30 * DAY, 2)]
    assert value("distinct_listings_30d", *views) == 2
    assert said("distinct_listings_30d", *views) == "Viewed 2 different listings in the last 30 days"
    assert said("distinct_listings_30d", view(HOUR)) == "Viewed 1 listing in the last 30 days"


def test_saves_per_view():
    views = [view(HOUR) for _ in range(4)]
    assert value("saves_per_view", *views, E("listing_save", HOUR)) == 0.25
    assert said("saves_per_view", *views, E("listing_save", HOUR)) == "25 saved listings per 100 views"
    assert said("saves_per_view", *views) == "No listing saved"
    assert math.isnan(value("saves_per_view", E("listing_save", HOUR)))


def test_calculator_near_viewed_price():
    name = "calculator_near_viewed_price"

    def used(price: float) -> Happening:
        return E("calculator_use", HOUR, value=price)

    seen = view(DAY, price=460_000)
    assert value(name, seen, used(500_000)) == 1
    assert value(name, seen, used(500_000), used(440_000), used(700_000)) == 2
    assert value(name, seen, used(512_000)) == 0
    assert value(name, view(DAY, price=550_000), used(500_000)) == 1
    assert math.isnan(value(name, used(500_000)))
    assert math.isnan(value(name, seen))
    assert said(name, seen, used(500_000)) == "Used the calculator once near the price of a home they viewed"


@pytest.mark.parametrize(("mine", "theirs"), [(0, 1), (1, 0)])
def test_a_calculator_use_is_not_compared_with_prices_that_others_viewed(mine: int, theirs: int):
    result = matrix(
        E("listing_view", DAY, entity=theirs, value=500_000),
        E("calculator_use", HOUR, entity=mine, value=500_000),
        E("listing_view", DAY, entity=mine, value=100_000),
        snapshots=asked([0, 1]),
    )
    assert result.column("calculator_near_viewed_price")[mine] == 0


@pytest.mark.parametrize(("seconds", "n"), [(29 * 60 + 59, 1), (30 * 60, 1), (30 * 60 + 1, 2)])
def test_visits(seconds: int, n: int):
    pages = [E("page_view", DAY + seconds), E("listing_view", DAY)]
    assert value("visits", *pages) == n
    assert value("sessions_30d", *pages) == n


def test_visits_of_two_devices_are_those_of_their_union():
    phone = [E("page_view", DAY), E("page_view", DAY - 40 * MINUTE)]
    laptop = [E("page_view", DAY - 20 * MINUTE)]
    assert value("visits", *phone) == 2
    assert value("visits", *phone, *laptop) == 1


def test_mail_and_requests_are_no_visits():
    assert value("visits", E("email_opened", HOUR), E("inquiry", DAY), E("open_house_visit", 2 * DAY)) == 0


def test_sessions_30d():
    pages = [E("page_view", age) for age in (HOUR, 2 * HOUR, 29 * DAY, 31 * DAY)]
    assert value("visits", *pages) == 4
    assert value("sessions_30d", *pages) == 3
    # A visit that reaches into the window is counted, once.
    across = [E("page_view", 30 * DAY + MINUTE), E("page_view", 30 * DAY - MINUTE)]
    assert value("sessions_30d", *across) == 1
    assert said("sessions_30d", E("page_view", HOUR)) == "1 visit to the website in the last 30 days"


def test_seconds_on_site_30d():
    name = "seconds_on_site_30d"
    span = [E("page_view", 2 * HOUR), E("page_view", 2 * HOUR - 600), E("page_view", HOUR)]
    assert value(name, *span) == 600
    assert said(name, *span) == "10 minutes on the website in the last 30 days"
    assert value(name, E("page_view", HOUR, seconds=40.5), E("page_view", 5 * HOUR, seconds=30)) == 70.5
    assert value(name, *span, E("site_visit", 2 * HOUR, seconds=900)) == 900
    assert value(name, E("page_view", 31 * DAY, seconds=40)) == 0
    assert math.isnan(value(name, E("inquiry", HOUR)))
    assert value(name, E("page_view", 30 * DAY + 60), E("page_view", 30 * DAY - 60)) == 0


def test_days_active_30d():
    did = [E("page_view", HOUR), E("search", 23 * HOUR), E("inquiry", 25 * HOUR), E("page_view", 30 * DAY)]
    assert value("days_active_30d", *did) == 2
    assert said("days_active_30d", *did) == "Active on 2 of the last 30 days"
    assert value("days_active_30d", E("email_opened", HOUR)) == 0


def test_back_after_quiet_days():
    name = "back_after_quiet_days"
    assert value(name, E("page_view", DAY), E("page_view", 2 * DAY), E("page_view", 25 * DAY)) == 23
    assert said(name, E("page_view", 2 * DAY), E("page_view", 25 * DAY)) == "Came back after 23 quiet days"
    assert value(name, E("page_view", DAY), E("page_view", 14 * DAY)) == 0
    assert value(name, E("page_view", 8 * DAY), E("page_view", 80 * DAY)) == 0
    assert value(name, E("page_view", DAY)) == 0
    assert math.isnan(value(name, E("email_opened", DAY)))


def test_activity_trend_7d():
    recent = [E("page_view", age * DAY) for age in (1, 2, 3)]
    earlier = [E("page_view", 8 * DAY)]
    assert value("activity_trend_7d", *recent, *earlier) == 2
    assert said("activity_trend_7d", *recent, *earlier) == (
        "2 more actions in the last 7 days than in the 7 days before"
    )
    assert said("activity_trend_7d", *earlier) == "1 fewer action in the last 7 days than in the 7 days before"
    assert value("activity_trend_7d", E("page_view", 14 * DAY)) == 0


def test_hours_since_active():
    name = "hours_since_active"
    assert value(name, E("page_view", 9 * DAY), E("email_sent", HOUR), E("email_opened", HOUR)) == 9 * 24
    assert said(name, E("page_view", 9 * DAY)) == "Quiet for 9 days"
    assert said(name, E("page_view", 9 * DAY), E("sms_replied", 5 * HOUR)) == "Last active 5 hours ago"
    assert said(name) == "Nothing heard from them yet"


def test_showing_or_valuation_30d():
    name = "showing_or_valuation_30d"
    asks = [E("showing_request", DAY), E("valuation_request", 29 * DAY), E("showing_request", 30 * DAY)]
    assert value(name, *asks) == 2
    assert said(name, *asks) == "Asked for a showing or a valuation twice in the last 30 days"


def test_stated_budget():
    told = [E("budget_stated", 9 * DAY, value=500_000), E("budget_stated", DAY, value=450_000)]
    assert value("stated_budget", *told) == 450_000
    assert said("stated_budget", *told) == "Stated a budget of 450,000"
    assert value("stated_budget", *told, E("budget_stated", HOUR)) == 450_000
    assert math.isnan(value("stated_budget"))
    assert said("stated_budget") == "No budget stated"


def test_a_need_stated_before_the_moment_but_known_after_it_is_not_known():
    late = E("budget_stated", 2 * DAY, value=1.0, known_age=-HOUR)
    assert value("stated_budget", E("budget_stated", 9 * DAY, value=500_000), late) == 500_000


def test_of_needs_stated_at_one_moment_the_one_known_last_counts():
    told = [
        E("budget_stated", 9 * DAY, value=500_000, known_age=9 * DAY),
        E("budget_stated", 9 * DAY, value=400_000, known_age=8 * DAY),
    ]
    assert value("stated_budget", *told) == 400_000


def test_stated_timeline_days():
    assert value("stated_timeline_days", E("timeline_stated", DAY, value=90)) == 90
    assert said("stated_timeline_days", E("timeline_stated", DAY, value=90)) == "Said the move was 90 days away"
    assert said("stated_timeline_days", E("timeline_stated", DAY, value=1)) == "Said the move was 1 day away"


def test_stated_financing():
    assert value("stated_financing", E("financing_stated", DAY, value=2)) == 2
    assert said("stated_financing", E("financing_stated", DAY, value=2)) == "Financing stated: pre-approved"
    assert said("stated_financing", E("financing_stated", DAY, value=0)) == "Financing stated: no financing yet"


def test_stated_property_type():
    told = [E("property_type_stated", DAY, listing=3), E("property_type_stated", 2 * DAY, listing=4)]
    assert value("stated_property_type", *told) == 3
    assert said("stated_property_type", *told) == "Looking for: Condo"


def test_stated_area():
    told = [E("area_stated", DAY, area=2), E("area_stated", 2 * DAY, area=0)]
    assert value("stated_area", *told) == 2
    assert said("stated_area", *told) == "Wants to live in Palma Ceia"
    assert math.isnan(value("stated_area", E("area_stated", DAY)))


def test_needs_stated():
    told = [E("budget_stated", DAY, value=1e5), E("area_stated", DAY, area=0), E("area_stated", HOUR, area=1)]
    assert value("needs_stated", *told) == 2
    assert said("needs_stated", *told).startswith("Told us 2 of 5 needs")
    assert value("needs_stated") == 0


def test_budget_fit():
    budget = E("budget_stated", DAY, value=450_000)
    views = [view(HOUR, price=p) for p in (400_000, 450_000, 450_001, 600_000)]
    assert value("budget_fit", budget, *views) == 0.5
    assert said("budget_fit", budget, *views) == (
        "50% of the priced homes they viewed lie within their stated budget"
    )
    assert math.isnan(value("budget_fit", *views))
    assert math.isnan(value("budget_fit", budget, view(HOUR)))


def test_days_known():
    assert value("days_known", snapshots=asked(created_at=[NOW - 36 * HOUR])) == 1.5
    assert math.isnan(value("days_known"))
    assert math.isnan(value("days_known", snapshots=asked(created_at=[NOW + HOUR])))


def test_source():
    result = matrix(snapshots=asked([0, 1], source=[1, -1]))
    assert result.column("source")[0] == 1
    assert np.isnan(result.column("source")[1])
    signal = result.signals[result.names.index("source")]
    assert reason_text(signal, 1.0) == "Came from Portal"
    assert reason_text(signal, math.nan) == "Source not known"


def test_reply_share():
    touches = [E("email_sent", 20 * DAY), E("sms_sent", 10 * DAY), E("call_attempted", 5 * DAY)]
    answers = [E("email_replied", 18 * DAY), E("call_answered", 5 * DAY)]
    assert value("reply_share", *touches, *answers) == pytest.approx(2 / 3)
    # Answered, but after more than three days.
    assert value("reply_share", E("email_sent", 20 * DAY), E("email_replied", 16 * DAY)) == 0
    assert said("reply_share", E("email_sent", 20 * DAY)) == "No reply yet within 3 days"
    # Touches under three days old are open either way.
    assert math.isnan(value("reply_share", E("email_sent", DAY), E("email_replied", HOUR)))
    assert math.isnan(value("reply_share", E("email_replied", HOUR)))


def test_answer_consistency():
    touches = [E("email_sent", age * DAY) for age in (60, 50, 40, 30, 20, 10)]
    answers = [E("email_replied", age * DAY - HOUR) for age in (60, 50, 40, 10)]
    assert value("answer_consistency", *touches, *answers) == pytest.approx(0.6)
    assert said("answer_consistency", *touches, *answers) == "Answered 3 of our last 5 messages"
    assert said("answer_consistency", *touches) == "Answered none of our last 5 messages"
    assert math.isnan(value("answer_consistency", *touches[:4], *answers))
    # A touch of today is not among the five yet.
    assert value("answer_consistency", *touches, *answers, E("sms_sent", HOUR)) == pytest.approx(0.6)


def test_median_response_hours():
    talk = [
        E("email_sent", 30 * DAY),
        E("email_replied", 30 * DAY - 2 * HOUR),
        E("sms_sent", 20 * DAY),
        E("sms_replied", 20 * DAY - 6 * HOUR),
        # Not an answer to this touch: the next one came between.
        E("email_sent", 10 * DAY),
        E("email_sent", 9 * DAY),
        E("email_replied", 9 * DAY - 10 * HOUR),
        E("email_replied", 8 * DAY),
    ]
    assert value("median_response_hours", *talk) == 6
    assert value("median_response_hours", *talk[:4]) == 4
    assert said("median_response_hours", *talk) == "Answers in 6 hours (median)"
    assert said("median_response_hours", talk[0]) == "No reply yet"


def test_latest_response_hours():
    talk = [
        E("email_sent", 30 * DAY),
        E("email_replied", 30 * DAY - 2 * HOUR),
        E("sms_sent", 20 * DAY),
        E("sms_replied", 20 * DAY - 6 * HOUR),
        E("email_sent", DAY),
    ]
    assert value("latest_response_hours", *talk) == 6
    assert said("latest_response_hours", *talk) == "Last answer came after 6 hours"
    assert math.isnan(value("latest_response_hours", E("email_replied", DAY)))


def test_first_response_hours():
    talk = [E("email_sent", 30 * DAY), E("email_sent", 29 * DAY), E("email_replied", 28 * DAY)]
    assert value("first_response_hours", *talk) == 48
    assert said("first_response_hours", *talk) == "First answer came after 2 days"
    assert math.isnan(value("first_response_hours", E("email_replied", 31 * DAY), *talk[:2]))


def test_an_answer_of_the_touch_s_own_moment_answers_it():
    assert value("latest_response_hours", E("call_attempted", DAY), E("call_answered", DAY)) == 0


def test_nobody_answers_for_another():
    talk = [E("email_sent", 5 * DAY), E("email_replied", 4 * DAY, entity=1), E("email_sent", 5 * DAY, entity=2)]
    result = matrix(*talk, snapshots=asked([0, 1, 2]))
    assert result.column("reply_share").tolist() == [0.0, pytest.approx(math.nan, nan_ok=True), 0.0]
    assert np.isnan(result.column("first_response_hours")).all()


def test_message_quality_latest():
    wrote = [E("inquiry", 9 * DAY, value=0.9), E("sms_replied", DAY, value=0.25), E("form_submit", HOUR)]
    assert value("message_quality_latest", *wrote) == 0.25
    assert said("message_quality_latest", *wrote) == "Detail of their last message: 25 of 100"
    assert math.isnan(value("message_quality_latest", E("form_submit", HOUR)))


def test_message_quality_mean():
    wrote = [E("inquiry", 9 * DAY, value=0.75), E("sms_replied", DAY, value=0.25), E("form_submit", HOUR)]
    assert value("message_quality_mean", *wrote) == 0.5
    assert math.isnan(value("message_quality_mean"))


def test_open_rate():
    mail = [E("email_sent", age * DAY) for age in range(1, 6)]
    delivered = [E("email_delivered", age * DAY) for age in range(1, 5)]
    assert value("open_rate", *mail, *delivered, E("email_opened", HOUR)) == 0.25
    assert value("open_rate", *mail, E("email_opened", HOUR)) == pytest.approx(0.2)
    assert said("open_rate", *mail) == "Has not opened an email"
    assert said("open_rate") == "No email sent yet"
    assert value("open_rate", mail[0], E("email_opened", HOUR), E("email_opened", HOUR)) == 1


def test_click_rate():
    mail = [E("email_delivered", age * DAY) for age in range(1, 6)]
    assert value("click_rate", *mail, E("email_clicked", HOUR)) == pytest.approx(0.2)
    assert said("click_rate", *mail, E("email_clicked", HOUR)) == "20 clicks per 100 emails"
    assert said("click_rate", *mail) == "Has not clicked a link in an email"


def test_calls_answered_share():
    calls = [E("call_attempted", age * DAY) for age in range(1, 5)]
    assert value("calls_answered_share", *calls, E("call_answered", DAY)) == 0.25
    assert said("calls_answered_share", *calls, E("call_answered", DAY)) == "Answered 25% of our calls"
    assert value("calls_answered_share", E("call_answered", DAY)) == 1
    assert said("calls_answered_share") == "Not called yet"


def test_every_special_has_its_example_here():
    missing = [s.signal.name for s in SPECIALS if f"test_{s.signal.name}" not in globals()]
    assert missing == []
