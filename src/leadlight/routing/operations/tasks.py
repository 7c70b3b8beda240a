"""Writes of what somebody of the team has to do."""

from datetime import datetime
from uuid import uuid4

from django.db import transaction

from leadlight.accounts.models import User
from leadlight.events import operations as events
from leadlight.events.operations import NewEvent
from leadlight.events.rules import Cause
from leadlight.kit.errors import DomainError
from leadlight.leads.models import Lead
from leadlight.leads.queries import visible_to
from leadlight.routing.models import Task, TaskKind
from leadlight.routing.rules.outcomes import FURTHEST


class UnableToChangeTask(DomainError):
    """A task cannot be made or changed."""

    code = "bad_task"


def lead_of(person_id: int, actor: User) -> Lead:
    """
    Return the record of a person that was told of last, for somebody who may change it.

    Raises:
        UnableToChangeTask: the actor may not see or change the person.
    """
    found = Lead.objects.filter(person=person_id).order_by("-updated_at", "-pk").first()
    if found is None or not actor.may_edit or not visible_to(actor).filter(pk=person_id).exists():
        raise UnableToChangeTask("This lead is not yours to work with.")
    return found


@transaction.atomic
def make_task(*, person_id: int, kind: TaskKind, why: str, due_at: datetime, actor: User, now: datetime) -> Task:
    """
    Write down something to do, for whoever owns the person, else for the actor.

    Raises:
        UnableToChangeTask: the actor may not change the person, or nothing is said of what to do.
    """
    lead, why = lead_of(person_id, actor), " ".join(why.split())
    if not why:
        raise UnableToChangeTask("Say in a few words what is to be done.")
    return Task.objects.create(
        lead=lead,
        kind=kind,
        why=why[:200],
        owner_id=lead.person.owner_id or actor.pk,
        due_at=due_at,
        created_at=now,
        cause=Cause.TEAM.value,
        origin=f"hand:{uuid4().hex}",
    )


@transaction.atomic
def snooze_task(*, task_id: int, until: datetime, actor: User, now: datetime) -> None:
    """
    Put a task off.

    Raises:
        UnableToChangeTask: it is done or not theirs, or the moment has passed or is years away.
    """
    task = _open(task_id, actor)
    if until <= now:
        raise UnableToChangeTask("That moment has passed. Choose a moment to come.")
    if until > now + FURTHEST:
        raise UnableToChangeTask("That is more than two years away. Look at the year again.")
    task.snoozed_until = until
    task.save(update_fields=["snoozed_until"])


@transaction.atomic
def finish_task(*, task_id: int, outcome: str, actor: User, now: datetime) -> None:
    """
    Write down that a task is done, with what came of it in plain words.

    Raises:
        UnableToChangeTask: it is done already, or not theirs.
    """
    task = _open(task_id, actor)
    task.done_at, task.done_by, task.outcome = now, actor, " ".join(outcome.split())[:200]
    task.save(update_fields=["done_at", "done_by", "outcome"])


def _open(task_id: int, actor: User) -> Task:
    task = Task.objects.select_for_update(of=("self",)).select_related("lead").filter(pk=task_id).first()
    if task is None:
        raise UnableToChangeTask("This task is no longer here.")
    lead_of(task.lead.person_id, actor)
    if task.done_at is not None:
        raise UnableToChangeTask("This task is done already.")
    return task


@transaction.atomic
def add_note(*, person_id: int, text: str, actor: User, now: datetime) -> None:
    """
    Write a note on a person, as an event like any other.

    Raises:
        UnableToChangeTask: the actor may not change the person, or the note is empty.
    """
    lead = lead_of(person_id, actor)
    if not text.strip():
        raise UnableToChangeTask("Write something.")
    note = NewEvent(
        event_id=f"note:{uuid4().hex}",
        lead_id=lead.pk,
        kind="note_added",
        occurred_at=now,
        known_at=now,
        actor=str(actor)[:120],
        props={"text": text.strip()},
    )
    person_of = {lead.pk: person_id}
    events.record(events=[note], person_of=person_of, causes=[Cause.TEAM], origin="page", now=now)
