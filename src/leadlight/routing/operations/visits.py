"""Writes of when somebody of the team was here, so that they can be told what happened since."""

from datetime import datetime, timedelta

from django.db import transaction

from leadlight.accounts.models import User
from leadlight.routing.models import LatestVisit

#: So long without a look ends a visit.
PAUSE = timedelta(minutes=30)


@transaction.atomic
def note_visit(*, user: User, now: datetime) -> datetime | None:
    """Write down that somebody looks; return when the visit before this one ended, None for the first."""
    visit = LatestVisit.objects.select_for_update().filter(pk=user.pk).first()
    if visit is None:
        LatestVisit.objects.get_or_create(user=user, defaults={"seen_at": now})
        return None
    if now - visit.seen_at > PAUSE:
        visit.before_at = visit.seen_at
    visit.seen_at = max(now, visit.seen_at)
    visit.save(update_fields=["seen_at", "before_at"])
    return visit.before_at
