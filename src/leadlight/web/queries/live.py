"""Whether what an open page shows still holds: asked by hundreds of pages all day long, so a few narrow reads."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from django.db.models import Count, Max

from leadlight.accounts.models import User
from leadlight.consent.models import Suppression
from leadlight.events.queries import timeline
from leadlight.leads.models import Person
from leadlight.leads.queries import visible_to
from leadlight.routing.queries import Open, open_with
from leadlight.scoring.models import Score, Tier
from leadlight.scoring.rules.scale import HOT_SCORE, display
from leadlight.web.queries.listing import needing
from leadlight.web.rules.live import GONE, LATE, MOST_NEW, STORED, Shown, mark

_COLUMNS = (
    "pk",
    *STORED,
    "score__value",
    "score__value_before",
    "score__tier",
    "score__is_held",
    "score__reason",
)

#: So many fit into one statement on every database.
_MOST_CANDIDATES = 5_000


def marks(actor: User, person_ids: Iterable[int]) -> dict[int, str]:
    """
    Return the mark of each person as a row would show them now; `GONE` for whom the actor may not see.

    Two queries.
    """
    ids = list(person_ids)
    if not ids:
        return {}
    closed = _closed(ids)
    found = dict.fromkeys(ids, GONE)
    shown = visible_to(actor).filter(pk__in=ids).values_list(*_COLUMNS)
    for pk, *stored, value, before, tier, is_held, reason in shown:
        numbers = (None if value is None else display(value), None if before is None else display(before))
        told = (*numbers, tier or "", bool(is_held), reason or "")
        found[pk] = mark(Shown._make((*stored, *told, closed.get(pk, ()))))
    return found


def _closed(person_ids: list[int]) -> Mapping[int, tuple[str, ...]]:
    rows = Suppression.objects.filter(lead__person__in=person_ids).values_list("lead__person_id", "channel")
    found: dict[int, set[str]] = {}
    for person_id, channel in rows:
        found.setdefault(person_id, set()).add(channel)
    return {person_id: tuple(sorted(channels)) for person_id, channels in found.items()}


def history_mark(person_id: int) -> str:
    """Return the mark of a person's timeline: it only grows, but for what is retracted. One query."""
    told = timeline(person_id).order_by().aggregate(newest=Max("pk"), n=Count("pk"), retracted=Count("retracted_at"))
    return mark(*told.values())


def lead_mark(actor: User, person_id: int, *, now: datetime) -> str:
    """
    Return the mark of a Lead page, or of a card, as it would show now; `GONE` for whom the actor may not see.

    Six queries.
    """
    shown = marks(actor, [person_id])[person_id]
    return GONE if shown == GONE else whole_mark(shown, history_mark(person_id), open_with(person_id, now=now))


def whole_mark(shown: str, history: str, found: Open) -> str:
    """Return the mark of a person's row, timeline, and what is open with them."""
    wait = (found.wait.pk, found.wait.claimed_by_id) if found.wait else None
    tasks = [(task.pk, task.why, task.due_at, task.snoozed_until) for task in found.tasks]
    return mark(shown, history, wait, tasks, [done.outcome_id for done in found.outcomes])


def newcomers(actor: User, *, since: datetime, known: Collection[int] = ()) -> list[int]:
    """
    Return who has come to need the actor since then, but for the known: they ask for something, or have become hot.

    One query while nobody has, two else. At most one more than `MOST_NEW`.
    """
    asked = Person.objects.filter(asked_at__gt=since).values_list("pk")
    hot = Score.objects.filter(tier=Tier.HOT, changed_as_of__gt=since, value_before__lte=HOT_SCORE)
    # First of all who they are, whoever's: that is mostly nobody, and costs a third of asking for the actor's own.
    found = {pk for (pk,) in asked.union(hot.values_list("person"))} - set(known)
    if not found:
        return []
    persons = needing(actor, among=list(found)[:_MOST_CANDIDATES])
    return list(persons.order_by("pk").values_list("pk", flat=True)[: MOST_NEW + 1])


def known(actor: User, *, now: datetime) -> tuple[datetime, list[int]]:
    """
    Return what a page made now must carry to tell newcomers from those who were there.

    It looks back for `LATE`, so that who asked before but is stored after is told; a brokerage in which so many
    ask at once that a page cannot name them looks from now on.
    """
    since = now - LATE
    found = newcomers(actor, since=since)
    return (since, found) if len(found) <= MOST_NEW else (now, [])
