"""Writes of the answers that go out at once."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from leadlight.accounts.models import User
from leadlight.accounts.queries import brokerage
from leadlight.consent.rules.law.federal import ANSWER_WITHIN
from leadlight.kit.db import lock_until_commit
from leadlight.messages import queries
from leadlight.messages.models import Purpose
from leadlight.messages.operations.planning import Draft, prepare
from leadlight.messages.rules.acknowledging import Inquiry, to_acknowledge
from leadlight.messages.rules.fields import agent_fields, fill
from leadlight.messages.rules.library import ACKNOWLEDGMENT


@transaction.atomic
def acknowledge(*, event_ids: Sequence[str], now: datetime) -> dict[str, int]:
    """
    Answer inquiries that just came, each once; return the new messages by key.

    Told of the same inquiries again, nothing happens. A fixed number of queries.
    """
    # Two inquiries of one person in two jobs at once would else both find that nobody was told.
    lock_until_commit("messages:acknowledge")
    asked = queries.inquiries(event_ids)
    told = queries.acknowledged_at({inquiry.person_id for inquiry in asked})
    chosen = to_acknowledge(asked, told, now=now)
    if not chosen:
        return {}
    words, who_we_are = queries.wording(ACKNOWLEDGMENT.name), brokerage()
    senders = User.objects.in_bulk({inquiry.owner_id for inquiry in chosen if inquiry.owner_id is not None})

    def draft(inquiry: Inquiry) -> Draft:
        values = {
            "full_name": inquiry.name,
            "first_name": inquiry.name,
            "listing": inquiry.listing,
            **agent_fields(inquiry.owner_name, inquiry.owner_phone),
            "brokerage": who_we_are.name,
            "brokerage_phone": who_we_are.phone,
            "website": who_we_are.website,
        }
        subject, text = fill(words.subject, words.text, values)
        return Draft(
            lead_id=inquiry.lead_id,
            message_class=ACKNOWLEDGMENT.message_class,
            purpose=Purpose.ACKNOWLEDGMENT,
            key=f"ack:{inquiry.event_id}",
            subject=subject,
            text=text,
            address=inquiry.email,
            sender=senders.get(inquiry.owner_id or 0),
            is_automatic=True,
            template=words.template.name,
            template_version=words.version,
            values=values,
            event_id=inquiry.event_id,
            stale_at=inquiry.asked_at + ANSWER_WITHIN,
        )

    return prepare(drafts=[draft(inquiry) for inquiry in chosen], now=now)
