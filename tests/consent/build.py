"""Facts of one person to whom nothing stands in the way, and what tests change of them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from leadlight.consent.rules import Agreement, Basis, Channel, Facts
from leadlight.consent.rules.vocabulary import Provenance

#: A Wednesday, no holiday anywhere; 13:00 in New York, 08:00 in Honolulu.
NOON = datetime(2026, 11, 18, 18, 0, tzinfo=UTC)
LONG_AGO = NOON - timedelta(days=200)


def signed(channel: Channel = Channel.SMS, at: datetime = LONG_AGO, **fields: Any) -> Agreement:
    return Agreement(channel, **{"basis": Basis.WRITTEN, "obtained_at": at, "seller": "Tidewater Homes", **fields})


def facts(**changes: Any) -> Facts:
    """Return facts of somebody in Denver who has signed for everything, to whom all may be sent at noon."""
    whole: dict[str, Any] = {
        "person_id": 1,
        "email": "ann@example.com",
        "phone": "+13035550142",
        "email_provenance": Provenance.OWN_INQUIRY,
        "phone_provenance": Provenance.OWN_INQUIRY,
        "countries": frozenset({"US"}),
        "states": frozenset({"CO"}),
        "zones": frozenset({"America/Denver"}),
        "agreements": tuple(signed(channel) for channel in Channel),
        "asked_at": NOON - timedelta(minutes=5),
        "national_list_of": NOON.date(),
        "is_profile_complete": True,
        "connected": frozenset(Channel),
    }
    return Facts(**{**whole, **changes})


def local(year: int, month: int, day: int, hour: int, minute: int = 0, *, zone: str) -> datetime:
    """Return a moment by a clock on the wall, in UTC."""
    return datetime(year, month, day, hour, minute, tzinfo=ZoneInfo(zone)).astimezone(UTC)
