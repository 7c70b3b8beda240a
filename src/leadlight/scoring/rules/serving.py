"""What of a person is scored, what a new score means beside the one before, and who may hear of it. Pure."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from leadlight.events.rules import Cause

from .labels import Target
from .scale import Tier, display, tier

#: States in which there is nothing left to foretell for an appointment, and for what comes after it.
_SETTLED_AT_APPOINTMENT = frozenset({"BOOKED", "CLIENT", "CLOSED", "LOST"})
_SETTLED_LATER = frozenset({"CLOSED", "LOST"})
_LATER = frozenset({"agreement_signed", "offer_made", "under_contract", "closed"})

#: Causes that may alert, enroll or message: their own doing and the passing of time.
SPEAKING = frozenset({Cause.LIVE, Cause.SWEEP})
#: So many points up within `RECENT` are a jump.
JUMP_POINTS = 15
#: Changes within so long of each other are told as one: "+23 since yesterday".
RECENT = timedelta(hours=24)
#: Nothing done for so long, and time alone moves a score no further: such leads are left alone by sweeps.
IDLE = timedelta(days=60)


def settled_states(target: Target) -> frozenset[str]:
    """
    Return the states of people who are not scored: what the target foretells has come, or cannot come any more.

    A client in the middle of a deal is still asked about when the target is a closing.
    """
    if target.event_kind == "closed":
        return _SETTLED_LATER
    if target.event_kind in _LATER:
        return _SETTLED_LATER | {"CLIENT"}
    return _SETTLED_AT_APPOINTMENT


@dataclass(frozen=True)
class Recent:
    """What changed of late: "+23 since yesterday"."""

    #: The score where the changes began, and as of when.
    value: float
    as_of: datetime
    #: As of the latest of the changes.
    changed_as_of: datetime


@dataclass(frozen=True)
class Before:
    """A score as it stands before a new one."""

    value: float
    tier: Tier
    as_of: datetime
    version_id: int | None
    recent: Recent | None


@dataclass(frozen=True)
class Move:
    """What a new score means."""

    tier: Tier
    cause: Cause
    #: Whether people see a change, so that it gets a line in the history.
    is_step: bool
    #: Whether the tier is another; a first score has moved from nowhere.
    is_move: bool
    #: Whether within a day it rose by `JUMP_POINTS` or more, with this score for the first time.
    is_jump: bool
    recent: Recent | None


def causes_of(touches: Collection[Cause], *, same_version: bool) -> tuple[Cause | None, Cause]:
    """
    Return what moved a person silently before their own doing, if anything, and what moves them now.

    Who both did something and was moved by an import, a merge or a new model is scored twice: once as of just before
    their own doing, silently, and once as of now. So nobody is alerted for what they did not do.
    """
    silent = [cause for cause in touches if cause not in SPEAKING]
    if not same_version:
        silent.insert(0, Cause.MODEL_CHANGE)
    spoken = Cause.LIVE if Cause.LIVE in touches else Cause.SWEEP if Cause.SWEEP in touches else None
    if spoken is Cause.LIVE:
        return (silent[0] if silent else None), spoken
    # Time alone moves a score so little within a batch that a silent cause may have it all.
    return None, silent[0] if silent else spoken or Cause.TEAM


def move(
    before: Before | None, value: float, *, held: Tier | None, cause: Cause, hot_earned: bool, now: datetime
) -> Move:
    """
    Say what a score computed now means beside the one before; None is a first score.

    A tier set by hand (`held`) holds, whatever the score. Changes of the last day by their own doing or by time are
    told from where they began; what a new model or an import moved is not their doing, and starts the telling anew.
    """
    reached = held or tier(before.tier if before else None, value, hot_earned=hot_earned)
    if before is None:
        return Move(reached, cause, is_step=True, is_move=True, is_jump=False, recent=None)
    is_move = reached is not before.tier
    is_step = is_move or display(value) != display(before.value)
    recent, is_jump = before.recent, False
    if cause not in SPEAKING:
        recent = None
    elif is_step:
        began = before.recent
        if began is None or now - began.as_of > RECENT:
            began = Recent(before.value, before.as_of, now)
        recent = replace(began, changed_as_of=now)
        had_risen = before.recent is not None and began.as_of == before.recent.as_of and _rise(began, before.value)
        is_jump = _rise(began, value) and not had_risen
    return Move(reached, cause, is_step, is_move, is_jump, recent)


def _rise(began: Recent, value: float) -> bool:
    return display(value) - display(began.value) >= JUMP_POINTS
