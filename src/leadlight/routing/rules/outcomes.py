"""What somebody of the team writes down after a call, and what follows from it. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

#: An outcome may be taken back so long.
UNDO_WITHIN = timedelta(hours=1)
#: Tasks that are due within so long are done by an outcome; later ones stay.
_NEAR = timedelta(days=1)
#: Nobody plans further ahead: what lies beyond is a slip of the keyboard.
FURTHEST = timedelta(days=2 * 365)


class Outcome(StrEnum):
    """What came of trying to reach somebody."""

    REACHED = "REACHED"
    VOICEMAIL = "VOICEMAIL"
    APPOINTMENT = "APPOINTMENT"
    NOT_NOW = "NOT_NOW"
    HAS_AGENT = "HAS_AGENT"
    WRONG_NUMBER = "WRONG_NUMBER"
    NOT_INTERESTED = "NOT_INTERESTED"
    STOP = "STOP"


OUTCOME_WORDS = {
    Outcome.REACHED: "Reached",
    Outcome.VOICEMAIL: "Left a voicemail",
    Outcome.APPOINTMENT: "Appointment",
    Outcome.NOT_NOW: "Not now",
    Outcome.HAS_AGENT: "Has an agent",
    Outcome.WRONG_NUMBER: "Wrong number",
    Outcome.NOT_INTERESTED: "Not interested",
    Outcome.STOP: "Wants no contact",
}


@dataclass(frozen=True)
class Said:
    """An outcome with what goes with it."""

    outcome: Outcome
    #: When the appointment is, or from when on to ask again.
    at: datetime | None = None
    #: The number that is somebody else's.
    number: str = ""
    #: Why not; or the very words of whoever wants no contact.
    words: str = ""


@dataclass(frozen=True)
class Effects:
    """What follows from an outcome."""

    #: Kinds of events with their props.
    events: tuple[tuple[str, dict[str, Any]], ...]
    #: (channel, reason) that close, words of the consent room.
    closings: tuple[tuple[str, str], ...] = ()
    #: Only what bears this number is closed; empty for the whole person.
    number: str = ""
    #: Nothing is left to be done for this person.
    ends_all: bool = False
    #: When to ask again.
    again_at: datetime | None = None


def lacking(said: Said, *, now: datetime) -> str:
    """Return in plain words what has to be said too, or cannot be; empty when all is well."""
    match said.outcome:
        case Outcome.APPOINTMENT if said.at is None:
            return "Say when the appointment is."
        case Outcome.APPOINTMENT if said.at is not None and said.at <= now:
            return "That moment has passed. Choose a time to come for the appointment."
        case Outcome.NOT_NOW if said.at is None:
            return "Say from when on to ask again."
        case Outcome.NOT_NOW if said.at is not None and said.at <= now:
            return "Choose a day to come on which to ask again."
        case Outcome.APPOINTMENT | Outcome.NOT_NOW if said.at is not None and said.at > now + FURTHEST:
            return "That is more than two years away. Look at the year again."
        case Outcome.WRONG_NUMBER if not said.number:
            return "Say which number is wrong."
        case Outcome.NOT_INTERESTED if not said.words.strip():
            return "Say why they are not interested."
        case Outcome.STOP if not said.words.strip():
            return "Write down in their own words what they said: it is kept as evidence."
    return ""


def effects(said: Said) -> Effects:
    """Return what follows from an outcome that lacks nothing."""
    told: dict[str, Any] = {"outcome": said.outcome.value}
    if said.words.strip():
        told["text"] = said.words.strip()
    spoke = ("call_answered", told)
    match said.outcome:
        case Outcome.REACHED:
            return Effects((spoke,))
        case Outcome.VOICEMAIL:
            return Effects((("voicemail_left", told),))
        case Outcome.APPOINTMENT:
            assert said.at is not None
            return Effects((spoke, ("appointment_booked", {**told, "at": said.at.isoformat()})))
        case Outcome.NOT_NOW:
            assert said.at is not None
            return Effects((("call_answered", {**told, "until": said.at.isoformat()}),), again_at=said.at)
        case Outcome.HAS_AGENT | Outcome.NOT_INTERESTED:
            return Effects((spoke, ("lost", told)), ends_all=True)
        case Outcome.WRONG_NUMBER:
            tried = ("call_attempted", {**told, "number": said.number})
            return Effects((tried,), closings=(("CALL", "WRONG"), ("SMS", "WRONG")), number=said.number)
        case Outcome.STOP:
            asked = ("opted_out", {**told, "channel": "ALL"})
            return Effects((asked,), closings=(("ALL", "OPTED_OUT"),), ends_all=True)


def is_done(due_at: datetime, *, ends_all: bool, now: datetime) -> bool:
    """Say whether an outcome does a task that is due then."""
    return ends_all or due_at <= now + _NEAR


@dataclass(frozen=True)
class Since:
    """What happened since an outcome was written down, at `at`."""

    at: datetime
    is_undone: bool
    #: Whether anything went out to the person.
    was_sent: bool


def why_not_undo(since: Since, *, now: datetime) -> str:
    """Return in plain words why an outcome cannot be taken back; empty when it can."""
    if since.is_undone:
        return "It was taken back already."
    if now - since.at > UNDO_WITHIN:
        return "It is too late to take this back. Write down what is so now."
    if since.was_sent:
        return "Something was sent to them since, so this stays. Write down what is so now."
    return ""
