"""When a failed job is tried again. Pure."""

from datetime import datetime, timedelta

MAX_ATTEMPTS = 8
_FIRST_SECONDS = 5.0


def next_attempt_at(attempts: int, *, now: datetime, chance: float) -> datetime | None:
    """
    Return when to try again after `attempts` failed ones, or None when the job is to be parked.

    The wait doubles each time; `chance` (0 to 1) spreads it by half either way, so that what failed together
    does not come back together.
    """
    if attempts >= MAX_ATTEMPTS:
        return None
    return now + timedelta(seconds=_FIRST_SECONDS * 2 ** (attempts - 1) * (0.5 + chance))
