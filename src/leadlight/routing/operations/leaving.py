"""The writing by which somebody leaves the team, and nothing of theirs is left lying."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from leadlight.accounts.models import User
from leadlight.jobs.operations import publish
from leadlight.kit.db import update_rows
from leadlight.leads.operations import part_with_agent
from leadlight.routing.models import PushSubscription, Task, Wait


@transaction.atomic
def remove_agent(*, user_id: int, heir_ids: Sequence[int], actor: User, now: datetime) -> int:
    """
    Part with somebody of the team; return how many persons went to the heirs, by turns.

    What they had to do and what they had claimed goes to whoever owns the person now, and to the actor where nobody
    does. What they did stays under their name. One transaction and, but for their API tokens, a fixed number of
    queries.

    Raises:
        UnableToHandOver: see `leads.operations.part_with_agent`.
    """
    n = part_with_agent(user_id=user_id, heir_ids=heir_ids, actor=actor, now=now)
    tasks = Task.objects.filter(owner=user_id, done_at=None).values_list("pk", "lead__person__owner")
    update_rows(Task, ("owner",), [(pk, owner or actor.pk) for pk, owner in tasks])
    waits = Wait.objects.filter(claimed_by=user_id, ended_at=None).values_list("pk", "lead__person__owner")
    update_rows(Wait, ("claimed_by",), [(pk, owner or actor.pk) for pk, owner in waits])
    PushSubscription.objects.filter(user=user_id).delete()
    publish(facts={"routing.agent_left": [{"user_id": user_id}]}, now=now)
    return n
