"""Writes of who waits for us: begun, answered, and, where nobody answers, heard of by others."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from leadlight.events.rules import Cause
from leadlight.jobs.operations import enqueue_at
from leadlight.kit.db import insert_new_rows, update_rows
from leadlight.leads.queries import hold_persons
from leadlight.routing import queries
from leadlight.routing.models import Breach, Task, Wait
from leadlight.routing.operations.alerts import Call, plan_alerts
from leadlight.routing.operations.assigning import assign_by_turns
from leadlight.routing.queries import Team
from leadlight.routing.rules import promise
from leadlight.routing.rules.assignment import on_duty
from leadlight.routing.rules.promise import OWNER, SECOND, TEAM_LEAD, Standing, Step, Touch, WaitKind

ESCALATE = "routing.escalate"
#: What ended a task that nobody did: they asked again, or somebody answered them some other way.
ASKED_AGAIN = "They asked again"
ANSWERED = "Answered"
LEFT_ALONE = "They want to be left alone"
#: How the origin of a task begins that goes with a wait.
OF_WAIT = {WaitKind.INQUIRY: "inquiry:", WaitKind.REPLY: "reply:", WaitKind.HOT: "hot:"}


class Asked(NamedTuple):
    """Something by which somebody may begin to wait."""

    kind: WaitKind
    #: Says it once, however often it is told.
    origin: str
    lead_id: int
    person_id: int
    at: datetime
    #: When we could know it: the promise runs from then on.
    known_at: datetime
    #: A word of `models.TaskKind`, and what it is for.
    task: str
    why: str


@transaction.atomic
def begin_waits(*, asked: Sequence[Asked], cause: Cause, now: datetime) -> int:
    """
    Have persons answered: they get an owner, a task and, unless they wait already, an alert; return the new waits.

    The earliest first. What was told before changes nothing, and what somebody of the team has answered by now makes
    no task. A fixed number of queries.
    """
    if not asked:
        return 0
    owners = assign_by_turns(person_ids=[one.person_id for one in asked], cause=cause, now=now)
    asked = [one for one in asked if one.person_id in owners]
    if not asked:
        return 0
    team, answers = queries.team(), queries.touches(owners, since=min(one.at for one in asked))
    first = {one.origin: promise.first_answer(answers.get(one.person_id, ()), began_at=one.at) for one in asked}
    known_tasks = set(Task.objects.filter(origin__in=list(first)).values_list("origin", flat=True))
    unheard = [one for one in asked if one.origin not in known_tasks]
    fresh = _make_tasks([one for one in unheard if first[one.origin] is None], owners, team, cause, now)
    waits = queries.of_person(queries.open_waits(owners))
    known = {person_id: [(wait.kind, wait.began_at) for wait in own] for person_id, own in waits.items()}
    begun: list[Asked] = []
    for one in unheard:
        if first[one.origin] is not None:
            begun.append(one)
        elif one.origin in fresh and promise.opens(one.kind, one.at, known.get(one.person_id, ())):
            known.setdefault(one.person_id, []).append((one.kind, one.at))
            begun.append(one)
    new = set(
        insert_new_rows(
            Wait,
            ("lead", "kind", "origin", "began_at", "due_at", *_END),
            [_wait(one, first[one.origin], team) for one in begun],
            returning="origin",
        )
    )
    _promise([one for one in begun if one.origin in new and first[one.origin] is None], owners, team, now)
    return len(new)


_END = ("answered_at", "answered_by", "ended_at", "raw_seconds", "open_seconds")


def _ended(began_at: datetime, touch: Touch | None, team: Team) -> tuple[object, ...]:
    """Return the values of `_END`."""
    if touch is None:
        return None, None, None, None, None
    raw, opened = promise.spans(team.office, began_at=began_at, ended_at=touch.at)
    return touch.at, team.user_of(touch.actor), touch.at, raw, opened


def _wait(one: Asked, touch: Touch | None, team: Team) -> tuple[object, ...]:
    due = promise.due_at(team.office, one.known_at)
    return one.lead_id, one.kind.value, one.origin, one.at, due, *_ended(one.at, touch, team)


def _make_tasks(
    asked: Sequence[Asked], owners: Mapping[int, int | None], team: Team, cause: Cause, now: datetime
) -> set[str]:
    """Make a task for each that has none yet; of a person only the latest of one kind stays open. Return the new."""
    rows = [
        (
            *(one.lead_id, one.task, one.why[:200], owners[one.person_id]),
            *(promise.due_at(team.office, one.known_at), one.at, cause.value, one.origin, ""),
        )
        for one in asked
    ]
    columns = ("lead", "kind", "why", "owner", "due_at", "created_at", "cause", "origin", "outcome")
    new = set(insert_new_rows(Task, columns, rows, returning="origin"))
    latest: dict[tuple[int, WaitKind], str] = {}
    for one in asked:
        if one.origin in new:
            latest[one.person_id, one.kind] = one.origin
    persons = {person_id for person_id, _ in latest}
    tasks = Task.objects.filter(lead__person__in=persons, done_at=None).values_list("pk", "origin", "lead__person_id")
    renewed = [
        (pk, now, ASKED_AGAIN)
        for pk, origin, person_id in tasks
        for kind, begin in OF_WAIT.items()
        if origin.startswith(begin) and latest.get((person_id, kind), origin) != origin
    ]
    update_rows(Task, ("done_at", "outcome"), renewed)
    return new


def _promise(begun: Sequence[Asked], owners: Mapping[int, int | None], team: Team, now: datetime) -> None:
    """Call the owners of those who begin to wait, and have it looked at again when the promise ends."""
    rows = Wait.objects.filter(origin__in=[one.origin for one in begun]).values_list("pk", "origin")
    wait_of = {origin: pk for pk, origin in rows}
    calls = [
        Call(wait_of[one.origin], OWNER, owner)
        for one in begun
        if (owner := owners[one.person_id]) is not None and one.origin in wait_of
    ]
    plan_alerts(calls=calls, team=team, now=now)
    looks = [
        (promise.due_at(team.office, one.known_at, level=level), {"wait_id": wait_of[one.origin], "level": level})
        for one in begun
        for level in (SECOND, TEAM_LEAD)
    ]
    enqueue_at(name=ESCALATE, runs=looks, now=now)


@transaction.atomic
def settle_waits(*, person_ids: Iterable[int], now: datetime) -> int:
    """
    End the waits of persons whom somebody of the team has reached by now, and the tasks for them; return how many.

    A fixed number of queries.
    """
    persons = hold_persons(set(person_ids))
    waits = queries.open_waits(persons)
    if not waits:
        return 0
    team, answers = queries.team(), queries.touches(persons, since=waits[0].began_at)
    rows = [
        (wait.pk, *_ended(wait.began_at, touch, team))
        for person_id, own in queries.of_person(waits).items()
        for wait in own
        if (touch := promise.first_answer(answers.get(person_id, ()), began_at=wait.began_at)) is not None
    ]
    update_rows(Wait, _END, rows)
    _end_tasks(answers, now)
    return len(rows)


def _end_tasks(answers: Mapping[int, Sequence[Touch]], now: datetime) -> None:
    tasks = Task.objects.filter(lead__person__in=answers, done_at=None)
    rows = [
        (pk, min(touch.at, now), ANSWERED)
        for pk, origin, created_at, person_id in tasks.values_list("pk", "origin", "created_at", "lead__person_id")
        if origin.startswith(tuple(OF_WAIT.values()))
        and (touch := promise.first_answer(answers[person_id], began_at=created_at)) is not None
    ]
    update_rows(Task, ("done_at", "outcome"), rows)


@transaction.atomic
def leave_alone(*, person_ids: Iterable[int], now: datetime) -> None:
    """End what is to be done for persons who want no contact any more: nobody is to answer them."""
    persons = hold_persons(set(person_ids))
    Wait.objects.filter(lead__person__in=persons, ended_at=None).update(ended_at=now)
    Task.objects.filter(lead__person__in=persons, done_at=None).update(done_at=now, outcome=LEFT_ALONE)


@transaction.atomic
def escalate(*, reached: Collection[tuple[int, int]], now: datetime) -> int:
    """
    Write down which promises are broken, and call whoever is to hear of it; return how many were broken anew.

    `reached` are (wait, level) whose time is over. Whoever was answered or claimed by then is passed over. A fixed
    number of queries.
    """
    levels: dict[int, list[int]] = {}
    for wait_id, level in reached:
        levels.setdefault(wait_id, []).append(level)
    persons = set(Wait.objects.filter(pk__in=levels).values_list("lead__person", flat=True))
    settle_waits(person_ids=persons, now=now)
    steps: dict[tuple[int, int], Step] = {}
    for own in queries.of_person(queries.open_waits(persons)).values():
        standing = [Standing(wait.pk, wait.began_at, wait.claimed_by_id is not None) for wait in own]
        for wait in own:
            what = promise.step(wait.pk, standing)
            if what is not Step.NOTHING:
                steps |= {(wait.pk, level): what for level in levels.get(wait.pk, ())}
    new = insert_new_rows(Breach, ("wait", "level", "at"), [(*key, now) for key in steps], returning="id")
    # Only of these: a job that runs again would else call somebody further each time.
    broken = Breach.objects.filter(pk__in=new).values_list("wait_id", "level")
    alerting = [key for key in broken if steps[key] is Step.ALERT]
    if alerting:
        _call_others(alerting, now)
    return len(new)


def _call_others(alerting: Collection[tuple[int, int]], now: datetime) -> None:
    team, called = queries.team(), queries.alerted({wait_id for wait_id, _ in alerting})
    duty = [agent.user_id for agent in on_duty(team.takers, now=now)]
    calls: list[Call] = []
    for wait_id, level in sorted(alerting):
        knows = called.get(wait_id, set())
        if level == SECOND:
            second = next((user_id for user_id in duty if user_id not in knows), None)
            if second is not None:
                calls.append(Call(wait_id, level, second))
                # Not twice in a row as long as there is somebody else.
                duty.remove(second)
                duty.append(second)
        else:
            calls += [Call(wait_id, level, user_id) for user_id in team.team_leads if user_id not in knows]
    plan_alerts(calls=calls, team=team, now=now)
