"""What happened in one visit, to be given to somebody else."""

from collections.abc import Collection
from datetime import datetime

from leadlight.accounts.models import AuditEntry, User
from leadlight.events.models import Event
from leadlight.events.queries import timeline, vocabulary
from leadlight.leads.models import Person
from leadlight.leads.queries import visible_to
from leadlight.web.queries.lead import Line, line_of

#: Events that one page offers to move: a visit seldom holds more.
_MOST = 200


def lines_between(person_id: int, *, since: datetime, until: datetime) -> list[tuple[int, Line]]:
    """Return what happened to a person from one moment to another, the latest first, by number; two queries."""
    kinds = {kind.name: kind for kind in vocabulary()}
    events = timeline(person_id).filter(occurred_at__gte=since, occurred_at__lte=until)[:_MOST]
    return [(event.pk, line_of(event, kinds)) for event in events]


def event_ids(person_id: int, numbers: Collection[int]) -> list[str]:
    """Return the ids of those of the events that are a person's."""
    found = Event.objects.filter(pk__in=numbers, lead__person=person_id)
    return list(found.order_by("pk").values_list("event_id", flat=True))


def came_from(actor: User, person_id: int, numbers: Collection[int]) -> Person | None:
    """
    Return whom events of a person were last moved from, one of them if several.

    None where none was moved, or one came from somebody whom the actor may not see.
    """
    theirs = Event.objects.filter(pk__in=numbers, lead__person=person_id).values_list("pk", flat=True)
    moves = AuditEntry.objects.filter(action="event.moved", subject__in=[f"event:{pk}" for pk in theirs])
    left = {subject: detail["from"] for subject, detail in moves.order_by("pk").values_list("subject", "detail")}
    persons = visible_to(actor).filter(leads__in=set(left.values())).order_by("pk")
    seen = set(persons.values_list("leads", flat=True))
    return persons.first() if seen.issuperset(left.values()) else None
