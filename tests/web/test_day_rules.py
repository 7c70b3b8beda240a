"""What a card says before a call, with which words somebody may begin, and moments as people write them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from leadlight.consent.rules.places.zones import ALL_US_ZONES
from leadlight.messages.rules.language import check, steering_question
from leadlight.routing.rules.promise import PROMISE
from leadlight.scoring.queries import Reason
from leadlight.web.rules.card import Home, asked, last_words, looked_at
from leadlight.web.rules.moments import (
    BadMoment,
    later,
    morning,
    promise_clock,
    read_day,
    read_moment,
    there,
)
from leadlight.web.rules.opener import Occasion, opener
from leadlight.web.rules.reasons import KEY_REASONS, key_reasons
from leadlight.web.rules.timeline import Told

NOW = datetime(2026, 11, 23, 18, tzinfo=UTC)
NEW_YORK = ZoneInfo("America/New_York")
SECOND, MINUTE, HOUR, DAY = (timedelta(**{unit: 1}) for unit in ("seconds", "minutes", "hours", "days"))


def told(kind: str, ago: timedelta = HOUR, **fields: object) -> Told:
    plain = Told(NOW - ago, kind, 1, "", "", "", "", None, None, is_machine=False, is_ours=False)
    return replace(plain, **fields)  # type: ignore[arg-type]


class TestLookedAt:
    def test_most_looks_first_then_the_latest(self) -> None:
        events = [
            told("listing_view", 1 * HOUR, listing="9 Oak St", value=300_000.0),
            told("showing_request", 2 * HOUR, listing="12 Elm St", value=1.0),
            told("listing_view", 3 * HOUR, listing="12 Elm St", count=3, value=459_000.0),
            told("listing_save", 4 * HOUR, listing="12 Elm St", value=470_000.0),
            told("listing_view", 5 * HOUR, listing="7 Bay Rd"),
        ]
        assert looked_at(events, now=NOW) == [
            Home("12 Elm St", 5, NOW - 2 * HOUR, 459_000.0),
            Home("9 Oak St", 1, NOW - HOUR, 300_000.0),
            Home("7 Bay Rd", 1, NOW - 5 * HOUR, None),
        ]

    def test_of_late_alone_and_no_more_than_fit(self) -> None:
        month = [told("listing_view", 30 * DAY, listing="1 A St"), told("listing_view", 31 * DAY, listing="2 B St")]
        assert [home.listing for home in looked_at(month, now=NOW)] == ["1 A St"]
        many = [told("listing_view", listing=f"{k} Oak St") for k in range(9)]
        assert len(looked_at(many, now=NOW)) == 3
        assert looked_at([told("email_sent", listing="9 Oak St"), told("listing_view")], now=NOW) == []


class TestWords:
    def test_the_last_of_either_side(self) -> None:
        events = [
            told("note_added", text="A secret of ours"),
            told("sms_sent", text="Hello"),
            told("listing_view", text="no words of theirs"),
            told("inquiry", text="Is it free?"),
            told("inquiry", text="An earlier one"),
            told("email_sent", text="An earlier one of ours"),
        ]
        found = last_words(events)
        assert (found.theirs, found.ours) == (events[3], events[1])

    def test_machines_and_what_goes_out_by_itself_say_nothing_for_them(self) -> None:
        real = told("email_replied", text="Yes")
        out_of_office = told("email_replied", text="I am away", is_automatic=True)
        scanner = told("inquiry", text="buy now", is_machine=True)
        assert last_words([out_of_office, scanner, real]).theirs == real
        acknowledged = told("email_sent", text="We have got it", is_automatic=True)
        assert last_words([acknowledged, real]).ours == acknowledged
        assert last_words([told("inquiry")]).theirs is None


class TestAsked:
    @pytest.mark.parametrize(
        "kind", ["inquiry", "showing_request", "valuation_request", "email_replied", "sms_replied"]
    )
    def test_until_somebody_reacts(self, kind: str) -> None:
        question = told(kind)
        assert asked([told("page_view"), question]) == question
        assert asked([told("call_attempted"), question]) is None
        assert asked([told("lost"), question]) is None
        assert asked([]) is None

    def test_an_acknowledgment_by_itself_is_no_reaction_and_an_out_of_office_no_question(self) -> None:
        question = told("inquiry", text="Is it free?")
        acknowledged = told("email_sent", is_automatic=True)
        away = told("email_replied", is_automatic=True)
        scanner = told("inquiry", is_machine=True)
        assert asked([away, scanner, acknowledged, question]) == question


OCCASION = Occasion(name="Marisol Ortega", agent="Ann Blake", brokerage="Bayline Realty")


def opened(kind: str, text: str = "", listing: str = "") -> str:
    return opener(replace(OCCASION, kind=kind, text=text, listing=listing))


class TestOpener:
    def test_greets_and_says_who_calls(self) -> None:
        assert (
            opener(OCCASION) == "Hi Marisol, it’s Ann at Bayline Realty. Is now a good time to talk about your plans?"
        )
        assert opener(Occasion("", "Ann Blake", "")).startswith("Hi, it’s Ann. ")
        assert opener(Occasion("", "", "")).startswith("Hi. ")

    @pytest.mark.parametrize(
        ("kind", "text", "listing", "words"),
        [
            ("inquiry", "", "", "Thank you for writing to us. What would you like to know first?"),
            ("inquiry", "", "9 Oak St", "You asked about 9 Oak St. What would you like to know first?"),
            ("inquiry", "Hello. Is it free?", "9 Oak St", "“Is it free?”: let me get you the answer."),
            ("showing_request", "", "9  Oak\nSt", "You asked to see 9 Oak St. Which day and time would suit you?"),
            ("showing_request", "", "", "You asked to see a home."),
            ("valuation_request", "", "", "You asked what your home is worth."),
            ("valuation_request", "", "9 Oak St", "You asked what 9 Oak St is worth."),
            ("call_received", "", "", "You called, and I am sorry that we missed you."),
            ("sms_replied", "ok", "", "Thank you for your answer. When would be a good time to talk?"),
            ("email_replied", "What are the taxes?", "", "“What are the taxes?”: let me get you the answer."),
        ],
    )
    def test_begins_with_what_they_asked(self, kind: str, text: str, listing: str, words: str) -> None:
        assert words in opened(kind, text, listing)

    def test_gives_back_one_question_that_can_be_read_out(self) -> None:
        said = opened("inquiry", "Hi! Does the deck have a permit? And when was it built?")
        assert "“Does the deck have a permit?”: let me get you the answer." in said
        assert "built" not in said
        assert "let me get" not in opened("inquiry", "What " + "very " * 40 + "long?")
        assert "let me get" not in opened("inquiry", "see https://example.com/?a=1?")
        assert "let me get" not in opened("inquiry", "???")
        fits, too_long = "W" + "h" * 118 + "?", "W" + "h" * 119 + "?"
        assert fits in opened("inquiry", fits)
        assert too_long not in opened("inquiry", too_long)

    @pytest.mark.parametrize("text", ["Is it a safe neighborhood?", "What kind of people live there?"])
    def test_of_an_area_and_its_people_everybody_hears_the_same(self, text: str) -> None:
        steering = steering_question(text)
        assert steering is not None
        assert opened("inquiry", text, "9 Oak St").endswith(steering.answer)

    def test_words_that_nobody_may_say_are_not_given_back(self) -> None:
        said = opened("inquiry", "Is the building adults only?", "9 Oak St")
        assert "adults" not in said
        assert said.endswith("Thank you for writing to us. What would you like to know first?")

    @given(
        st.builds(
            Occasion,
            name=st.text(max_size=30),
            agent=st.sampled_from(["Ann Blake", "", "李"]),
            brokerage=st.sampled_from(["Bayline Realty", ""]),
            kind=st.sampled_from(
                ["", "inquiry", "showing_request", "valuation_request", "sms_replied", "call_received"]
            ),
            listing=st.sampled_from(["", "9 Oak St", "no kids tower"]),
            text=st.text(max_size=200) | st.sampled_from(["adults only?", "Is it safe?", "a?b?c", "\0\u202e why?"]),
        )
    )
    def test_whatever_was_written_it_is_one_lawful_line(self, about: Occasion) -> None:
        said = opener(about)
        assert said.startswith("Hi")
        assert "\n" not in said
        assert not check(said) or check(opener(Occasion(about.name, about.agent, about.brokerage)))


class TestMoments:
    def test_by_the_clock_of_a_zone(self) -> None:
        assert read_moment("2026-11-28T14:30", NEW_YORK) == datetime(2026, 11, 28, 19, 30, tzinfo=UTC)
        assert read_moment(" 2026-07-01 09:00 ", NEW_YORK) == datetime(2026, 7, 1, 13, tzinfo=UTC)
        assert read_moment("  ", NEW_YORK) is None
        assert read_day("2026-11-28") == date(2026, 11, 28)
        assert read_day(" ") is None

    def test_where_clocks_are_put_forward_and_back(self) -> None:
        with pytest.raises(BadMoment, match="no such hour"):
            read_moment("2026-03-08T02:30", NEW_YORK)
        assert read_moment("2026-11-01T01:30", NEW_YORK) == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)

    @pytest.mark.parametrize("text", ["whenever", "2026-13-01T10:00", "0001-01-01T00:00x", "²⁰²⁶-01-01"])
    def test_what_is_none_says_how_to_write_one(self, text: str) -> None:
        with pytest.raises(BadMoment, match="Write day and time as"):
            read_moment(text, NEW_YORK)
        with pytest.raises(BadMoment, match="Write the day as"):
            read_day(text)

    def test_the_edge_of_all_calendars(self) -> None:
        with pytest.raises(BadMoment):
            read_moment("9999-12-31T23:59", NEW_YORK)
        with pytest.raises(BadMoment):
            morning(date.min, ZoneInfo("Asia/Tokyo"))

    @given(st.datetimes(datetime.fromisoformat("2000-01-01"), datetime.fromisoformat("2090-01-01")))
    @example(datetime.fromisoformat("2026-03-08T02:30"))
    def test_what_is_read_is_what_was_written(self, local: datetime) -> None:
        try:
            found = read_moment(local.isoformat(), NEW_YORK)
        except BadMoment:
            return
        assert found is not None
        assert found.astimezone(NEW_YORK).replace(tzinfo=None) == local

    def test_later_by_one_tap(self) -> None:
        at_night = datetime(2026, 11, 24, 3, tzinfo=UTC)  # the 23rd, ten in the evening, in New York
        assert later("hour", NEW_YORK, now=at_night) == at_night + HOUR
        assert later("tomorrow", NEW_YORK, now=at_night) == datetime(2026, 11, 24, 14, tzinfo=UTC)
        assert later("week", NEW_YORK, now=at_night) == datetime(2026, 11, 30, 14, tzinfo=UTC)
        assert later("never", NEW_YORK, now=at_night) is None


class TestThere:
    def test_the_time_where_they_are(self) -> None:
        chicago = there({"America/Chicago"}, now=NOW)
        assert chicago is not None
        assert (chicago.words, chicago.only_zone) == ("12:00 pm Chicago time", ZoneInfo("America/Chicago"))

    def test_where_it_may_be_one_of_several(self) -> None:
        panhandle = there({"America/New_York", "America/Chicago"}, now=NOW)
        assert panhandle is not None
        assert (panhandle.words, panhandle.only_zone) == ("between 12:00 pm and 1:00 pm", None)
        michigan = there({"America/New_York", "America/Detroit"}, now=NOW)
        assert michigan is not None
        assert (michigan.words, michigan.only_zone) == ("1:00 pm", None)

    def test_of_somebody_who_may_be_anywhere_nothing(self) -> None:
        assert there(ALL_US_ZONES, now=NOW) is None
        assert there(set(), now=NOW) is None
        assert there(set(list(ALL_US_ZONES)[1:]), now=NOW) is not None


class TestClock:
    @pytest.mark.parametrize(
        ("left", "share", "words", "is_over"),
        [
            (PROMISE + SECOND, 0.0, "", False),
            (PROMISE, 0.0, "5:00 left", False),
            (PROMISE / 2, 0.5, "2:30 left", False),
            (9 * SECOND, 0.97, "0:09 left", False),
            (0 * SECOND, 1.0, "0 min over", True),
            (-119 * MINUTE, 1.0, "119 min over", True),
            (-2 * HOUR, 1.0, "2 h over", True),
            (-47 * HOUR, 1.0, "47 h over", True),
            (-48 * HOUR, 1.0, "2 d over", True),
        ],
    )
    def test_what_is_left(self, left: timedelta, share: float, words: str, is_over: bool) -> None:
        found = promise_clock(NOW + left, now=NOW)
        assert (round(found.share, 9), found.words, found.is_over) == (share, words, is_over)


class TestKeyReasons:
    def reasons(self, points: Sequence[float]) -> list[Reason]:
        return [Reason(f"fact {k}", one, "What they did", f"signal {k}") for k, one in enumerate(points)]

    def test_what_speaks_for_it_comes_first_and_three_are_enough(self) -> None:
        found = key_reasons(self.reasons([-9.0, 8.0, -7.0, 6.0]))
        assert [reason.points for reason in found] == [8.0, 6.0, -9.0]
        assert len(key_reasons(self.reasons([1.0] * 9))) == KEY_REASONS

    def test_what_is_too_small_to_be_told_is_no_fact(self) -> None:
        assert key_reasons([Reason("All else", 3.0, "", "")]) == []
