"""The API `/api/v1`: one router for each room, and one way to tell of errors."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, TypeAlias, cast

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from leadlight.accounts.api import Token
from leadlight.crm.api import router as crm_router
from leadlight.events.api import router as events_router
from leadlight.kit import problems
from leadlight.kit.errors import DomainError
from leadlight.kit.problems import Problem
from leadlight.web.api import router as leads_router

View: TypeAlias = Callable[..., Any]

api = NinjaAPI(
    title="Leadlight",
    version="1",
    description=(
        "Tell Leadlight what leads do, and read what it says of them. Sign in with `Authorization: Bearer ll_…`; "
        "`leadlight token create --scopes …` makes a token. Errors are `application/problem+json` (RFC 9457)."
    ),
    # Closed unless an address says otherwise: no token has this scope.
    auth=Token("none"),
    docs_url=None,
    urls_namespace="api",
)
api.add_router("", events_router)
api.add_router("", leads_router)
api.add_router("", crm_router)


@api.exception_handler(Problem)
def on_problem(_request: HttpRequest, problem: Problem) -> HttpResponse:
    """Tell of a problem as it was raised."""
    return problems.response(problem)


@api.exception_handler(AuthenticationError)
def on_stranger(_request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
    """Tell that there was no token, or none of ours."""
    answer = problems.response(
        Problem(
            HTTPStatus.UNAUTHORIZED,
            "no_token",
            "Send a token that has not been revoked, as Authorization: Bearer ll_…",
        )
    )
    answer["WWW-Authenticate"] = "Bearer"
    return answer


@api.exception_handler(ValidationError)
def on_invalid(_request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Tell what in the address or the body cannot be read."""
    errors = [{"at": ".".join(str(part) for part in found["loc"]), "detail": found["msg"]} for found in error.errors]
    detail = "; ".join(f"{found['at']}: {found['detail']}" for found in errors)
    return problems.response(Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", detail, errors=errors))


@api.exception_handler(HttpError)
def on_http_error(_request: HttpRequest, error: HttpError) -> HttpResponse:
    """Tell of an error of the protocol."""
    return problems.response(Problem(HTTPStatus(error.status_code), "http", str(error)))


@api.exception_handler(DomainError)
def on_domain_error(_request: HttpRequest, error: DomainError) -> HttpResponse:
    """Tell of what cannot be done in the words that people read."""
    return problems.response(Problem(HTTPStatus.BAD_REQUEST, error.code, error.message))


def addresses() -> Any:
    """Return the API's addresses. Programs sign in by token, not by session; the description alone is open to all."""
    found = api.urls
    for pattern in found[0]:
        pattern.callback = login_not_required(cast(View, pattern.callback))
    return found
