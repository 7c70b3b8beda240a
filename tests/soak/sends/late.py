"""What nobody must build: messages whose row says that they are being sent only once they have been."""

from typing import Any


def install() -> None:
    """Have `claim` leave no trace before the call; it is made good for together with the outcome."""
    from django.db import transaction
    from django.db.models import F

    from leadlight.messages import operations
    from leadlight.messages.models import Message, State

    claim, outcomes = operations.claim, (operations.record_accepted, operations.record_failure)

    def claim_without_row(**told: Any) -> Any:
        with transaction.atomic():
            letter = claim(**told)
            transaction.set_rollback(letter is not None)
        return letter

    def with_row(record: Any) -> Any:
        @transaction.atomic
        def recorded(**told: Any) -> None:
            planned = Message.objects.filter(
                pk=told["letter"].message_id, state=State.PLANNED, attempts=told["letter"].attempt - 1
            )
            planned.update(state=State.SENDING, tried_at=told["now"], attempts=F("attempts") + 1)
            record(**told)

        return recorded

    operations.claim = claim_without_row
    operations.record_accepted, operations.record_failure = map(with_row, outcomes)
