"""Writes of who lives with whom."""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import transaction

from leadlight.accounts.models import User
from leadlight.accounts.operations import record_audit
from leadlight.kit.db import insert_rows, lock_until_commit, upsert_rows
from leadlight.kit.errors import DomainError
from leadlight.leads.models import HouseholdMember, Lead, SaidHousehold


class UnableToSayHousehold(DomainError):
    """What somebody said of a household cannot be kept."""

    code = "bad_household"


def hold_households() -> None:
    """Let nobody else change who lives with whom until the caller's transaction ends."""
    lock_until_commit("households")


@transaction.atomic
def keep_households(*, numbers: Mapping[int, int], of: Collection[int] | None = None) -> None:
    """
    Keep who lives with whom, lead by the number of its household, in place of what was: `of` some leads, or of all.

    To be called with the households held.
    """
    stored = HouseholdMember.objects.all()
    here = set(Lead.objects.filter(pk__among=list(numbers)).values_list("pk", flat=True))
    (stored if of is None else stored.filter(lead__in=of)).delete()
    insert_rows(HouseholdMember, ("lead", "household"), sorted((pk, numbers[pk]) for pk in here))


@transaction.atomic
def say_household(*, person_id: int, with_person: int | None, actor: User, now: datetime) -> list[int]:
    """
    Remember whom a person lives with, or that it is nobody whom we know; return the leads that this is said of.

    It goes before what records say, for all leads that the person has now, until somebody takes it back.

    Raises:
        UnableToSayHousehold: they are one person, or one of them is no longer here.
    """
    own = list(Lead.objects.filter(person=person_id).order_by("pk").values_list("pk", flat=True))
    theirs = Lead.objects.filter(person=with_person).order_by("pk").values_list("pk", flat=True).first()
    if not own or (with_person is not None and (theirs is None or with_person == person_id)):
        raise UnableToSayHousehold("Choose somebody else who is here.")
    hold_households()
    by = actor.pk
    rows = [(lead_id, theirs, by, now) for lead_id in own]
    upsert_rows(SaidHousehold, ("lead", "lives_with", "said_by", "said_at"), rows, keys=("lead",))
    detail = {"with": with_person, "leads": own}
    record_audit(action="household.said", subject=f"person:{person_id}", now=now, actor=actor, detail=detail)
    return own


@transaction.atomic
def unsay_household(*, person_id: int, actor: User, now: datetime) -> list[int]:
    """Take back what somebody said of whom a person lives with; return the leads that it was said of."""
    hold_households()
    said = SaidHousehold.objects.filter(lead__person=person_id)
    lead_ids = list(said.order_by("pk").values_list("pk", flat=True))
    if lead_ids:
        said.delete()
        record_audit(action="household.unsaid", subject=f"person:{person_id}", now=now, actor=actor)
    return lead_ids
