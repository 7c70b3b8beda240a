"""Reads of persons and leads. `visible_to` is the only door for what a user sees."""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from django.db.models import F, Q, QuerySet

from leadlight.accounts.models import User
from leadlight.kit.db import is_postgresql, rows_among
from leadlight.leads.models import (
    HouseholdMember,
    Identity,
    IdentityKind,
    KeptApart,
    Lead,
    Person,
    SaidHousehold,
    Source,
)
from leadlight.leads.rules import LeadFacts, followed


def visible_to(actor: User) -> QuerySet[Person]:
    """Return the persons that a user may see: agents see their own and those whom nobody owns."""
    persons = Person.objects.all()
    if actor.sees_everything:
        return persons
    return persons.filter(Q(owner=actor) | Q(owner=None))


def hold_persons(person_ids: Iterable[int]) -> list[int]:
    """
    Return which of the persons are here, in order; to be called in `kit.db.held_rows`.

    On PostgreSQL nobody else computes anything of them until the transaction ends, so whoever reads their events
    after this knows at least as much as whoever wrote before. One order for all, so that nobody waits in a circle.
    """
    persons = Person.objects.filter(pk__in=list(person_ids)).order_by("pk")
    if is_postgresql():
        persons = persons.select_for_update(no_key=True)
    return list(persons.values_list("pk", flat=True))


def whom(person_ids: Iterable[int]) -> dict[int, int]:
    """
    Return who persons are now: themselves, or whoever they went into by merges; those who are no more are left out.

    One query, and one more for each merge on the longest way.
    """
    into: dict[int, int | None] = {}
    asked = wanted = set(person_ids)
    while wanted:
        found = dict(Person.everyone.filter(pk__in=wanted).values_list("pk", "merge__kept_id"))
        into |= found
        wanted = {kept for kept in found.values() if kept is not None} - into.keys()
    return {person_id: followed(person_id, into) for person_id in asked if person_id in into}


def gone_into(person_id: int) -> list[Person]:
    """Return those who went into a person, directly or through others, by the latest merge first; with the merges."""
    found: list[Person] = []
    level: list[Person] = []
    kept = [person_id]
    while level := list(Person.everyone.select_related("merge__made_by").filter(merge__kept__in=kept)):
        found += level
        kept = [person.pk for person in level]
    return sorted(found, key=lambda person: (person.merge_id or 0, person.pk), reverse=True)


def apart_persons(person_ids: Collection[int] | None = None) -> set[tuple[int, int]]:
    """
    Return the pairs, lower id first, of persons of whose leads somebody said that they are not the same person.

    Among those named, or among all. One query.
    """
    said = KeptApart.objects.exclude(lead__person=F("other__person"))
    if person_ids is not None:
        said = said.filter(lead__person__in=person_ids, other__person__in=person_ids)
    return {(min(pair), max(pair)) for pair in said.values_list("lead__person_id", "other__person_id")}


def apart_from(person_id: int) -> set[int]:
    """Return of whom somebody said that they are not the same as a person. One query."""
    later = KeptApart.objects.filter(lead__person=person_id).values_list("other__person")
    earlier = KeptApart.objects.filter(other__person=person_id).values_list("lead__person")
    return {other for (other,) in later.union(earlier)} - {person_id}


def is_kept_apart(person_ids: Collection[int]) -> bool:
    """Say whether somebody said of any two of the persons that they are not the same. One query."""
    return bool(apart_persons(person_ids))


def housemates(person_ids: Collection[int]) -> dict[int, set[int]]:
    """
    Return for each of the persons the others of a household with them; those who live alone are left out.

    One query. Who lives in two households, by two records, is of both; that makes these two no one household.
    """
    near = HouseholdMember.objects.filter(lead__person__in=person_ids).values("household")
    members: dict[int, set[int]] = {}
    for number, person_id in HouseholdMember.objects.filter(household__in=near).values_list(
        "household", "lead__person_id"
    ):
        members.setdefault(number, set()).add(person_id)
    found: dict[int, set[int]] = {}
    for group in members.values():
        for person_id in group.intersection(person_ids):
            found.setdefault(person_id, set()).update(group - {person_id})
    return {person_id: others for person_id, others in found.items() if others}


def said_households(lead_ids: Collection[int] | None = None) -> dict[int, int | None]:
    """Return whom somebody said leads live with, None for nobody: of those named, or of all."""
    said = SaidHousehold.objects.all()
    if lead_ids is not None:
        said = said.filter(Q(lead__in=lead_ids) | Q(lives_with__in=lead_ids))
    return dict(said.values_list("lead_id", "lives_with_id"))


def lead_facts(person_ids: Iterable[int]) -> dict[int, list[LeadFacts]]:
    """Return what the survivor rule needs, by person, in two queries however many they are."""
    ids = list(person_ids)
    emails: dict[int, list[str]] = {}
    phones: dict[int, list[str]] = {}
    identities = Identity.objects.filter(lead__person__in=ids).order_by("lead", "position", "id")
    for lead_id, kind, value in identities.values_list("lead_id", "kind", "value"):
        (emails if kind == IdentityKind.EMAIL else phones).setdefault(lead_id, []).append(value)
    facts: dict[int, list[LeadFacts]] = {}
    for (
        lead_id,
        person_id,
        name,
        kind,
        source_id,
        owner_name,
        stage,
        meaning,
        contacted_at,
        updated_at,
        edited,
    ) in Lead.objects.filter(person__in=ids).values_list(
        "id",
        "person_id",
        "name",
        "kind",
        "source_id",
        "owner_name",
        "stage",
        "stage_meaning",
        "contacted_at",
        "updated_at",
        "edited_fields",
    ):
        facts.setdefault(person_id, []).append(
            LeadFacts(
                lead_id=lead_id,
                name=name,
                kind=kind,
                source_id=source_id,
                owner_name=owner_name,
                stage=stage,
                stage_meaning=meaning,
                contacted_at=contacted_at,
                updated_at=updated_at,
                emails=tuple(emails.get(lead_id, ())),
                phones=tuple(phones.get(lead_id, ())),
                edited=frozenset(edited),
            )
        )
    return facts


def shown_sources() -> dict[int, int]:
    """Return the source that is shown for each that is another's name."""
    parent = dict(Source.objects.exclude(same_as=None).values_list("id", "same_as_id"))
    shown = {}
    for source_id, above in parent.items():
        while above in parent:
            above = parent[above]
        shown[source_id] = above
    return shown


class Named(NamedTuple):
    """A lead as another program names it; one of the first, second, fourth and fifth part is filled."""

    lead_id: str = ""
    external_id: str = ""
    system: str = ""
    #: In lower case.
    email: str = ""
    #: E.164.
    phone: str = ""


#: The greatest id that the databases hold.
_MOST_ID = 2**63 - 1


def find_leads(named: Iterable[Named]) -> dict[Named, tuple[int, int] | str]:
    """
    Return lead and person of each name, or in words why there is none. At most three queries.

    Of several leads with one e-mail or phone the earliest is meant. An id that several systems have is nobody's
    until the system is said.
    """
    wanted = set(named)
    by_external = _by_external([name for name in wanted if name.external_id])
    lead_of = _by_identity([name for name in wanted if name.email or name.phone])
    ids = [int(name.lead_id) for name in wanted if _is_id(name.lead_id)]
    by_id = {pk: (pk, person) for pk, person in rows_among(Lead, ("id", "person"), "id", [*ids, *lead_of.values()])}
    found: dict[Named, tuple[int, int] | str] = {}
    for name in wanted:
        if name.external_id:
            leads = by_external.get((name.external_id, name.system), ())
            lead = leads[0] if len(leads) == 1 else None
            if len(leads) > 1:
                found[name] = f"Several systems have a lead {name.external_id!r}. Say which with `system`."
                continue
        elif name.lead_id:
            lead = by_id.get(int(name.lead_id)) if _is_id(name.lead_id) else None
        else:
            lead = by_id.get(lead_of.get(name, 0))
        found[name] = lead or f"There is no lead {next(filter(None, (*name[:2], *name[3:])), '')!r}. Create it first."
    return found


def _is_id(text: str) -> bool:
    return len(text) < 20 and text.isascii() and text.isdecimal() and int(text) <= _MOST_ID


def _by_external(names: list[Named]) -> dict[tuple[str, str], list[tuple[int, int]]]:
    """Return lead and person by (id, system); under an empty system those of all systems."""
    columns, wanted = ("external_id", "system", "id", "person"), {name.external_id for name in names}
    found: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for external_id, system, pk, person_id in rows_among(Lead, columns, "external_id", wanted):
        for key in {(external_id, system), (external_id, "")}:
            found.setdefault(key, []).append((pk, person_id))
    return found


def _by_identity(names: list[Named]) -> dict[Named, int]:
    """Return the lead of each name that is an e-mail or a phone, as far as there is one."""
    wanted = {
        (IdentityKind.EMAIL, name.email) if name.email else (IdentityKind.PHONE, name.phone): name for name in names
    }
    found: dict[Named, int] = {}
    for kind, value, lead_id in rows_among(Identity, ("kind", "value", "lead"), "value", {key[1] for key in wanted}):
        name = wanted.get((kind, value))
        if name is not None:
            found[name] = min(lead_id, found.get(name, lead_id))
    return found


def ids_by_external(system: str, external_ids: Iterable[str]) -> dict[str, int]:
    """Return the leads of a system by their id there; ids that are not known are left out."""
    return dict(
        Lead.objects.filter(system=system, external_id__in=list(external_ids)).values_list("external_id", "id")
    )


def ids_by_identity(system: str, kind: IdentityKind, values: Iterable[str]) -> dict[str, int]:
    """Return the earliest lead of a system by e-mail or phone; values that are not known are left out."""
    rows = Identity.objects.filter(lead__system=system, kind=kind, value__in=list(values))
    return dict(rows.order_by("-lead_id").values_list("value", "lead_id"))
