"""Leads that are told one by one: by another program, or by somebody of the team. One transaction each."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from leadlight.accounts.models import User
from leadlight.accounts.operations import record_audit
from leadlight.consent.operations import Given, close_erased, record_consent, suppress
from leadlight.events import operations as events
from leadlight.events.rules import KIND_BY_NAME, LATE, Cause, cause_of
from leadlight.intake import queries
from leadlight.intake.operations.happenings import new_event
from leadlight.intake.queries import StoredLead
from leadlight.intake.rules import update
from leadlight.intake.rules.derived import derived_events, event_id, inquiry, message_id
from leadlight.intake.rules.records import EventRow, LeadRow
from leadlight.intake.rules.same import EMAIL, find_same
from leadlight.jobs.operations import publish
from leadlight.kit.db import lock_until_commit
from leadlight.leads import operations as leads
from leadlight.leads.operations import LEAD_FIELDS
from leadlight.leads.queries import apart_persons, ids_by_external
from leadlight.leads.rules import NewLead

#: What the leads are called that somebody of the team adds on a page.
BY_HAND = "leadlight"
#: Addresses and numbers that are kept of one record; more are a list of people.
MOST_IDENTITIES = 20


@dataclass(frozen=True)
class Told:
    """What became of a lead that was told."""

    lead_id: int
    person_id: int
    #: created, updated or unchanged.
    status: str
    #: Whether the person's score is being computed anew.
    is_touched: bool


@dataclass(frozen=True)
class Here:
    """Somebody to be added is here already."""

    #: EMAIL, or PHONE when the phone alone is known.
    by: str
    person_ids: tuple[int, ...]


@dataclass(frozen=True)
class _Lead:
    """A lead as it stands in the transaction."""

    lead_id: int
    person_id: int
    system: str
    external_id: str


def tell_lead(
    *,
    row: LeadRow,
    has_own_id: bool,
    system: str,
    provenance: str,
    origin: str,
    now: datetime,
    key: str = "",
    consents: Sequence[Given] = (),
) -> Told:
    """
    Create or update one lead with all that a row tells, and have its person scored anew.

    The lead is found by its own id within the system, else by e-mail, else by phone among those of all systems. A
    record with an id of its own, of a person who is known, becomes one more lead of that person. Fields follow the
    rules of imports. A message becomes an inquiry, told once for each day or `key`; telling the same again changes
    nothing. `consents` are recorded as this lead's, whatever lead they name.

    Raises:
        UnableToRecordConsent: one of them proves nothing; then nothing is stored.
    """
    row = replace(row, emails=row.emails[:MOST_IDENTITIES], phones=row.phones[:MOST_IDENTITIES])
    try:
        return _tell(row, has_own_id, system, provenance, origin, now, key, consents)
    except IntegrityError:
        # An import stored the very same record meanwhile: now it is there, and is found.
        return _tell(row, has_own_id, system, provenance, origin, now, key, consents)


@transaction.atomic
def _tell(
    row: LeadRow,
    has_own_id: bool,
    system: str,
    provenance: str,
    origin: str,
    now: datetime,
    key: str,
    consents: Sequence[Given],
) -> Told:
    _hold(row, system)
    lead_id = ids_by_external(system, [row.external_id]).get(row.external_id)
    person_id: int | None = None
    if lead_id is None:
        known = queries.candidates(emails=row.emails, phones=row.phones)
        persons = {found.person_id for found in known}
        apart = apart_persons(persons) if len(persons) > 1 else ()
        same = find_same(row, system=system, has_own_id=has_own_id, candidates=known, apart=apart)
        if same is not None and has_own_id:
            person_id = same.person_id
        elif same is not None:
            lead_id = same.lead_id
    held = queries.held_lead(lead_id) if lead_id is not None else None
    source_id = leads.ensure_sources(names=[row.source]).get(row.source) if row.source else None
    told = update.told_fields(row, provenance=provenance, source_id=source_id)
    if held is None:
        lead = _create(row, told, system=system, person_id=person_id, now=now)
        is_changed = True
    else:
        was, system_of, external_id = held
        lead = _Lead(was.lead_id, was.person_id, system_of, external_id)
        is_changed = _change(was, row, told, now)
    new = _record(lead, _happened(lead, row, now=now, key=key), origin=origin, now=now)
    n_closed = suppress(
        rows=[(lead.lead_id, closed.channel, closed.reason, closed.evidence) for closed in row.suppressed],
        origin=origin,
        now=now,
    )
    if is_changed:
        n_closed += close_erased(lead_ids=[lead.lead_id], origin=origin, now=now)
    # After what is closed: who signed later than that is open again.
    n_agreed = sum(record_consent(given=replace(given, lead_id=lead.lead_id), now=now) for given in consents)
    is_touched = bool(new)
    if held is None and Cause.LIVE not in new:
        is_late = row.contacted_at is not None and now - row.contacted_at > LATE
        events.touch(person_ids=[lead.person_id], cause=Cause.IMPORT if is_late else Cause.LIVE, now=now)
        is_touched = True
    elif is_changed and not new:
        events.touch(person_ids=[lead.person_id], cause=Cause.TEAM, now=now)
        is_touched = True
    if is_touched:
        events.refresh_activity(person_ids=[lead.person_id])
    is_news = is_touched or n_closed > 0 or n_agreed > 0
    if is_news or (held is not None and held[0].told_at is None):
        leads.note_told(lead_id=lead.lead_id, now=now)
    status = "created" if held is None else "updated" if is_news else "unchanged"
    return Told(lead.lead_id, lead.person_id, status, is_touched)


def _hold(row: LeadRow, system: str) -> None:
    """
    Let nobody else tell of the same person until this is done: who comes second finds what the first stored.

    While a file's leads are being stored, everybody waits: one of them may be this person.
    """
    leads.share_leads()
    names = {
        f"lead:id:{system}:{row.external_id}",
        *(f"lead:email:{email}" for email in row.emails),
        *(f"lead:phone:{phone}" for phone in row.phones),
    }
    # In one order for all, so that no two wait for each other.
    for name in sorted(names):
        lock_until_commit(name)


def _create(row: LeadRow, told: dict[str, Any], *, system: str, person_id: int | None, now: datetime) -> _Lead:
    fields = {**told, "contacted_at": row.contacted_at or now}
    new = NewLead(
        system=system,
        external_id=row.external_id,
        emails=row.emails,
        phones=row.phones,
        person_id=person_id,
        **fields,
    )
    [lead_id] = leads.store_leads(leads=[new], now=now)
    publish(facts={"intake.lead_created": [{"lead_id": lead_id}]}, now=now)
    return _Lead(lead_id, queries.person_ids([lead_id])[lead_id], system, row.external_id)


def _change(was: StoredLead, row: LeadRow, told: dict[str, Any], now: datetime) -> bool:
    """Write what the row changes of a lead, as the newest export would; say whether anything did."""
    changes = update.changed_fields(was.fields, told, edited=was.edited, is_newest=True)
    changes = {name: changes[name] for name in LEAD_FIELDS if name in changes}
    emails = [*was.emails, *(email for email in row.emails if email not in was.emails)]
    phones = [*was.phones, *(phone for phone in row.phones if phone not in was.phones)]
    has_more = len(emails) + len(phones) > len(was.emails) + len(was.phones)
    if not changes and not has_more:
        return False
    # Also when only an address is new: the lead that was told of last is the one that speaks.
    leads.update_leads(values={was.lead_id: changes}, now=now)
    if has_more:
        leads.add_identities(identities={was.lead_id: (emails, phones)})
    leads.refresh_persons(person_ids=[was.person_id])
    return True


def _happened(lead: _Lead, row: LeadRow, *, now: datetime, key: str) -> list[EventRow]:
    """Return the events that a row tells of, known from now on."""
    stored = replace(row, external_id=lead.external_id, message="")
    needs = queries.profile_needs([lead.lead_id]) if row.stated else {}
    told = derived_events(
        stored, system=lead.system, exported_at=now, at_creation=(), needs=needs.get(lead.lead_id, {})
    )
    if row.message:
        at = row.contacted_at or now
        told.append(inquiry(row.message, identity=message_id(lead.lead_id, row.message, at=at, key=key), at=at))
    return [replace(event, occurred_at=min(event.occurred_at, now), known_at=now) for event in told]


def _record(lead: _Lead, told: Sequence[EventRow], *, origin: str, now: datetime) -> set[Cause]:
    """Append events that were told of one lead; return the causes of those that were new."""
    causes = {
        event.event_id: cause_of(KIND_BY_NAME[event.kind], occurred_at=event.occurred_at, known_at=now)
        for event in told
    }
    new = events.record(
        events=[new_event(event, lead.lead_id) for event in told],
        person_of={lead.lead_id: lead.person_id},
        causes=[causes[event.event_id] for event in told],
        origin=origin,
        now=now,
    )
    return {causes[identity] for identity in new}


@transaction.atomic
def add_lead(
    *,
    row: LeadRow,
    note: str,
    referred_by: int | None,
    referred_by_name: str,
    although_phone: bool,
    actor: User,
    now: datetime,
) -> Told | Here:
    """
    Add somebody by hand, unless they are here already; `row.external_id` names the form, sent twice it adds once.

    Whose e-mail is here is never added a second time; whose phone alone is, `although_phone`. `referred_by` is a
    person whom the actor sees. The name stays as it was typed, whatever others tell later.
    """
    row = replace(row, emails=row.emails[:MOST_IDENTITIES], phones=row.phones[:MOST_IDENTITIES])
    _hold(row, BY_HAND)
    sent = ids_by_external(BY_HAND, [row.external_id]).get(row.external_id)
    if sent is not None:
        return Told(sent, queries.person_ids([sent])[sent], "unchanged", is_touched=False)
    known = queries.candidates(emails=row.emails, phones=row.phones)
    by_email = [found for found in known if found.by == EMAIL]
    if by_email or (known and not although_phone):
        here = by_email or known
        return Here(here[0].by, tuple(dict.fromkeys(found.person_id for found in here)))
    source_id = leads.ensure_sources(names=[row.source]).get(row.source) if row.source else None
    told = update.told_fields(row, provenance="UNKNOWN", source_id=source_id)
    lead = _create(row, told, system=BY_HAND, person_id=None, now=now)
    leads.note_added(
        lead_id=lead.lead_id,
        by_hand=["name"] if row.name else [],
        referred_by=referred_by,
        referred_by_name=referred_by_name,
        now=now,
    )
    close_erased(lead_ids=[lead.lead_id], origin="page", now=now)
    happened = _happened(lead, row, now=now, key="")
    if note:
        identity = event_id(BY_HAND, row.external_id, "note")
        happened.append(EventRow(identity, "note_added", now, now, actor=str(actor)[:120], props={"text": note}))
    if Cause.LIVE not in _record(lead, happened, origin="page", now=now):
        events.touch(person_ids=[lead.person_id], cause=Cause.LIVE, now=now)
    events.refresh_activity(person_ids=[lead.person_id])
    record_audit(action="lead.added", subject=f"lead:{lead.lead_id}", now=now, actor=actor)
    return Told(lead.lead_id, lead.person_id, "created", is_touched=True)
