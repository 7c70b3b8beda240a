"""What one row of a file becomes, before anything is stored."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from leadlight.listings.rules import Told


@dataclass(frozen=True)
class Suppressed:
    """A closed channel that a row tells of; `channel` and `reason` are words of the consent room."""

    channel: str
    reason: str
    #: The very words: "Do Not Call = yes".
    evidence: str


@dataclass(frozen=True)
class Stated:
    """A need that a profile column holds; becomes an event of a STATED kind."""

    kind: str
    value: float | None = None
    #: The area's or property type's name, where the kind holds one.
    text: str = ""


@dataclass(frozen=True)
class LeadRow:
    """One person of a people file, normalised."""

    external_id: str
    name: str = ""
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    kind: str = ""
    source: str = ""
    source_label: str = ""
    owner_name: str = ""
    stage: str = ""
    stage_meaning: str = ""
    converted: bool | None = None
    sequence: float | None = None
    contacted_at: datetime | None = None
    tags: tuple[str, ...] = ()
    attributes: dict[str, Any] = field(default_factory=dict)
    stated: tuple[Stated, ...] = ()
    suppressed: tuple[Suppressed, ...] = ()
    #: Dated outcomes that the row itself holds: kind and moment.
    outcomes: tuple[tuple[str, datetime], ...] = ()
    #: A first message that the row holds; becomes an inquiry at first contact.
    message: str = ""
    #: Where they live, as told: for people to see, never an attribute and never scored (fair housing).
    home: str = ""
    #: Values that were dropped although the row was kept, and why, in words for the person who imports.
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class EventRow:
    """One activity, or one step of a deal, normalised. `lead` says whose, by what the row gives."""

    event_id: str
    kind: str
    occurred_at: datetime
    known_at: datetime
    lead_external_id: str = ""
    lead_email: str = ""
    lead_phone: str = ""
    listing: str = ""
    area: str = ""
    value: float | None = None
    duration_seconds: float | None = None
    actor: str = ""
    props: dict[str, Any] = field(default_factory=dict)
    stated: tuple[Stated, ...] = ()
    #: The file says that a machine did it (prefetch, scanner, bot).
    is_machine: bool = False


@dataclass(frozen=True)
class ListingRow:
    """One listing of a file, as its source had it."""

    told: Told
    #: As of `LeadRow`.
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rejected:
    """A row that cannot be read, and why, in words for the person who imports."""

    reason: str
