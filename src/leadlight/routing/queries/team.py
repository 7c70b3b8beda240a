"""Reads of the team: who takes leads, whose turn it is, who works now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max

from leadlight.accounts.models import Role, User
from leadlight.accounts.queries import brokerage, hours_of, office_hours
from leadlight.accounts.rules.hours import Hours
from leadlight.leads.rules import fold
from leadlight.routing.models import Assignment, PushSubscription
from leadlight.routing.rules.assignment import Agent


@dataclass(frozen=True)
class Team:
    """Everybody who may do something for a lead, as far as routing depends on it."""

    #: Those to whom new leads may go.
    takers: Sequence[Agent]
    #: Who hears when two have not answered: the lead managers, or the owners where there are none.
    team_leads: Sequence[int]
    #: The first owner.
    owner_id: int | None
    #: When the brokerage is open: the clock of the promise.
    office: Hours
    hours: Mapping[int, Hours]
    by_name: Mapping[str, int]

    def works(self, user_id: int, now: datetime) -> bool:
        """Say whether somebody is working now."""
        return user_id in self.hours and self.hours[user_id].is_open(now)

    def user_of(self, name: str) -> int | None:
        """Return who is called so, the earliest of namesakes; None when nobody here is."""
        return self.by_name.get(fold(name)) if name else None


def team() -> Team:
    """Return the team as it is now, in three queries."""
    told = brokerage()
    users = list(User.objects.filter(is_active=True).exclude(role=Role.ANALYST).order_by("pk"))
    turns = dict(Assignment.objects.filter(is_turn=True).order_by().values_list("agent").annotate(Max("pk")))
    hours = {user.pk: hours_of(user, told) for user in users}
    of_role = {role: [user.pk for user in users if user.role == role] for role in (Role.OWNER, Role.LEAD_MANAGER)}
    return Team(
        takers=[
            Agent(user.pk, user.name, user.role, hours[user.pk], turns.get(user.pk))
            for user in users
            if user.takes_leads
        ],
        team_leads=of_role[Role.LEAD_MANAGER] or of_role[Role.OWNER],
        owner_id=next(iter(of_role[Role.OWNER]), None),
        office=office_hours(told),
        hours=hours,
        by_name={fold(user.name): user.pk for user in reversed(users)},
    )


def with_devices(user_ids: Sequence[int]) -> set[int]:
    """Return who of the users has a browser that shows alerts."""
    return set(PushSubscription.objects.filter(user__in=user_ids).values_list("user_id", flat=True))
