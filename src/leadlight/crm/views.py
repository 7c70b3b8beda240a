"""The page of webhooks: who hears from us, what each was told, and what came of it."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from leadlight.accounts.guards import managers_only, signed_in
from leadlight.crm import operations, queries
from leadlight.crm.models import DeliveryState
from leadlight.kit.clock import utc_now
from leadlight.kit.errors import DomainError

#: The page looks again by itself while something is due so soon.
_SOON = timedelta(seconds=10)


_managers_only = managers_only("crm/forbidden.html")


@require_http_methods(["GET", "POST"])
@_managers_only
@never_cache
def webhooks(request: HttpRequest) -> HttpResponse:
    """Show all webhooks, and take a new one; its secret is shown in the answer, this once."""
    if request.method != "POST":
        return _page(request)
    name, url = request.POST.get("name", "")[:120], request.POST.get("url", "").strip()
    try:
        endpoint, secret = operations.add_endpoint(url=url, name=_line(name), now=utc_now(), actor=signed_in(request))
    except DomainError as error:
        return _page(request, status=400, failure=error.message, name=name, url=url)
    return render(request, "crm/secret.html", {"endpoint": endpoint, "secret": secret})


def _line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _page(request: HttpRequest, *, status: int = 200, **form: str) -> HttpResponse:
    now = utc_now()
    deliveries = list(queries.latest_deliveries())
    busy = any(
        delivery.state == DeliveryState.PLANNED and delivery.next_at and delivery.next_at < now + _SOON
        for delivery in deliveries
    )
    context = {"deliveries": deliveries, "busy": busy, "now": now}
    if request.headers.get("HX-Request") == "true":
        return render(request, "crm/deliveries.html", context)
    return render(request, "crm/webhooks.html", {**context, "endpoints": queries.endpoints(), **form}, status=status)


@require_POST
@_managers_only
def test(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    """Send a test."""
    operations.plan_test(endpoint_id=endpoint_id, now=utc_now())
    messages.success(request, "A test is on its way. What came of it stands below.")
    return redirect("crm:webhooks")


@require_POST
@_managers_only
def disable(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    """Turn a webhook off."""
    operations.disable_endpoint(endpoint_id=endpoint_id, now=utc_now(), actor=signed_in(request))
    return redirect("crm:webhooks")


@require_POST
@_managers_only
def enable(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    """Turn a webhook on."""
    operations.enable_endpoint(endpoint_id=endpoint_id, now=utc_now(), actor=signed_in(request))
    return redirect("crm:webhooks")


@require_POST
@_managers_only
@never_cache
def roll(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    """Make a new secret, and show it this once."""
    secret = operations.roll_secret(endpoint_id=endpoint_id, now=utc_now(), actor=signed_in(request))
    context = {"endpoint": queries.endpoint(endpoint_id), "secret": secret, "is_rolled": True}
    return render(request, "crm/secret.html", context)


@require_POST
@_managers_only
def remove(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    """Remove a webhook."""
    operations.remove_endpoint(endpoint_id=endpoint_id, now=utc_now(), actor=signed_in(request))
    messages.success(request, "The webhook was removed.")
    return redirect("crm:webhooks")
