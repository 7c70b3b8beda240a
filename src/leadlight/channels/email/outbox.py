"""The vendor of a new installation: takes every message and lets nothing leave the machine."""

from collections.abc import Iterator
from contextlib import contextmanager

from leadlight.channels.email.base import Accepted, Email


class Outbox:
    """Takes messages and keeps them here: the ledger holds all that each says, and the Outbox page shows it."""

    name = "outbox"
    is_real = False

    @contextmanager
    def open(self) -> Iterator["Outbox"]:
        """Open a line, at once and always."""
        yield self

    def send(self, email: Email) -> Accepted:
        """Take a message."""
        return Accepted(email.message_id, "kept here")
