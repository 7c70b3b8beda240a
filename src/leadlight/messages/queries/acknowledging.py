"""Inquiries, with whom to answer and in whose name."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db.models import Max

from leadlight.events.models import Event
from leadlight.events.rules import REQUESTS
from leadlight.messages.models import Message, Purpose, State
from leadlight.messages.rules.acknowledging import Inquiry

#: An acknowledgment in one of these states has told them, or is about to.
_TOLD = (State.PLANNED, State.SENDING, State.SENT, State.MAYBE_SENT)


def inquiries(event_ids: Sequence[str]) -> list[Inquiry]:
    """Return those of the events that ask something and stand, with the address of the person. One query."""
    events = (
        Event.objects.filter(event_id__in=event_ids, kind__in=REQUESTS, is_machine=False, retracted_at=None)
        .select_related("lead__person__owner")
        .order_by("pk")
    )
    found = []
    for event in events:
        person = event.lead.person
        owner = person.owner if person.owner is not None and person.owner.is_active else None
        found.append(
            Inquiry(
                event_id=event.event_id,
                lead_id=event.lead_id,
                person_id=event.lead.person_id,
                asked_at=event.occurred_at,
                cause=event.cause,
                email=person.email,
                name=event.lead.name or person.name,
                listing=event.listing,
                owner_id=owner.pk if owner else None,
                owner_name=owner.name if owner else "",
                owner_phone=owner.mobile if owner else "",
            )
        )
    return found


def acknowledged_at(person_ids: Collection[int]) -> dict[int, datetime]:
    """Return when persons were last told that we have their message, or are about to be; one query."""
    told = Message.objects.filter(lead__person__in=person_ids, purpose=Purpose.ACKNOWLEDGMENT, state__in=_TOLD)
    return dict(
        told.order_by().values("lead__person").annotate(at=Max("created_at")).values_list("lead__person", "at")
    )
