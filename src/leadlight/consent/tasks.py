"""Jobs of consent."""

from collections.abc import Sequence

from leadlight.consent import operations
from leadlight.jobs.registry import Payload, handles
from leadlight.kit.clock import utc_now


@handles(priority=-10)
def on_opted_out(payloads: Sequence[Payload]) -> None:
    """Close the channels of whoever asked not to be contacted."""
    operations.close_for(event_ids=[payload["event_id"] for payload in payloads], now=utc_now())


@handles(priority=-10)
def on_words(payloads: Sequence[Payload]) -> None:
    """Close the channels of whoever says so in what they write to us."""
    operations.close_for(event_ids=[payload["event_id"] for payload in payloads], now=utc_now())
