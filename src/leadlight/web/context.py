"""What every page knows besides its own."""

from functools import partial
from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from leadlight.accounts.models import User
from leadlight.kit.clock import utc_now
from leadlight.web.queries.work import Alarm, alarm


def work_alarm(request: HttpRequest) -> dict[str, Any]:
    """Tell whole pages whether something is wrong with the work; looked up only where a page shows it."""
    actor = getattr(request, "user", None)
    if not (isinstance(actor, User) and actor.may_import):
        return {}
    return {"work_alarm": SimpleLazyObject(partial(_told, actor))}


def _told(actor: User) -> str:
    found: Alarm | None = alarm(actor, now=utc_now())
    return found.value if found else ""
