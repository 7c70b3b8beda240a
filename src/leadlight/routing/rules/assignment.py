"""
Whose turn it is: round robin over those on duty. Pure.

Nothing about the lead is looked at: not a name, not where they live, not a language (42 USC 3604).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import cycle, islice

from leadlight.accounts.rules.hours import Hours

#: Who takes leads, first to last: the later ones only in a team that has none of the earlier.
ROLES = ("AGENT", "LEAD_MANAGER", "OWNER")


@dataclass(frozen=True)
class Agent:
    """Somebody who takes leads."""

    user_id: int
    name: str
    #: A word of `ROLES`.
    role: str
    hours: Hours
    #: The number of the latest assignment that came to them by turns; they rise. None for never.
    turn: int | None = None


@dataclass(frozen=True)
class Choice:
    """Whose a lead becomes, and why."""

    user_id: int
    #: Plain words, without a name of the lead.
    reason: str
    #: Among whom, whose turn is next first; empty when there was nobody to choose from.
    candidates: tuple[int, ...] = ()


def in_turn(agents: Sequence[Agent]) -> list[Agent]:
    """Return those of the role that takes leads in this team, whose turn is next first."""
    role = next((role for role in ROLES if any(agent.role == role for agent in agents)), "")
    return sorted((agent for agent in agents if agent.role == role), key=_place)


def _place(agent: Agent) -> tuple[int, int]:
    return -1 if agent.turn is None else agent.turn, agent.user_id


def on_duty(agents: Sequence[Agent], *, now: datetime) -> list[Agent]:
    """Return those of `in_turn` who are working now."""
    return [agent for agent in in_turn(agents) if agent.hours.is_open(now)]


def choose(n: int, agents: Sequence[Agent], *, owner_id: int | None, now: datetime) -> list[Choice]:
    """
    Return whose n leads become that come together, one after the other; empty when there is nobody at all.

    They go by turns to those on duty. With nobody on duty they go to whoever begins next, and when nobody ever does,
    to the owner `owner_id`. Whoever is passed over keeps their place.
    """
    turns = on_duty(agents, now=now)
    if turns:
        reason = "The only one on duty" if len(turns) == 1 else f"Next in turn of {len(turns)} on duty"
        return _dealt(n, turns, reason)
    begins = {agent.user_id: agent.hours.next_open(now) for agent in in_turn(agents)}
    known = [at for at in begins.values() if at is not None]
    if known:
        soonest = [agent for agent in in_turn(agents) if begins[agent.user_id] == min(known)]
        begin = clock(min(known).astimezone(soonest[0].hours.zone))
        return _dealt(n, soonest, f"Nobody is on duty; begins first, on {begin}")
    if owner_id is None:
        return []
    return [Choice(owner_id, "Nobody takes leads, so it is the owner’s")] * n


def _dealt(n: int, turns: Sequence[Agent], reason: str) -> list[Choice]:
    ids = tuple(agent.user_id for agent in turns)
    return [
        Choice(user_id, reason, ids[k % len(ids) :] + ids[: k % len(ids)])
        for k, user_id in enumerate(islice(cycle(ids), n))
    ]


def clock(local: datetime) -> str:
    """Return a day and time as people of the team read them: "Mon 9:00 am"."""
    return f"{local:%a} {local.hour % 12 or 12}:{local:%M} {'am' if local.hour < 12 else 'pm'}"
