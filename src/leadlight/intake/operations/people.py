"""Storing a chunk of a people file, in the caller's transaction and a fixed number of queries."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from leadlight.consent.operations import close_erased, suppress
from leadlight.events.operations import append
from leadlight.events.rules import Cause
from leadlight.intake import queries
from leadlight.intake.models import Import, LeadChange, Sighting
from leadlight.intake.operations.happenings import new_event
from leadlight.intake.queries import StoredLead
from leadlight.intake.rules import update
from leadlight.intake.rules.derived import Needs, derived_events
from leadlight.intake.rules.records import EventRow, LeadRow, Stated
from leadlight.kit.db import insert_rows, upsert_rows
from leadlight.leads import operations as leads
from leadlight.leads.operations import LEAD_FIELDS
from leadlight.leads.rules import NewLead


@dataclass
class _Met:
    """One lead that the chunk tells of, as it was and as it becomes."""

    rows: list[LeadRow]
    was: StoredLead | None
    fields: dict[str, Any]
    emails: list[str]
    phones: list[str]
    lead_id: int = 0
    person_id: int = 0


def store_people(
    *,
    part_of: Import,
    rows: Sequence[LeadRow],
    seen: Collection[str],
    at_creation: Collection[str],
    now: datetime,
) -> Counter[str]:
    """
    Create and update leads with all that their rows tell, and keep what changed, so that it can be undone.

    Who was met is kept too, also of whom nothing changed: it tells later who is no longer in an export.
    `seen` are the ids that earlier chunks of the file told of; a further row of a lead updates it and counts as a
    duplicate. Returns the counts.
    """
    sources = leads.ensure_sources(names={row.source for row in rows})
    stored = queries.stored_leads(system=part_of.system, external_ids={row.external_id for row in rows})
    ids = [lead.lead_id for lead in stored.values()]
    exported = queries.newest_exports(ids) if ids else {}
    met: dict[str, _Met] = {}
    for row in rows:
        told = update.told_fields(row, provenance=part_of.provenance, source_id=sources.get(row.source))
        known = met.get(row.external_id)
        if known is None:
            was = stored.get(row.external_id)
            if was is None:
                met[row.external_id] = _Met([row], None, told, [*row.emails], [*row.phones])
                continue
            known = _Met([], was, dict(was.fields), [*was.emails], [*was.phones], was.lead_id, was.person_id)
            met[row.external_id] = known
        known.rows.append(row)
        was = known.was
        newest = was is None or _is_newest(part_of, exported.get(was.lead_id), was.told_at)
        edited = was.edited if was else ()
        known.fields |= update.changed_fields(known.fields, told, edited=edited, is_newest=newest)
        known.emails += [email for email in row.emails if email not in known.emails]
        known.phones += [phone for phone in row.phones if phone not in known.phones]
    fresh = [lead for lead in met.values() if lead.was is None]
    changed = _store_new(part_of, fresh, now) + _store_changes(part_of, met, now)
    changed_ids = {lead.lead_id for lead in changed}
    counts: Counter[str] = Counter()
    for external_id, lead in met.items():
        counts["duplicates"] += len(lead.rows) - (external_id not in seen)
        if external_id not in seen:
            counts["created" if lead.was is None else "updated" if lead.lead_id in changed_ids else "unchanged"] += 1
    counts += _store_told(part_of, met, at_creation, now)
    touched = [lead.lead_id for lead in changed]
    counts["suppressions"] += close_erased(lead_ids=touched, origin=queries.origin(part_of.pk), now=now)
    if met:
        told_of = sorted(lead.lead_id for lead in met.values())
        insert_rows(Sighting, ("part_of", "lead_ids"), [(part_of.pk, told_of)])
    leads.refresh_persons(person_ids=[lead.person_id for lead in changed if lead.was])
    return counts


def _is_newest(part_of: Import, *latest: datetime | None) -> bool:
    return all(at is None or at <= part_of.exported_at for at in latest)


def _store_new(part_of: Import, fresh: list[_Met], now: datetime) -> list[_Met]:
    if not fresh:
        return []
    lead_ids = leads.store_leads(
        leads=[
            NewLead(
                system=part_of.system,
                external_id=lead.rows[0].external_id,
                emails=tuple(lead.emails),
                phones=tuple(lead.phones),
                **lead.fields,
            )
            for lead in fresh
        ],
        now=now,
    )
    persons = queries.person_ids(lead_ids)
    for lead, lead_id in zip(fresh, lead_ids, strict=True):
        lead.lead_id, lead.person_id = lead_id, persons[lead_id]
    insert_rows(
        LeadChange,
        ("part_of", "lead_id", "before", "after"),
        [(part_of.pk, lead_id, None, {}) for lead_id in lead_ids],
    )
    return fresh


def _store_changes(part_of: Import, met: dict[str, _Met], now: datetime) -> list[_Met]:
    """Write what differs, each lead's change into its record; return the leads that did change."""
    changed: list[_Met] = []
    records: dict[int, tuple[dict[str, Any] | None, dict[str, Any]]] = {}
    known = [lead.lead_id for lead in met.values() if lead.was]
    # A lead whose own import was undone, but that stayed, belongs to this import from now on.
    unclaimed = queries.unclaimed(known) if known else set()
    records |= {lead_id: (None, {}) for lead_id in unclaimed}
    values: dict[int, dict[str, Any]] = {}
    added: dict[int, tuple[list[str], list[str]]] = {}
    for lead in met.values():
        was = lead.was
        if was is None:
            continue
        changes = {name: lead.fields[name] for name in LEAD_FIELDS if lead.fields[name] != was.fields[name]}
        emails, phones = lead.emails[len(was.emails) :], lead.phones[len(was.phones) :]
        if not (changes or emails or phones):
            continue
        changed.append(lead)
        before, after = update.record(was.fields, changes)
        after |= {path: news for path, news in (("emails", emails), ("phones", phones)) if news}
        if was.lead_id not in unclaimed:
            records[was.lead_id] = before, after
        if changes:
            values[was.lead_id] = changes
        if emails or phones:
            added[was.lead_id] = lead.emails, lead.phones
    if not records:
        return changed
    leads.update_leads(values=values, now=now)
    leads.add_identities(identities=added)
    earlier = queries.records_of(part_of=part_of, lead_ids=list(records))
    upsert_rows(
        LeadChange,
        ("part_of", "lead_id", "before", "after"),
        [
            (part_of.pk, lead_id, *(update.joined(earlier[lead_id], new) if lead_id in earlier else new))
            for lead_id, new in records.items()
        ],
        keys=("part_of", "lead_id"),
    )
    return changed


def _with_last_needs(rows: list[LeadRow]) -> list[LeadRow]:
    """Return a lead's rows with the last word on each need alone: rows of one export do not follow in time."""
    if len(rows) == 1:
        return rows
    last: dict[str, tuple[Stated, ...]] = {}
    for row in rows:
        for kind in {stated.kind for stated in row.stated}:
            last[kind] = tuple(stated for stated in row.stated if stated.kind == kind)
    *earlier, latest = [replace(row, stated=()) for row in rows]
    return [*earlier, replace(latest, stated=tuple(stated for told in last.values() for stated in told))]


def _store_told(part_of: Import, met: dict[str, _Met], at_creation: Collection[str], now: datetime) -> Counter[str]:
    """Write the events and closed channels that rows tell of."""
    asked = [lead.lead_id for lead in met.values() if lead.was and any(row.stated for row in lead.rows)]
    needs: dict[int, dict[str, Needs]] = queries.profile_needs(asked) if asked else {}
    told: list[tuple[int, EventRow]] = []
    for lead in met.values():
        for row in _with_last_needs(lead.rows):
            events = derived_events(
                row,
                system=part_of.system,
                exported_at=part_of.exported_at,
                at_creation=at_creation,
                needs=needs.setdefault(lead.lead_id, {}),
            )
            told += [(lead.lead_id, event) for event in events]
    origin = queries.origin(part_of.pk)
    n_new = append(
        events=[new_event(event, lead_id) for lead_id, event in told], cause=Cause.IMPORT, origin=origin, now=now
    )
    n_closed = suppress(
        rows=[
            (lead.lead_id, closed.channel, closed.reason, closed.evidence)
            for lead in met.values()
            for row in lead.rows
            for closed in row.suppressed
        ],
        origin=origin,
        now=now,
    )
    return Counter(events=n_new, events_known=len(told) - n_new, suppressions=n_closed)
