"""The way of a message: decided and written down, handed over outside any transaction, and what came of it."""

import random
from collections.abc import Callable, Sequence
from datetime import datetime

from leadlight.channels.email.base import EmailVendor, Session, UnableToSend
from leadlight.messages import operations
from leadlight.messages.operations import Letter

#: One line is opened for so many. Whoever is behind a server that stalls waits as long as it does: they are few.
TOGETHER = 5


def deliver(message_ids: Sequence[int], *, vendor: EmailVendor, clock: Callable[[], datetime]) -> None:
    """
    Hand over what of these is still to be.

    One after the other, each written down as being sent right before and as sent right after: a worker that dies
    leaves one message in doubt, and none twice.
    """
    operations.note_doubtful(message_ids=message_ids, now=clock())
    try:
        with vendor.open() as session:
            for message_id in message_ids:
                letter = operations.claim(message_id=message_id, now=clock())
                if letter is not None:
                    _hand_over(session, letter, vendor.name, clock)
    except UnableToSend as error:
        operations.put_off(message_ids=message_ids, error=error, now=clock(), chance=_chance())


def _hand_over(session: Session, letter: Letter, vendor: str, clock: Callable[[], datetime]) -> None:
    try:
        accepted = session.send(letter.email)
    except UnableToSend as error:
        operations.record_failure(letter=letter, error=error, now=clock(), chance=_chance())
    else:
        operations.record_accepted(letter=letter, accepted=accepted, vendor=vendor, now=clock())


def _chance() -> float:
    return random.random()  # noqa: S311 - spreads retries, guards nothing
