"""Whose turn it is, what is promised, what answers, what an alert may say."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadlight.accounts.rules.hours import DAYS, OFFICE_HOURS, Hours, read_week
from leadlight.events.rules import KIND_BY_NAME, Cause
from leadlight.routing.rules import outcomes, promise, queue, words
from leadlight.routing.rules.assignment import Agent, Choice, choose, clock, in_turn, on_duty
from leadlight.routing.rules.devices import device_name
from leadlight.routing.rules.outcomes import UNDO_WITHIN, Outcome, Said, Since
from leadlight.routing.rules.promise import EPISODE, PROMISE, Standing, Step, Touch, WaitKind
from leadlight.routing.rules.queue import TASK, Entry
from leadlight.routing.rules.words import Occasion

ZONE = ZoneInfo("America/New_York")
OFFICE = Hours(read_week(OFFICE_HOURS), ZONE)
ALWAYS = Hours(read_week(dict.fromkeys(DAYS, "0-24")), ZONE)
NEVER = Hours(read_week({}), ZONE)
EVENINGS = Hours(read_week(dict.fromkeys(DAYS, "18-21")), ZONE)
NOON = datetime(2026, 6, 1, 16, tzinfo=UTC)
NIGHT = datetime(2026, 6, 2, 3, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def agent(user_id: int, *, role: str = "AGENT", hours: Hours = ALWAYS, turn: int | None = None) -> Agent:
    return Agent(user_id, f"Agent {user_id}", role, hours, turn)


agents = st.lists(
    st.builds(
        agent,
        st.integers(1, 30),
        role=st.sampled_from(["AGENT", "LEAD_MANAGER", "OWNER"]),
        hours=st.sampled_from([ALWAYS, OFFICE, EVENINGS, NEVER]),
        turn=st.none() | st.integers(1, 99),
    ),
    max_size=8,
    unique_by=(lambda one: one.user_id, lambda one: one.turn or -one.user_id),
)
moments = st.integers(0, 270 * 24 * 60).map(lambda k: datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=k))


class TestAssignment:
    def test_the_one_who_has_waited_longest_is_next_and_who_never_had_one_first(self) -> None:
        team = [agent(1, turn=9), agent(2, turn=4), agent(4), agent(3)]
        assert [one.user_id for one in in_turn(team)] == [3, 4, 2, 1]
        [first, second] = choose(2, team, owner_id=None, now=NOON)
        assert first == Choice(3, "Next in turn of 4 on duty", (3, 4, 2, 1))
        assert (second.user_id, second.candidates) == (4, (4, 2, 1, 3))

    def test_agents_before_lead_managers_before_owners(self) -> None:
        owner, manager, asleep = agent(1, role="OWNER"), agent(2, role="LEAD_MANAGER"), agent(3, hours=OFFICE)
        assert choose(1, [owner, manager, asleep], owner_id=1, now=NIGHT)[0].user_id == 3
        assert choose(1, [owner, manager], owner_id=1, now=NIGHT)[0] == Choice(2, "The only one on duty", (2,))
        assert choose(1, [owner], owner_id=1, now=NIGHT)[0].user_id == 1
        assert on_duty([owner, manager, asleep], now=NIGHT) == []

    def test_with_nobody_on_duty_whoever_begins_first(self) -> None:
        team = [agent(1, hours=EVENINGS), agent(2, hours=OFFICE, turn=7), agent(3, hours=OFFICE)]
        found = choose(3, team, owner_id=9, now=NIGHT)
        assert [one.user_id for one in found] == [3, 2, 3]
        assert found[0].reason == "Nobody is on duty; begins first, on Tue 9:00 am"

    def test_with_nobody_at_all_the_owner(self) -> None:
        for team in ([], [agent(1, hours=NEVER)]):
            assert (
                choose(2, team, owner_id=9, now=NOON) == [Choice(9, "Nobody takes leads, so it is the owner’s")] * 2
            )
            assert choose(1, team, owner_id=None, now=NOON) == []

    @given(agents, moments, st.integers(1, 30))
    def test_every_lead_goes_to_somebody_and_nobody_gets_two_more_than_another(
        self, team: list[Agent], now: datetime, n: int
    ) -> None:
        found = choose(n, team, owner_id=99, now=now)
        assert len(found) == n
        shares = [sum(one.user_id == candidate for one in found) for candidate in found[0].candidates]
        assert not shares or max(shares) - min(shares) <= 1
        assert all(one.user_id == one.candidates[0] for one in found if one.candidates)
        duty = {one.user_id for one in on_duty(team, now=now)}
        assert not duty or {one.user_id for one in found} <= duty

    @given(agents, moments, st.integers(1, 12))
    def test_many_at_once_go_as_one_after_the_other(self, team: list[Agent], now: datetime, n: int) -> None:
        at_once = [one.user_id for one in choose(n, team, owner_id=99, now=now)]
        turn, one_by_one, left = 100, [], list(team)
        for _ in range(n):
            [choice] = choose(1, left, owner_id=99, now=now)
            one_by_one.append(choice.user_id)
            turn += 1
            left = [
                Agent(a.user_id, a.name, a.role, a.hours, turn) if a.user_id == choice.user_id else a for a in left
            ]
        assert at_once == one_by_one

    def test_times_as_people_of_the_team_read_them(self) -> None:
        assert clock(datetime(2026, 6, 1, 0, 5, tzinfo=ZONE)) == "Mon 12:05 am"
        assert clock(datetime(2026, 6, 1, 12, 0, tzinfo=ZONE)) == "Mon 12:00 pm"
        assert clock(datetime(2026, 6, 1, 13, 30, tzinfo=ZONE)) == "Mon 1:30 pm"


class TestPromise:
    @given(moments, st.integers(1, 2))
    def test_a_level_is_reached_after_so_many_open_minutes(self, at: datetime, level: int) -> None:
        due = promise.due_at(OFFICE, at, level=level)
        assert OFFICE.open_time(since=at, until=due) == level * timedelta(minutes=5)
        assert promise.due_at(NEVER, at, level=level) == at + level * PROMISE

    def test_over_the_night_on_which_clocks_go_forward(self) -> None:
        early = Hours(read_week({"sun": "1:58-4:00"}), ZONE)
        assert promise.due_at(early, datetime(2026, 3, 8, 1, 58, tzinfo=ZONE)) == datetime(
            2026, 3, 8, 3, 3, tzinfo=ZONE
        )

    def test_one_wait_of_a_kind_and_one_within_an_hour(self) -> None:
        assert promise.opens(WaitKind.HOT, NOON, [])
        assert not promise.opens(WaitKind.HOT, NOON, [("HOT", NOON - 9 * EPISODE)])
        assert not promise.opens(WaitKind.HOT, NOON, [("INQUIRY", NOON - EPISODE + MINUTE)])
        assert promise.opens(WaitKind.HOT, NOON, [("INQUIRY", NOON - EPISODE), ("REPLY", NOON - EPISODE)])

    @pytest.mark.parametrize(
        ("touch", "counts"),
        [
            (Touch("call_attempted", NOON), True),
            (Touch("voicemail_left", NOON, "Ann"), True),
            (Touch("appointment_booked", NOON), True),
            (Touch("email_sent", NOON, "Ann"), True),
            (Touch("sms_sent", NOON, "Ann"), True),
            (Touch("email_sent", NOON), False),
            (Touch("sms_sent", NOON, "  "), False),
            (Touch("email_sent", NOON, "Leadlight"), False),
            (Touch("call_attempted", NOON, " SYSTEM "), False),
            (Touch("call_attempted", NOON, "Ann", is_machine=True), False),
            (Touch("email_sent", NOON, "Ann", {"automatic": True}), False),
            (Touch("email_sent", NOON, "Ann", {"automatic": "yes"}), True),
            (Touch("note_added", NOON, "Ann"), False),
            (Touch("email_opened", NOON, "Ann"), False),
        ],
    )
    def test_what_is_a_touch_by_a_person(self, touch: Touch, counts: bool) -> None:
        assert promise.is_human(touch) is counts

    def test_the_first_touch_from_the_moment_on_answers(self) -> None:
        touches = [Touch("call_attempted", NOON + k * MINUTE) for k in (5, -1, 0, 3)]
        assert promise.first_answer(touches, began_at=NOON) == touches[2]
        assert promise.first_answer(touches, began_at=NOON + MINUTE) == touches[3]
        assert promise.first_answer(touches, began_at=NOON + 6 * MINUTE) is None

    def test_words_of_the_vocabulary(self) -> None:
        assert set(KIND_BY_NAME) >= promise.TOUCHES
        assert {Cause(word) for word in promise.ALERTING} == {Cause.LIVE, Cause.SWEEP}

    def test_what_asks_for_an_answer(self) -> None:
        assert promise.asks_for_answer("sms_replied", {"text": "Is it sold?"})
        assert promise.asks_for_answer("email_replied", {})
        assert promise.asks_for_answer("call_received", {})
        assert promise.asks_for_answer("call_received", {}, seconds=0.0)
        assert not promise.asks_for_answer("call_received", {}, seconds=30.0)
        assert not promise.asks_for_answer("email_replied", {"automatic": True})
        assert not promise.asks_for_answer("sms_replied", {"text": "STOP"})
        assert not promise.asks_for_answer("sms_replied", {"text": "wrong number"})
        assert promise.asks_for_answer("inquiry", {"text": 7})

    def test_of_one_person_others_hear_once(self) -> None:
        older, younger = Standing(2, NOON, is_claimed=False), Standing(1, NOON + MINUTE, is_claimed=False)
        assert promise.step(2, [younger, older]) is Step.ALERT
        assert promise.step(1, [younger, older]) is Step.BREACH
        assert promise.step(3, [younger, older]) is Step.NOTHING
        assert promise.step(2, [older, Standing(1, NOON, is_claimed=False)]) is Step.BREACH
        assert promise.step(2, [older, Standing(1, NOON + MINUTE, is_claimed=True)]) is Step.NOTHING

    @given(moments, st.timedeltas(timedelta(days=-1), timedelta(days=5)))
    def test_no_wait_is_shorter_than_nothing_or_longer_open_than_whole(self, at: datetime, span: timedelta) -> None:
        raw, opened = promise.spans(OFFICE, began_at=at, ended_at=at + span)
        assert 0 <= opened <= raw == max(span.total_seconds(), 0)


def about(**fields: object) -> Occasion:
    told = {
        "kind": WaitKind.INQUIRY,
        "name": "Marisol Ortega",
        "event_kind": "inquiry",
        "listing": "214 Alder Ct",
        "text": "",
        "tier": "WARM",
        "score": 62.4,
        "reason": "Asked about financing",
        "began_at": NOON,
        "due_at": NOON + 5 * MINUTE,
        "level": 0,
        "owner": "Ann Blake",
    }
    return Occasion(**{**told, **fields})  # type: ignore[arg-type]


class TestWords:
    @pytest.mark.parametrize(
        ("name", "first"),
        [
            ("Marisol Ortega", "Marisol"),
            ("  marisol   ortega ", "marisol"),
            ("Ortega, Marisol Ana", "Marisol"),
            ("Ortega,", "Ortega"),
            ("", "A lead"),
            ("813-555-0142", "A lead"),
            ("ana@example.com", "A lead"),
            ("José\u202e Ruiz", "José"),
            ("\u200b", "A lead"),
        ],
    )
    def test_first_names(self, name: str, first: str) -> None:
        assert words.first_name(name) == first

    @pytest.mark.parametrize(
        ("fields", "said"),
        [
            ({}, "asked about 214 Alder Ct"),
            ({"listing": ""}, "sent an inquiry"),
            ({"event_kind": "showing_request"}, "asked to see 214 Alder Ct"),
            ({"event_kind": "valuation_request", "listing": ""}, "asked what a home is worth"),
            ({"event_kind": "sms_replied", "kind": WaitKind.REPLY}, "answered a text"),
            ({"event_kind": "email_replied", "kind": WaitKind.REPLY}, "answered an email"),
            ({"event_kind": "call_received", "kind": WaitKind.REPLY}, "called"),
            ({"event_kind": "", "kind": WaitKind.HOT}, "turned hot"),
            ({"listing": "call +1 (813) 555-0142 or a@b.example"}, "asked about call … or …"),
            ({"listing": "12\nElm\tSt"}, "asked about 12 Elm St"),
        ],
    )
    def test_who_did_what(self, fields: dict[str, object], said: str) -> None:
        assert words.headline(about(**fields)) == f"Marisol {said}"

    def test_the_subject_by_level_and_score(self) -> None:
        assert words.subject(about()) == "Marisol asked about 214 Alder Ct (warm, 62)"
        late = words.subject(about(level=1, score=None, tier=""))
        assert late == "Nobody has answered: Marisol asked about 214 Alder Ct (not scored yet)"

    def test_the_text_by_level(self) -> None:
        def text(**fields: object) -> str:
            return words.body(about(**fields), link="https://x/claim/1/", zone=ZONE, now=NOON + MINUTE)

        assert "They are yours. Call, text or email them by Mon 12:05 pm." in text()
        assert "Ann Blake has not answered yet. Whoever of you takes them first has them." in text(level=1)
        assert "Nobody has not" not in text(level=2, owner="Ann Blake")
        assert "Ann Blake and a second agent have not answered." in text(level=2)
        assert "1 minute ago. Warm, 62. Asked about financing." in text()
        assert "Not scored yet." in text(score=None)
        assert "financing" not in text(score=None)
        assert "They wrote" not in text()
        assert text(text="q" * 900).count("q") == 400
        assert text().endswith("Take them: https://x/claim/1/\n")

    @pytest.mark.parametrize(
        ("ago", "said"),
        [
            (59, "just now"),
            (60, "1 minute ago"),
            (3_599, "59 minutes ago"),
            (3_600, "1 hour ago"),
            (7_200, "2 hours ago"),
            (48 * 3_600, "2 days ago"),
            (-5, "just now"),
        ],
    )
    def test_how_long_ago(self, ago: int, said: str) -> None:
        text = words.body(about(), link="", zone=ZONE, now=NOON + timedelta(seconds=ago))
        assert f"214 Alder Ct {said}." in text

    def test_what_a_phone_shows(self) -> None:
        assert words.push(about()) == ("Marisol asked about 214 Alder Ct", "Warm, 62. Asked about financing")
        assert words.push(about(level=2, score=None))[1] == "Nobody has answered yet. Not scored yet."

    @given(st.text(max_size=60), st.text(max_size=200), st.text(max_size=200))
    def test_what_lies_open_is_one_line_without_number_or_address(self, name: str, listing: str, reason: str) -> None:
        told = about(name=name, listing=f"{listing} 813.555.0142 a@b.example", reason=reason)
        for line in (words.subject(told), words.push(told)[0]):
            assert line.isprintable()
            assert "0142" not in line
            assert "b.example" not in line


class TestOutcomes:
    def test_what_is_lacking_is_said(self) -> None:
        for said, word in (
            (Said(Outcome.APPOINTMENT), "when"),
            (Said(Outcome.APPOINTMENT, at=NOON), "has passed"),
            (Said(Outcome.APPOINTMENT, at=NOON + outcomes.FURTHEST + MINUTE), "two years"),
            (Said(Outcome.NOT_NOW, at=NOON + outcomes.FURTHEST + MINUTE), "two years"),
            (Said(Outcome.NOT_NOW), "from when"),
            (Said(Outcome.NOT_NOW, at=NOON), "to come"),
            (Said(Outcome.WRONG_NUMBER), "which number"),
            (Said(Outcome.NOT_INTERESTED, words=" "), "why"),
            (Said(Outcome.STOP), "own words"),
        ):
            assert word in outcomes.lacking(said, now=NOON)
        for said in (
            Said(Outcome.REACHED),
            Said(Outcome.VOICEMAIL),
            Said(Outcome.HAS_AGENT),
            Said(Outcome.APPOINTMENT, at=NOON + MINUTE),
            Said(Outcome.APPOINTMENT, at=NOON + outcomes.FURTHEST),
            Said(Outcome.NOT_NOW, at=NOON + MINUTE),
            Said(Outcome.WRONG_NUMBER, number="+18135550142"),
            Said(Outcome.NOT_INTERESTED, words="Bought"),
            Said(Outcome.STOP, words="Leave me alone"),
        ):
            assert outcomes.lacking(said, now=NOON) == ""

    @pytest.mark.parametrize(
        ("outcome", "kinds", "closings", "ends_all"),
        [
            (Outcome.REACHED, ["call_answered"], [], False),
            (Outcome.VOICEMAIL, ["voicemail_left"], [], False),
            (Outcome.APPOINTMENT, ["call_answered", "appointment_booked"], [], False),
            (Outcome.NOT_NOW, ["call_answered"], [], False),
            (Outcome.HAS_AGENT, ["call_answered", "lost"], [], True),
            (Outcome.NOT_INTERESTED, ["call_answered", "lost"], [], True),
            (Outcome.WRONG_NUMBER, ["call_attempted"], [("CALL", "WRONG"), ("SMS", "WRONG")], False),
            (Outcome.STOP, ["opted_out"], [("ALL", "OPTED_OUT")], True),
        ],
    )
    def test_what_follows(
        self, outcome: Outcome, kinds: list[str], closings: list[tuple[str, str]], ends_all: bool
    ) -> None:
        said = Said(outcome, at=NOON, number="+18135550142", words=" leave me alone ")
        follows = outcomes.effects(said)
        assert [kind for kind, _ in follows.events] == kinds
        assert set(kinds) <= set(KIND_BY_NAME)
        assert all(props["outcome"] == outcome.value for _, props in follows.events)
        assert all(props["text"] == "leave me alone" for _, props in follows.events)
        assert (list(follows.closings), follows.ends_all) == (closings, ends_all)
        assert (follows.again_at == NOON) == (outcome is Outcome.NOT_NOW)
        assert (follows.number != "") == (outcome is Outcome.WRONG_NUMBER)

    def test_every_outcome_has_its_words(self) -> None:
        assert set(outcomes.OUTCOME_WORDS) == set(Outcome)

    def test_what_is_due_by_tomorrow_is_done_by_it(self) -> None:
        day = timedelta(days=1)
        assert outcomes.is_done(NOON + day, ends_all=False, now=NOON)
        assert not outcomes.is_done(NOON + day + MINUTE, ends_all=False, now=NOON)
        assert outcomes.is_done(NOON + 90 * day, ends_all=True, now=NOON)

    def test_when_it_can_be_taken_back(self) -> None:
        fresh = Since(NOON, is_undone=False, was_sent=False)
        assert outcomes.why_not_undo(fresh, now=NOON + UNDO_WITHIN) == ""
        assert "too late" in outcomes.why_not_undo(fresh, now=NOON + UNDO_WITHIN + MINUTE)
        assert "already" in outcomes.why_not_undo(Since(NOON, is_undone=True, was_sent=False), now=NOON)
        assert "was sent" in outcomes.why_not_undo(Since(NOON, is_undone=False, was_sent=True), now=NOON)


class TestQueue:
    def test_who_asked_before_who_is_hot_before_what_is_due_each_once(self) -> None:
        def entry(person_id: int, what: str, minutes: int) -> Entry:
            return Entry(person_id, "", what, "", NOON + minutes * MINUTE, NOON)

        entries = [
            entry(1, TASK, -90),
            entry(2, "HOT", -50),
            entry(3, "INQUIRY", -5),
            entry(4, "REPLY", -9),
            entry(3, TASK, -99),
            entry(5, TASK, -91),
            entry(6, "HOT", -50),
        ]
        assert [one.person_id for one in queue.in_order(entries)] == [4, 3, 2, 6, 5, 1]
        assert queue.in_order(entries)[1].what == "INQUIRY"
        assert queue.in_order([]) == []

    def test_put_off_is_due_later_and_never_sooner(self) -> None:
        assert queue.effective_due(NOON, None) == NOON
        assert queue.effective_due(NOON, NOON + MINUTE) == NOON + MINUTE
        assert queue.effective_due(NOON, NOON - MINUTE) == NOON


def test_whoever_is_away_is_not_on_duty() -> None:
    gone = Hours(ALWAYS.week, ZONE, ((date(2026, 6, 1), date(2026, 6, 2)),))
    assert on_duty([agent(1, hours=gone), agent(2)], now=NOON) == [agent(2)]


@pytest.mark.parametrize(
    ("said", "name"),
    [
        (
            "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36",
            "Chrome on Android",
        ),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Version/18.5 Safari/604.1", "Safari on an iPhone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:140.0) Gecko Firefox/140.0", "Firefox on a Mac"),
        ("", "A browser"),
    ],
)
def test_a_device_has_the_name_that_its_owner_gives_it(said: str, name: str) -> None:
    assert device_name(said) == name
