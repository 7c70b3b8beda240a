"""What machines ask of an installation: does it live, is it ready, how is it doing."""

from http import HTTPStatus

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4

from leadlight.accounts.operations import authenticate
from leadlight.kit.clock import utc_now
from leadlight.kit.problems import Problem, response
from leadlight.web.metrics import exposition
from leadlight.web.queries.figures import figures, missing_migrations

METRICS_SCOPE = "metrics:read"


@login_not_required
@never_cache
@require_safe
def live(_request: HttpRequest) -> HttpResponse:
    """Say that this process answers. Nothing else is asked: a database that is away is no reason to kill it."""
    return JsonResponse({"live": True})


@login_not_required
@never_cache
@require_safe
def ready(_request: HttpRequest) -> HttpResponse:
    """Say whether pages can be served; 503 with what is missing when they cannot."""
    missing = []
    try:
        n = missing_migrations()
    except (DatabaseError, InterfaceError):
        missing.append("The database does not answer.")
    else:
        if n:
            missing.append(f"The database lacks {n} migrations. Run: leadlight migrate")
    status = HTTPStatus.SERVICE_UNAVAILABLE if missing else HTTPStatus.OK
    return JsonResponse({"ready": not missing, "missing": missing}, status=status)


@login_not_required
@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Tell the figures to Prometheus, which signs in by token."""
    now = utc_now()
    kind, _, text = request.headers.get("Authorization", "").partition(" ")
    token = authenticate(token=text.strip(), now=now) if kind.lower() == "bearer" else None
    if token is None:
        answer = response(Problem(HTTPStatus.UNAUTHORIZED, "no_token", "Send a token as Authorization: Bearer ll_…"))
        answer["WWW-Authenticate"] = "Bearer"
        return answer
    if METRICS_SCOPE not in token.scopes:
        remedy = f"Make one with: leadlight token create --scopes {METRICS_SCOPE}"
        return response(
            Problem(HTTPStatus.FORBIDDEN, "scope_missing", f"This token lacks the scope {METRICS_SCOPE}. {remedy}")
        )
    return HttpResponse(exposition(figures(now=now), now=now), content_type=CONTENT_TYPE_PLAIN_0_0_4)
