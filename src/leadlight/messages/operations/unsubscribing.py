"""The write by which one click ends what we send."""

from datetime import datetime

from django.db import transaction

from leadlight.consent.operations import close_for
from leadlight.events import operations as events
from leadlight.events.operations import NewEvent
from leadlight.events.rules import KIND_BY_NAME, cause_of
from leadlight.messages import queries
from leadlight.messages.models import Message
from leadlight.messages.operations.stopping import THEY_STOPPED, stop_planned


@transaction.atomic
def unsubscribe(*, message: Message, now: datetime) -> bool:
    """
    End emails to whoever got a message, at once; say whether this was news. Pressed twice, it is done once.

    That they did is an event like any other, from which all else follows.
    """
    if message.lead is None:
        return False
    told = NewEvent(
        event_id=f"unsubscribed:{message.pk}",
        lead_id=message.lead.pk,
        kind="unsubscribed",
        occurred_at=now,
        known_at=now,
        props={"channel": "EMAIL", "message": message.pk},
    )
    person_id = message.lead.person_id
    cause = cause_of(KIND_BY_NAME[told.kind], occurred_at=now, known_at=now)
    new = events.record(
        events=[told], person_of={told.lead_id: person_id}, causes=[cause], origin=queries.ORIGIN, now=now
    )
    close_for(event_ids=[told.event_id], now=now)
    stop_planned(person_ids=[person_id], why=THEY_STOPPED, now=now, by_hand_too=True)
    events.refresh_activity(person_ids=[person_id])
    return bool(new)
