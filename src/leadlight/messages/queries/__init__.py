"""Reads of the room."""

from leadlight.messages.queries.acknowledging import acknowledged_at, inquiries
from leadlight.messages.queries.deciding import ORIGIN, Asked, Decision, decide_each
from leadlight.messages.queries.ledger import (
    PER_PAGE,
    TABS,
    Sheet,
    Thread,
    conversation,
    messages_for,
    messages_of,
    messages_to,
    n_doubtful,
    outgoing,
    pauses,
    threads,
    unfiled,
)
from leadlight.messages.queries.people import (
    Addressee,
    UnableToFind,
    addressees,
    asked_before,
    latest_incoming,
    leads_by_address,
    letterhead,
    mail_domain,
    only_person,
    ours,
    persons_of,
    sent_lately,
)
from leadlight.messages.queries.permissions import Permission, permissions
from leadlight.messages.queries.sends import sends
from leadlight.messages.queries.unsubscribing import unsubscribe_token, unsubscribing
from leadlight.messages.queries.wordings import Words, wording, wordings

__all__ = [
    "ORIGIN",
    "PER_PAGE",
    "TABS",
    "Addressee",
    "Asked",
    "Decision",
    "Permission",
    "Sheet",
    "Thread",
    "UnableToFind",
    "Words",
    "acknowledged_at",
    "addressees",
    "asked_before",
    "conversation",
    "decide_each",
    "inquiries",
    "latest_incoming",
    "leads_by_address",
    "letterhead",
    "mail_domain",
    "messages_for",
    "messages_of",
    "messages_to",
    "n_doubtful",
    "only_person",
    "ours",
    "outgoing",
    "pauses",
    "permissions",
    "persons_of",
    "sends",
    "sent_lately",
    "threads",
    "unfiled",
    "unsubscribe_token",
    "unsubscribing",
    "wording",
    "wordings",
]
