"""Jobs of the room."""

from collections.abc import Sequence

from leadlight.channels.receiving import read_mailbox
from leadlight.jobs.registry import Payload, handles
from leadlight.jobs.rules import OUTBOUND


@handles(queue=OUTBOUND, batch=1)
def read_mail(_payloads: Sequence[Payload]) -> None:
    """Read what is new in the team's mailbox. The ledger holds one such job, so that one reads at a time."""
    read_mailbox()
