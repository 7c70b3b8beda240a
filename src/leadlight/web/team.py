"""The pages of the team: who works here, and what becomes of the leads of whoever leaves."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from leadlight.accounts.guards import managers_only, signed_in
from leadlight.accounts.models import Role, User
from leadlight.accounts.operations import Member, add_member, change_member, welcome_token
from leadlight.accounts.rules.hours import DAYS
from leadlight.accounts.team import DAY_NAMES
from leadlight.kit.clock import utc_now
from leadlight.kit.errors import DomainError
from leadlight.leads.operations import adopt_leads, part_with_agent
from leadlight.web.queries import team as team_queries

_managers_only = managers_only("accounts/forbidden.html")


@require_http_methods(["GET", "HEAD", "POST"])
@_managers_only
def team(request: HttpRequest) -> HttpResponse:
    """Show who works here, and take who is new."""
    form: Mapping[str, str] = {"role": Role.AGENT, "takes_leads": "1"}
    if request.method == "POST":
        form = request.POST.dict()
        try:
            user, n = _add(_member(form), signed_in(request))
        except DomainError as error:
            messages.error(request, error.message, extra_tags="bad")
        else:
            theirs = f" {n:,} leads bear their name and are theirs." if n else ""
            told = f"{user} is of the team now. Give them the link below.{theirs}"
            messages.success(request, told, extra_tags="good")
            return redirect("web:member", user.pk)
    context = {"members": team_queries.members(), "form": form, "days": _days({}, form), "roles": Role.choices}
    return render(request, "web/team.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@_managers_only
def member(request: HttpRequest, user_id: int) -> HttpResponse:
    """Show somebody of the team, and take what changes."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None:
        raise Http404
    form: Mapping[str, str] = _form_of(user)
    if request.method == "POST":
        form = request.POST.dict()
        try:
            change_member(user_id=user_id, member=_member(form), actor=signed_in(request), now=utc_now())
        except DomainError as error:
            messages.error(request, error.message, extra_tags="bad")
        else:
            messages.success(request, "Kept.", extra_tags="good")
            return redirect("web:member", user_id)
    context: dict[str, Any] = {
        "member": user,
        "form": form,
        "days": _days(user.hours, form),
        "roles": Role.choices,
        "n_leads": team_queries.n_leads(user_id),
        "n_tokens": team_queries.n_tokens(user_id),
        "heirs": team_queries.heirs(user_id),
    }
    if not user.has_usable_password():
        context["welcome"] = settings.PUBLIC_URL + reverse("accounts:welcome", args=[welcome_token(user)])
    return render(request, "web/member.html", context)


@require_POST
@_managers_only
def remove(request: HttpRequest, user_id: int) -> HttpResponse:
    """Part with somebody of the team; their leads go to whom is named, by turns."""
    heirs = [int(text) for text in request.POST.getlist("heir") if text.isdecimal() and len(text) < 19]
    try:
        n = part_with_agent(user_id=user_id, heir_ids=heirs, actor=signed_in(request), now=utc_now())
    except DomainError as error:
        messages.error(request, error.message, extra_tags="bad")
        return redirect("web:member", user_id)
    messages.success(request, f"They are not of the team any more. Leads that somebody else has now: {n:,}.")
    return redirect("web:team")


@transaction.atomic
def _add(member: Member, actor: User) -> tuple[User, int]:
    user = add_member(member=member, actor=actor, now=utc_now())
    return user, adopt_leads(user=user)


def _member(form: Mapping[str, str]) -> Member:
    return Member(
        name=form.get("name", "").replace("\0", "")[:120],
        email=form.get("email", "")[:254],
        role=form.get("role", ""),
        mobile=form.get("mobile", "")[:60],
        hours={day: form.get(day, "")[:100] for day in DAYS},
        away_from=_day(form.get("away_from", "")),
        away_until=_day(form.get("away_until", "")),
        takes_leads=bool(form.get("takes_leads")),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _form_of(user: User) -> dict[str, str]:
    return {
        "name": user.name,
        "email": user.email,
        "role": user.role,
        "mobile": user.mobile,
        "away_from": user.away_from.isoformat() if user.away_from else "",
        "away_until": user.away_until.isoformat() if user.away_until else "",
        "takes_leads": "1" if user.takes_leads else "",
        **user.hours,
    }


def _days(hours: Mapping[str, str], form: Mapping[str, str]) -> list[tuple[str, str, str]]:
    return [(day, words, form.get(day, hours.get(day, ""))) for day, words in DAY_NAMES.items()]
