"""Writes of leads, identities and sources, and of what persons derive from them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from leadlight.accounts.models import User
from leadlight.accounts.operations import record_audit
from leadlight.kit.db import allocate_ids, insert_rows, update_rows, upsert_rows
from leadlight.kit.errors import DomainError
from leadlight.leads import queries, rules
from leadlight.leads.models import Channel, Identity, IdentityKind, Lead, Person, Source, SourceCost

#: Fields of a lead that an import may write, in the order in which they are stored.
LEAD_FIELDS = (
    "name",
    "kind",
    "source_id",
    "source_label",
    "owner_name",
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
EDITABLE_FIELDS = ("name", "kind", "stage", "owner_name")


class UnableToEditLead(DomainError):
    """The change asked for cannot be made."""

    code = "bad_edit"


def ensure_sources(*, names: Iterable[str]) -> dict[str, int]:
    """Return the ids of sources by name, making those that are new; empty names are left out."""
    wanted = {name for name in names if name}
    rows = [(name, rules.channel_of(name), False) for name in sorted(wanted)]
    insert_rows(Source, ("name", "channel", "is_own"), rows, ignore_conflicts=True)
    return dict(Source.objects.filter(name__in=wanted).values_list("name", "id"))


@transaction.atomic
def store_leads(*, leads: Sequence[rules.NewLead], now: datetime) -> list[int]:
    """
    Store new leads, each with a person of its own unless it names one; return their ids in the same order.

    State and last activity of the persons are for the events room to write. A lead whose (system, external id) is
    stored already raises an integrity error: whoever calls has looked first.
    """
    owners, shown = _owners(), queries.shown_sources()
    own = [lead for lead in leads if lead.person_id is None]
    own_ids = allocate_ids(Person, len(own))
    insert_rows(
        Person,
        ("id", *_PERSON_COLUMNS, "state", "asked_for"),
        (
            (person_id, *_settled([_facts_of(lead, now)], owners, shown), "OPEN", "")
            for person_id, lead in zip(own_ids, own, strict=True)
        ),
    )
    fresh = iter(own_ids)
    person_ids = [next(fresh) if lead.person_id is None else lead.person_id for lead in leads]
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
    joined = {lead.person_id for lead in leads if lead.person_id is not None}
    if joined:
        refresh_persons(person_ids=sorted(joined))
    return lead_ids


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
    person_ids = set(Lead.objects.filter(pk__in=lead_ids).values_list("person_id", flat=True))
    Lead.objects.filter(pk__in=lead_ids).delete()
    kept = set(Lead.objects.filter(person__in=person_ids).values_list("person_id", flat=True))
    Person.objects.filter(pk__in=person_ids - kept).delete()


@transaction.atomic
def refresh_persons(*, person_ids: Sequence[int]) -> None:
    """
    Settle the fields of persons anew from their leads (`rules.survivor`).

    State and last activity depend on events, and are written by the events room.
    """
    owners, shown = _owners(), queries.shown_sources()
    facts = queries.lead_facts(person_ids)
    update_rows(
        Person,
        _PERSON_COLUMNS,
        [(person_id, *_settled(leads, owners, shown)) for person_id, leads in facts.items()],
    )


#: What `refresh_persons` settles, in the order of `_settled`.
_PERSON_COLUMNS = (
    "name",
    "name_key",
    "email",
    "phone",
    "search_text",
    "kind",
    "source",
    "owner",
    "owner_name",
    "stage",
    "first_contact_at",
)


def _owners() -> dict[str, int]:
    """Return users by folded name, the earliest of those with the same."""
    users = User.objects.filter(is_active=True).order_by("-id").values_list("id", "name")
    return {rules.fold(name): user_id for user_id, name in users}


def _settled(
    leads: Sequence[rules.LeadFacts], owners: Mapping[str, int], shown: Mapping[int, int]
) -> tuple[Any, ...]:
    facts = rules.survivor(leads)
    source_id = facts.source_id
    return (
        facts.name,
        facts.name_key,
        facts.email,
        facts.phone,
        facts.search_text,
        facts.kind,
        None if source_id is None else shown.get(source_id, source_id),
        owners.get(rules.fold(facts.owner_name)) if facts.owner_name else None,
        facts.owner_name,
        facts.stage,
        facts.first_contact_at,
    )


def adopt_leads(*, user: User) -> int:
    """Give a user the persons whose owner the CRM calls by the user's name; return how many."""
    named = set(Person.objects.exclude(owner_name="").values_list("owner_name", flat=True).distinct())
    theirs = [name for name in named if rules.fold(name) == rules.fold(user.name)]
    return Person.objects.filter(owner=None, owner_name__in=theirs).update(owner=user)


def put_on_call_list(*, person_ids: Sequence[int], now: datetime) -> None:
    """Put persons on the call list, in the caller's transaction; who stands there keeps the place."""
    update_rows(
        Person,
        ("to_call_since",),
        [
            (pk, now)
            for pk in Person.objects.filter(pk__among=person_ids, to_call_since=None).values_list("pk", flat=True)
        ],
    )


@transaction.atomic
def edit_lead(*, lead_id: int, changes: Mapping[str, str], actor: User, now: datetime) -> None:
    """
    Change fields by hand; no later import writes over them.

    Raises:
        UnableToEditLead: a field is not one that can be changed by hand, or a name would become empty.
    """
    unknown = sorted(set(changes) - set(EDITABLE_FIELDS))
    if unknown:
        raise UnableToEditLead(f"{', '.join(unknown)} cannot be changed by hand.")
    if not changes.get("name", "somebody").strip():
        raise UnableToEditLead("Give a name.")
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
    refresh_persons(person_ids=[lead.person_id])
    record_audit(
        action="lead.edited",
        subject=f"lead:{lead_id}",
        now=now,
        actor=actor,
        detail={name: [before[name], value] for name, value in changed.items()},
    )


class UnableToJoinSources(DomainError):
    """Two sources cannot be made one."""

    code = "bad_source"


@transaction.atomic
def join_source(*, source_id: int, into_id: int, actor: User | None, now: datetime) -> list[int]:
    """
    Have a source be another name of one that is shown; return the persons whose source it changes.

    Raises:
        UnableToJoinSources: the other is the same, or is itself another name of something.
    """
    sources = Source.objects.select_for_update().order_by("pk").in_bulk([source_id, into_id])
    source, into = sources.get(source_id), sources.get(into_id)
    if source is None or into is None or source is into or into.same_as_id is not None:
        raise UnableToJoinSources("Choose another source, one that stands in the list.")
    if source.same_as_id is not None:
        raise UnableToJoinSources(f"“{source}” is another name of something already. Take it apart first.")
    source.same_as = into
    source.save(update_fields=["same_as"])
    persons = Person.objects.filter(source=source)
    person_ids = list(persons.order_by("pk").values_list("pk", flat=True))
    persons.update(source=into)
    detail = {"name": source.name, "into": into.name, "persons": len(person_ids)}
    record_audit(action="source.joined", subject=f"source:{source_id}", now=now, actor=actor, detail=detail)
    return person_ids


@transaction.atomic
def part_source(*, source_id: int, actor: User | None, now: datetime) -> list[int]:
    """Have another name of a source stand for itself again; return the persons whose source that changes."""
    source = Source.objects.select_for_update().get(pk=source_id)
    if source.same_as is None:
        return []
    into, source.same_as, source.is_own = source.same_as, None, True
    source.save(update_fields=["same_as", "is_own"])
    shown = queries.shown_sources()
    names = {source_id, *(name_id for name_id, shown_id in shown.items() if shown_id == source_id)}
    persons = Person.objects.filter(leads__source__in=names).distinct().order_by("pk")
    before = dict(persons.values_list("pk", "source_id"))
    refresh_persons(person_ids=list(before))
    after = dict(Person.objects.filter(pk__in=before).values_list("pk", "source_id"))
    person_ids = [person_id for person_id in before if after[person_id] != before[person_id]]
    detail = {"name": source.name, "out_of": into.name, "persons": len(person_ids)}
    record_audit(action="source.parted", subject=f"source:{source_id}", now=now, actor=actor, detail=detail)
    return person_ids


@transaction.atomic
def describe_source(
    *, source_id: int, channel: str | None = None, is_own: bool | None = None, actor: User | None, now: datetime
) -> None:
    """
    Say of a source which channel it belongs to, or that it is no other's name.

    Raises:
        UnableToJoinSources: there is no such channel.
    """
    if channel is not None and channel not in Channel:
        raise UnableToJoinSources("Choose one of the channels.")
    changes = {name: value for name, value in (("channel", channel), ("is_own", is_own)) if value is not None}
    if Source.objects.filter(pk=source_id).update(**changes):
        record_audit(
            action="source.described", subject=f"source:{source_id}", now=now, actor=actor, detail=dict(changes)
        )


@transaction.atomic
def set_source_costs(
    *, month: date, amounts: Mapping[int, Decimal | None], actor: User | None, now: datetime
) -> None:
    """Write what sources cost in a month, by source; None takes back what was said."""
    first = month.replace(day=1)
    gone = [source_id for source_id, amount in amounts.items() if amount is None]
    SourceCost.objects.filter(month=first, source__in=gone).delete()
    said = [(source_id, first, amount) for source_id, amount in amounts.items() if amount is not None]
    upsert_rows(SourceCost, ("source", "month", "amount"), said, keys=("source", "month"))
    detail = {str(source_id): None if amount is None else str(amount) for source_id, amount in amounts.items()}
    record_audit(action="source.costs_set", subject=f"month:{first}", now=now, actor=actor, detail=detail)
