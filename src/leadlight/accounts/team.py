"""The pages of the brokerage and of choosing a password. They decide nothing by themselves."""

from django.contrib import messages
from django.contrib.auth import login, password_validation
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from leadlight.accounts import operations, queries
from leadlight.accounts.guards import managers_only, signed_in
from leadlight.accounts.operations import UnableToChangeTeam
from leadlight.accounts.rules.hours import DAYS, OFFICE_HOURS
from leadlight.kit.clock import utc_now

_managers_only = managers_only("accounts/forbidden.html")
_FIELDS = ("name", "postal_address", "phone", "website", "privacy_url")
#: How forms call the days.
DAY_NAMES = dict(
    zip(DAYS, ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"), strict=True)
)


@require_http_methods(["GET", "HEAD", "POST"])
@_managers_only
def brokerage(request: HttpRequest) -> HttpResponse:
    """Show who we are to the people we write to, and take what is said of it."""
    stored = queries.brokerage()
    told = {name: getattr(stored, name) for name in _FIELDS}
    hours = stored.hours or OFFICE_HOURS
    if request.method == "POST":
        told = {name: request.POST.get(name, "").replace("\0", "")[:1_000] for name in _FIELDS}
        hours = {day: request.POST.get(day, "")[:100] for day in DAYS}
        try:
            operations.describe_brokerage(told=told, hours=hours, actor=signed_in(request), now=utc_now())
        except UnableToChangeTeam as error:
            messages.error(request, error.message, extra_tags="bad")
        else:
            messages.success(request, "Kept.", extra_tags="good")
            return redirect("accounts:brokerage")
    days = [(day, words, hours.get(day, "")) for day, words in DAY_NAMES.items()]
    context = {"told": told, "days": days, "missing": stored.missing}
    return render(request, "accounts/brokerage.html", context)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def welcome(request: HttpRequest, token: str) -> HttpResponse:
    """Let somebody who was added to the team choose a password."""
    user = operations.welcomed(token)
    if user is None:
        return render(request, "accounts/welcome.html", {"member": None}, status=404)
    errors: list[str] = []
    if request.method == "POST":
        password = request.POST.get("password", "")
        try:
            password_validation.validate_password(password, user)
        except ValidationError as error:
            errors = list(error.messages)
        else:
            operations.choose_password(user=user, password=password, now=utc_now())
            login(request, user)
            return redirect("/")
    return render(request, "accounts/welcome.html", {"member": user, "errors": errors})
