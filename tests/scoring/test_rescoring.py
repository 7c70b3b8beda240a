"""Every event counts, once, whatever comes in between; and only their own doing or time may alert anybody."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leadlight.accounts.models import User
from leadlight.events import operations as events
from leadlight.events.models import Event, Touched
from leadlight.events.operations import NewEvent
from leadlight.events.rules import KIND_BY_NAME, Cause, cause_of
from leadlight.jobs.models import Job
from leadlight.leads.models import Lead, Person
from leadlight.scoring import operations, queries
from leadlight.scoring.models import ModelVersion, Score, ScoreStep
from leadlight.scoring.operations import touched
from leadlight.scoring.queries.pages import rows_for
from tests.scoring.conftest import write_brokerage

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
Facts = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def version(now: datetime) -> ModelVersion:
    write_brokerage(300)
    trained = operations.train(now=now)
    operations.score_all(now=now, cause=Cause.MODEL_CHANGE)
    return trained


@pytest.fixture
def facts(monkeypatch: pytest.MonkeyPatch) -> Facts:
    """What scoring told, by fact."""
    told: dict[str, list[dict[str, Any]]] = {}

    def publish(*, facts: dict[str, list[dict[str, Any]]], now: datetime) -> None:
        for fact, payloads in facts.items():
            told.setdefault(fact, []).extend(payloads)

    monkeypatch.setattr("leadlight.scoring.operations.storing.publish", publish)
    monkeypatch.setattr("leadlight.scoring.operations.touched.publish", publish)
    return lambda fact, **wanted: [payload for payload in told.get(fact, []) if wanted.items() <= payload.items()]


def lead_of(person_id: int) -> int:
    return Lead.objects.filter(person=person_id).values_list("pk", flat=True)[0]


def tell(person_id: int, now: datetime, *kinds: str, at: datetime | None = None, prefix: str = "e") -> None:
    """Have a person do something, as the API would tell it."""
    lead_id = lead_of(person_id)
    n = Event.objects.count()
    told = [
        NewEvent(f"{prefix}{n}-{k}", lead_id, kind, at or now, now, listing="7 Oak St")
        for k, kind in enumerate(kinds)
    ]
    causes = [cause_of(KIND_BY_NAME[event.kind], occurred_at=event.occurred_at, known_at=now) for event in told]
    events.record(events=told, person_of={lead_id: person_id}, causes=causes, origin="api", now=now)


def open_person(place: int = 0) -> int:
    return Score.objects.order_by("value").values_list("person_id", flat=True)[place]


def from_scratch(person_id: int, as_of: datetime) -> float:
    _, table = rows_for([person_id], np.array([as_of.timestamp()]))
    serving = queries.serving()
    assert serving is not None
    return float(queries.scorer(serving).serving.scores(table)[0])


def drain(now: datetime) -> int:
    taken = 0
    while n := operations.rescore_touched(now=now):
        taken += n
    return taken


def test_an_event_moves_its_lead_and_leaves_nothing_behind(
    version: ModelVersion, now: datetime, facts: Facts
) -> None:
    person_id = open_person()
    before = Score.objects.get(pk=person_id)
    later = now + HOUR
    tell(person_id, later, "showing_request", "listing_view", "listing_view", "listing_view")
    assert drain(later) == 1
    after = Score.objects.get(pk=person_id)
    assert after.as_of == later
    assert after.value == from_scratch(person_id, later) > before.value
    assert (after.value_before, after.before_as_of, after.changed_as_of) == (before.value, now, later)
    step = ScoreStep.objects.filter(person=person_id).latest("id")
    assert (step.cause, step.tier_before, step.value) == ("LIVE", before.tier, after.value)
    assert Person.objects.get(pk=person_id).asked_for == "showing_request"
    assert not Touched.objects.exists()
    assert facts("scoring.scores_changed") == [{"person_ids": [person_id], "cause": "LIVE"}]


def test_a_change_is_told_by_parts_that_add_up(version: ModelVersion, now: datetime) -> None:
    person_id = open_person()
    assert queries.change(person_id) is None
    later = now + HOUR
    tell(person_id, later, "showing_request", "listing_view", "listing_view")
    drain(later)
    score = Score.objects.get(pk=person_id)
    assert score.value_before is not None
    change = queries.change(person_id)
    assert change is not None
    assert change.points == pytest.approx(score.value - score.value_before, abs=1e-6)
    assert sum(part.points for part in change.parts) == pytest.approx(change.points, abs=0.5)
    assert (change.before_as_of, change.as_of) == (now, later)
    assert any("7 Oak St" in part.text or "showing" in part.text.lower() for part in change.parts)


def test_what_machines_do_touches_nobody(version: ModelVersion, now: datetime) -> None:
    lead_id = lead_of(open_person())
    event = NewEvent("m", lead_id, "email_opened", now, now, is_machine=True)
    events.record(events=[event], person_of={lead_id: 1}, causes=[Cause.LIVE], origin="api", now=now)
    assert Event.objects.filter(event_id="m").exists()
    assert not Touched.objects.exists()


def test_whoever_books_loses_the_score_at_once(version: ModelVersion, now: datetime, facts: Facts) -> None:
    person_id = open_person()
    tell(person_id, now + HOUR, "appointment_booked")
    drain(now + HOUR)
    assert not Score.objects.filter(pk=person_id).exists()
    assert Person.objects.get(pk=person_id).state == "BOOKED"
    assert facts("scoring.scores_changed") == [{"person_ids": [person_id], "cause": "TEAM"}]
    # And what they do then moves nothing.
    tell(person_id, now + 2 * HOUR, "listing_view")
    drain(now + 2 * HOUR)
    assert not Score.objects.filter(pk=person_id).exists()
    assert len(facts("scoring.scores_changed")) == 1


def test_without_a_model_people_are_brought_up_to_date_all_the_same(now: datetime) -> None:
    person_id = write_brokerage(20)[0]
    tell(person_id, now, "inquiry")
    assert drain(now) == 1
    assert Person.objects.get(pk=person_id).asked_for == "inquiry"
    assert not Score.objects.exists()
    assert not Touched.objects.exists()


POINTS = (
    "hold_persons",
    "event_arrays",
    "standings",
    "computed",
    "store_standings",
    "store",
    "_still_mine",
    "_remove",
)


@pytest.mark.parametrize("point", POINTS)
def test_what_comes_meanwhile_is_never_lost(
    point: str, version: ModelVersion, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At every step of a pass somebody else tells of one more event of the same person."""
    person_id = open_person()
    tell(person_id, now + HOUR, "listing_view")
    step = getattr(touched, point)
    came: list[str] = []

    def interrupted(*args: Any, **kwargs: Any) -> Any:
        if not came:
            came.append(point)
            tell(person_id, now + HOUR, "showing_request", prefix="meanwhile")
        return step(*args, **kwargs)

    monkeypatch.setattr(touched, point, interrupted)
    operations.rescore_touched(now=now + HOUR)
    assert came == [point]
    left = Touched.objects.count()
    assert left == 1, "the row that came meanwhile was removed unread"
    drain(now + HOUR + timedelta(seconds=1))
    score = Score.objects.get(pk=person_id)
    assert score.value == from_scratch(person_id, score.as_of)
    assert Person.objects.get(pk=person_id).asked_for == "showing_request"


def test_removing_more_than_was_read_would_lose_what_came_meanwhile(
    version: ModelVersion, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The power of the test above: with the guard gone, it fails."""
    monkeypatch.setattr(touched, "_remove", lambda taken: Touched.objects.filter(person_id__in=taken.rows).delete())
    with pytest.raises(AssertionError, match="removed unread"):
        test_what_comes_meanwhile_is_never_lost("computed", version, now, monkeypatch)


def test_a_worker_that_knows_less_writes_over_nothing(
    version: ModelVersion, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another worker takes the same rows, and one more, and is done first: possible where rows are not locked."""
    person_id = open_person()
    tell(person_id, now + HOUR, "listing_view")
    compute, store = touched.computed, touched.store
    others: list[int] = []

    def overtaken(*args: Any, **kwargs: Any) -> Any:
        fresh = compute(*args, **kwargs)
        if fresh and not others:
            others.append(1)
            tell(person_id, now + HOUR, "showing_request")
            operations.rescore_touched(now=now + HOUR)
        return fresh

    monkeypatch.setattr(touched, "computed", overtaken)
    monkeypatch.setattr(touched, "store", store)
    operations.rescore_touched(now=now + HOUR + timedelta(seconds=1))
    assert others
    assert Person.objects.get(pk=person_id).asked_for == "showing_request"
    score = Score.objects.get(pk=person_id)
    assert score.value == from_scratch(person_id, score.as_of)
    assert not Touched.objects.exists()


def test_a_clock_that_runs_ahead_hides_nothing(version: ModelVersion, now: datetime) -> None:
    person_id = open_person(100)
    ahead, soon = now + HOUR, now + timedelta(minutes=2)
    tell(person_id, ahead, "page_view")
    drain(now)
    before = Score.objects.get(pk=person_id)
    assert before.as_of == ahead
    tell(person_id, soon, *["showing_request", "listing_view", "listing_view", "listing_view"])
    drain(soon)
    after = Score.objects.get(pk=person_id)
    assert before.value != after.value == from_scratch(person_id, ahead)
    assert not Touched.objects.exists()


class TestWhoMayAlert:
    def test_only_their_own_doing_and_time(self, version: ModelVersion, now: datetime, facts: Facts) -> None:
        person_id = open_person()
        tell(person_id, now + HOUR, *["showing_request"] * 3)
        drain(now + HOUR)
        assert {fact["cause"] for fact in facts("scoring.tier_changed")} <= {"LIVE"}
        operations.sweep(person_ids=[person_id], now=now + 30 * DAY)
        assert {fact["cause"] for fact in facts("scoring.scores_changed")} <= {"LIVE", "SWEEP"}

    @pytest.mark.parametrize("cause", [Cause.IMPORT, Cause.MERGE, Cause.SETTINGS, Cause.TEAM])
    def test_what_others_brought_moves_silently(
        self, cause: Cause, version: ModelVersion, now: datetime, facts: Facts
    ) -> None:
        person_id = open_person()
        lead_id = lead_of(person_id)
        events.append(
            events=[NewEvent(f"h{k}", lead_id, "showing_request", now, now) for k in range(4)],
            cause=cause,
            origin="import:9",
            now=now,
        )
        events.touch(person_ids=[person_id], cause=cause, now=now + HOUR)
        drain(now + HOUR)
        assert Score.objects.get(pk=person_id).value_before is None
        assert {fact["cause"] for fact in facts("scoring.scores_changed")} == {cause.value}
        assert not facts("scoring.score_jumped")

    def test_old_history_told_late_alerts_nobody(self, version: ModelVersion, now: datetime, facts: Facts) -> None:
        person_id = open_person()
        tell(person_id, now + HOUR, *["showing_request"] * 4, at=now - 20 * DAY)
        drain(now + HOUR)
        assert {fact["cause"] for fact in facts("scoring.scores_changed")} == {"IMPORT"}

    def test_what_came_with_their_own_doing_is_scored_apart_and_silently(
        self, version: ModelVersion, now: datetime, facts: Facts
    ) -> None:
        person_id = open_person()
        lead_id = lead_of(person_id)
        events.append(
            events=[NewEvent(f"h{k}", lead_id, "showing_request", now, now) for k in range(4)],
            cause=Cause.IMPORT,
            origin="import:9",
            now=now,
        )
        events.touch(person_ids=[person_id], cause=Cause.IMPORT, now=now + HOUR)
        tell(person_id, now + 2 * HOUR, "page_view")
        tell(person_id, now + 2.5 * HOUR, "page_view")
        drain(now + 3 * HOUR)
        steps = list(ScoreStep.objects.filter(person=person_id, as_of__gt=now).order_by("id"))
        assert steps[0].cause == "IMPORT"
        assert steps[0].value == from_scratch(person_id, steps[0].as_of)
        assert steps[0].as_of < now + 2 * HOUR
        assert {step.cause for step in steps[1:]} <= {"LIVE"}
        assert not facts("scoring.score_jumped")
        for fact in facts("scoring.tier_changed", cause="LIVE"):
            assert fact["before"] == steps[0].tier

    def test_a_new_model_moves_silently_even_whoever_does_something_first(
        self, version: ModelVersion, now: datetime, facts: Facts
    ) -> None:
        person_id = open_person()
        other = operations.train(
            now=now + HOUR, model="logistic" if version.card["model"] != "logistic" else "xgboost"
        )
        assert Score.objects.get(pk=person_id).version_id == version.pk
        tell(person_id, now + 2 * HOUR, "page_view")
        drain(now + 3 * HOUR)
        score = Score.objects.get(pk=person_id)
        assert score.version_id == other.pk
        causes = list(ScoreStep.objects.filter(person=person_id, as_of__gt=now).values_list("cause", flat=True))
        assert causes in ([], ["MODEL_CHANGE"], ["LIVE"], ["MODEL_CHANGE", "LIVE"])
        n = len(facts("scoring.scores_changed"))
        operations.score_all(now=now + 4 * HOUR, cause=Cause.SWEEP)
        told = {fact["cause"] for fact in facts("scoring.scores_changed")[n:] if fact["person_ids"] != [person_id]}
        assert told == {"MODEL_CHANGE"}

    def test_moves_are_counted_by_cause(self, version: ModelVersion, now: datetime) -> None:
        operations.score_all(now=now + 200 * DAY, cause=Cause.SWEEP)
        moved = ScoreStep.objects.filter(is_move=True)
        assert moved.exists()
        assert all(step.tier_before not in ("", step.tier) for step in moved)
        assert not ScoreStep.objects.filter(tier_before="", is_move=True).exists()


class TestSweeps:
    def sweep(self, now: datetime, *, warm_only: bool) -> set[int]:
        Job.objects.all().delete()
        n = operations.start_sweep(now=now, warm_only=warm_only)
        ids = {pk for payload in Job.objects.values_list("payload", flat=True) for pk in payload["person_ids"]}
        assert len(ids) == n
        return ids

    def test_scores_fall_with_time_and_whoever_is_long_idle_costs_nothing(
        self, version: ModelVersion, now: datetime
    ) -> None:
        everybody = set(Score.objects.values_list("person_id", flat=True))
        Score.objects.update(as_of=now - 600 * DAY)
        assert self.sweep(now, warm_only=False) == everybody
        operations.score_all(now=now + 61 * DAY, cause=Cause.SWEEP)
        assert self.sweep(now + 62 * DAY, warm_only=False) == set()
        tell(open_person(), now + 70 * DAY, "listing_view")
        drain(now + 70 * DAY)
        assert len(self.sweep(now + 71 * DAY, warm_only=False)) == 1
        unscored = open_person(5)
        Score.objects.filter(pk=unscored).delete()
        assert unscored in self.sweep(now + 71 * DAY, warm_only=False)

    def test_the_warm_are_swept_by_themselves(self, version: ModelVersion, now: datetime) -> None:
        warm = set(Score.objects.exclude(tier="COLD").values_list("person_id", flat=True))
        assert warm
        assert self.sweep(now, warm_only=True) == warm

    def test_a_sweep_leaves_alone_whoever_settled_meanwhile(self, version: ModelVersion, now: datetime) -> None:
        person_id = open_person()
        tell(person_id, now + HOUR, "lost")
        drain(now + HOUR)
        operations.sweep(person_ids=[person_id], now=now + 2 * HOUR)
        assert not Score.objects.filter(pk=person_id).exists()


class TestReasons:
    def test_reasons_follow_the_highest_first(self, version: ModelVersion, now: datetime) -> None:
        n = Score.objects.count()
        assert operations.find_reasons(limit=5) == 5
        done, waiting = (Score.objects.filter(reason_is_stale=stale) for stale in (False, True))
        assert done.count() == 5
        assert min(done.values_list("value", flat=True)) >= max(waiting.values_list("value", flat=True))
        while operations.find_reasons():
            pass
        assert not Score.objects.filter(reason_is_stale=True).exists()
        tell(open_person(n // 2), now + HOUR, *["showing_request", "calculator_use"] * 3)
        drain(now + HOUR)
        assert operations.find_reasons() == 1
        assert operations.find_reasons() == 0

    def test_a_score_that_moves_meanwhile_stays_to_be_done(
        self, version: ModelVersion, now: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from leadlight.scoring.operations import sweeping

        explain = sweeping.explain

        def meanwhile(*args: Any, **kwargs: Any) -> Any:
            Score.objects.update(as_of=now + HOUR)
            return explain(*args, **kwargs)

        monkeypatch.setattr(sweeping, "explain", meanwhile)
        operations.find_reasons(limit=3)
        assert not Score.objects.filter(reason_is_stale=False).exists()


class TestOverride:
    @pytest.fixture
    def dana(self) -> User:
        return User.objects.create_user("dana@example.com", None, name="Dana")

    def test_it_holds_against_events_time_and_new_models(
        self, version: ModelVersion, now: datetime, dana: User, facts: Facts
    ) -> None:
        person_id = open_person()
        operations.set_tier(person_id=person_id, tier="HOT", note=" knows them ", actor=dana, now=now + HOUR)
        score = Score.objects.get(pk=person_id)
        assert (score.tier, score.is_held) == ("HOT", True)
        assert [fact["cause"] for fact in facts("scoring.tier_changed")] == ["SETTINGS"]
        tell(person_id, now + 2 * HOUR, "listing_view")
        drain(now + 2 * HOUR)
        operations.train(now=now + 3 * HOUR, seed=2)
        operations.score_all(now=now + 3 * HOUR, cause=Cause.MODEL_CHANGE)
        operations.sweep(person_ids=[person_id], now=now + 40 * DAY)
        score = Score.objects.get(pk=person_id)
        assert (score.tier, score.is_held, score.as_of) == ("HOT", True, now + 40 * DAY)
        assert len(facts("scoring.tier_changed", person_id=person_id)) == 1
        operations.clear_tier(person_id=person_id, actor=dana, now=now + 41 * DAY)
        score = Score.objects.get(pk=person_id)
        assert (score.tier, score.is_held) == ("COLD", False)
        assert ScoreStep.objects.filter(person=person_id).latest("id").cause == "SETTINGS"

    def test_nobody_holds_whoever_has_no_score(self, version: ModelVersion, now: datetime, dana: User) -> None:
        settled = Person.objects.exclude(state="OPEN").first()
        assert settled is not None
        with pytest.raises(operations.UnableToSetTier, match="no score"):
            operations.set_tier(person_id=settled.pk, tier="HOT", note="", actor=dana, now=now)
        with pytest.raises(operations.UnableToSetTier, match="Cold, Warm, Hot"):
            operations.set_tier(person_id=open_person(), tier="LUKEWARM", note="", actor=dana, now=now)


def test_a_pass_takes_a_fixed_number_of_queries(version: ModelVersion, now: datetime) -> None:
    def queries_for(n: int, at: datetime) -> int:
        for place in range(n):
            tell(open_person(place), at, "showing_request")
        with CaptureQueriesContext(connection) as caught:
            operations.rescore_touched(now=at)
        return len(caught)

    assert queries_for(1, now + HOUR) <= queries_for(40, now + 2 * HOUR) <= 26


def test_a_pass_takes_so_many_people_and_no_more(
    version: ModelVersion, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(touched, "_PASS", 2)
    first, second, third = (open_person(place) for place in range(3))
    for person_id in (first, second, third, first):
        tell(person_id, now + HOUR, "listing_view")
    assert operations.rescore_touched(now=now + HOUR) == 3
    assert list(Touched.objects.values_list("person_id", flat=True)) == [third]


def test_what_makes_a_pass_fail_is_found_by_the_ledger(
    version: ModelVersion, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    from leadlight.jobs import worker

    bad, good = open_person(0), open_person(1)
    tell(bad, now + HOUR, "listing_view")
    tell(good, now + HOUR, "listing_view")
    arrays = touched.event_arrays

    def fails(person_ids: Sequence[int]) -> Any:
        if bad in person_ids:
            raise ValueError("such events cannot be")
        return arrays(person_ids)

    monkeypatch.setattr(touched, "event_arrays", fails)
    assert operations.rescore_touched(now=now + HOUR) == 2
    assert not Touched.objects.exists()
    while worker.run_due(queues=["live"]):
        pass
    job = Job.objects.get()
    assert job.payload == {"person_id": bad, "causes": ["LIVE"]}
    assert "such events cannot be" in job.latest_error
    assert Score.objects.get(pk=good).as_of > now
    assert ScoreStep.objects.filter(person=good).latest("id").cause in ("LIVE", "MODEL_CHANGE")


KINDS = ("listing_view", "showing_request", "email_opened", "call_attempted", "email_sent", "calculator_use")
told = st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 30), st.booleans()), min_size=1, max_size=10)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=told, order=st.randoms(use_true_random=False), cuts=st.sets(st.integers(0, 9)))
def test_disorder_gives_the_score_of_the_clean_log(
    version: ModelVersion, now: datetime, told: list[tuple[str, int, bool]], order: Any, cuts: set[int]
) -> None:
    """Late, out of order, told twice, dated ahead, retracted before or after: as if told once, in order, and true."""
    end = now + 2 * DAY
    with transaction.atomic():
        dirty, clean = open_person(0), open_person(1)
        # Two people alike but for how their events are told.
        # By the leads themselves: a join over rows that no statistics know of is walked for each event there is.
        leads = list(Lead.objects.filter(person__in=[dirty, clean]).values_list("pk", flat=True))
        Event.objects.filter(lead__in=leads).delete()
        same = Person.objects.filter(pk=clean).values("first_contact_at", "source_id")[0]
        Person.objects.filter(pk=dirty).update(**same)
        Lead.objects.filter(person=dirty).update(
            **Lead.objects.filter(person=clean).values("stage_meaning", "converted", "attributes")[0]
        )
        events.touch(person_ids=[dirty, clean], cause=Cause.LIVE, now=end)
        events_of = [
            (f"d{k}", kind, now - timedelta(hours=hours), is_wrong) for k, (kind, hours, is_wrong) in enumerate(told)
        ]
        for k, (_, kind, at, is_wrong) in enumerate(sorted(events_of, key=lambda event: event[2])):
            if not is_wrong:
                one = NewEvent(f"c{k}", lead_of(clean), kind, at, end)
                events.record(
                    events=[one], person_of={one.lead_id: clean}, causes=[Cause.LIVE], origin="api", now=end
                )
        happenings = [("event", *event) for event in events_of] + [("event", *events_of[0])]
        happenings += [("retraction", *event) for event in events_of if event[3]]
        order.shuffle(happenings)
        for k, (what, event_id, kind, at, _) in enumerate(happenings):
            if what == "retraction":
                events.retract(event_ids=[event_id], reason="", now=end)
            else:
                one = NewEvent(event_id, lead_of(dirty), kind, at, end)
                events.record(
                    events=[one], person_of={one.lead_id: dirty}, causes=[Cause.LIVE], origin="api", now=end
                )
            if k in cuts:
                drain(end)
        drain(end)
        found = dict(Score.objects.filter(pk__in=[dirty, clean]).values_list("pk", "value"))
        assert found[dirty] == found[clean] == from_scratch(clean, end)
        standing = Person.objects.filter(pk__in=[dirty, clean]).values_list("active_at", "asked_for", "asked_at")
        assert standing[0] == standing[1]
        transaction.set_rollback(True)
