"""Reads of alerts: what they say when they go out, and to which devices."""

from dataclasses import dataclass
from datetime import datetime

from leadlight.accounts.models import Role, User
from leadlight.events.models import Event
from leadlight.routing.models import Alert, PushSubscription, Wait
from leadlight.routing.rules.promise import OWNER, WaitKind
from leadlight.routing.rules.words import Occasion, headline
from leadlight.scoring.models import Score


def occasion(alert: Alert) -> tuple[User, Occasion | None, str]:
    """
    Return whom an alert calls and what about, or None and in plain words why it is of no use any more.

    At most four queries.
    """
    user = alert.user
    wait = Wait.objects.select_related("lead__person__owner", "claimed_by").get(pk=alert.wait_id)
    if not user.is_active:
        return user, None, "Not sent: they are not of the team any more."
    if wait.claimed_by is not None:
        return user, None, f"Not sent: {wait.claimed_by} had taken them by then."
    if wait.ended_at is not None:
        return user, None, "Not sent: they had been answered by then."
    return user, _about(wait, alert.level), ""


def _about(wait: Wait, level: int) -> Occasion:
    person = wait.lead.person
    score = Score.objects.filter(person=person).first()
    event = Event.objects.filter(event_id=wait.origin.partition(":")[2]).first()
    text = event.props.get("text") if event else None
    return Occasion(
        kind=WaitKind(wait.kind),
        name=person.name,
        event_kind=event.kind if event else "",
        listing=event.listing if event else "",
        text=text if isinstance(text, str) else "",
        tier=score.tier if score else "",
        score=score.value if score else None,
        reason=score.reason if score else "",
        began_at=wait.began_at,
        due_at=wait.due_at,
        level=level,
        owner=str(person.owner or ""),
    )


@dataclass(frozen=True)
class ShownClaim:
    """What the page of a claim shows: no more than the alert said."""

    headline: str
    began_at: datetime
    #: Somebody has taken them, or they were answered.
    is_over: bool
    by: str


def shown_claim(wait_id: int) -> ShownClaim | None:
    """Return what the page of a claim shows; None when the lead is no longer here."""
    wait = Wait.objects.select_related("lead__person__owner", "claimed_by").filter(pk=wait_id).first()
    if wait is None:
        return None
    is_over = wait.claimed_by is not None or wait.ended_at is not None
    return ShownClaim(headline(_about(wait, OWNER)), wait.began_at, is_over, str(wait.claimed_by or ""))


def devices(user_id: int) -> list[PushSubscription]:
    """Return the browsers that show somebody's alerts, the latest first."""
    return list(PushSubscription.objects.filter(user=user_id).order_by("-pk"))


def push_contact() -> str:
    """Return where services that wake browsers find who runs this: the first owner (RFC 8292, 2.1)."""
    owner = User.objects.filter(role=Role.OWNER, is_active=True).order_by("pk").first()
    return f"mailto:{owner.email if owner else 'nobody@localhost'}"
