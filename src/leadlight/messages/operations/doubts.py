"""Writes of what came of messages of which nobody knows whether they went out."""

from datetime import datetime, timedelta

from django.db import transaction

from leadlight.accounts.models import User
from leadlight.accounts.operations import record_audit
from leadlight.kit.errors import DomainError
from leadlight.messages.models import Message, State
from leadlight.messages.operations.delivering import DOUBT, enqueue_deliveries, record_touch

#: Longer than any vendor is waited for: a message that is still being handed over then has lost its worker.
_LOST = timedelta(minutes=15)


class UnableToSettle(DomainError):
    """There is nothing to settle about a message."""

    code = "bad_message"


@transaction.atomic
def find_doubtful(*, now: datetime) -> int:
    """Write down of messages whose worker and job are both gone that nobody knows whether they arrived."""
    lost = Message.objects.filter(state=State.SENDING, tried_at__lt=now - _LOST)
    return lost.update(state=State.MAYBE_SENT, finished_at=now, outcome=DOUBT)


@transaction.atomic
def settle_doubt(*, message_id: int, arrived: bool, actor: User | None, now: datetime) -> None:
    """
    Say of a doubtful message that it arrived, or have it sent once more.

    Raises:
        UnableToSettle: it is not in doubt (any more).
    """
    message = (
        Message.objects.select_for_update(of=("self",))
        .select_related("lead")
        .filter(pk=message_id, state=State.MAYBE_SENT)
        .first()
    )
    if message is None:
        raise UnableToSettle("It is known by now what became of this message.")
    if arrived:
        message.state, message.outcome = State.SENT, "Found to have arrived."
        message.save(update_fields=["state", "outcome"])
        record_touch(message=message, now=now)
    else:
        message.state, message.finished_at, message.due_at, message.stale_at = State.PLANNED, None, None, None
        message.save(update_fields=["state", "finished_at", "due_at", "stale_at"])
        enqueue_deliveries([message_id], now=now)
    detail = {"arrived": arrived}
    record_audit(action="message.settled", subject=f"message:{message_id}", now=now, actor=actor, detail=detail)
