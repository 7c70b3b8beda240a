"""The page on which an alert is answered by "I take them", and the switch for alerts on a device."""

import json
from functools import lru_cache
from pathlib import Path

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from leadlight.accounts.guards import signed_in
from leadlight.accounts.models import User
from leadlight.kit.clock import utc_now
from leadlight.kit.errors import DomainError
from leadlight.routing import operations, queries
from leadlight.routing.operations import UnableToClaim
from leadlight.routing.rules.devices import device_name


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def claim(request: HttpRequest, token: str) -> HttpResponse:
    """
    Ask whether somebody takes a lead, and let them.

    The link itself says who they are: it was sent to them alone, and is of use for two hours. Looking at it changes
    nothing, since programs that scan mail follow every link.
    """
    now = utc_now()
    try:
        wait_id, user = operations.read_token(token, now=now)
        why_not = _somebody_else(request, user)
        if request.method != "POST" or why_not:
            return _asks(request, user, wait_id, why_not)
        done = operations.claim(wait_id=wait_id, user=user, now=now)
    except UnableToClaim as error:
        status = 410 if error.code == "claim_over" else 404
        return render(request, "routing/unclaimed.html", {"message": error.message}, status=status)
    if done.is_won:
        return redirect(f"{reverse('web:today')}?person={done.person_id}")
    return render(request, "routing/taken.html", {"by": done.by}, status=409)


def _asks(request: HttpRequest, user: User, wait_id: int, why_not: str) -> HttpResponse:
    shown = queries.shown_claim(wait_id)
    if shown is None:
        raise UnableToClaim("This lead is no longer here.")
    context = {"member": user, "shown": shown, "why_not": why_not}
    return render(request, "routing/claim.html", context, status=403 if why_not else 200)


def _somebody_else(request: HttpRequest, user: User) -> str:
    if not request.user.is_authenticated or request.user == user:
        return ""
    return f"This link was sent to {user}, and you are signed in as {request.user}."


@require_safe
@never_cache
def alerts(request: HttpRequest) -> HttpResponse:
    """Show on which devices somebody gets alerts, with the switch for this one."""
    context = {"devices": queries.devices(signed_in(request).pk), "key": operations.push_key().public}
    return render(request, "routing/alerts.html", context)


@require_POST
def subscribe(request: HttpRequest) -> HttpResponse:
    """Take what a browser says of itself as JSON: `endpoint`, and `keys` with `p256dh` and `auth`."""
    try:
        told = json.loads(request.body)
        endpoint, keys = str(told["endpoint"])[:1_000], told["keys"]
        p256dh, auth = str(keys["p256dh"])[:200], str(keys["auth"])[:60]
    except (ValueError, KeyError, TypeError):
        return HttpResponse("This browser did not say how to reach it.", status=400, content_type="text/plain")
    device, user = device_name(request.headers.get("User-Agent", "")), signed_in(request)
    try:
        operations.subscribe(user=user, endpoint=endpoint, p256dh=p256dh, auth=auth, device=device, now=utc_now())
    except DomainError as error:
        return HttpResponse(error.message, status=400, content_type="text/plain")
    messages.success(request, "Alerts show on this device from now on.", extra_tags="good")
    return HttpResponse(status=204)


@require_POST
def unsubscribe(request: HttpRequest, subscription_id: int) -> HttpResponse:
    """Take a device off the list."""
    operations.unsubscribe(user=signed_in(request), subscription_id=subscription_id)
    messages.success(request, "Alerts no longer show there.")
    return redirect(reverse("routing:alerts"))


@require_safe
def worker(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - every view takes its request
    """Return the program that shows alerts while no page is open; at the root, so that it may open any page."""
    return HttpResponse(_worker(), content_type="text/javascript", headers={"Cache-Control": "no-cache"})


@lru_cache
def _worker() -> bytes:
    return (Path(__file__).parent / "static" / "routing" / "worker.js").read_bytes()
