"""What the buttons of the Lead page do about who lives with whom."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from leadlight.accounts.models import User
from leadlight.kit.clock import utc_now
from leadlight.leads.operations import UnableToSayHousehold
from leadlight.quality.operations import say_household, unsay_household
from leadlight.web.queries.adding import people_named
from leadlight.web.views import editor


@require_POST
def lives_with(request: HttpRequest, person_id: int) -> HttpResponse:
    """Remember that this lead lives with somebody who is named by what tells them from all others."""
    actor = editor(request, person_id)
    who = " ".join(request.POST.get("who", "").replace("\0", "").split())[:200]
    found = [person for person in people_named(actor, who) if person.pk != person_id]
    if len(found) != 1:
        several = f"Several people here fit “{who}”. Give the email or phone of the one you mean."
        nobody = f"Nobody else here fits “{who}”. Add them first, or look how they are written here."
        messages.error(request, several if found else nobody, extra_tags="bad")
        return redirect("web:lead", person_id)
    return _say(request, person_id, found[0].pk, actor, f"Noted: they live with {found[0]}.")


@require_POST
def lives_alone(request: HttpRequest, person_id: int) -> HttpResponse:
    """Remember that this lead lives with nobody whom we know."""
    actor = editor(request, person_id)
    return _say(request, person_id, None, actor, "Noted: they are no household.")


@require_POST
def unsay(request: HttpRequest, person_id: int) -> HttpResponse:
    """Let records say again whom this lead lives with."""
    unsay_household(person_id=person_id, actor=editor(request, person_id), now=utc_now())
    messages.success(request, "The records say again whom they live with.", extra_tags="good")
    return redirect("web:lead", person_id)


def _say(request: HttpRequest, person_id: int, other: int | None, actor: User, told: str) -> HttpResponse:
    try:
        say_household(person_id=person_id, with_person=other, actor=actor, now=utc_now())
    except UnableToSayHousehold as error:
        messages.error(request, error.message, extra_tags="bad")
    else:
        messages.success(request, told, extra_tags="good")
    return redirect("web:lead", person_id)
