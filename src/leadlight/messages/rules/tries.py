"""When a message that was not taken is tried again, and when it is given up. Pure."""

from datetime import datetime, timedelta

#: Refused or unreachable so often, nobody will get it.
MOST_TRIES = 12
_FIRST = timedelta(seconds=20)
_LONGEST = timedelta(hours=2)


def next_try(
    attempts: int, *, now: datetime, stale_at: datetime | None, asked: timedelta | None, chance: float
) -> datetime | None:
    """
    Return when a message that was tried so often is tried again; None when it is given up.

    The wait doubles from 20 s to two hours; whoever carries messages may ask for a longer one (`asked`). `chance`,
    from 0 to 1, spreads what failed together. What would be stale by then is given up now.
    """
    if attempts >= MOST_TRIES:
        return None
    wait = min(_FIRST * 2 ** (attempts - 1), _LONGEST) * (0.75 + chance / 2)
    at = now + max(wait, asked or timedelta())
    return None if stale_at is not None and at >= stale_at else at
