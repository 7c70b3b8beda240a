"""What the room's tests begin with: a team with hours, and leads who do something."""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from leadlight.accounts.models import Brokerage, Role, User
from leadlight.accounts.rules.hours import DAYS
from leadlight.events import operations as events
from leadlight.events.operations import NewEvent
from leadlight.events.rules import Cause
from leadlight.jobs.rules import LIVE
from leadlight.jobs.worker import run_due
from leadlight.leads.models import Lead, Person
from leadlight.leads.operations import assign
from leadlight.routing import operations
from tests.web.build import person, user

#: A Monday, noon in New York; the team's zone in tests.
NOON = datetime(2026, 6, 1, 16, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ALWAYS = dict.fromkeys(DAYS, "0-24")
NEVER: dict[str, str] = {"mon": ""}

_numbers = count(1)


def open_always() -> None:
    Brokerage.objects.update_or_create(pk=1, defaults={"hours": ALWAYS})


def agent(name: str, role: Role = Role.AGENT, **fields: Any) -> User:
    found = user(name, role=role)
    User.objects.filter(pk=found.pk).update(**fields)
    found.refresh_from_db()
    return found


def away(first: date, last: date | None = None) -> dict[str, Any]:
    return {"away_from": first, "away_until": last or first}


def lead(name: str = "Marisol Ortega", owner: User | None = None, **fields: Any) -> Person:
    found = person(name, **fields)
    if owner is not None:
        assign(owner_of={found.pk: owner.pk})
        found.refresh_from_db()
    return found


def happen(who: Person, kind: str, at: datetime, *, cause: Cause = Cause.LIVE, **fields: Any) -> str:
    """Have something happen that is told at once; return the event's id."""
    lead_id = Lead.objects.filter(person=who).values_list("pk", flat=True)[0]
    event_id = fields.pop("event_id", f"e{next(_numbers)}")
    told = NewEvent(event_id=event_id, lead_id=lead_id, kind=kind, occurred_at=at, known_at=at, **fields)
    events.record(events=[told], person_of={lead_id: who.pk}, causes=[cause], origin="test", now=at)
    events.refresh_activity(person_ids=[who.pk])
    return event_id


def ask(who: Person, at: datetime = NOON, **fields: Any) -> str:
    """Have somebody ask about a home, and the room hear of it."""
    event_id = happen(who, fields.pop("kind", "inquiry"), at, **fields)
    operations.hear_inquiries(event_ids=[event_id], cause=Cause.LIVE, now=at)
    return event_id


def work() -> None:
    """Run what somebody waits for until nothing is due."""
    while run_due(queues=[LIVE]):
        pass
