"""The Leads list and the Lead page, and what keeps them up to date while they are open."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_aware
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from leadlight.accounts.models import User
from leadlight.consent.rules.places.zones import ZONE_CHOICES
from leadlight.intake.operations import Here, add_lead
from leadlight.intake.rules.same import EMAIL
from leadlight.kit.clock import utc_now
from leadlight.leads.models import State
from leadlight.leads.operations import EDITABLE_FIELDS, UnableToEditLead, edit_lead
from leadlight.leads.queries import visible_to, whom
from leadlight.scoring.models import Tier
from leadlight.scoring.operations import UnableToSetTier, clear_tier, set_tier
from leadlight.scoring.queries import change, explanation, held_tier, hot_word, priority_ids, score_line, serving
from leadlight.web import operations
from leadlight.web.queries import adding as adding_queries
from leadlight.web.queries import lead as lead_queries
from leadlight.web.queries import listing as list_queries
from leadlight.web.queries import live as live_queries
from leadlight.web.queries import work as work_queries
from leadlight.web.queries.card import acts
from leadlight.web.queries.consenting import consents_on_record
from leadlight.web.queries.household import home
from leadlight.web.queries.same_person import same_person
from leadlight.web.reaching import ways
from leadlight.web.rules import adding, reasons, timeline
from leadlight.web.rules import listing as rules
from leadlight.web.rules import live as live_rules
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
        return render(request, "web/first_run.html", {"may_import": actor.may_import, "may_edit": actor.may_edit})
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
    since, known = live_queries.known(actor, now=now)
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
            "may_edit": actor.may_edit,
            "every": live_rules.EVERY_SECONDS,
            "ask": urlencode({"since": since.isoformat(), "known": ",".join(map(str, known))}),
            "needs_address": rules.Wanted(saved=SavedList.NEEDS).address(),
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
@never_cache
def leads_live(request: HttpRequest) -> HttpResponse:
    """Tell an open list which of its rows changed, and who newly needs the reader; 204 when all is as it was."""
    actor, now = _actor(request), utc_now()
    asked = live_rules.asked(request.GET.dict())
    rows = asked.rows
    held = live_queries.marks(actor, rows)
    changed = [pk for pk, mark in held.items() if mark != rows[pk]]
    n_new = asked.n_new
    if asked.since is not None:
        n_new = len(live_queries.newcomers(actor, since=asked.since, known=asked.known | rows.keys()))
    if not changed and n_new == asked.n_new:
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    return render(
        request,
        "web/leads_live.html",
        {
            "rows": list_queries.rows([pk for pk in changed if held[pk] != live_rules.GONE], now=now),
            "gone": [pk for pk in changed if held[pk] == live_rules.GONE],
            "now": now,
            "n_new": n_new,
            "most_new": live_rules.MOST_NEW,
            "needs_address": rules.Wanted(saved=SavedList.NEEDS).address(),
        },
    )


@require_safe
def lead(request: HttpRequest, person_id: int) -> HttpResponse:
    """Show one lead with all that is known."""
    return lead_page(request, _actor(request), person_id)


def lead_page(
    request: HttpRequest,
    actor: User,
    person_id: int,
    *,
    refused: str = "",
    typed: Mapping[str, str] | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    """Render the page of a lead; `refused` is why what somebody `typed` could not be done."""
    shown = _lead(request, actor, person_id)
    if shown is None:
        return _elsewhere(actor, person_id)
    if actor.may_edit:
        page: lead_queries.LeadPage = shown["page"]
        shown["owners"] = list_queries.owners(actor)
        shown["zones"] = ZONE_CHOICES.items()
        shown["same"] = same_person(actor, person_id, emails=page.emails, phones=page.phones)
    shown["home"] = home(actor, person_id)
    shown["agreed"] = consents_on_record(person_id, now=shown["now"])
    return render(request, "web/lead.html", {**shown, "refused": refused, "typed": typed or {}}, status=status)


def _elsewhere(actor: User, person_id: int) -> HttpResponse:
    """Lead on to whom somebody went into by a merge."""
    kept = whom([person_id]).get(person_id, person_id)
    if kept == person_id or not visible_to(actor).filter(pk=kept).exists():
        raise Http404
    return redirect("web:lead", kept)


@require_safe
@never_cache
def lead_live(request: HttpRequest, person_id: int) -> HttpResponse:
    """Tell an open Lead page what moves on it; 204 when all is as it was."""
    actor = _actor(request)
    mark = live_queries.lead_mark(actor, person_id, now=utc_now())
    if mark == live_rules.GONE:
        raise Http404
    if mark == live_rules.asked(request.GET.dict()).marks.get("head"):
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    shown = _lead(request, actor, person_id)
    if shown is None:
        raise Http404
    return render(request, "web/lead_live.html", {**shown, "typed": {}})


def _lead(request: HttpRequest, actor: User, person_id: int) -> dict[str, Any] | None:
    """Gather what moves on a Lead page, and what stands beside it; None when there is nobody whom the actor sees."""
    now, before = utc_now(), request.GET.get("before", "")
    page = lead_queries.lead_page(actor, person_id, before=moment(before), now=now)
    if page is None:
        return None
    explained, chip = explanation(person_id), page.row.chip
    return {
        "page_name": "lead",
        "may_edit": actor.may_edit,
        "acts": acts(page.row.person, page.open, page.phones, now=now) if actor.may_edit else None,
        "tiers": Tier.choices,
        "held": held_tier(person_id) if chip is not None and chip.is_held else None,
        "change": change(person_id) if chip is not None and chip.change else None,
        "page": page,
        "person": page.row.person,
        "now": now,
        "explained": explained,
        "bars": reasons.bars(explained.families) if explained else (),
        "line": timeline.score_line(score_line(person_id)) if explained else None,
        "hot": hot_word(explained.version) if explained else None,
        "is_first_page": "before" not in request.GET,
        "ways": ways(page.row.person, page.standing.free),
        "every": live_rules.EVERY_SECONDS,
        "ask": urlencode({"before": before}) if before else "",
    }


def moment(text: str) -> datetime | None:
    """Read the moment of an address; None for anything else than an aware moment."""
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return found if found is not None and is_aware(found) else None


def _keeper(request: HttpRequest) -> User:
    """Return who asks, when it is somebody who looks after the installation."""
    actor = _actor(request)
    if not actor.may_import:
        raise PermissionDenied
    return actor


@require_safe
def work(request: HttpRequest) -> HttpResponse:
    """Show what is to be done, who does it, and what waits for a person."""
    _keeper(request)
    now = utc_now()
    return render(request, "web/work.html", {"work": work_queries.work(now=now), "now": now})


@require_POST
def try_work_again(request: HttpRequest) -> HttpResponse:
    """Have parked work tried again."""
    n = operations.try_again(job_ids=_job_ids(request), actor=_keeper(request), now=utc_now())
    messages.success(request, f"{_pieces(n)} tried again.", extra_tags="good")
    return redirect("web:work")


@require_POST
def set_work_aside(request: HttpRequest) -> HttpResponse:
    """Give up parked work."""
    n = operations.set_aside(job_ids=_job_ids(request), actor=_keeper(request), now=utc_now())
    messages.success(request, f"{_pieces(n)} set aside. The audit trail keeps what it was.", extra_tags="good")
    return redirect("web:work")


def _job_ids(request: HttpRequest) -> list[int]:
    return [int(pk) for pk in request.POST.getlist("job") if pk.isdecimal() and len(pk) < 19]


def _pieces(n: int) -> str:
    return "1 piece of work is" if n == 1 else f"{n:,} pieces of work are"


@require_POST
def hold_tier(request: HttpRequest, person_id: int) -> HttpResponse:
    """Set a lead's tier by hand."""
    actor = editor(request, person_id)
    try:
        set_tier(
            person_id=person_id,
            tier=request.POST.get("tier", ""),
            note=request.POST.get("note", "").replace("\0", ""),
            actor=actor,
            now=utc_now(),
        )
    except UnableToSetTier as error:
        messages.error(request, error.message, extra_tags="bad")
    else:
        messages.success(request, "Set. Nothing but you moves this tier now.", extra_tags="good")
    return redirect("web:lead", person_id)


@require_POST
def release_tier(request: HttpRequest, person_id: int) -> HttpResponse:
    """Let the score decide a lead's tier again."""
    clear_tier(person_id=person_id, actor=editor(request, person_id), now=utc_now())
    messages.success(request, "The score decides the tier again.", extra_tags="good")
    return redirect("web:lead", person_id)


def editor(request: HttpRequest, person_id: int) -> User:
    """Return who asks, when they may change this lead; others are told no, or that there is no such lead."""
    actor = _actor(request)
    if not actor.may_edit:
        raise PermissionDenied
    if not visible_to(actor).filter(pk=person_id).exists():
        raise Http404
    return actor


@require_POST
def edit(request: HttpRequest, person_id: int) -> HttpResponse:
    """Change a lead's fields by hand."""
    actor = editor(request, person_id)
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


def _adder(request: HttpRequest) -> User:
    actor = _actor(request)
    if not actor.may_edit:
        raise PermissionDenied
    return actor


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Add somebody by hand; who is here already is shown instead."""
    actor, token = _adder(request), uuid.uuid4().hex
    if request.method != "POST":
        return _add_page(request, actor, adding.Form(token=token, owner=actor.name))
    form = adding.sent(request.POST.dict(), token=token)
    errors = adding.errors(form, country=settings.COUNTRY)
    referrer = adding_queries.referrer(actor, name=form.referred_by_name, chosen=form.referred_by)
    if referrer.ambiguous:
        errors["referred_by"] = f"Several people here are called {referrer.name}. Choose who sent them."
    if errors:
        return _add_page(request, actor, form, status=400, errors=errors, referrers=referrer.ambiguous)
    came = add_lead(
        row=adding.row(form, country=settings.COUNTRY),
        note=form.note,
        referred_by=referrer.person_id,
        referred_by_name=referrer.name,
        although_phone=form.although_phone,
        actor=actor,
        now=utc_now(),
    )
    if isinstance(came, Here):
        found = adding_queries.known(actor, came.person_ids, by_email=came.by == EMAIL)
        named = adding_queries.people_named(actor, form.referred_by_name) if form.referred_by else []
        return _add_page(request, actor, form, known=found, may_add_anyway=not found.by_email, referrers=named)
    messages.success(request, "Added.", extra_tags="good")
    if not visible_to(actor).filter(pk=came.person_id).exists():
        return redirect("web:leads")  # given to somebody else
    return redirect("web:lead", came.person_id)


def _add_page(
    request: HttpRequest, actor: User, form: adding.Form, *, status: int = 200, **context: Any
) -> HttpResponse:
    shown = {
        "form": form,
        "sources": list_queries.sources(),
        "owners": list_queries.owners(actor),
        **context,
    }
    return render(request, "web/add.html", shown, status=status)


@require_safe
def known(request: HttpRequest) -> HttpResponse:
    """Show, while somebody types an email or phone, who has it already."""
    actor = _adder(request)
    emails, phones = adding.identities(adding.sent(request.GET.dict(), token=""), country=settings.COUNTRY)
    found = adding_queries.known_people(actor, emails=emails, phones=phones)
    return render(request, "web/known.html", {"known": found})


@require_safe
def referrers(request: HttpRequest) -> HttpResponse:
    """Show, while somebody types who sent a lead, whom of those that are known it could be."""
    actor = _adder(request)
    form = adding.sent(request.GET.dict(), token="")
    people = adding_queries.people_named(actor, form.referred_by_name) if len(form.referred_by_name) > 1 else []
    return render(request, "web/referrers.html", {"referrers": people, "form": form})
