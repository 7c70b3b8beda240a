"""What decides in the ledger: queues, when a failed job is tried again, when recurring work is due. Pure."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Queue:
    """A lane of the ledger: work in one never waits for work in another."""

    name: str
    #: What belongs here, one sentence.
    sentence: str
    #: Batches of this queue that may run at the same time, over all workers; 0 sets no limit.
    concurrency: int = 0
    #: Batches of it that one worker runs at the same time: more than one where most of the time is waiting.
    threads: int = 1


LIVE = "live"
OUTBOUND = "outbound"
ALERTS = "alerts"
MAIL = "mail"
LONG = "long"

QUEUES: dict[str, Queue] = {
    queue.name: queue
    for queue in (
        Queue(LIVE, "What somebody waits for: scores, facts, tasks. Each batch takes well under a second."),
        Queue(OUTBOUND, "Talks to other systems, which may be slow or away.", concurrency=8),
        # A device is woken also while a mail server stalls.
        Queue(ALERTS, "Calls people of the team: nothing that may wait stands before it.", concurrency=8, threads=2),
        # Microsoft 365 lets one account have three lines open, and nobody known allows fewer; what it refuses beyond
        # is tried again.
        Queue(MAIL, "Hands messages to who carries them: a slow one holds up little else.", concurrency=3, threads=3),
        Queue(LONG, "Imports, trainings, sweeps: minutes of work each.", concurrency=2),
    )
}

#: A handler that raised so often is given up, and its job parked for a person.
MAX_FAILURES = 8
#: A job whose worker died so often while running it is parked as well: it may be what kills them.
MAX_DEATHS = 10
#: After so many deaths a job runs alone, so that it can drag no neighbours down.
LONELY_DEATHS = 2
_FIRST_SECONDS = 5.0


def next_attempt_at(failures: int, *, now: datetime, chance: float) -> datetime | None:
    """
    Return when to try again after so many failures, or None when the job is to be parked.

    The wait doubles each time; `chance` (0 to 1) spreads it by half either way, so that what failed together
    does not come back together.
    """
    if failures >= MAX_FAILURES:
        return None
    return now + timedelta(seconds=_FIRST_SECONDS * 2 ** (failures - 1) * (0.5 + chance))


def is_killer(*, attempts: int, failures: int) -> bool:
    """
    Say whether a job about to be leased again is to be parked instead: every lease ended with a dead worker.

    `attempts` are the leases so far, `failures` those that ended with an error.
    """
    return attempts - failures >= MAX_DEATHS


def batch_size(limit: int, *, attempts: int, failures: int) -> int:
    """Return how many jobs may be leased together with one that has been leased and has failed so often."""
    return 1 if attempts - failures >= LONELY_DEATHS else limit


class Recurrence(Protocol):
    """When recurring work is due."""

    def next_after(self, now: datetime, zone: ZoneInfo) -> datetime:
        """Return the first moment after `now`."""


@dataclass(frozen=True)
class Every:
    """At whole multiples of an interval since the epoch."""

    interval: timedelta

    def next_after(self, now: datetime, zone: ZoneInfo) -> datetime:  # noqa: ARG002
        """Return the first multiple after `now`; the zone does not matter."""
        seconds = self.interval.total_seconds()
        return datetime.fromtimestamp((now.timestamp() // seconds + 1) * seconds, now.tzinfo)


@dataclass(frozen=True)
class Daily:
    """Once a day, at a time of the team's own day."""

    at: time

    def next_after(self, now: datetime, zone: ZoneInfo) -> datetime:
        """Return today's moment, or tomorrow's when that has passed, in the zone of `now`."""
        today = now.astimezone(zone).date()
        for day in (today, today + timedelta(days=1)):
            moment = datetime.combine(day, self.at, zone).astimezone(now.tzinfo)
            if moment > now:
                return moment
        raise AssertionError("tomorrow comes after now")
