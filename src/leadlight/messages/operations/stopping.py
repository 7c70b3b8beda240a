"""Writes that keep what is planned from being sent: they answered, they asked us to stop, somebody paused it all."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from leadlight.accounts.models import User
from leadlight.accounts.operations import record_audit
from leadlight.events.models import Event
from leadlight.kit.errors import DomainError
from leadlight.leads.queries import housemates
from leadlight.messages.models import Direction, Message, Pause, PauseOf, State
from leadlight.messages.operations.delivering import enqueue_deliveries

#: What somebody stopped by hand may not be: it is what the law wants said.
_COMPLIANCE = "compliance"

THEY_ANSWERED = "They answered."
HOUSEHOLD_ANSWERED = "Somebody of their household answered."
THEY_STOPPED = "They asked us not to contact them."
HOUSEHOLD_STOPPED = "Somebody of their household asked us not to contact them."
SETTLED = "An appointment or an agreement came first."


@transaction.atomic
def stop_planned(*, person_ids: Collection[int], why: str, now: datetime, by_hand_too: bool = False) -> int:
    """
    Take back what is planned for persons and goes out by itself, in plain words why; return how much that was.

    What somebody of the team planned stays, unless `by_hand_too`. What is being handed over right now is not stopped.
    """
    planned = Message.objects.filter(lead__person__in=person_ids, direction=Direction.OUT, state=State.PLANNED)
    planned = planned.exclude(message_class=_COMPLIANCE)
    if not by_hand_too:
        planned = planned.filter(is_automatic=True)
    return planned.update(state=State.CANCELLED, outcome=why, finished_at=now)


def stop_for_answers(*, event_ids: Sequence[str], now: datetime) -> int:
    """Stop what is planned for whoever answered us, and for their households."""
    return _stop_for(event_ids, THEY_ANSWERED, HOUSEHOLD_ANSWERED, now, by_hand_too=False)


def stop_for_opt_outs(*, event_ids: Sequence[str], now: datetime) -> int:
    """Stop all that is planned for who asked us not to contact them, and what goes to their households by itself."""
    return _stop_for(event_ids, THEY_STOPPED, HOUSEHOLD_STOPPED, now, by_hand_too=True)


def stop_for_outcomes(*, event_ids: Sequence[str], now: datetime) -> int:
    """Stop what is planned for whoever has an appointment, agreement or contract by now, and for their households."""
    return _stop_for(event_ids, SETTLED, SETTLED, now, by_hand_too=False)


def _stop_for(event_ids: Sequence[str], why: str, why_household: str, now: datetime, *, by_hand_too: bool) -> int:
    events = Event.objects.filter(event_id__in=event_ids, retracted_at=None, is_machine=False)
    persons = set(events.values_list("lead__person_id", flat=True))
    others = set().union(*housemates(persons).values()) - persons if persons else set()
    n = stop_planned(person_ids=persons, why=why, now=now, by_hand_too=by_hand_too)
    return n + stop_planned(person_ids=others, why=why_household, now=now)


class UnableToPause(DomainError):
    """There is no such pause."""

    code = "bad_pause"


@transaction.atomic
def pause_sending(*, what: str, why: str = "", actor: User | None, now: datetime) -> None:
    """
    Have nothing go out by itself, of all or of one channel; nothing happens when that is so already.

    Raises:
        UnableToPause: there is no such channel.
    """
    if what not in PauseOf:
        raise UnableToPause("Pause all automatic sending, emails or texts.")
    _, is_new = Pause.objects.get_or_create(
        what=what, ended_at=None, defaults={"why": why[:200], "began_at": now, "began_by": actor}
    )
    if is_new:
        record_audit(action="sending.paused", subject=f"sending:{what}", now=now, actor=actor, detail={"why": why})


@transaction.atomic
def resume_sending(*, what: str, actor: User | None, now: datetime) -> int:
    """
    End a pause; return how many messages waited for it. What has gone stale meanwhile is not sent any more.

    Raises:
        UnableToPause: there is no such channel.
    """
    if what not in PauseOf:
        raise UnableToPause("Resume all automatic sending, emails or texts.")
    if not Pause.objects.filter(what=what, ended_at=None).update(ended_at=now, ended_by=actor):
        return 0
    record_audit(action="sending.resumed", subject=f"sending:{what}", now=now, actor=actor)
    of_what = Q() if what == PauseOf.ALL else Q(channel=what)
    # What has a moment of its own comes up at it.
    waiting = Message.objects.filter(of_what, state=State.PLANNED, is_automatic=True, due_at=None)
    ids = list(waiting.order_by("pk").values_list("pk", flat=True))
    enqueue_deliveries(ids, now=now)
    return len(ids)
