"""Leads in the database, as few lines as it takes; each has an address of its own."""

from datetime import UTC, datetime
from itertools import count

from leadlight.events.operations import NewEvent, append
from leadlight.events.rules import Cause
from leadlight.leads.models import Lead
from leadlight.leads.operations import refresh_persons, store_leads
from leadlight.leads.rules import NewLead

NOW = datetime(2026, 11, 18, 18, tzinfo=UTC)
_numbers = count(1)


def lead(*, email: str | None = None, phone: str | None = None, **fields: object) -> Lead:
    """Store a lead with a person of its own; Denver by its number unless that is given."""
    number = next(_numbers)
    emails = (f"lead{number}@example.com",) if email is None else tuple(filter(None, [email]))
    phones = (f"+1303555{number:04}",) if phone is None else tuple(filter(None, [phone]))
    new = NewLead(
        system="test",
        external_id=f"consent-{number}",
        name=f"Lead {number}",
        **{"emails": emails, "phones": phones, "provenance": "OWN_INQUIRY", **fields},  # type: ignore[arg-type]
    )
    [lead_id] = store_leads(leads=[new], now=NOW)
    found = Lead.objects.get(pk=lead_id)
    refresh_persons(person_ids=[found.person_id])
    return found


def tell(of: Lead, kind: str, at: datetime, **fields: object) -> str:
    """Append an event; return its id."""
    event_id = f"consent-{next(_numbers)}"
    event = NewEvent(event_id=event_id, lead_id=of.pk, kind=kind, occurred_at=at, known_at=at, **fields)  # type: ignore[arg-type]
    append(events=[event], cause=Cause.IMPORT, origin="test", now=NOW)
    return event_id


def phone_of(of: Lead) -> str:
    return of.identities.filter(kind="PHONE").order_by("position")[0].value


def email_of(of: Lead) -> str:
    return of.identities.get(kind="EMAIL").value
