"""What the buttons beside a lead do, on Today and on the Lead page: outcomes, tasks, notes, hands."""

from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from leadlight.accounts.models import User
from leadlight.accounts.queries import team_zone
from leadlight.kit.clock import utc_now
from leadlight.kit.errors import DomainError
from leadlight.leads.operations import UnableToHandOver
from leadlight.leads.queries import visible_to
from leadlight.routing import operations
from leadlight.routing.operations import UnableToChangeTask, UnableToClaim, UnableToRecordOutcome
from leadlight.routing.queries import open_with
from leadlight.routing.rules.outcomes import Outcome, Said
from leadlight.web.rules.moments import BadMoment, later, morning, read_day, read_moment
from leadlight.web.today import today_address, today_page
from leadlight.web.views import editor, lead_page

#: Of what somebody typed no more is kept.
_MOST_WORDS = 2_000

#: What a form says.
_Form = Mapping[str, str]
#: Does something; returns what Today shows after it, as its address has it: nothing for the next lead.
_Act = Callable[[User, _Form, datetime], dict[str, object]]


def _done(request: HttpRequest, person_id: int, act: _Act) -> HttpResponse:
    """
    Do something with a lead that the reader may change, and lead on from the page on which they pressed the button.

    What cannot be done shows that page again, with the reason in plain words and all that was typed.
    """
    actor, now = editor(request, person_id), utc_now()
    form = {name: text.replace("\0", "")[:_MOST_WORDS] for name, text in request.POST.dict().items()}
    is_today, mine = form.get("page") == "today", form.get("mine", "")
    try:
        shown = act(actor, form, now)
    except (DomainError, BadMoment) as error:
        refused = error.message if isinstance(error, DomainError) else str(error)
        if is_today:
            asked = {"person": str(person_id), "mine": mine}
            status = HTTPStatus.BAD_REQUEST
            return today_page(request, actor, asked, now=now, refused=refused, typed=form, status=status)
        return lead_page(request, actor, person_id, refused=refused, typed=form, status=HTTPStatus.BAD_REQUEST)
    if is_today:
        return redirect(today_address(**shown, mine=mine))
    if visible_to(actor).filter(pk=person_id).exists():
        return redirect("web:lead", person_id)
    return redirect("web:leads")  # handed to somebody else


@require_POST
def record(request: HttpRequest, person_id: int) -> HttpResponse:
    """Write down what came of a call."""

    def act(actor: User, form: _Form, now: datetime) -> dict[str, object]:
        sent = form.get("form", "")[:32]
        done = operations.record_outcome(person_id=person_id, said=_said(form), actor=actor, now=now, form=sent)
        return {"done": done.pk}

    return _done(request, person_id, act)


def _said(form: _Form) -> Said:
    """
    Read an outcome as a form tells it; moments by the team's clock.

    Raises:
        BadMoment: what was typed is no moment.
        UnableToRecordOutcome: there is no such outcome.
    """
    try:
        outcome = Outcome(form.get("outcome", ""))
    except ValueError as error:
        raise UnableToRecordOutcome("Choose what came of it.") from error
    at, zone = None, team_zone()
    if outcome is Outcome.APPOINTMENT:
        at = read_moment(form.get("at", ""), zone)
    elif outcome is Outcome.NOT_NOW and (day := read_day(form.get("day", ""))) is not None:
        at = morning(day, zone)
    return Said(outcome, at=at, number=form.get("number", "")[:40], words=form.get("words", ""))


@require_POST
def undo(request: HttpRequest, person_id: int) -> HttpResponse:
    """Take back what somebody wrote down after a call."""

    def act(actor: User, form: _Form, now: datetime) -> dict[str, object]:
        operations.undo_outcome(outcome_id=_number(form, "outcome"), actor=actor, now=now)
        messages.success(request, "Taken back. All is as it was before.", extra_tags="good")
        return {"person": person_id}

    return _done(request, person_id, act)


@require_POST
def take(request: HttpRequest, person_id: int) -> HttpResponse:
    """Take a lead who waits, so that nobody else is called."""

    def act(actor: User, form: _Form, now: datetime) -> dict[str, object]:  # noqa: ARG001 - every act is told what was sent
        wait = open_with(person_id, now=now).wait
        if wait is None:
            raise UnableToClaim("They do not wait any more: somebody has answered them.")
        done = operations.claim(wait_id=wait.pk, user=actor, now=now)
        if not done.is_won:
            raise UnableToClaim(f"{done.by or 'Somebody'} was faster, and has them.")
        messages.success(request, "They are yours. Nobody else is called.", extra_tags="good")
        return {"person": person_id}

    return _done(request, person_id, act)


@require_POST
def snooze(request: HttpRequest, person_id: int) -> HttpResponse:
    """Put a task off."""

    def act(actor: User, form: _Form, now: datetime) -> dict[str, object]:
        until = later(form.get("for", ""), team_zone(), now=now) or read_moment(form.get("until", ""), team_zone())
        if until is None:
            raise UnableToChangeTask("Say until when.")
        operations.snooze_task(task_id=_number(form, "task"), until=until, actor=actor, now=now)
        messages.success(request, "Put off. It comes up again by itself.", extra_tags="good")
        return {}

    return _done(request, person_id, act)


@require_POST
def finish(request: HttpRequest, person_id: int) -> HttpResponse:
    """Write down that a task is done."""

    def act(actor: User, form: _Form, now: datetime) -> dict[str, object]:
        outcome = form.get("outcome", "")
        operations.finish_task(task_id=_number(form, "task"), outcome=outcome, actor=actor, now=now)
        messages.success(request, "Done.", extra_tags="good")
        return {}

    return _done(request, person_id, act)


@require_POST
def hand_over(request: HttpRequest, person_id: int) -> HttpResponse:
    """Give a lead to somebody else of the team."""

    def act(actor: User, form: _Form, now: datetime) -> dict[str, object]:
        if not form.get("to"):
            raise UnableToHandOver("Choose to whom.")
        operations.hand_over(person_id=person_id, to_user=_number(form, "to"), actor=actor, now=now)
        messages.success(request, "Handed over, with all that is to be done for them.", extra_tags="good")
        return {}

    return _done(request, person_id, act)


@require_POST
def note(request: HttpRequest, person_id: int) -> HttpResponse:
    """Keep a note."""

    def act(actor: User, form: _Form, now: datetime) -> dict[str, object]:
        operations.add_note(person_id=person_id, text=form.get("text", ""), actor=actor, now=now)
        messages.success(request, "Noted.", extra_tags="good")
        return {"person": person_id}

    return _done(request, person_id, act)


def _number(form: _Form, name: str) -> int:
    """Return the number of a field; 0, which names nothing, for what is none."""
    text = form.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0
