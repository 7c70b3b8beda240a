"""Storing a chunk of an activities or deals file, in the caller's transaction and a fixed number of queries."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from leadlight.consent.operations import suppress
from leadlight.consent.rules.closing import closings
from leadlight.events.operations import NewEvent, append
from leadlight.events.rules import Cause
from leadlight.intake import queries
from leadlight.intake.models import Import
from leadlight.intake.rules.derived import event_id, stated_event
from leadlight.intake.rules.records import EventRow
from leadlight.leads.models import IdentityKind
from leadlight.leads.queries import ids_by_external, ids_by_identity

_MAX_KNOWN = 500_000

#: A lead as a row names it: id, e-mail, phone.
Names = tuple[str, str, str]


def new_event(row: EventRow, lead_id: int) -> NewEvent:
    """Return a row as the log takes it."""
    return NewEvent(
        event_id=row.event_id,
        lead_id=lead_id,
        kind=row.kind,
        occurred_at=row.occurred_at,
        known_at=row.known_at,
        listing=row.listing,
        area=row.area,
        value=row.value,
        duration_seconds=row.duration_seconds,
        actor=row.actor,
        props=row.props,
        is_machine=row.is_machine,
    )


def store_happenings(
    *, part_of: Import, rows: Sequence[Sequence[EventRow]], known: dict[Names, int], now: datetime
) -> tuple[Counter[str], dict[int, str]]:
    """
    Append the events of rows, each to the lead that it names by id, else e-mail, else phone.

    `known` are leads found for earlier rows, and grows. Returns the counts, and why rows (by place) name nobody
    that is known.
    """
    owners = _find_owners(part_of.system, [row[0] for row in rows if row], known)
    rejected: dict[int, str] = {}
    events: list[NewEvent] = []
    for place, row in enumerate(rows):
        if not row:
            continue
        lead_id = owners.get(_names(row[0]))
        if lead_id is None:
            rejected[place] = f"no lead {next(filter(None, _names(row[0])), 'is named')}"
            continue
        for event in row:
            events.append(new_event(event, lead_id))
            events += [
                new_event(
                    stated_event(
                        stated,
                        identity=event_id(event.event_id, stated.kind, stated.text),
                        at=event.occurred_at,
                        known_at=event.known_at,
                        props={"told_by": event.kind},
                    ),
                    lead_id,
                )
                for stated in event.stated
            ]
    origin = queries.origin(part_of.pk)
    n_new = append(events=events, cause=Cause.IMPORT, origin=origin, now=now)
    n_closed = suppress(rows=[row for event in events for row in _closed_by(event)], origin=origin, now=now)
    return Counter(events=n_new, events_known=len(events) - n_new, suppressions=n_closed), rejected


def _closed_by(event: NewEvent) -> Iterator[tuple[int, str, str, str]]:
    if not event.is_machine:
        for closing in closings(event.kind, event.props, at=event.occurred_at):
            yield event.lead_id, *closing


def _names(row: EventRow) -> Names:
    return row.lead_external_id, row.lead_email, row.lead_phone


def _find_owners(system: str, rows: Sequence[EventRow], known: dict[Names, int]) -> dict[Names, int]:
    """Return the leads that rows name, in at most three queries; what is found is `known` from then on."""
    if len(known) > _MAX_KNOWN:
        known.clear()
    owners = known
    missing = {names for row in rows if (names := _names(row)) not in owners}
    finders: tuple[Callable[[set[str]], dict[str, int]], ...] = (
        lambda values: ids_by_external(system, values),
        lambda values: ids_by_identity(system, IdentityKind.EMAIL, values),
        lambda values: ids_by_identity(system, IdentityKind.PHONE, values),
    )
    for place, find in enumerate(finders):
        values = {names[place] for names in missing if names[place]}
        found = find(values) if values else {}
        owners.update({names: found[names[place]] for names in missing if names[place] in found})
        missing = {names for names in missing if names not in owners}
    return owners
