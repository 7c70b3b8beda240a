"""What every page knows of sending."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from leadlight.accounts.models import User
from leadlight.messages import queries


def sending(request: HttpRequest) -> dict[str, Any]:
    """Tell whole pages what is paused; looked up only where a page shows it."""
    if not isinstance(getattr(request, "user", None), User):
        return {}
    return {"sending_pauses": SimpleLazyObject(queries.pauses)}
