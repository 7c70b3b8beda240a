"""Writes of who answers for whom, and of agents who leave."""

from collections.abc import Sequence
from datetime import datetime
from itertools import cycle

from django.db import transaction

from leadlight.accounts.models import ApiToken, Role, User
from leadlight.accounts.operations import record_audit, revoke_token
from leadlight.kit.db import update_rows
from leadlight.kit.errors import DomainError
from leadlight.leads.models import Lead, Person
from leadlight.leads.operations.persons import refresh_persons
from leadlight.leads.rules import fold


class UnableToHandOver(DomainError):
    """Leads cannot be given to somebody else."""

    code = "bad_owner"


@transaction.atomic
def hand_over(*, person_ids: Sequence[int], heirs: Sequence[User]) -> None:
    """
    Give persons to users, by turns; no later import gives them back. A fixed number of queries.

    All records of a person go along, whatever their CRM calls the owner, so that merges and their undoing change
    nobody's owner.
    """
    turns = cycle(heirs)
    heir_of = {person_id: next(turns).name for person_id in sorted(person_ids)}
    rows = Lead.objects.filter(person__in=person_ids).values_list("pk", "person_id", "edited_fields")
    update_rows(
        Lead,
        ("owner_name", "edited_fields"),
        [(pk, heir_of[person_id], sorted({*edited, "owner_name"})) for pk, person_id, edited in rows],
    )
    refresh_persons(person_ids=list(heir_of))


@transaction.atomic
def part_with_agent(*, user_id: int, heir_ids: Sequence[int], actor: User, now: datetime) -> int:
    """
    Part with somebody of the team; return how many persons went to the heirs, by turns.

    They are signed out everywhere, and the API tokens that they made end. What they did stays under their name.

    Raises:
        UnableToHandOver: they are not of the team, or it is oneself, or the last owner; nobody is named who takes
            their leads, or who is named cannot.
    """
    user = User.objects.select_for_update().filter(pk=user_id, is_active=True).first()
    if user is None:
        raise UnableToHandOver("They are not of the team any more.")
    if user == actor:
        raise UnableToHandOver("Somebody else has to part with you.")
    if user.role == Role.OWNER and actor.role != Role.OWNER:
        raise UnableToHandOver("Only an owner parts with an owner.")
    rest = User.objects.filter(is_active=True).exclude(pk=user_id)
    if user.role == Role.OWNER and not rest.filter(role=Role.OWNER).exists():
        raise UnableToHandOver("Make somebody else an owner first: somebody has to be one.")
    person_ids = list(Person.objects.filter(owner=user).order_by("pk").values_list("pk", flat=True))
    heirs = list(rest.filter(pk__in=heir_ids).exclude(role=Role.ANALYST).order_by("pk"))
    if person_ids and not heirs:
        raise UnableToHandOver(f"Say who takes the {len(person_ids):,} leads that are theirs.")
    # Owners are known by their names, as CRMs write them.
    names = [fold(name) for name in rest.values_list("name", flat=True)]
    double = next((heir for heir in heirs if names.count(fold(heir.name)) > 1), None)
    if double is not None:
        raise UnableToHandOver(f"Two people here are called {double}. Tell them apart by their names first.")
    user.is_active = False
    user.set_unusable_password()
    user.save(update_fields=["is_active", "password"])
    if person_ids:
        hand_over(person_ids=person_ids, heirs=heirs)
    tokens = ApiToken.objects.filter(created_by=user, revoked_at=None).values_list("pk", flat=True)
    for token_id in list(tokens):
        revoke_token(token_id=token_id, now=now, actor=actor)
    detail = {"leads": len(person_ids), "heirs": [heir.pk for heir in heirs]}
    record_audit(action="member.left", subject=f"user:{user_id}", now=now, actor=actor, detail=detail)
    return len(person_ids)
