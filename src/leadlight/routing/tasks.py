"""Jobs of routing."""

from collections.abc import Sequence
from datetime import datetime

from leadlight.events.rules import Cause
from leadlight.jobs.registry import Payload, handles
from leadlight.jobs.rules import ALERTS
from leadlight.kit.clock import utc_now
from leadlight.routing import operations, sending
from leadlight.routing.operations import Turned
from leadlight.routing.rules.promise import ALERTING


@handles(priority=-10)
def on_inquiry(payloads: Sequence[Payload]) -> None:
    """Have inquiries answered by somebody of the team."""
    for cause, event_ids in _alerting(payloads).items():
        operations.hear_inquiries(event_ids=event_ids, cause=cause, now=utc_now())


@handles(priority=-10)
def on_reply(payloads: Sequence[Payload]) -> None:
    """Have replies answered by somebody of the team."""
    for cause, event_ids in _alerting(payloads).items():
        operations.hear_replies(event_ids=event_ids, cause=cause, now=utc_now())


@handles(priority=-10)
def on_tier_changed(payloads: Sequence[Payload]) -> None:
    """Have those called who turned hot by their own doing."""
    by_cause: dict[Cause, list[Turned]] = {}
    for payload in payloads:
        if payload["cause"] in ALERTING and payload["after"] == "HOT":
            turned = Turned(payload["person_id"], datetime.fromisoformat(payload["as_of"]))
            by_cause.setdefault(Cause(payload["cause"]), []).append(turned)
    for cause, turned_hot in by_cause.items():
        operations.hear_hot(turned=turned_hot, cause=cause, now=utc_now())


@handles()
def on_touch(payloads: Sequence[Payload]) -> None:
    """End the waits of whoever was reached."""
    operations.hear_touches(event_ids=[payload["event_id"] for payload in payloads], now=utc_now())


@handles()
def on_import_finished(_payloads: Sequence[Payload]) -> None:
    """End the waits of whoever was reached, as a file told."""
    operations.hear_imports(now=utc_now())


@handles()
def on_opted_out(payloads: Sequence[Payload]) -> None:
    """Leave whoever wants no contact alone."""
    operations.hear_opt_outs(event_ids=[payload["event_id"] for payload in payloads], now=utc_now())


@handles(priority=-10)
def escalate(payloads: Sequence[Payload]) -> None:
    """Look whether promises were kept whose time is over."""
    operations.escalate(reached={(payload["wait_id"], payload["level"]) for payload in payloads}, now=utc_now())


@handles(queue=ALERTS, batch=sending.TOGETHER)
def send_emails(payloads: Sequence[Payload]) -> None:
    """Call people of the team by email."""
    sending.send_emails(_alert_ids(payloads), by=sending.carrier(), clock=utc_now)


@handles(queue=ALERTS, priority=-1, batch=sending.TOGETHER)
def send_pushes(payloads: Sequence[Payload]) -> None:
    """Call people of the team on their devices; first, since a mail server may be slow."""
    sending.send_pushes(_alert_ids(payloads), clock=utc_now)


def _alerting(payloads: Sequence[Payload]) -> dict[Cause, list[str]]:
    """Return the events that may call somebody, by their cause; what imports and corrections bring never does."""
    found: dict[Cause, list[str]] = {}
    for payload in payloads:
        if payload["cause"] in ALERTING:
            found.setdefault(Cause(payload["cause"]), []).append(payload["event_id"])
    return found


def _alert_ids(payloads: Sequence[Payload]) -> list[int]:
    return list(dict.fromkeys(payload["alert_id"] for payload in payloads))
