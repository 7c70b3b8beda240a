"""The page that tells somebody why we contacted them, and what they can ask for there."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.views.decorators.http import require_POST, require_safe

from leadlight.accounts.guards import signed_in
from leadlight.kit.clock import utc_now
from leadlight.web.operations import erase_person, stop_contact
from leadlight.web.queries import why as queries
from leadlight.web.views import editor


@require_safe
def why(request: HttpRequest, person_id: int) -> HttpResponse:
    """Tell a person, by way of whoever prints it, where we know them from and what was done."""
    actor = signed_in(request)
    found = queries.why(actor, person_id)
    if found is None:
        raise Http404
    return render(
        request,
        "web/why.html",
        {"why": found, "may_edit": actor.may_edit, "may_erase": actor.may_import, "now": utc_now()},
    )


@require_safe
def dossier(request: HttpRequest, person_id: int) -> HttpResponse:
    """Give a file with all that is held of a person."""
    found = queries.dossier(signed_in(request), person_id)
    if found is None:
        raise Http404
    response = JsonResponse(found, json_dumps_params={"indent": 1, "ensure_ascii": False})
    name = slugify(found["person"]["name"]) or "person"
    response["Content-Disposition"] = f'attachment; filename="{name}-{person_id}.json"'
    return response


@require_POST
def stop(request: HttpRequest, person_id: int) -> HttpResponse:
    """Leave a person alone from now on."""
    actor = editor(request, person_id)
    words = " ".join(request.POST.get("words", "").replace("\0", "").split())[:200]
    stop_contact(person_id=person_id, words=words, actor=actor, now=utc_now())
    messages.success(request, "Nobody calls, texts or writes to them any more.", extra_tags="good")
    return redirect("web:why", person_id)


@require_POST
def erase(request: HttpRequest, person_id: int) -> HttpResponse:
    """Erase a person for good."""
    actor = editor(request, person_id)
    if not actor.may_import:
        raise PermissionDenied
    if request.POST.get("sure") != "yes":
        messages.error(request, "Not erased: say that you are sure. It cannot be undone.", extra_tags="bad")
        return redirect("web:why", person_id)
    erased = erase_person(person_id=person_id, actor=actor, now=utc_now())
    told = (
        f"Erased: {erased.n_leads:,} records, {erased.n_events:,} events and {erased.n_messages:,} messages. "
        "Files that you imported still hold them."
    )
    messages.success(request, told, extra_tags="good")
    return redirect("web:leads")
