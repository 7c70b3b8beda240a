"""Writes of who answers for whom, and of agents who leave."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import cycle

from django.db import transaction

from leadlight.accounts.models import ApiToken, Role, User
from leadlight.accounts.operations import record_audit, revoke_token
from leadlight.kit.db import update_rows
from leadlight.kit.errors import DomainError
from leadlight.leads.models import Lead, Person
from leadlight.leads.operations.merging import hold
from leadlight.leads.operations.persons import refresh_persons
from leadlight.leads.operations.turns import share_leads


class UnableToHandOver(DomainError):
    """Leads cannot be given to somebody else."""

    code = "bad_owner"


def hold_owners(person_ids: Collection[int]) -> dict[int, int | None]:
    """
    Return the owner of each of the persons who are here, None for nobody, in the caller's transaction.

    Nobody else changes them until it ends. A fixed number of queries.
    """
    share_leads()
    hold(sorted(person_ids), sorted(person_ids))
    return dict(Person.objects.filter(pk__in=person_ids).values_list("pk", "owner_id"))


@transaction.atomic
def assign(*, owner_of: Mapping[int, int]) -> None:
    """
    Give persons to users: person id → user id. A fixed number of queries.

    All records of a person go along, so that merges and their undoing change nobody's owner. It holds until a later
    export, a program or somebody's hand names another owner than the record had.
    """
    rows = Lead.objects.filter(person__in=owner_of).order_by("pk").values_list("pk", "person_id")
    update_rows(Lead, ("assignee",), [(pk, owner_of[person_id]) for pk, person_id in rows])
    refresh_persons(person_ids=sorted(owner_of))


def by_turns(person_ids: Iterable[int], heirs: Sequence[User]) -> dict[int, int]:
    """Return for each of the persons one of the users, by turns."""
    turns = cycle(heirs)
    return {person_id: next(turns).pk for person_id in sorted(person_ids)}


@transaction.atomic
def part_with_agent(*, user_id: int, heir_ids: Sequence[int], actor: User, now: datetime) -> int:
    """
    Part with somebody of the team; return how many persons went to the heirs, by turns.

    They are signed out everywhere, and the API tokens that they made end. What they did stays under their name.
    `routing.operations.remove_agent` does it with all that follows, and is what to call.

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
    user.is_active = False
    user.set_unusable_password()
    user.save(update_fields=["is_active", "password"])
    assign(owner_of=by_turns(person_ids, heirs))
    _hand_on_records(user, heirs)
    tokens = ApiToken.objects.filter(created_by=user, revoked_at=None).values_list("pk", flat=True)
    for token_id in list(tokens):
        revoke_token(token_id=token_id, now=now, actor=actor)
    detail = {"leads": len(person_ids), "heirs": [heir.pk for heir in heirs]}
    record_audit(action="member.left", subject=f"user:{user_id}", now=now, actor=actor, detail=detail)
    return len(person_ids)


def _hand_on_records(user: User, heirs: Sequence[User]) -> None:
    """Give the heirs records of theirs that a merge brought to somebody else's: undoing it leaves nobody alone."""
    lead_ids = Lead.objects.filter(assignee=user).values_list("pk", flat=True)
    update_rows(Lead, ("assignee",), by_turns(lead_ids, heirs).items() if heirs else [])
