"""Reads of closed channels, consents, the National Do Not Call list, and of all that together for the gate."""

from leadlight.consent.queries.closed import (
    addresses_of,
    by_person,
    closings_of,
    leads_by_digest,
    leads_with_consents,
    opened_at,
    phones_of,
    told_by,
    told_since,
)
from leadlight.consent.queries.facts import contact_facts
from leadlight.consent.queries.national_list import Listing, national_list

__all__ = [
    "Listing",
    "addresses_of",
    "by_person",
    "closings_of",
    "contact_facts",
    "leads_by_digest",
    "leads_with_consents",
    "national_list",
    "opened_at",
    "phones_of",
    "told_by",
    "told_since",
]
