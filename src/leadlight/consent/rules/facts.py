"""
What the gate must know of a person to decide: frozen, and ready to be stored with the decision.

The first part comes from `consent.queries.contact_facts`; the second is for whoever keeps the ledger of messages to
fill in (`dataclasses.replace`). What is not filled in refuses.
"""

from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any

from leadlight.consent.rules.law.forms import Cap
from leadlight.consent.rules.vocabulary import Basis, Channel, ClosedFor, MessageClass, Provenance


@dataclass(frozen=True)
class Closing:
    """A channel that is closed."""

    #: None: all of them.
    channel: Channel | None
    reason: ClosedFor
    since: datetime
    #: The very words or the event that closed it.
    words: str = ""


@dataclass(frozen=True)
class Agreement:
    """A consent to be contacted, at the address or number that the facts are of."""

    channel: Channel
    basis: Basis
    obtained_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    #: Whom it names as the one who will contact them.
    seller: str = ""

    @property
    def strength(self) -> Basis:
        """What it counts as: a signed one that names no seller is worth a spoken one."""
        return Basis.EXPRESS if self.basis is Basis.WRITTEN and not self.seller else self.basis

    def is_live(self, at: datetime) -> bool:
        """Say whether it holds at a moment."""
        return (
            self.obtained_at <= at
            and (self.expires_at is None or at < self.expires_at)
            and (self.revoked_at is None or at < self.revoked_at)
        )


@dataclass(frozen=True)
class Touch:
    """A message or call of ours to them, sent or on its way."""

    at: datetime
    channel: Channel
    message_class: MessageClass = MessageClass.MARKETING
    is_automated: bool = True


#: How much one household hears from machines unless the ledger says otherwise.
HOUSE_CAPS = (
    Cap(1, timedelta(days=1), frozenset({Channel.SMS}), is_automated=True),
    Cap(3, timedelta(days=7), frozenset({Channel.SMS}), is_automated=True),
)


@dataclass(frozen=True)
class Facts:
    """What is known of one person; moments are aware UTC."""

    person_id: int
    #: False when there is no such person (any more): nothing reaches them.
    is_here: bool = True
    #: Normalised; empty when there is none. The number is E.164.
    email: str = ""
    phone: str = ""
    email_provenance: Provenance = Provenance.UNKNOWN
    phone_provenance: Provenance = Provenance.UNKNOWN
    #: A number that takes no texts.
    is_landline: bool = False
    #: Every candidate, as `zones.whereabouts` gives them.
    countries: frozenset[str] = frozenset()
    states: frozenset[str] = frozenset()
    zones: frozenset[str] = frozenset()
    closings: tuple[Closing, ...] = ()
    agreements: tuple[Agreement, ...] = ()
    #: Their latest inquiry or request: what makes a business relationship.
    asked_at: datetime | None = None
    #: The latest of any other message, form or call of theirs.
    wrote_at: datetime | None = None
    #: Their latest deal with us.
    transacted_at: datetime | None = None
    #: Whether the number stands on the National Do Not Call list, and the day of the copy that was looked into; None
    #: when we have no copy for its area code.
    is_on_national_list: bool = False
    national_list_of: date | None = None

    # What only the ledger of messages knows.

    #: When the latest word of theirs was answered.
    answered_at: datetime | None = None
    touches: tuple[Touch, ...] = ()
    #: Those of others in the household: they count for the house's own caps.
    household_touches: tuple[Touch, ...] = ()
    house_caps: tuple[Cap, ...] = HOUSE_CAPS
    #: The brokerage's name, postal address and hours are filled in.
    is_profile_complete: bool = False
    #: Through what we can send at all: an inbox or number is connected.
    connected: frozenset[Channel] = frozenset()
    #: All sending by machine is off, until somebody turns it on.
    is_paused: bool = False
    #: Marketing by machine rests until then.
    paused_until: datetime | None = None
    #: Why plans for this person have stopped, in words that people read: "they replied on Tuesday"; else empty.
    stopped_by: str = ""
    #: Channels on which marketing is held for too many complaints or bounces, and until when; None: until somebody
    #: looks.
    breakers: tuple[tuple[Channel, datetime | None], ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the facts as JSON holds them: the same facts give the same document, whatever order sets had."""
        found: dict[str, Any] = plain(self)
        return found


def plain(value: Any) -> Any:
    """Return a value of these rules as JSON holds it; sets become sorted lists, moments ISO 8601."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, frozenset):
        return sorted(plain(one) for one in value)
    if isinstance(value, tuple):
        return [plain(one) for one in value]
    if hasattr(value, "__dataclass_fields__"):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    return value
