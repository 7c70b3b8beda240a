"""Jobs of events."""

from collections.abc import Sequence

from leadlight.events import operations
from leadlight.jobs.registry import Payload, handles
from leadlight.kit.clock import utc_now


@handles()
def settle_retractions(payloads: Sequence[Payload]) -> None:
    """Look again for events that were retracted before they were stored."""
    event_ids = [event_id for payload in payloads for event_id in payload["event_ids"]]
    operations.settle_retractions(event_ids=event_ids, now=utc_now())


@handles()
def settle_persons(payloads: Sequence[Payload]) -> None:
    """Look again at persons who became one or were parted: an event may have been on its way to one of them."""
    person_ids = [person_id for payload in payloads for person_id in payload["person_ids"]]
    operations.settle_persons(person_ids=person_ids, now=utc_now())
