"""Reads of the day of somebody of the team: who is next, what happened since, what is done."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet

from leadlight.accounts.models import User
from leadlight.accounts.queries import team_zone
from leadlight.leads.models import Person
from leadlight.leads.queries import visible_to
from leadlight.routing.models import COMES_UP, Assignment, Breach, LatestVisit, RecordedOutcome, Task, Wait
from leadlight.routing.rules.outcomes import OUTCOME_WORDS, UNDO_WITHIN, Outcome
from leadlight.routing.rules.promise import ALERTING
from leadlight.routing.rules.queue import TASK, Entry, effective_due, in_order

#: Rows read of each kind: nobody works through more in a day, and a page that shows them stays quick.
MOST = 200
_TOLD_AGO = timedelta(days=14)
_WAIT = ("kind", "origin", "began_at", "due_at", "claimed_by", "lead")
_TASK = ("kind", "origin", "why", "due_at", "snoozed_until", "created_at", "done_at", "outcome", "lead")
#: All that is read of a person: some hundred rows with all that a CRM told would cost more than finding them.
_NAMED = ("lead__person__name", "lead__person__email", "lead__person__phone")
_KNOWN = (*_NAMED, "lead__person__owner", *(f"lead__person__score__{name}" for name in ("tier", "value", "reason")))


@dataclass(frozen=True)
class Name:
    """Somebody who is named on the page."""

    person_id: int
    name: str


@dataclass(frozen=True)
class Since:
    """
    What happened since somebody was here before; each person once.

    Whoever waits for an answer comes first, the longest wait before others; then the latest.
    """

    #: None when they are here for the first time.
    at: datetime | None
    #: New leads that went to somebody.
    new: Sequence[Name] = ()
    replied: Sequence[Name] = ()
    #: Turned hot by their own doing.
    came_back: Sequence[Name] = ()
    #: Nobody answered them in five minutes.
    missed: Sequence[Name] = ()

    @property
    def is_quiet(self) -> bool:
        """Say whether nothing happened."""
        return not (self.new or self.replied or self.came_back or self.missed)


@dataclass(frozen=True)
class Done:
    """Something that was done today."""

    who: Name
    at: datetime
    by: str
    #: Plain words.
    outcome: str
    #: What can be taken back; empty for a task that was simply finished, and when the time for it is over.
    outcome_id: int | None = None


@dataclass(frozen=True)
class Today:
    """All that the page of the day shows of this room."""

    #: The first of the queue; None when nobody is to be called.
    next: Entry | None
    #: The others, in order; at most `MOST` of each kind were looked at.
    queue: Sequence[Entry]
    since: Since
    done: Sequence[Done]
    #: How many people wait for an answer.
    n_waiting: int
    #: How many of them since less than five open minutes, whatever they wait for.
    n_in_time: int
    #: Since when the one who waits longest does; None when nobody waits.
    longest_since: datetime | None


def today(actor: User, *, now: datetime, only_own: bool = False) -> Today:
    """
    Return the day of somebody of the team, as far as they may see it; or of that only what is theirs or nobody's.

    Ten queries, however much there is.
    """
    visible = visible_to(actor)
    if only_own:
        visible = visible.filter(Q(owner=actor) | Q(owner=None))
    entries = in_order([*_waiting(visible, now), *_due(visible, now)])
    visit = LatestVisit.objects.filter(pk=actor.pk).first()
    counts = Wait.objects.filter(_whose("lead__person", visible), ended_at=None).aggregate(
        n=Count("lead__person", distinct=True),
        late=Count("lead__person", distinct=True, filter=Q(due_at__lte=now)),
        since=Min("began_at"),
    )
    waiting = [entry.person_id for entry in entries if entry.wait_id is not None]
    return Today(
        next=entries[0] if entries else None,
        queue=entries[1:],
        since=_since(visible, visit.before_at if visit else None, waiting, now),
        done=_done(visible, now),
        n_waiting=counts["n"],
        n_in_time=counts["n"] - counts["late"],
        longest_since=counts["since"],
    )


def _whose(field: str, visible: QuerySet[Person]) -> Exists:
    """Say of rows whose person is visible; looked up for each row, as there are far fewer rows than persons."""
    return Exists(visible.filter(pk=OuterRef(field)))


def _waiting(visible: QuerySet[Person], now: datetime) -> Iterable[Entry]:
    waits = Wait.objects.filter(_whose("lead__person", visible), ended_at=None, began_at__lte=now)
    waits = waits.select_related("lead__person__score", "claimed_by").only(*_WAIT, *_KNOWN, "claimed_by__name")
    found = list(waits.order_by("began_at", "pk")[:MOST])
    tasks = {task.origin: task for task in Task.objects.filter(origin__in=[wait.origin for wait in found])}
    for wait in found:
        task = tasks.get(wait.origin)
        entry = Entry(
            person_id=wait.lead.person_id,
            name=str(wait.lead.person),
            what=wait.kind,
            why=task.why if task else "",
            at=wait.began_at,
            due_at=wait.due_at,
            wait_id=wait.pk,
            claimed_by_id=wait.claimed_by_id,
            claimed_by=str(wait.claimed_by or ""),
        )
        yield _with_person(entry, wait.lead.person, task)


def _due(visible: QuerySet[Person], now: datetime) -> Iterable[Entry]:
    tasks = Task.objects.filter(_whose("lead__person", visible), done_at=None)
    tasks = tasks.annotate(due=COMES_UP).filter(due__lte=_end_of_day(now))
    shown = tasks.exclude(snoozed_until__gt=now).select_related("lead__person__score").only(*_TASK, *_KNOWN)
    for task in shown.order_by("due", "pk")[:MOST]:
        at = effective_due(task.due_at, task.snoozed_until)
        entry = Entry(task.lead.person_id, str(task.lead.person), TASK, task.why, at, at)
        yield _with_person(entry, task.lead.person, task)


def _with_person(entry: Entry, person: Person, task: Task | None) -> Entry:
    score = getattr(person, "score", None)
    return replace(
        entry,
        task_id=task.pk if task and task.done_at is None else None,
        task=task.kind if task and task.done_at is None else "",
        tier=score.tier if score else "",
        score=score.value if score else None,
        reason=score.reason if score else "",
        owner_id=person.owner_id,
    )


def _start_of_day(now: datetime) -> datetime:
    return now.astimezone(team_zone()).replace(hour=0, minute=0, second=0, microsecond=0)


def _end_of_day(now: datetime) -> datetime:
    return (_start_of_day(now) + timedelta(days=1)).astimezone(now.tzinfo)


def _since(visible: QuerySet[Person], at: datetime | None, waiting: Sequence[int], now: datetime) -> Since:
    after = max(at, now - _TOLD_AGO) if at else now
    assigned = Assignment.objects.filter(_whose("person", visible), at__gt=after, cause__in=ALERTING)
    tasks = Task.objects.filter(
        Q(origin__startswith="reply:") | Q(origin__startswith="hot:"),
        _whose("lead__person", visible),
        created_at__gt=after,
    )
    missed = Breach.objects.filter(_whose("wait__lead__person", visible), at__gt=after)
    new = assigned.select_related("person").order_by("-at", "-pk")[:MOST]
    tasks = tasks.select_related("lead__person").only(*_TASK, *_NAMED)
    told = list(tasks.order_by("-created_at", "-pk")[:MOST])
    late = missed.select_related("wait__lead__person").order_by("-at", "-pk")[:MOST]
    place = {person_id: k for k, person_id in enumerate(waiting)}

    def names(persons: Iterable[Person | None]) -> list[Name]:
        found = dict.fromkeys(Name(person.pk, str(person)) for person in persons if person is not None)
        return sorted(found, key=lambda name: place.get(name.person_id, len(place)))

    return Since(
        at,
        new=names(one.person for one in new),
        replied=names(task.lead.person for task in told if task.origin.startswith("reply:")),
        came_back=names(task.lead.person for task in told if task.origin.startswith("hot:")),
        missed=names(breach.wait.lead.person for breach in late),
    )


@dataclass(frozen=True)
class Open:
    """What is open with one person: what a page of theirs offers to do."""

    #: What they wait for; the first that nobody has taken, else the first.
    wait: Wait | None
    #: The next due first.
    tasks: Sequence[Task]
    #: What was written down of late and can still be taken back, the latest first.
    outcomes: Sequence[Done]


def open_with(person_id: int, *, now: datetime) -> Open:
    """Return what is open with a person; three queries. For whoever may see them: see `leads.queries.visible_to`."""
    waits = Wait.objects.filter(ended_at=None, lead__person=person_id).select_related("claimed_by")
    tasks = Task.objects.filter(done_at=None, lead__person=person_id).select_related("owner")
    recorded = RecordedOutcome.objects.filter(lead__person=person_id, undone_at=None, at__gte=now - UNDO_WITHIN)
    return Open(
        wait=min(waits, key=lambda wait: (wait.claimed_by_id is not None, wait.began_at, wait.pk), default=None),
        tasks=sorted(tasks, key=lambda task: (effective_due(task.due_at, task.snoozed_until), task.pk)),
        outcomes=[_told(one) for one in recorded.select_related("lead__person", "by").order_by("-at", "-pk")],
    )


def _told(one: RecordedOutcome) -> Done:
    return Done(
        Name(one.lead.person_id, str(one.lead.person)),
        one.at,
        str(one.by),
        OUTCOME_WORDS[Outcome(one.outcome)],
        one.pk,
    )


def _done(visible: QuerySet[Person], now: datetime) -> list[Done]:
    start = _start_of_day(now)
    recorded = RecordedOutcome.objects.filter(_whose("lead__person", visible), at__gte=start, undone_at=None)
    finished = Task.objects.filter(_whose("lead__person", visible), done_at__gte=start).exclude(done_by=None)
    by_hand = finished.exclude(outcome__in=[word.value for word in Outcome]).select_related("lead__person", "done_by")
    by_hand = by_hand.only(*_TASK, *_NAMED, "done_by__name")
    recorded = recorded.select_related("lead__person", "by").only("at", "outcome", "lead", "by__name", *_NAMED)
    done = [_told(one) for one in recorded.order_by("-at", "-pk")[:MOST]]
    done = [one if now - one.at <= UNDO_WITHIN else replace(one, outcome_id=None) for one in done]
    done += [
        Done(
            Name(task.lead.person_id, str(task.lead.person)),
            task.done_at,
            str(task.done_by),
            task.outcome or task.why,
        )
        for task in by_hand.order_by("-done_at", "-pk")[:MOST]
        if task.done_at is not None
    ]
    return sorted(done, key=lambda one: one.at, reverse=True)
