"""Writes around the moment in which somebody of the team is called: before it, and after it, never during it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from leadlight.jobs.operations import enqueue_many
from leadlight.kit.db import insert_new_rows
from leadlight.routing import queries
from leadlight.routing.models import Alert, AlertChannel, AlertState
from leadlight.routing.operations.claiming import claim_token
from leadlight.routing.queries import Team
from leadlight.routing.rules.words import Occasion

EMAILS, PUSHES = "routing.send_emails", "routing.send_pushes"
_JOBS = {AlertChannel.EMAIL: EMAILS, AlertChannel.PUSH: PUSHES}
#: Waits between tries: an alert that comes after a quarter of an hour calls nobody in time.
RETRIES = (timedelta(seconds=10), timedelta(seconds=30), timedelta(minutes=2))
_DOUBT = "Leadlight stopped while this was sent. It may have arrived."


class Call(NamedTuple):
    """Somebody who is to be called about a wait."""

    wait_id: int
    level: int
    user_id: int


def plan_alerts(*, calls: Sequence[Call], team: Team, now: datetime) -> None:
    """
    Have people of the team called, in the caller's transaction; whoever was called at that level is not again.

    Everybody gets an email; on their devices it shows only while they work.
    """
    if not calls:
        return
    working = queries.with_devices([call.user_id for call in calls if team.works(call.user_id, now)])
    for channel in AlertChannel:
        rows = [
            (*call, channel.value, AlertState.PLANNED.value, 0, now, "")
            for call in calls
            if channel is AlertChannel.EMAIL or call.user_id in working
        ]
        columns = ("wait", "level", "user", "channel", "state", "attempts", "created_at", "error")
        new = insert_new_rows(Alert, columns, rows, returning="id") if rows else []
        enqueue_many(name=_JOBS[channel], payloads=[{"alert_id": pk} for pk in sorted(new)], now=now)


@transaction.atomic
def note_doubtful(*, alert_ids: Sequence[int], now: datetime) -> int:
    """
    Write down of alerts whose worker died while it sent them that nobody knows; return how many.

    To be called with alerts whose job was leased anew: then nobody is sending them any more.
    """
    doubtful = Alert.objects.filter(pk__in=alert_ids, state=AlertState.SENDING)
    return doubtful.update(state=AlertState.MAYBE_SENT, handed_at=now, error=_DOUBT)


@dataclass(frozen=True)
class Summons:
    """An alert that is being sent."""

    alert_id: int
    wait_id: int
    user_id: int
    email: str
    name: str
    about: Occasion
    #: Claims the lead for the user.
    link: str


@transaction.atomic
def begin_alert(*, alert_id: int, now: datetime) -> Summons | None:
    """
    Write down that an alert is sent now; None when it is not to be.

    Whoever waits was answered or claimed meanwhile, or who was to be called has left: then it is of no use.
    """
    alert = Alert.objects.select_for_update(of=("self",)).filter(pk=alert_id, state=AlertState.PLANNED).first()
    if alert is None:
        return None
    user, about, why_not = queries.occasion(alert)
    if about is None:
        Alert.objects.filter(pk=alert_id).update(state=AlertState.FAILED, error=why_not)
        return None
    alert.state, alert.attempts, alert.handed_at = AlertState.SENDING, alert.attempts + 1, now
    alert.save(update_fields=["state", "attempts", "handed_at"])
    token = claim_token(wait_id=alert.wait_id, user_id=user.pk, now=now)
    link = settings.PUBLIC_URL + reverse("routing:claim", args=[token])
    return Summons(alert_id, alert.wait_id, user.pk, user.email, user.name, about, link)


@transaction.atomic
def record_alert(*, alert_id: int, now: datetime) -> None:
    """Write down that an alert was taken; also of one that was given for doubtful meanwhile."""
    sent = Alert.objects.filter(pk=alert_id, state__in=(AlertState.SENDING, AlertState.MAYBE_SENT))
    sent.update(state=AlertState.SENT, handed_at=now, error="")


@transaction.atomic
def record_trouble(*, alert_id: int, error: str, is_permanent: bool, maybe_sent: bool, now: datetime) -> None:
    """Write down that an alert was not taken: it is tried again soon, given up, or nobody knows."""
    alert = (
        Alert.objects.select_for_update()
        .filter(pk=alert_id, state__in=(AlertState.PLANNED, AlertState.SENDING))
        .first()
    )
    if alert is None:
        return
    alert.error = error[:300]
    if alert.state == AlertState.PLANNED:
        # No line was to be had, so that it was never begun.
        alert.attempts += 1
    if maybe_sent:
        alert.state = AlertState.MAYBE_SENT
    elif is_permanent or alert.attempts > len(RETRIES):
        alert.state = AlertState.FAILED
    else:
        alert.state = AlertState.PLANNED
        job = _JOBS[AlertChannel(alert.channel)]
        again = now + RETRIES[alert.attempts - 1]
        enqueue_many(name=job, payloads=[{"alert_id": alert_id}], now=now, run_at=again)
    alert.save(update_fields=["state", "error", "attempts"])
