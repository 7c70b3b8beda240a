"""The page of the day: whom to call next, who comes after, and what is done."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from leadlight.accounts.guards import signed_in
from leadlight.accounts.models import User
from leadlight.kit.clock import utc_now
from leadlight.leads.queries import whom
from leadlight.routing import queries as routing
from leadlight.routing.operations import note_visit
from leadlight.routing.queries import Today
from leadlight.routing.rules.queue import Entry
from leadlight.scoring.queries import explanation, hot_word, n_people, priority_ids, serving
from leadlight.scoring.rules.scale import display
from leadlight.web.queries import listing as list_queries
from leadlight.web.queries.card import Card, card
from leadlight.web.queries.listing import Chip, Row
from leadlight.web.queries.live import lead_mark
from leadlight.web.rules import live as live_rules
from leadlight.web.rules.live import EMPTY, GONE, mark
from leadlight.web.rules.reasons import key_reasons

#: So many of the queue are shown; the others are counted.
SHOWN = 30
#: So many are offered when nobody waits and nothing is due.
_BEST = 5


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Lead on to where somebody begins; old addresses of lists of leads stay of use."""
    if request.GET:
        return redirect(f"{reverse('web:leads')}?{request.GET.urlencode()}")
    return redirect("web:today" if signed_in(request).may_edit else "web:leads")


@require_safe
@never_cache
def today(request: HttpRequest) -> HttpResponse:
    """Show the day of somebody who works with leads; whoever only looks has the list."""
    actor, now = signed_in(request), utc_now()
    if not actor.may_edit:
        return redirect("web:leads")
    note_visit(user=actor, now=now)
    return today_page(request, actor, request.GET.dict(), now=now)


def today_page(
    request: HttpRequest,
    actor: User,
    asked: Mapping[str, str],
    *,
    now: datetime,
    refused: str = "",
    typed: Mapping[str, str] | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    """Render the page: of `asked` count `person`, whose card is shown, `mine` and `done`, what was written down."""
    found = routing.today(actor, now=now, only_own=_only_own(actor, asked))
    person_id = _chosen(asked) or (found.next.person_id if found.next else None)
    shown = card(actor, person_id, now=now) if person_id else None
    if person_id and shown is None:
        return _elsewhere(actor, person_id, now)
    if shown is None and n_people() == 0:
        return render(request, "web/first_run.html", {"may_import": actor.may_import, "may_edit": actor.may_edit})
    done = next((one for one in found.done if one.outcome_id and str(one.outcome_id) == asked.get("done")), None)
    only_own = _only_own(actor, asked)
    context = {
        **_parts(actor, found, shown, now=now),
        "refused": refused,
        "typed": typed or {},
        "just_done": done,
        # Who comes back from writing something down has read it.
        "since_open": not asked.keys() & {"person", "done"},
        "since": found.since,
        "may_choose": actor.sees_everything,
        "only_own": only_own,
        "every": live_rules.EVERY_SECONDS,
        "ask": urlencode({"mine": "1"}) if only_own else "",
    }
    return render(request, "web/today.html", context, status=status)


@require_safe
@never_cache
def today_live(request: HttpRequest) -> HttpResponse:
    """Tell an open page what moves on it; 204 when all is as it was."""
    actor, now = signed_in(request), utc_now()
    if not actor.may_edit:
        raise Http404
    asked = request.GET.dict()
    seen = live_rules.asked(asked).marks
    found = routing.today(actor, now=now, only_own=_only_own(actor, asked))
    person_id = _chosen(asked) or (found.next.person_id if found.next else None)
    held = lead_mark(actor, person_id, now=now) if person_id else EMPTY
    if held == GONE:
        raise Http404
    is_new_card, is_new_day = held != seen.get("head"), _day_mark(found, now) != seen.get("queue")
    if not (is_new_card or is_new_day):
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    shown = card(actor, person_id, now=now) if person_id else None
    context = {**_parts(actor, found, shown, now=now), "only_own": _only_own(actor, asked), "typed": {}}
    return render(request, "web/today_live.html", {**context, "is_new_card": is_new_card, "is_new_day": is_new_day})


def _only_own(actor: User, asked: Mapping[str, str]) -> bool:
    return actor.sees_everything and bool(asked.get("mine"))


def _chosen(asked: Mapping[str, str]) -> int | None:
    """Return whose card is asked for."""
    text = asked.get("person", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def _day_mark(found: Today, now: datetime) -> str:
    """Return the mark of queue and deeds as they would show now; that a promise was broken meanwhile is news."""
    entries = [(entry, entry.due_at <= now) for entry in (found.next, *found.queue) if entry is not None]
    return mark(entries, found.done, found.n_waiting, found.n_in_time)


def _parts(actor: User, found: Today, shown: Card | None, *, now: datetime) -> dict[str, Any]:
    """Gather what moves on the page: the card, and what stands beside and above it."""
    entries = [found.next, *found.queue] if found.next else []
    person = shown.row.person if shown else None
    explained = explanation(person.pk) if person is not None and shown is not None and shown.row.chip else None
    others = [entry for entry in entries if person is None or entry.person_id != person.pk]
    return {
        "page_name": "today",
        "card": shown,
        "person": person,
        "acts": shown.acts if shown else None,
        "explained": explained,
        "reasons": key_reasons(explained.reasons) if explained else (),
        "hot": hot_word(serving()),
        "best": [] if shown else _best(actor, found, now),
        "today": found,
        "n_entries": len(entries),
        "is_cut": len(entries) >= routing.MOST,
        "others": [(entry, _chip(entry)) for entry in others[:SHOWN]],
        "n_more": max(0, len(others) - SHOWN),
        "day_mark": _day_mark(found, now),
        "empty_mark": EMPTY,
        "now": now,
    }


def _chip(entry: Entry) -> Chip | None:
    return None if entry.score is None else Chip(display(entry.score), entry.tier, 0)


def _best(actor: User, found: Today, now: datetime) -> Sequence[Row]:
    """Return the best to call, but for whom something was done today."""
    done = {one.who.person_id for one in found.done}
    ids = [pk for pk in priority_ids(actor) if pk not in done]
    return list_queries.rows(ids[:_BEST], now=now)


def _elsewhere(actor: User, person_id: int, now: datetime) -> HttpResponse:
    """Lead on to whom somebody went into by a merge."""
    kept = whom([person_id]).get(person_id, person_id)
    if kept == person_id or lead_mark(actor, kept, now=now) == GONE:
        raise Http404
    return redirect(today_address(person=kept))


def today_address(**asked: object) -> str:
    """Return the address of the page; what is empty is left out."""
    told = {name: value for name, value in asked.items() if value}
    return f"{reverse('web:today')}?{urlencode(told)}" if told else reverse("web:today")
