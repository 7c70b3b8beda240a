"""Writes of leads, identities and sources."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import available_timezones

from django.db import transaction

from leadlight.accounts.models import User
from leadlight.accounts.operations import record_audit
from leadlight.kit.db import allocate_ids, insert_rows, update_rows
from leadlight.kit.errors import DomainError
from leadlight.leads import queries, rules
from leadlight.leads.models import Identity, IdentityKind, Lead, MovedLead, Person
from leadlight.leads.operations.persons import PERSON_COLUMNS, possible_owners, refresh_persons, remove_empty, settled

#: Fields of a lead that an import may write, in the order in which they are stored.
LEAD_FIELDS = (
    "name",
    "kind",
    "source_id",
    "source_label",
    "owner_name",
    "assignee_id",
    "stage",
    "stage_meaning",
    "converted",
    "sequence",
    "contacted_at",
    "provenance",
    "home",
    "tags",
    "attributes",
)
_COLUMNS = tuple(name.removesuffix("_id") for name in LEAD_FIELDS)

#: Fields that a person may change by hand.
EDITABLE_FIELDS = ("name", "kind", "stage", "owner_name", "stated_zone")


class UnableToEditLead(DomainError):
    """The change asked for cannot be made."""

    code = "bad_edit"


@transaction.atomic
def store_leads(*, leads: Sequence[rules.NewLead], now: datetime) -> list[int]:
    """
    Store new leads, each with a person of its own unless it names one; return their ids in the same order.

    Whoever went into another person by a merge stands for that one.
    State and last activity of the persons are for the events room to write. A lead whose (system, external id) is
    stored already raises an integrity error: whoever calls has looked first.
    """
    owners, shown = possible_owners(), queries.shown_sources()
    here = _held({lead.person_id for lead in leads if lead.person_id is not None})
    own = [lead for lead in leads if lead.person_id is None]
    own_ids = allocate_ids(Person, len(own))
    insert_rows(
        Person,
        ("id", *PERSON_COLUMNS, "state", "asked_for"),
        (
            (person_id, *settled([_facts_of(lead, now)], owners, shown), "OPEN", "")
            for person_id, lead in zip(own_ids, own, strict=True)
        ),
    )
    fresh = iter(own_ids)
    person_ids = [next(fresh) if lead.person_id is None else here[lead.person_id] for lead in leads]
    lead_ids = allocate_ids(Lead, len(leads))
    insert_rows(
        Lead,
        ("id", "person", "system", "external_id", *_COLUMNS, "edited_fields", "updated_at"),
        (
            (
                lead_id,
                person_id,
                lead.system,
                lead.external_id,
                *(_plain(getattr(lead, name)) for name in LEAD_FIELDS),
                [],
                now,
            )
            for lead_id, person_id, lead in zip(lead_ids, person_ids, leads, strict=True)
        ),
    )
    add_identities(identities={i: (lead.emails, lead.phones) for i, lead in zip(lead_ids, leads, strict=True)})
    if here:
        refresh_persons(person_ids=sorted(set(here.values())))
    return lead_ids


def _held(person_ids: Collection[int]) -> dict[int, int]:
    """Return who persons are now, kept from going into anybody else until the transaction ends."""
    while person_ids:
        here = queries.whom(person_ids)
        if set(here.values()) == set(queries.hold_persons(here.values())):
            return here
    return {}


def note_told(*, lead_id: int, now: datetime) -> None:
    """Write down that a lead was told of by itself, in the caller's transaction: no undoing of a file removes it."""
    Lead.objects.filter(pk=lead_id).update(told_at=now)


def note_added(
    *, lead_id: int, by_hand: Sequence[str], referred_by: int | None, referred_by_name: str, now: datetime
) -> None:
    """Write down of a lead that was just added by hand which fields were, and who sent them."""
    Lead.objects.filter(pk=lead_id).update(
        told_at=now, edited_fields=sorted(by_hand), referred_by=referred_by, referred_by_name=referred_by_name[:200]
    )


def _facts_of(lead: rules.NewLead, now: datetime) -> rules.LeadFacts:
    return rules.LeadFacts(
        lead_id=0,
        name=lead.name,
        kind=lead.kind,
        source_id=lead.source_id,
        owner_name=lead.owner_name,
        stage=lead.stage,
        stage_meaning=lead.stage_meaning,
        contacted_at=lead.contacted_at,
        updated_at=now,
        emails=lead.emails,
        phones=lead.phones,
        assignee_id=lead.assignee_id,
    )


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def add_identities(*, identities: Mapping[int, tuple[Sequence[str], Sequence[str]]]) -> int:
    """Add e-mails and phones to leads; what a lead has already is passed over. Returns how many were new."""
    return insert_rows(
        Identity,
        ("lead", "kind", "value", "position"),
        (
            (lead_id, kind, value, position)
            for lead_id, (emails, phones) in identities.items()
            for kind, values in ((IdentityKind.EMAIL, emails), (IdentityKind.PHONE, phones))
            for position, value in enumerate(values)
        ),
        ignore_conflicts=True,
    )


def remove_identities(*, identities: Mapping[int, tuple[Sequence[str], Sequence[str]]]) -> None:
    """Take e-mails and phones from leads again."""
    wanted = {
        (lead_id, kind, value)
        for lead_id, (emails, phones) in identities.items()
        for kind, values in ((IdentityKind.EMAIL, emails), (IdentityKind.PHONE, phones))
        for value in values
    }
    rows = Identity.objects.filter(lead__in=identities).values_list("id", "lead_id", "kind", "value")
    Identity.objects.filter(id__in=[row[0] for row in rows if row[1:] in wanted]).delete()


def update_leads(*, values: Mapping[int, Mapping[str, Any]], now: datetime) -> None:
    """
    Write fields of leads: lead id → {field of LEAD_FIELDS: value}.

    Leads that change the same fields are written in one statement.
    """
    by_fields: dict[tuple[str, ...], list[tuple[Any, ...]]] = {}
    for lead_id, changes in values.items():
        names = tuple(name for name in LEAD_FIELDS if name in changes)
        row = (lead_id, *(_plain(changes[name]) for name in names), now)
        by_fields.setdefault(names, []).append(row)
    for names, rows in by_fields.items():
        update_rows(Lead, (*(name.removesuffix("_id") for name in names), "updated_at"), rows)


@transaction.atomic
def delete_leads(*, lead_ids: Sequence[int]) -> None:
    """Remove leads, and the persons whom no lead is left of. Their events must be gone before."""
    leads, moved = Lead.objects.filter(pk__in=lead_ids), MovedLead.objects.filter(lead__in=lead_ids)
    person_ids = {*leads.values_list("person_id", flat=True), *moved.values_list("person_id", flat=True)}
    leads.delete()
    remove_empty(person_ids=person_ids)


@transaction.atomic
def edit_lead(*, lead_id: int, changes: Mapping[str, str], actor: User, now: datetime) -> None:
    """
    Change fields by hand; no later import writes over them.

    Raises:
        UnableToEditLead: a field cannot be changed by hand, a name would become empty, or a time zone is none.
    """
    unknown = sorted(set(changes) - set(EDITABLE_FIELDS))
    if unknown:
        raise UnableToEditLead(f"{', '.join(unknown)} cannot be changed by hand.")
    if not changes.get("name", "somebody").strip():
        raise UnableToEditLead("Give a name.")
    zone = changes.get("stated_zone", "").strip()
    if zone and zone not in available_timezones():
        raise UnableToEditLead("Choose where they said that they are from the list.")
    lead = Lead.objects.select_for_update().get(pk=lead_id)
    before = {name: getattr(lead, name) for name in changes}
    changed = {name: value.strip() for name, value in changes.items() if value.strip() != before[name]}
    if not changed:
        return
    for name, value in changed.items():
        setattr(lead, name, value)
    lead.edited_fields = sorted({*lead.edited_fields, *changed})
    lead.updated_at = now
    lead.save()
    if "owner_name" in changed:
        # Of all records: whoever names an owner by hand means the person.
        Lead.objects.filter(person=lead.person_id).update(assignee=None)
    refresh_persons(person_ids=[lead.person_id])
    record_audit(
        action="lead.edited",
        subject=f"lead:{lead_id}",
        now=now,
        actor=actor,
        detail={name: [before[name], value] for name, value in changed.items()},
    )
