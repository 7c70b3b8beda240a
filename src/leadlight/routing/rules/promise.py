"""The five-minute promise: who waits, until when, what answers them, and who hears of it when nobody does. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from leadlight.accounts.rules.hours import Hours
from leadlight.consent.rules import SPOKEN as THEIR_WORDS
from leadlight.consent.rules.words import Meaning, meaning_of
from leadlight.events.rules import Cause, is_automatic

#: So much open time is promised; as much again for each further level.
PROMISE = timedelta(minutes=5)

#: Level → who is told.
OWNER, SECOND, TEAM_LEAD = range(3)

#: What comes so soon after somebody began to wait belongs to the same wait: one call answers both.
EPISODE = timedelta(hours=1)

#: Whoever was spoken with so lately need not be called because they are hot.
SPOKEN_WITH = timedelta(hours=1)

#: Only what a lead did or time brought calls anybody; imports, models, merges and settings never do.
ALERTING = frozenset({Cause.LIVE.value, Cause.SWEEP.value})


class WaitKind(StrEnum):
    """Why somebody waits for us."""

    #: They asked about something.
    INQUIRY = "INQUIRY"
    #: They answered us.
    REPLY = "REPLY"
    #: They turned hot by their own doing.
    HOT = "HOT"


def due_at(hours: Hours, began_at: datetime, *, level: int = SECOND) -> datetime:
    """
    Return when a level is reached unless somebody claims or answers: after so many open minutes.

    Of an office that never opens, by the clock on the wall.
    """
    return hours.after(began_at, level * PROMISE) or began_at + level * PROMISE


def opens(kind: WaitKind, began_at: datetime, open_waits: Iterable[tuple[str, datetime]]) -> bool:
    """
    Say whether somebody begins to wait anew, given (kind, began) of what they wait for already.

    They do not while they wait for the same, or began to wait for anything within an hour.
    """
    return not any(other == kind or began_at - at < EPISODE for other, at in open_waits)


#: What of ours reaches a person by voice or in person.
SPOKEN = frozenset({"call_attempted", "voicemail_left", "call_answered", "appointment_booked", "appointment_held"})
WRITTEN = frozenset({"email_sent", "sms_sent"})
TOUCHES = SPOKEN | WRITTEN
#: Names under which programs write.
_PROGRAMS = frozenset({"leadlight", "system", "automation", "automated", "workflow", "drip", "bot", "autoresponder"})


@dataclass(frozen=True)
class Touch:
    """An event by which we may have reached somebody."""

    kind: str
    at: datetime
    #: Who did it, as told; empty when nobody was named.
    actor: str = ""
    props: Mapping[str, Any] = field(default_factory=dict)
    is_machine: bool = False


def is_human(touch: Touch) -> bool:
    """
    Say whether a person of the team reached out.

    A call or meeting is a person's unless a program is named; what is written must name somebody, since programs
    write more than people do. An acknowledgment that went out by itself is nobody's.
    """
    who = " ".join(touch.actor.lower().split())
    if touch.is_machine or is_automatic(touch.props) or who in _PROGRAMS:
        return False
    return touch.kind in SPOKEN or (touch.kind in WRITTEN and bool(who))


def first_answer(touches: Iterable[Touch], *, began_at: datetime) -> Touch | None:
    """Return the first touch by a person from that moment on; None when nobody has answered."""
    human = (touch for touch in touches if touch.at >= began_at and is_human(touch))
    return min(human, key=lambda touch: touch.at, default=None)


def asks_for_answer(kind: str, props: Mapping[str, Any], *, seconds: float | None = None) -> bool:
    """
    Say whether what somebody told us asks for an answer.

    A note of absence does not, nor does a call of theirs that was taken, nor who wants to be left alone, or is
    somebody else.
    """
    if is_automatic(props) or (kind == "call_received" and seconds):
        return False
    text = props.get("text")
    if not isinstance(text, str):
        return True
    return meaning_of(text, channel=THEIR_WORDS.get(kind)).meaning not in {Meaning.OPT_OUT, Meaning.WRONG_NUMBER}


class Step(StrEnum):
    """What reaching a level means."""

    NOTHING = "NOTHING"
    #: The promise is broken, and whoever is told is told of an older wait of the same person.
    BREACH = "BREACH"
    #: It is broken, and somebody is told.
    ALERT = "ALERT"


@dataclass(frozen=True)
class Standing:
    """A wait that is open, as far as levels depend on it."""

    wait_id: int
    began_at: datetime
    is_claimed: bool


def step(wait_id: int, standing: Iterable[Standing]) -> Step:
    """Return what a level of a wait means, given all open waits of the person; of one that has ended, nothing."""
    waits = sorted(standing, key=lambda wait: (wait.began_at, wait.wait_id))
    if wait_id not in {wait.wait_id for wait in waits} or any(wait.is_claimed for wait in waits):
        return Step.NOTHING
    return Step.ALERT if waits[0].wait_id == wait_id else Step.BREACH


def spans(hours: Hours, *, began_at: datetime, ended_at: datetime) -> tuple[float, float]:
    """Return how long somebody waited, in seconds: by the clock on the wall, and of it while the office was open."""
    whole = max(ended_at - began_at, timedelta())
    return whole.total_seconds(), hours.open_time(since=began_at, until=began_at + whole).total_seconds()
