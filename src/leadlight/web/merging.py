"""What the buttons of the Lead page do about who is one person with whom."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from leadlight.accounts.models import User
from leadlight.events.operations import merge_persons, undo_merge
from leadlight.kit.clock import utc_now
from leadlight.kit.errors import DomainError
from leadlight.leads.models import Person
from leadlight.leads.operations import UnableToKeepApart, UnableToMerge, keep_apart, let_together
from leadlight.leads.queries import gone_into, visible_to
from leadlight.web.views import editor


@require_POST
def merge(request: HttpRequest, person_id: int) -> HttpResponse:
    """Merge somebody into this lead, even if somebody said that they are not the same and takes it back by this."""
    actor = editor(request, person_id)
    other = _other(request, actor)
    if "after_all" in request.POST:
        let_together(person_ids=[person_id, other.pk], actor=actor, now=utc_now())
    try:
        merge_persons(keep=person_id, gone=[other.pk], reason="", actor=actor, now=utc_now())
    except UnableToMerge as error:
        return _back(request, person_id, error=error)
    return _back(request, person_id, f"{other} is part of this lead now. You can undo this under Same person.")


@require_POST
def undo(request: HttpRequest, person_id: int) -> HttpResponse:
    """Undo a merge of this lead."""
    actor = editor(request, person_id)
    merge_id = _number(request, "merge")
    if merge_id not in {person.merge_id for person in gone_into(person_id)}:
        return _back(request, person_id, "This merge is undone already.")
    undo_merge(merge_id=merge_id, actor=actor, now=utc_now())
    response = _back(request, person_id, "The merge is undone.")
    # Of the person kept nothing may be left, or nothing that the actor may see.
    return response if visible_to(actor).filter(pk=person_id).exists() else redirect("web:leads")


@require_POST
def apart(request: HttpRequest, person_id: int) -> HttpResponse:
    """Remember that somebody is not the same person as this lead."""
    actor = editor(request, person_id)
    other = _other(request, actor)
    try:
        keep_apart(person_ids=[person_id, other.pk], actor=actor, now=utc_now())
    except UnableToKeepApart as error:
        return _back(request, person_id, error=error)
    return _back(request, person_id, f"Noted: {other} is somebody else.")


@require_POST
def together(request: HttpRequest, person_id: int) -> HttpResponse:
    """Take back that somebody is not the same person as this lead."""
    actor = editor(request, person_id)
    other = _other(request, actor)
    let_together(person_ids=[person_id, other.pk], actor=actor, now=utc_now())
    return _back(request, person_id, f"{other} may be the same person again.")


def _other(request: HttpRequest, actor: User) -> Person:
    """Return the other person that a form names, as far as the actor may see them."""
    found = visible_to(actor).filter(pk=_number(request, "person")).first()
    if found is None:
        raise Http404
    return found


def _number(request: HttpRequest, name: str) -> int:
    text = request.POST.get(name, "")
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise Http404
    return int(text)


def _back(request: HttpRequest, person_id: int, told: str = "", *, error: DomainError | None = None) -> HttpResponse:
    if error is None:
        messages.success(request, told, extra_tags="good")
    else:
        messages.error(request, error.message, extra_tags="bad")
    return redirect("web:lead", person_id)
