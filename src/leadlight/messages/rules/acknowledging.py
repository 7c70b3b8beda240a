"""Which inquiries are answered at once by a message. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from leadlight.consent.rules.law.federal import ANSWER_WITHIN

#: Whoever asks again within so long, or sends the form twice, was just told that we have it.
AGAIN = timedelta(hours=1)


@dataclass(frozen=True)
class Inquiry:
    """Something that somebody asked."""

    event_id: str
    lead_id: int
    person_id: int
    asked_at: datetime
    #: A word of `events.rules.Cause`.
    cause: str
    #: Where the answer goes; empty when there is no address.
    email: str
    name: str = ""
    listing: str = ""
    owner_id: int | None = None
    owner_name: str = ""
    owner_phone: str = ""


def to_acknowledge(
    inquiries: Iterable[Inquiry], acknowledged_at: Mapping[int, datetime], *, now: datetime
) -> list[Inquiry]:
    """
    Return the inquiries that are to be answered at once, the earliest first; of one person one at a time.

    Only what somebody did by themselves and just now: history that is imported, found or merged answers nobody.
    `acknowledged_at` is when persons were last told that we have their message.
    """
    latest = dict(acknowledged_at)
    found = []
    for inquiry in sorted(inquiries, key=lambda one: (one.asked_at, one.event_id)):
        told_at = latest.get(inquiry.person_id)
        is_fresh = inquiry.cause == "LIVE" and now - inquiry.asked_at < ANSWER_WITHIN
        if inquiry.email and is_fresh and (told_at is None or now - told_at >= AGAIN):
            latest[inquiry.person_id] = now
            found.append(inquiry)
    return found
