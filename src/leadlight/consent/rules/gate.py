"""
The one gate: may this message reach this person through this channel now?

Every rule of `objections` is asked, and every one that says no is told. More evidence, more closings and more
candidate places can only add to what is told.
"""

from datetime import datetime, timedelta

from leadlight.consent.rules import hours
from leadlight.consent.rules.decision import Allowed, Reason, Refused
from leadlight.consent.rules.facts import Facts
from leadlight.consent.rules.objections import ORDER
from leadlight.consent.rules.question import Question
from leadlight.consent.rules.vocabulary import Channel, MessageClass, Sender

#: What is farther ahead is not worth waiting for: somebody has to look.
_FARTHEST = timedelta(days=366)


def decide(
    facts: Facts,
    channel: Channel,
    message_class: MessageClass,
    now: datetime,
    *,
    sender: Sender = Sender.AUTOMATED,
) -> Allowed | Refused:
    """
    Say whether a message may reach a person; to be asked when it is planned, and again in the moment of sending.

    `now` is when it would arrive. Somebody who sends to many at once is a machine.
    """
    asked = Question(facts, channel, message_class, sender, now)
    reasons = _objections(asked)
    if not reasons:
        return Allowed(hours.closes_at(asked.clocks, now, margin=asked.margin))
    return Refused(reasons, _retry_at(asked, reasons))


def _objections(asked: Question) -> tuple[Reason, ...]:
    return tuple(reason for rule in ORDER for reason in rule(asked))


def _retry_at(asked: Question, reasons: tuple[Reason, ...]) -> datetime | None:
    """
    Return the first moment at which nothing says no; None when one says so for good.

    Nothing can be allowed before the last reason has cleared. By then another may stand in the way, or what allowed
    it may have run out.
    """
    moment = asked.now
    while reasons:
        clear = [reason.clears_at for reason in reasons if reason.clears_at is not None]
        if len(clear) < len(reasons) or max(clear) - asked.now > _FARTHEST:
            return None
        moment = max(clear)
        reasons = _objections(Question(asked.facts, asked.channel, asked.message_class, asked.sender, moment))
    return moment
