"""To whom a message goes, and what it answers."""

from datetime import datetime

from django.db.models import Max

from leadlight.events.models import Event
from leadlight.events.rules import FACT_OF
from leadlight.leads.models import Identity, IdentityKind, Lead
from leadlight.messages.models import Direction, Message

_ASKED = tuple(kind for kind, fact in FACT_OF.items() if fact in ("events.inquiry_received", "events.reply_received"))


def address_of(person_id: int) -> tuple[Lead | None, str]:
    """Return the record that speaks for a person and has an email address, with that address."""
    found = (
        Identity.objects.filter(lead__person=person_id, kind=IdentityKind.EMAIL)
        .select_related("lead")
        .order_by("-lead__updated_at", "-lead_id", "position")
        .first()
    )
    return (found.lead, found.value) if found else (None, "")


def latest_incoming(person_id: int) -> Message | None:
    """Return the latest message that a person wrote to us."""
    found = Message.objects.filter(lead__person=person_id, direction=Direction.IN)
    return found.order_by("-created_at", "-pk").first()


def last_asked_at(person_id: int) -> datetime | None:
    """Return when a person last asked us something, or answered us."""
    asked = Event.objects.filter(lead__person=person_id, kind__in=_ASKED, is_machine=False, retracted_at=None)
    return asked.aggregate(at=Max("occurred_at"))["at"]
