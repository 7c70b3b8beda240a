"""The Leads list and the Lead page."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_aware
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from leadlight.accounts.models import User
from leadlight.kit.clock import utc_now
from leadlight.leads.models import State
from leadlight.leads.operations import EDITABLE_FIELDS, UnableToEditLead, edit_lead
from leadlight.leads.queries import visible_to
from leadlight.scoring.models import Tier
from leadlight.scoring.queries import explanation, hot_word, priority_ids, score_line, serving
from leadlight.web.queries import lead as lead_queries
from leadlight.web.queries import listing as list_queries
from leadlight.web.rules import listing as rules
from leadlight.web.rules import reasons, timeline
from leadlight.web.rules.listing import SavedList, Sort, Wanted


def _actor(request: HttpRequest) -> User:
    # Every page asks for a sign-in before it comes here.
    assert isinstance(request.user, User)
    return request.user


@require_safe
@vary_on_headers("HX-Request")
def leads(request: HttpRequest) -> HttpResponse:
    """Show the list of leads; while somebody types a search, only its table."""
    actor, now = _actor(request), utc_now()
    wanted = rules.wanted(request.GET.dict())
    if request.headers.get("HX-Target") == "people":
        wanted = wanted.opened_with(wanted.saved or SavedList.ALL)
        return render(request, "web/people.html", _people(actor, wanted, None, now=now))
    counted = list_queries.counts(actor, now=now)
    if counted.by_list[SavedList.ALL] == 0:
        return render(request, "web/first_run.html", {"may_import": actor.may_import})
    if wanted.saved is None:
        somebody_waits = counted.by_list[SavedList.NEEDS] > 0 and not wanted.is_narrowed
        wanted = wanted.opened_with(SavedList.NEEDS if somebody_waits else SavedList.ALL)
    hot = hot_word(serving())
    leads_with_best = (
        not hot.earned
        and wanted.saved in (SavedList.NEEDS, SavedList.ALL)
        and not (wanted.is_narrowed or wanted.sort or wanted.page > 1)
    )
    filters_open = wanted.form or wanted.is_filtered
    return render(
        request,
        "web/leads.html",
        {
            **_people(actor, wanted, counted, now=now),
            "tabs": [(tab, rules.Wanted(saved=tab.saved).address()) for tab in list_queries.tabs(counted)],
            "n_all": counted.by_list[SavedList.ALL],
            "n_mine": counted.by_list[SavedList.MINE],
            "hot": hot,
            "best": list_queries.rows(priority_ids(actor), now=now) if leads_with_best else [],
            "filters_open": filters_open,
            "filter_address": wanted.address(form=True),
            "closed_address": wanted.address(source="", owner="", tier="", state=""),
            "sources": list_queries.sources() if filters_open else [],
            "owners": list_queries.owners(actor) if filters_open else [],
            "tiers": Tier.choices,
            "states": State.choices,
            "may_import": actor.may_import,
        },
    )


def _people(actor: User, wanted: Wanted, counted: list_queries.Counts | None, *, now: datetime) -> dict[str, Any]:
    """Gather what the table shows."""
    listed = list_queries.listed(actor, wanted, counted, now=now)
    last = rules.last_page(listed.n)
    return {
        "wanted": wanted,
        "now": now,
        "listed": listed,
        "first": (listed.page - 1) * rules.PAGE_SIZE + 1,
        "until": (listed.page - 1) * rules.PAGE_SIZE + len(listed.rows),
        "pages": [
            (number, wanted.address(page=number) if number else "")
            for number in rules.page_numbers(listed.page, last)
        ],
        "sorts": {sort.value: wanted.address(sort=sort) for sort in Sort},
        "bare": rules.Wanted(saved=SavedList.ALL).address(),
    }


@require_safe
def lead(request: HttpRequest, person_id: int) -> HttpResponse:
    """Show one lead with all that is known."""
    actor, now = _actor(request), utc_now()
    page = lead_queries.lead_page(actor, person_id, before=_moment(request.GET.get("before", "")), now=now)
    if page is None:
        raise Http404
    explained = explanation(person_id)
    return render(
        request,
        "web/lead.html",
        {
            "page": page,
            "person": page.row.person,
            "now": now,
            "explained": explained,
            "bars": reasons.bars(explained.families) if explained else (),
            "line": timeline.score_line(score_line(person_id)) if explained else None,
            "hot": hot_word(explained.version) if explained else None,
            "is_first_page": "before" not in request.GET,
            "may_edit": actor.may_edit,
            "owners": list_queries.owners(actor) if actor.may_edit else [],
            "calls": bool(page.row.person.phone) and "CALL" in page.free,
            "texts": bool(page.row.person.phone) and "SMS" in page.free,
            "mails": bool(page.row.person.email) and "EMAIL" in page.free,
        },
    )


def _moment(text: str) -> datetime | None:
    """Read the moment of an address; anything else than an aware moment is the newest page."""
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return found if found is not None and is_aware(found) else None


@require_POST
def edit(request: HttpRequest, person_id: int) -> HttpResponse:
    """Change a lead's fields by hand."""
    actor = _actor(request)
    if not actor.may_edit:
        raise PermissionDenied
    if not visible_to(actor).filter(pk=person_id).exists():
        raise Http404
    changes = {name: request.POST[name] for name in EDITABLE_FIELDS if name in request.POST}
    try:
        edit_lead(lead_id=lead_queries.speaking_lead(person_id), changes=changes, actor=actor, now=utc_now())
    except UnableToEditLead as error:
        messages.error(request, error.message, extra_tags="bad")
    else:
        messages.success(request, "Saved. Imports leave what you changed as it is.", extra_tags="good")
    if not visible_to(actor).filter(pk=person_id).exists():
        return redirect("web:leads")  # handed to somebody else
    return redirect("web:lead", person_id)
