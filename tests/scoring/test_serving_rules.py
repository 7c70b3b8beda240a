"""What a new score means beside the one before, and who may hear of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from leadlight.events.rules import Cause
from leadlight.scoring.rules.scale import Tier, band, display
from leadlight.scoring.rules.serving import JUMP_POINTS, RECENT, SPEAKING, Before, Recent, causes_of, move

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
SILENT = [cause for cause in Cause if cause not in SPEAKING]

scores = st.floats(0, 100)


def before(value: float, *, recent: Recent | None = None, held: Tier | None = None) -> Before:
    return Before(value, held or band(value), NOW - HOUR, 7, recent)


def moved(
    was: Before | None, value: float, *, cause: Cause = Cause.LIVE, now: datetime = NOW, held: Tier | None = None
):
    return move(was, value, held=held, cause=cause, hot_earned=True, now=now)


@given(st.sets(st.sampled_from(Cause), min_size=1))
def test_only_their_own_doing_or_time_alone_speaks(touches: set[Cause]) -> None:
    silent, cause = causes_of(touches, same_version=True)
    if Cause.LIVE in touches:
        assert cause is Cause.LIVE
        # What else moved them is scored apart, and silently.
        assert (silent is None) == (touches <= SPEAKING)
        assert silent is None or silent not in SPEAKING
    else:
        assert silent is None
        assert (cause in SPEAKING) == (touches <= SPEAKING)
        assert cause in touches


@given(st.sets(st.sampled_from(Cause), min_size=1))
def test_a_new_model_is_what_moves_whoever_another_one_scored(touches: set[Cause]) -> None:
    silent, cause = causes_of(touches, same_version=False)
    assert (silent if Cause.LIVE in touches else cause) is Cause.MODEL_CHANGE


@given(scores, scores, st.sampled_from(Cause))
def test_a_step_is_what_people_would_see(value: float, after: float, cause: Cause) -> None:
    was = before(value)
    found = moved(was, after, cause=cause)
    assert found.is_step == (display(value) != display(after) or found.tier is not was.tier)
    assert found.is_move == (found.tier is not was.tier)
    assert moved(None, after, cause=cause).is_step


@given(scores, scores, st.sampled_from(Tier), st.sampled_from(Cause))
def test_a_tier_set_by_hand_holds_whatever_the_score(value: float, after: float, held: Tier, cause: Cause) -> None:
    found = moved(before(value, held=held), after, cause=cause, held=held)
    assert found.tier is held
    assert not found.is_move
    assert moved(None, after, cause=cause, held=held).tier is held


@given(scores, scores, st.sampled_from(SILENT))
def test_what_we_moved_is_no_change_of_theirs(value: float, after: float, cause: Cause) -> None:
    was = before(value, recent=Recent(10.0, NOW - 2 * HOUR, NOW - HOUR))
    found = moved(was, after, cause=cause)
    assert found.recent is None
    assert not found.is_jump


@given(st.lists(scores, min_size=2, max_size=6))
def test_changes_of_one_day_are_told_from_where_they_began_and_jump_once(values: list[float]) -> None:
    was, jumps = before(values[0]), 0
    for k, value in enumerate(values[1:]):
        now = NOW + k * HOUR
        found = moved(was, value, now=now)
        if found.is_step:
            assert found.recent is not None
            assert (found.recent.value, found.recent.as_of) == (
                (was.recent.value, was.recent.as_of) if was.recent else (was.value, was.as_of)
            )
            assert found.recent.changed_as_of == now
            risen = display(value) - display(found.recent.value)
            had_risen = display(was.value) - display(found.recent.value)
            assert found.is_jump == (risen >= JUMP_POINTS > had_risen)
        else:
            assert found.recent == was.recent
            assert not found.is_jump
        was = replace(was, value=value, tier=found.tier, as_of=now, recent=found.recent)
        jumps += found.is_jump


def test_after_a_day_the_telling_begins_anew() -> None:
    was = before(30.0, recent=Recent(10.0, NOW - RECENT - HOUR, NOW - RECENT))
    found = moved(was, 46.0)
    assert found.recent == Recent(30.0, NOW - HOUR, NOW)
    assert found.is_jump
    assert not moved(before(30.0, recent=Recent(10.0, NOW - RECENT, NOW - RECENT)), 46.0).is_jump
