"""The events that a people file's rows tell of: dated outcomes, a first message, stated needs. Pure."""

from collections.abc import Collection, Mapping, MutableMapping
from datetime import UTC, datetime
from hashlib import sha256

from leadlight.events.text import message_quality
from leadlight.intake.rules.records import EventRow, LeadRow, Stated

#: Field of a people file → the kind of need that it states.
NEED_OF = {
    "budget": "budget_stated",
    "timeframe": "timeline_stated",
    "financing": "financing_stated",
    "property_type": "property_type_stated",
    "area": "area_stated",
}

#: Longest id of an event that the log holds.
_MAX_ID = 160

#: What a profile said last of one need: when it became known, and the values.
Needs = tuple[datetime, frozenset[tuple[float | None, str]]]


def event_id(system: str, external_id: str, *rest: str) -> str:
    """Return the id of an event that a lead's row tells of; the same facts give the same id."""
    whole = ":".join((system, external_id, *rest))
    if len(whole) <= _MAX_ID:
        return whole
    return f"{system}:{sha256(whole.encode()).hexdigest()}"


def derived_events(
    row: LeadRow,
    *,
    system: str,
    exported_at: datetime,
    at_creation: Collection[str],
    needs: MutableMapping[str, Needs],
) -> list[EventRow]:
    """
    Return the events of one row, with ids that stay the same when the row is told again.

    `needs` holds by kind what this lead's profile said last, and is brought up to date. `at_creation` are the kinds
    of needs whose columns were known at first contact. A need that changed is a new event as of this export; what an
    older export tells, or is told already, is passed over.
    """
    told_at = row.contacted_at or exported_at
    events = [
        EventRow(
            event_id=event_id(system, row.external_id, kind, moment.strftime("%Y%m%dT%H%M%S")),
            kind=kind,
            occurred_at=moment,
            known_at=moment,
        )
        for kind, moment in row.outcomes
    ]
    if row.message:
        events.append(inquiry(row.message, identity=event_id(system, row.external_id, "inquiry"), at=told_at))
    by_kind: dict[str, list[Stated]] = {}
    for stated in row.stated:
        by_kind.setdefault(stated.kind, []).append(stated)
    for kind, told in by_kind.items():
        events += _needs(row, kind, told, system, told_at if kind in at_creation else exported_at, exported_at, needs)
    return events


def inquiry(message: str, *, identity: str, at: datetime) -> EventRow:
    """Return a message of theirs as an event."""
    return EventRow(
        event_id=identity,
        kind="inquiry",
        occurred_at=at,
        known_at=at,
        value=message_quality(message),
        props={"text": message},
    )


def message_id(lead_id: int, message: str, *, at: datetime, key: str = "") -> str:
    """
    Return the id of the event that a message told by itself becomes.

    The same words on the same day (UTC) are one message, told twice; with a `key`, whatever bears the same key.
    """
    marks = [key] if key else [f"{at.astimezone(UTC):%Y%m%d}", sha256(message.encode()).hexdigest()[:24]]
    return event_id("told", str(lead_id), "key" if key else "message", *marks)


def _needs(
    row: LeadRow,
    kind: str,
    told: list[Stated],
    system: str,
    first_known_at: datetime,
    exported_at: datetime,
    needs: MutableMapping[str, Needs],
) -> list[EventRow]:
    values = frozenset((stated.value, stated.text) for stated in told)
    before = needs.get(kind)
    if before is not None and (values <= before[1] or before[0] > exported_at):
        return []
    known_at = first_known_at if before is None else exported_at
    needs[kind] = (known_at, values)
    marks = [] if before is None else [known_at.strftime("%Y%m%dT%H%M%S"), _digest(values)]
    return [
        stated_event(
            stated,
            identity=event_id(system, row.external_id, kind, *marks, *([str(place)] if place else [])),
            at=known_at,
            known_at=known_at,
            props={"told_by": "profile"},
        )
        for place, stated in enumerate(told)
    ]


def _digest(values: frozenset[tuple[float | None, str]]) -> str:
    return sha256(repr(sorted(map(str, values))).encode()).hexdigest()[:8]


def stated_event(
    stated: Stated, *, identity: str, at: datetime, known_at: datetime, props: Mapping[str, str]
) -> EventRow:
    """Return a stated need as an event: an area in `area`, a property type in `listing`, as the vocabulary says."""
    is_type = stated.kind == "property_type_stated"
    return EventRow(
        event_id=identity,
        kind=stated.kind,
        occurred_at=at,
        known_at=known_at,
        value=stated.value,
        listing=stated.text if is_type else "",
        area="" if is_type else stated.text,
        props=dict(props),
    )
