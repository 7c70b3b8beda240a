"""When a mailbox that could not be read is asked again. Pure."""

from datetime import timedelta

_FIRST, LONGEST = timedelta(minutes=1), timedelta(minutes=30)


def rest(failures: int) -> timedelta:
    """
    Return how long a mailbox is left alone after so many failures in a row: doubling, up to half an hour.

    Servers lock out who keeps coming with a wrong password.
    """
    if failures < 1:
        return timedelta(0)
    return min(_FIRST * (1 << min(failures - 1, 20)), LONGEST)
