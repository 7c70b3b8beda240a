"""Writes of whose leads are."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from leadlight.accounts.models import User
from leadlight.events.rules import Cause
from leadlight.kit.db import insert_rows, lock_until_commit
from leadlight.leads import operations as leads
from leadlight.routing import queries
from leadlight.routing.models import Assignment, Task
from leadlight.routing.rules.assignment import choose

_COLUMNS = ("person", "agent", "reason", "candidates", "at", "cause", "is_turn", "by")


@transaction.atomic
def assign_by_turns(*, person_ids: Sequence[int], cause: Cause, now: datetime) -> dict[int, int | None]:
    """
    Give those of the persons whom nobody owns to those of the team whose turn it is, in the order given.

    Who has an owner keeps them. Returns the owners of those who are here; nobody else changes them until the
    caller's transaction ends. A fixed number of queries, and few when everybody has an owner.
    """
    owners = leads.hold_owners(person_ids)
    alone = [person_id for person_id in dict.fromkeys(person_ids) if owners.get(person_id, 0) is None]
    if not alone:
        return owners
    # The turns are one for all: who comes second reads what the first has written.
    lock_until_commit("routing.turns")
    team = queries.team()
    choices = choose(len(alone), team.takers, owner_id=team.owner_id, now=now)
    chosen = dict(zip(alone, choices, strict=False))
    insert_rows(
        Assignment,
        _COLUMNS,
        [
            (pk, one.user_id, one.reason, list(one.candidates), now, cause.value, bool(one.candidates), None)
            for pk, one in chosen.items()
        ],
    )
    owner_of = {person_id: choice.user_id for person_id, choice in chosen.items()}
    leads.assign(owner_of=owner_of)
    return {**owners, **owner_of}


@transaction.atomic
def give(*, owner_of: Mapping[int, int], reason: str, actor: User | None, now: datetime) -> None:
    """Give persons to users, with what is to be done for them, in the caller's transaction; person → user."""
    leads.hold_owners(owner_of)
    leads.assign(owner_of=owner_of)
    by = actor.pk if actor else None
    insert_rows(
        Assignment,
        _COLUMNS,
        [
            (person_id, user_id, reason, [], now, Cause.TEAM.value, False, by)
            for person_id, user_id in owner_of.items()
        ],
    )
    for user_id in sorted(set(owner_of.values())):
        theirs = [person_id for person_id, owner in owner_of.items() if owner == user_id]
        Task.objects.filter(lead__person__in=theirs, done_at=None).update(owner=user_id)
