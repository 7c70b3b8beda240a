"""Writes by which leads go to somebody else: one by one, or all of whoever leaves the team."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction

from leadlight.accounts.models import User
from leadlight.jobs.operations import publish
from leadlight.kit.db import update_rows
from leadlight.leads.models import Person
from leadlight.leads.operations import UnableToHandOver, part_with_agent
from leadlight.leads.queries import visible_to
from leadlight.routing import queries
from leadlight.routing.models import PushSubscription, Task, Wait
from leadlight.routing.operations.alerts import Call, plan_alerts
from leadlight.routing.operations.assigning import give
from leadlight.routing.rules.promise import OWNER


@transaction.atomic
def hand_over(*, person_id: int, to_user: int, actor: User, now: datetime) -> None:
    """
    Give a person to somebody else of the team, with what is to be done for them.

    Who waits at that moment calls the new owner, unless it is the actor.

    Raises:
        UnableToHandOver: the actor may not see or change them, or who is named takes no leads of others.
    """
    if not actor.may_edit or not visible_to(actor).filter(pk=person_id).exists():
        raise UnableToHandOver("This lead is not yours to hand over.")
    heir = User.objects.filter(pk=to_user, is_active=True).first()
    if heir is None or not heir.may_edit:
        raise UnableToHandOver("Choose somebody of the team who works with leads.")
    give(owner_of={person_id: heir.pk}, reason=f"Handed over by {actor}"[:200], actor=actor, now=now)
    if heir != actor:
        _call_owners([person_id], now)


@transaction.atomic
def remove_agent(*, user_id: int, heir_ids: Sequence[int], actor: User, now: datetime) -> int:
    """
    Part with somebody of the team; return how many persons went to the heirs, by turns.

    What they had to do and what they had claimed goes to whoever owns the person now, and to the actor where nobody
    does; who waits calls the new owner. What they did stays under their name. One transaction and, but for their API
    tokens, a fixed number of queries.

    Raises:
        UnableToHandOver: see `leads.operations.part_with_agent`.
    """
    owned = set(Person.objects.filter(owner=user_id).values_list("pk", flat=True))
    n = part_with_agent(user_id=user_id, heir_ids=heir_ids, actor=actor, now=now)
    tasks = Task.objects.filter(owner=user_id, done_at=None).values_list("pk", "lead__person__owner")
    update_rows(Task, ("owner",), [(pk, owner or actor.pk) for pk, owner in tasks])
    waits = Wait.objects.filter(claimed_by=user_id, ended_at=None).values_list("pk", "lead__person__owner")
    update_rows(Wait, ("claimed_by",), [(pk, owner or actor.pk) for pk, owner in waits])
    PushSubscription.objects.filter(user=user_id).delete()
    _call_owners(owned, now)
    publish(facts={"routing.agent_left": [{"user_id": user_id}]}, now=now)
    return n


def _call_owners(person_ids: Collection[int], now: datetime) -> None:
    """Call the owners of those of the persons who wait and whom nobody has claimed."""
    waits = Wait.objects.filter(lead__person__in=person_ids, ended_at=None, claimed_by=None)
    owners = waits.exclude(lead__person__owner=None).order_by("pk").values_list("pk", "lead__person__owner")
    calls = [Call(wait_id, OWNER, owner) for wait_id, owner in owners]
    if calls:
        plan_alerts(calls=calls, team=queries.team(), now=now)
