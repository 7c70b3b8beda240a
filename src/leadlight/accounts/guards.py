"""Doors that only some roles pass."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

from leadlight.accounts.models import User

View = Callable[..., HttpResponseBase]


def signed_in(request: HttpRequest) -> User:
    """Return who asks; nobody else comes past the sign-in."""
    assert isinstance(request.user, User)
    return request.user


def managers_only(refusal: str) -> Callable[[View], View]:
    """Show those who may not bring in, connect or change the team's data the page `refusal`, which says who may."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not signed_in(request).may_import:
                return render(request, refusal, status=403)
            return view(request, *args, **kwargs)

        return guarded

    return guard
