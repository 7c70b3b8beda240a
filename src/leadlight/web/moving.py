"""What the Lead page offers for what came to the wrong person: some events, or a whole record."""

from datetime import datetime
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from leadlight.events.operations import UnableToMoveEvent, move_events, move_events_back, part_lead
from leadlight.kit.clock import utc_now
from leadlight.leads.models import Lead
from leadlight.leads.operations import UnableToMerge
from leadlight.leads.queries import visible_to
from leadlight.web.queries import moving as queries
from leadlight.web.queries.adding import people_named
from leadlight.web.queries.lead import speaking_lead
from leadlight.web.views import editor, moment


@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, person_id: int) -> HttpResponse:
    """Show what happened in a visit, find whose it is, and move what is chosen to them."""
    actor = editor(request, person_id)
    asked = request.POST if request.method == "POST" else request.GET
    since, until = _span(asked)
    chosen, to = _numbers(asked, "event"), _numbers(asked, "person")
    if request.method == "POST":
        person = visible_to(actor).filter(pk__in=to).exclude(pk=person_id).first()
        event_ids = queries.event_ids(person_id, chosen)
        if not event_ids:
            messages.error(request, "Choose what is to move.", extra_tags="bad")
        elif person is None:
            messages.error(request, "Choose whose it is.", extra_tags="bad")
        else:
            move_events(event_ids=event_ids, to_lead=speaking_lead(person.pk), actor=actor, now=utc_now())
            told = urlencode({"event": chosen}, doseq=True)
            return redirect(f"{reverse('web:moved', args=[person.pk])}?{told}")
    who = " ".join(asked.get("q", "").replace("\0", "").split())[:200]
    context = {
        "person": visible_to(actor).get(pk=person_id),
        "since": since,
        "until": until,
        "lines": queries.lines_between(person_id, since=since, until=until),
        "chosen": chosen,
        "q": who,
        "people": [one for one in people_named(actor, who) if one.pk != person_id],
        "to": to,
    }
    return render(request, "web/move.html", context)


@require_safe
def moved(request: HttpRequest, person_id: int) -> HttpResponse:
    """Show that events were moved to a person, and offer to take that back."""
    actor, numbers = editor(request, person_id), _numbers(request.GET, "event")
    n = len(queries.event_ids(person_id, numbers))
    if not n:
        raise Http404
    context = {
        "person": visible_to(actor).get(pk=person_id),
        "n": n,
        "numbers": numbers,
        "before": queries.came_from(actor, person_id, numbers),
    }
    return render(request, "web/moved.html", context)


@require_POST
def move_back(request: HttpRequest, person_id: int) -> HttpResponse:
    """Take the move of some events back."""
    actor, numbers = editor(request, person_id), _numbers(request.POST, "event")
    before = queries.came_from(actor, person_id, numbers)
    if before is None:
        raise Http404
    try:
        move_events_back(event_ids=queries.event_ids(person_id, numbers), actor=actor, now=utc_now())
    except UnableToMoveEvent as error:
        messages.error(request, error.message, extra_tags="bad")
        return redirect("web:lead", person_id)
    messages.success(request, "All is where it was.", extra_tags="good")
    return redirect("web:lead", before.pk)


@require_POST
def part(request: HttpRequest, person_id: int) -> HttpResponse:
    """Make a record of this lead one of somebody else."""
    actor, numbers = editor(request, person_id), _numbers(request.POST, "lead")
    lead = Lead.objects.filter(pk__in=numbers[:1], person=person_id).first()
    if lead is None:
        raise Http404
    try:
        parted = part_lead(lead_id=lead.pk, actor=actor, now=utc_now())
    except UnableToMerge as error:
        messages.error(request, error.message, extra_tags="bad")
        return redirect("web:lead", person_id)
    told = "This record is a person of its own now. Merging the two takes that back: see Same person."
    messages.success(request, told, extra_tags="good")
    [new] = parted.back
    return redirect("web:lead", new if visible_to(actor).filter(pk=new).exists() else person_id)


def _span(asked: QueryDict) -> tuple[datetime, datetime]:
    since, until = moment(asked.get("since", "")), moment(asked.get("until", ""))
    if since is None or until is None:
        raise Http404
    return since, until


def _numbers(asked: QueryDict, name: str) -> list[int]:
    return [int(text) for text in asked.getlist(name)[:500] if text.isascii() and text.isdecimal() and len(text) < 19]
