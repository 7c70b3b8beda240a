"""Of which class a message is, as the law sees it. Pure."""

from datetime import datetime, timedelta

#: A direct answer to somebody's own message is one within a day of it.
_ANSWERS_WITHIN = timedelta(hours=24)

REQUESTED, MARKETING, TRANSACTIONAL, COMPLIANCE = "requested_response", "marketing", "transactional", "compliance"


def class_by_hand(asked_at: datetime | None, *, now: datetime) -> str:
    """
    Return the class of what somebody of the team writes: an answer to what was asked within a day, else advertising.

    When in doubt it advertises: one sentence that promotes makes the whole message do so.
    """
    return REQUESTED if asked_at is not None and now - asked_at <= _ANSWERS_WITHIN else MARKETING
