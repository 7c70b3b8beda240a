"""When a message is tried again, when it is given up, and when an endpoint is turned off. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

#: After the first, second, … failed try so long; then it is given up. Together 31 hours and 35 minutes.
WAITS = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
)
MOST_TRIES = len(WAITS) + 1
#: Each wait is up to so much longer, so that what failed together does not come back together.
_SPREAD = 0.2
#: No endpoint may ask for a longer pause.
LONGEST_PAUSE = timedelta(hours=12)

#: An endpoint is turned off when so many tries in a row failed, the first of them so long ago.
MOST_FAILURES = 10
FAILING_FOR = timedelta(days=1)
#: From so many failures in a row on it is left in peace between tries, so that it holds up nobody else's messages.
_REST_FROM = 5
_FIRST_REST, _LONGEST_REST = timedelta(seconds=10), timedelta(minutes=30)

GONE = 410
#: "Slow down" and "not now": `Retry-After` is heard.
_BUSY = frozenset({429, 503})


@dataclass(frozen=True)
class Tried:
    """What came of one try."""

    #: The status answered; None when no answer came.
    status: int | None
    #: Why there was none, or the first words of the answer.
    words: str = ""
    #: The `Retry-After` header.
    retry_after: str = ""

    @property
    def arrived(self) -> bool:
        """Whether the other side took it."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def said(self) -> str:
        """What came of it, in words for people."""
        if self.status is None:
            return self.words
        if self.arrived:
            return f"Taken ({self.status})."
        if 300 <= self.status < 400:
            return f"It answered {self.status}: another address. Redirects are not followed; change the address."
        return f"It answered {self.status}" + (f": {self.words}" if self.words else ".")


def next_try(attempts: int, tried: Tried, *, now: datetime, chance: float) -> datetime | None:
    """
    Return when to try again after so many tries, None when it is given up.

    `chance`, from 0 to 1, spreads the waits. A pause that the other side asked for is kept, up to twelve hours.
    """
    if attempts >= MOST_TRIES:
        return None
    wait = WAITS[max(attempts, 1) - 1] * (1 + _SPREAD * chance)
    return now + max(wait, pause(tried, now=now))


def pause(tried: Tried, *, now: datetime) -> timedelta:
    """Return for how long the other side asks to be left in peace; zero when it does not, or not readably."""
    if tried.status not in _BUSY or not tried.retry_after:
        return timedelta(0)
    text = tried.retry_after.strip()
    if text.isascii() and text.isdigit():
        # More digits than these are longer than the longest anyhow.
        return min(timedelta(seconds=int(text[:9])), LONGEST_PAUSE) if len(text) <= 9 else LONGEST_PAUSE
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return timedelta(0)
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return min(max(until - now, timedelta(0)), LONGEST_PAUSE)


def rest(failures: int) -> timedelta:
    """Return how long an endpoint is left in peace after so many failures in a row: doubling, up to half an hour."""
    if failures < _REST_FROM:
        return timedelta(0)
    return min(_FIRST_REST * (1 << min(failures - _REST_FROM, 20)), _LONGEST_REST)


def reason_to_disable(
    *, gone: bool, failures: int, failing_since: datetime | None, latest: str, now: datetime
) -> str:
    """Return in plain words why an endpoint is to be turned off; empty when it is not."""
    if gone:
        return "It answered 410: this address is gone for good."
    if failures < MOST_FAILURES or failing_since is None or now - failing_since <= FAILING_FOR:
        return ""
    return f"{failures} tries in a row failed, over more than a day. The latest: {latest}"
