"""What every answer of the web application carries, and the line that the log keeps of it."""

from collections.abc import Callable
from http import HTTPStatus
from time import perf_counter

import structlog
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from leadlight.kit.errors import DomainError

GetResponse = Callable[[HttpRequest], HttpResponseBase]

logger = structlog.get_logger("leadlight.request")

#: No inline script or style can run, wherever text from outside might appear.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def route(request: HttpRequest) -> str:
    """Return the pattern of a request's address, without what stood in its places; "none" for no address of ours."""
    match = request.resolver_match
    return f"/{match.route}" if match is not None else "none"


class RequestLog:
    """
    Writes one line for each request: method, route, status, duration, and the number of who asked.

    Never the address itself: it holds ids and what was searched for. Answers without content say that nothing had
    changed; open pages ask for them all day long, so their lines are for who looks closely.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, and write the line."""
        began = perf_counter()
        response = self.get_response(request)
        say = logger.debug if response.status_code == HTTPStatus.NO_CONTENT else logger.info
        say(
            "request",
            method=request.method,
            route=route(request),
            status=response.status_code,
            duration_ms=round(1000 * (perf_counter() - began), 1),
            # Whom Django has looked up while it answered; asking for `request.user` here would look again.
            user=getattr(getattr(request, "_cached_user", None), "pk", None),
        )
        return response


class ContentSecurityPolicy:
    """Adds the content security policy to every answer."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, with the policy."""
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        return response


class PlainErrors:
    """Shows what a person asked for and cannot have as a page in plain words."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer a domain error with its own words; anything else is left to Django."""
        if not isinstance(exception, DomainError):
            return None
        return render(request, "ui/error.html", {"message": exception.message}, status=400)
