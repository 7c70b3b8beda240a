"""Jobs of the room."""

from collections.abc import Sequence

from leadlight.crm import operations, sending
from leadlight.events.rules import Cause
from leadlight.jobs.registry import Payload, handles
from leadlight.jobs.rules import LONG, OUTBOUND
from leadlight.kit.clock import utc_now
from leadlight.leads.queries import whom


@handles(priority=1, batch=5)
def on_scores_changed(payloads: Sequence[Payload]) -> None:
    """Have those who listen told of the persons whose scores have changed; `person_ids` and `cause` are told."""
    by_cause: dict[str, list[int]] = {}
    for payload in payloads:
        by_cause.setdefault(payload["cause"], []).extend(payload["person_ids"])
    for cause, person_ids in by_cause.items():
        operations.plan_score_messages(person_ids=person_ids, cause=cause, now=utc_now())


@handles(priority=1)
def on_persons_changed(payloads: Sequence[Payload]) -> None:
    """Have those who listen told which records are one person now, or are so no longer; `person_ids` are told."""
    person_ids = {person_id for payload in payloads for person_id in payload["person_ids"]}
    operations.plan_score_messages(person_ids=whom(person_ids).values(), cause=Cause.MERGE.value, now=utc_now())


@handles(queue=OUTBOUND, batch=sending.TOGETHER)
def deliver(payloads: Sequence[Payload]) -> None:
    """Send messages; what fails is tried again by a job of its own."""
    sending.deliver([payload["delivery_id"] for payload in payloads])


@handles(queue=OUTBOUND, priority=1, batch=sending.TOGETHER)
def deliver_in_bulk(payloads: Sequence[Payload]) -> None:
    """Send messages that nobody waits for: they go after all others."""
    sending.deliver([payload["delivery_id"] for payload in payloads])


@handles(queue=LONG, batch=1)
def tidy_deliveries(_payloads: Sequence[Payload]) -> None:
    """Forget old messages."""
    operations.tidy_deliveries(now=utc_now())
