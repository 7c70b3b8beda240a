"""Whether somebody of the team may call, text or write to people now, by their own hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from leadlight.consent.rules import Channel, MessageClass
from leadlight.messages.models import Purpose
from leadlight.messages.queries.deciding import Asked, Decision, decide_each

_ANSWER = MessageClass.REQUESTED_RESPONSE
#: As people think of them.
_CHANNELS = (Channel.CALL, Channel.SMS, Channel.EMAIL)


@dataclass(frozen=True)
class Permission:
    """What the gate says of one channel."""

    channel: Channel
    decision: Decision


def permissions(person_ids: Sequence[int], *, now: datetime) -> dict[int, list[Permission]]:
    """
    Return for each person what the gate says of calls, texts and emails by hand, in this order.

    As an answer, for whoever asked something that nobody has answered; else as what advertises. As many queries as
    one decision takes, however many people.
    """
    asked = [
        Asked(person_id, channel, message_class, Purpose.BY_HAND, is_automatic=False)
        for person_id in person_ids
        for channel in _CHANNELS
        for message_class in (_ANSWER, MessageClass.MARKETING)
    ]
    decided = iter(decide_each(asked, now=now))
    return {
        person_id: [Permission(channel, _either(next(decided), next(decided))) for channel in _CHANNELS]
        for person_id in person_ids
    }


def _either(answer: Decision, other: Decision) -> Decision:
    if answer.is_allowed:
        return answer
    return other if other.is_allowed or "not_requested" in answer.codes else answer
