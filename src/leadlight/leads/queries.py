"""Reads of persons and leads. `visible_to` is the only door for what a user sees."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from leadlight.accounts.models import User
from leadlight.leads.models import Identity, IdentityKind, Lead, Person
from leadlight.leads.rules import LeadFacts


def visible_to(actor: User) -> QuerySet[Person]:
    """Return the persons that a user may see: agents see their own and those whom nobody owns."""
    persons = Person.objects.all()
    if actor.sees_everything:
        return persons
    return persons.filter(Q(owner=actor) | Q(owner=None))


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
            )
        )
    return facts


def ids_by_external(system: str, external_ids: Iterable[str]) -> dict[str, int]:
    """Return the leads of a system by their id there; ids that are not known are left out."""
    return dict(
        Lead.objects.filter(system=system, external_id__in=list(external_ids)).values_list("external_id", "id")
    )


def ids_by_identity(system: str, kind: IdentityKind, values: Iterable[str]) -> dict[str, int]:
    """Return the earliest lead of a system by e-mail or phone; values that are not known are left out."""
    rows = Identity.objects.filter(lead__system=system, kind=kind, value__in=list(values))
    return dict(rows.order_by("-lead_id").values_list("value", "lead_id"))
