"""Writes of persons: what they derive from their leads, and those whom nothing is left of."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction

from leadlight.accounts.models import User
from leadlight.kit.db import update_rows
from leadlight.leads import queries, rules
from leadlight.leads.models import Lead, MovedLead, Person


@transaction.atomic
def refresh_persons(*, person_ids: Sequence[int]) -> None:
    """
    Settle the fields of persons anew from their leads (`rules.survivor`).

    State and last activity depend on events, and are written by the events room.
    """
    owners, shown = possible_owners(), queries.shown_sources()
    facts = queries.lead_facts(person_ids)
    update_rows(
        Person,
        PERSON_COLUMNS,
        [(person_id, *settled(leads, owners, shown)) for person_id, leads in facts.items()],
    )


#: What `refresh_persons` settles, in the order of `settled`.
PERSON_COLUMNS = (
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


class Owners(NamedTuple):
    """Who of the team may own persons."""

    #: By folded name, the earliest of those with the same.
    by_name: Mapping[str, int]
    names: Mapping[int, str]


def possible_owners() -> Owners:
    """Return who of the team may own persons, in one query."""
    names = dict(User.objects.filter(is_active=True).order_by("-id").values_list("id", "name"))
    return Owners({rules.fold(name): user_id for user_id, name in names.items()}, names)


def settled(leads: Sequence[rules.LeadFacts], owners: Owners, shown: Mapping[int, int]) -> tuple[Any, ...]:
    """Return the values of `PERSON_COLUMNS`, as the survivor rule has them."""
    facts = rules.survivor(leads)
    owner_id = next((user_id for user_id in facts.assignee_ids if user_id in owners.names), None)
    owner_name = facts.owner_name if owner_id is None else owners.names[owner_id]
    if owner_id is None and owner_name:
        owner_id = owners.by_name.get(rules.fold(owner_name))
    return (
        facts.name,
        facts.name_key,
        facts.email,
        facts.phone,
        facts.search_text,
        facts.kind,
        None if facts.source_id is None else shown.get(facts.source_id, facts.source_id),
        owner_id,
        owner_name,
        facts.stage,
        facts.first_contact_at,
    )


def adopt_leads(*, user: User) -> int:
    """Give a user the persons whose owner the CRM calls by the user's name; return how many."""
    named = set(Person.objects.exclude(owner_name="").values_list("owner_name", flat=True).distinct())
    theirs = [name for name in named if rules.fold(name) == rules.fold(user.name)]
    return Person.objects.filter(owner=None, owner_name__in=theirs).update(owner=user)


def remove_empty(*, person_ids: Collection[int]) -> None:
    """
    Remove those of the persons who have no lead, in the caller's transaction.

    Who went into another stays as long as a lead that arrived with them is there, and so does everybody on the way to
    where it is now: undoing merges leads it back along that way.
    """
    wanted = set(person_ids)
    while wanted:
        wanted -= set(Lead.objects.filter(person__in=wanted).values_list("person_id", flat=True))
        wanted -= set(MovedLead.objects.filter(person__in=wanted).values_list("person_id", flat=True))
        gone = Person.everyone.filter(merge__kept__in=wanted)
        wanted -= set(gone.values_list("merge__kept_id", flat=True))
        empty = Person.everyone.filter(pk__in=wanted)
        # Whoever they went into may be left with nothing but them.
        kept = set(empty.filter(merge__isnull=False).values_list("merge__kept_id", flat=True))
        empty.delete()
        wanted = kept


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
