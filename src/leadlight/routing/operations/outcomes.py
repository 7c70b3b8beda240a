"""Writes of what came of a call, with all that follows, and of taking that back."""

from datetime import datetime

from django.db import transaction

from leadlight.accounts.models import User
from leadlight.accounts.operations import record_audit
from leadlight.consent.models import Suppression
from leadlight.consent.operations import restore, suppress, take_back
from leadlight.events import operations as events
from leadlight.events.models import Event
from leadlight.events.operations import NewEvent
from leadlight.events.rules import Cause
from leadlight.kit.errors import DomainError
from leadlight.leads.models import Identity, Lead
from leadlight.leads.queries import hold_persons
from leadlight.routing import queries
from leadlight.routing.models import RecordedOutcome, Task, TaskKind, Wait
from leadlight.routing.operations.tasks import lead_of
from leadlight.routing.rules import promise
from leadlight.routing.rules.outcomes import (
    OUTCOME_WORDS,
    Effects,
    Outcome,
    Said,
    Since,
    effects,
    is_done,
    lacking,
    why_not_undo,
)

#: What went out to a person by a machine or by hand.
_SENT = ("email_sent", "sms_sent")


class UnableToRecordOutcome(DomainError):
    """What came of a call cannot be written down so, or not be taken back."""

    code = "bad_outcome"


@transaction.atomic
def record_outcome(*, person_id: int, said: Said, actor: User, now: datetime, form: str = "") -> RecordedOutcome:
    """
    Write down what came of reaching out to somebody: the events that tell it, and what they end, close and begin.

    The actor is named on every event, since each is a label to learn from. No score alerts anybody because of it.
    `form` names the form that was sent: sent again, all stays as it is, and what was written down is returned.

    Raises:
        UnableToRecordOutcome: something has to be said too, or the form was sent before and said something else.
        UnableToChangeTask: the actor may not see or change the person.
    """
    lead = lead_of(person_id, actor)
    why_not = lacking(said, now=now)
    if why_not:
        raise UnableToRecordOutcome(why_not)
    hold_persons([person_id])
    follows = effects(said)
    sent = RecordedOutcome.objects.filter(form=form).first() if form else None
    if sent is not None:
        return _as_sent(sent, follows, person_id, actor)
    done = RecordedOutcome.objects.create(lead=lead, outcome=said.outcome.value, by=actor, at=now, form=form)
    if follows.closings:
        _close(done, follows, said, person_id)
    done.event_ids = _tell(done, follows, person_id)
    done.task_ids, done.wait_ids = _end(done, follows, person_id)
    done.save(update_fields=["event_ids", "task_ids", "wait_ids"])
    if follows.again_at is not None:
        Task.objects.create(
            lead=lead,
            kind=TaskKind.CALL,
            why=f"Ask again: {said.words.strip() or 'not now'}"[:200],
            owner_id=lead.person.owner_id or actor.pk,
            due_at=follows.again_at,
            created_at=now,
            cause=Cause.TEAM.value,
            origin=f"outcome:{done.pk}",
        )
    detail = {"outcome": said.outcome.value}
    record_audit(action="outcome.recorded", subject=f"person:{person_id}", now=now, actor=actor, detail=detail)
    return done


def _as_sent(sent: RecordedOutcome, follows: Effects, person_id: int, actor: User) -> RecordedOutcome:
    told = Event.objects.filter(event_id__in=sent.event_ids, lead__person=person_id).values_list("kind", "props")
    if sent.by_id != actor.pk or sorted(told, key=str) != sorted(follows.events, key=str):
        raise UnableToRecordOutcome(
            f"“{OUTCOME_WORDS[Outcome(sent.outcome)]}” was written down by this form already. "
            "Take that back, or load the page anew to write down more."
        )
    return sent


def _tell(done: RecordedOutcome, follows: Effects, person_id: int) -> list[str]:
    told = [
        NewEvent(
            event_id=f"outcome:{done.pk}:{kind}",
            lead_id=done.lead_id,
            kind=kind,
            occurred_at=done.at,
            known_at=done.at,
            actor=str(done.by)[:120],
            props=props,
        )
        for kind, props in follows.events
    ]
    # Ours to tell: what we write down about them is no doing of theirs that could call anybody.
    causes = [Cause.TEAM] * len(told)
    events.record(events=told, person_of={done.lead_id: person_id}, causes=causes, origin="page", now=done.at)
    events.refresh_activity(person_ids=[person_id])
    return [event.event_id for event in told]


def _close(done: RecordedOutcome, follows: Effects, said: Said, person_id: int) -> None:
    """
    Close channels: of every record, or of those that bear the number.

    Raises:
        UnableToRecordOutcome: no record bears the number.
    """
    bearing = Lead.objects.filter(person=person_id)
    if follows.number:
        bearing = bearing.filter(pk__in=Identity.objects.filter(value=follows.number).values("lead"))
    lead_ids = list(bearing.order_by("pk").values_list("pk", flat=True))
    if not lead_ids:
        raise UnableToRecordOutcome("This number is none of theirs.")
    evidence = f"“{said.words.strip()}”" if said.words.strip() else f"{follows.number} is somebody else’s"
    told = f"{evidence}, written down by {done.by}"
    rows = [(pk, channel, reason, told) for pk in lead_ids for channel, reason in follows.closings]
    suppress(rows=rows, origin=_origin(done), now=done.at)


def _origin(done: RecordedOutcome) -> str:
    return f"outcome:{done.pk}"


def _end(done: RecordedOutcome, follows: Effects, person_id: int) -> tuple[list[int], list[int]]:
    """End the tasks and waits that the outcome ends; return their ids."""
    office = queries.team().office
    waits = queries.open_waits([person_id])
    for wait in waits:
        wait.answered_at = wait.ended_at = done.at
        wait.answered_by = done.by
        wait.raw_seconds, wait.open_seconds = promise.spans(office, began_at=wait.began_at, ended_at=done.at)
    Wait.objects.bulk_update(waits, ["answered_at", "ended_at", "answered_by", "raw_seconds", "open_seconds"])
    tasks = Task.objects.filter(lead__person=person_id, done_at=None)
    ended = [
        pk
        for pk, due_at in tasks.values_list("pk", "due_at")
        if is_done(due_at, ends_all=follows.ends_all, now=done.at)
    ]
    Task.objects.filter(pk__in=ended).update(done_at=done.at, done_by=done.by, outcome=done.outcome)
    return ended, [wait.pk for wait in waits]


@transaction.atomic
def undo_outcome(*, outcome_id: int, actor: User, now: datetime) -> None:
    """
    Take an outcome back: its events are retracted, what it closed and ended is open again, what it began is gone.

    Raises:
        UnableToRecordOutcome: it is too late, it was taken back already, or something was sent to the person since.
        UnableToChangeTask: the actor may not see or change the person.
    """
    done = (
        RecordedOutcome.objects.select_for_update(of=("self",)).select_related("lead").filter(pk=outcome_id).first()
    )
    if done is None:
        raise UnableToRecordOutcome("There is nothing to take back.")
    person_id = done.lead.person_id
    lead_of(person_id, actor)
    sent = Event.objects.filter(lead__person=person_id, kind__in=_SENT, occurred_at__gte=done.at, retracted_at=None)
    since = Since(at=done.at, is_undone=done.undone_at is not None, was_sent=sent.exists())
    why_not = why_not_undo(since, now=now)
    if why_not:
        raise UnableToRecordOutcome(why_not)
    hold_persons([person_id])
    words = OUTCOME_WORDS[Outcome(done.outcome)]
    events.retract(event_ids=done.event_ids, reason=f"“{words}” was taken back by {actor}"[:200], now=now)
    events.refresh_activity(person_ids=[person_id])
    closed = Suppression.objects.filter(origin=_origin(done)).values_list("lead_id", flat=True)
    take_back(lead_ids=set(closed), origins=[_origin(done)])
    restore(person_id=person_id, event_ids=done.event_ids)
    Task.objects.filter(origin=_origin(done)).delete()
    Task.objects.filter(pk__in=done.task_ids).update(done_at=None, done_by=None, outcome="")
    _reopen(done)
    done.undone_at = now
    done.save(update_fields=["undone_at"])
    record_audit(action="outcome.undone", subject=f"person:{person_id}", now=now, actor=actor)


def _reopen(done: RecordedOutcome) -> None:
    """Open the waits that an outcome ended, but where the record waits for the same anew by now."""
    waits = Wait.objects.filter(pk__in=done.wait_ids)
    anew = set(Wait.objects.filter(lead__in=waits.values("lead"), ended_at=None).values_list("lead_id", "kind"))
    free = [pk for pk, lead_id, kind in waits.values_list("pk", "lead_id", "kind") if (lead_id, kind) not in anew]
    fields = {"answered_at": None, "answered_by": None, "ended_at": None, "raw_seconds": None, "open_seconds": None}
    Wait.objects.filter(pk__in=free).update(**fields)
