"""Writes that follow from what other rooms tell: inquiries, replies, tiers, touches, opt-outs."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from leadlight.events.rules import Cause
from leadlight.routing import queries
from leadlight.routing.models import TaskKind
from leadlight.routing.operations.waiting import Asked, begin_waits, leave_alone, settle_waits
from leadlight.routing.queries import Told
from leadlight.routing.rules.promise import SPOKEN_WITH, TOUCHES, WaitKind, asks_for_answer, first_answer

_INQUIRIES = {
    "inquiry": "Asked about {}",
    "showing_request": "Asked to see {}",
    "valuation_request": "Asked what {} is worth",
}
_REPLIES = {
    "email_replied": (TaskKind.EMAIL, "they replied to an email"),
    "sms_replied": (TaskKind.TEXT, "they replied to a text"),
    "call_received": (TaskKind.CALL, "they called"),
}


def hear_inquiries(*, event_ids: Iterable[str], cause: Cause, now: datetime) -> int:
    """Have inquiries answered by somebody of the team; return how many persons begin to wait."""
    asked = [
        _asked(WaitKind.INQUIRY, event, TaskKind.CALL, _INQUIRIES[event.kind].format(event.listing or "a home"))
        for event in queries.told(event_ids)
        if event.kind in _INQUIRIES and asks_for_answer(event.kind, event.props)
    ]
    return begin_waits(asked=asked, cause=cause, now=now)


def hear_replies(*, event_ids: Iterable[str], cause: Cause, now: datetime) -> int:
    """Have replies answered by somebody of the team; return how many persons begin to wait."""
    asked = [
        _asked(WaitKind.REPLY, event, _REPLIES[event.kind][0], f"Answer them: {_REPLIES[event.kind][1]}")
        for event in queries.told(event_ids)
        if event.kind in _REPLIES and asks_for_answer(event.kind, event.props, seconds=event.seconds)
    ]
    return begin_waits(asked=asked, cause=cause, now=now)


def _asked(kind: WaitKind, event: Told, task: TaskKind, why: str) -> Asked:
    origin = f"{kind.value.lower()}:{event.event_id}"
    return Asked(kind, origin, event.lead_id, event.person_id, event.at, event.known_at, task.value, why)


class Turned(NamedTuple):
    """Somebody who turned hot."""

    person_id: int
    as_of: datetime


def hear_hot(*, turned: Sequence[Turned], cause: Cause, now: datetime) -> int:
    """
    Have those who turned hot called; return how many begin to wait.

    Passed over is who is hot no more, has an appointment by now, or was spoken with within the last hour.
    """
    if not turned:
        return 0
    persons = [one.person_id for one in turned]
    hot = queries.hot(persons)
    spoken = queries.touches(persons, since=min(one.as_of for one in turned) - SPOKEN_WITH)
    asked = [
        Asked(
            WaitKind.HOT,
            f"hot:{one.person_id}:{one.as_of.isoformat()}",
            hot[one.person_id].lead_id,
            one.person_id,
            one.as_of,
            one.as_of,
            TaskKind.CALL.value,
            f"Turned hot. {hot[one.person_id].reason}".strip(),
        )
        for one in sorted(turned, key=lambda one: one.as_of)
        if one.person_id in hot
        and first_answer(spoken.get(one.person_id, ()), began_at=one.as_of - SPOKEN_WITH) is None
    ]
    return begin_waits(asked=asked, cause=cause, now=now)


def hear_touches(*, event_ids: Iterable[str], now: datetime) -> int:
    """End the waits of those whom somebody of the team has reached; return how many."""
    reached = {event.person_id for event in queries.told(event_ids) if event.kind in TOUCHES}
    return settle_waits(person_ids=reached, now=now) if reached else 0


def hear_imports(*, now: datetime) -> int:
    """End the waits of those whom somebody of the team has reached, as a file may have told; return how many."""
    return settle_waits(person_ids=queries.waiting_persons(), now=now)


def hear_opt_outs(*, event_ids: Iterable[str], now: datetime) -> None:
    """Leave those alone who want no contact at all; who wants no emails may still be called."""
    alone = {event.person_id for event in queries.told(event_ids) if _wants_nothing(event.kind, event.props)}
    if alone:
        leave_alone(person_ids=alone, now=now)


def _wants_nothing(kind: str, props: Mapping[str, object]) -> bool:
    return kind == "opted_out" and props.get("channel", "ALL") == "ALL"
