"""What is in the ledger, who works on it, and what waits for a person: the page of the work, and its alarm."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import Exists

from leadlight.accounts.models import User
from leadlight.events.models import Touched
from leadlight.jobs.models import Job, Worker
from leadlight.jobs.queries import Alive, Depth, depths, parked, workers
from leadlight.kit.redaction import redact
from leadlight.web.queries.figures import Inbox, inbox
from leadlight.web.rules.work import OUTCOME_WORDS, SILENT, job_words, plain_error, queue_words

#: Parked jobs that the page tells of at once; the rest come up when these are dealt with.
MOST_PARKED = 200
_MOST_DETAILS = 4_000


@dataclass(frozen=True)
class Piece:
    """One kind of work in the ledger."""

    words: str
    queue: str
    depth: Depth


@dataclass(frozen=True)
class Trouble:
    """Parked jobs of one kind that failed alike."""

    words: str
    error: str
    #: What was recorded of the latest, without personal data, so that it can be sent on.
    details: str
    job_ids: tuple[int, ...]
    latest_at: datetime


@dataclass(frozen=True)
class Hand:
    """A worker."""

    name: str
    lives: bool
    queues: tuple[str, ...]
    started_at: datetime
    beat_at: datetime
    #: What it did, in words, with how often: the most frequent first.
    deeds: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Work:
    """All that the page shows."""

    pieces: Sequence[Piece]
    inbox: Inbox
    hands: Sequence[Hand]
    troubles: Sequence[Trouble]
    n_parked: int
    n_waiting: int
    n_running: int
    #: Since when the oldest work that is due waits.
    oldest_at: datetime | None
    #: Queues with work that is due and nobody to do it.
    deserted: tuple[str, ...]

    @property
    def n_told(self) -> int:
        """How many of the parked jobs the page tells of."""
        return sum(len(trouble.job_ids) for trouble in self.troubles)

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to do."""
        return not (self.n_waiting or self.n_running or self.inbox.n or self.n_parked)


def work(*, now: datetime) -> Work:
    """Read it all, in four queries."""
    found, waiting, hands = depths(now=now), inbox(), [_hand(alive) for alive in workers(now=now)]
    living = {queue for hand in hands if hand.lives for queue in hand.queues}
    oldest = [moment for moment in (*(depth.oldest_due_at for depth in found), waiting.oldest_at) if moment]
    return Work(
        pieces=[Piece(job_words(depth.name), queue_words(depth.queue), depth) for depth in found],
        inbox=waiting,
        hands=hands,
        troubles=_troubles(list(parked(limit=MOST_PARKED))),
        n_parked=sum(depth.parked for depth in found),
        n_waiting=sum(depth.waiting + depth.retrying for depth in found),
        n_running=sum(depth.running for depth in found),
        oldest_at=min(oldest, default=None),
        deserted=tuple(
            dict.fromkeys(queue_words(d.queue) for d in found if d.waiting and queue_words(d.queue) not in living)
        ),
    )


def _hand(alive: Alive) -> Hand:
    worker = alive.worker
    deeds: Mapping[str, int] = worker.counters
    said = [
        (f"{job_words(name)}: {OUTCOME_WORDS.get(outcome, outcome)}", n)
        for (outcome, _, name), n in ((what.partition(":"), n) for what, n in deeds.items())
    ]
    return Hand(
        name=worker.name.rpartition(":")[0] or worker.name,
        lives=alive.lives,
        queues=tuple(queue_words(queue) for queue in worker.queues),
        started_at=worker.started_at,
        beat_at=worker.beat_at,
        deeds=tuple(sorted(said, key=lambda deed: -deed[1])),
    )


def _troubles(jobs: Sequence[Job]) -> list[Trouble]:
    """Put together what failed alike; the latest first."""
    alike: dict[tuple[str, str], list[Job]] = {}
    for job in jobs:
        alike.setdefault((job.name, plain_error(job.latest_error)), []).append(job)
    return [
        Trouble(
            words=job_words(name),
            error=error,
            details="\n".join(redact(line) for line in group[0].latest_error[-_MOST_DETAILS:].splitlines()),
            job_ids=tuple(job.pk for job in group),
            latest_at=group[0].parked_at or group[0].run_at,
        )
        for (name, error), group in alike.items()
    ]


class Alarm(StrEnum):
    """What those who look after an installation must know on whatever page they are."""

    PARKED = "parked"
    DESERTED = "deserted"


def alarm(actor: User, *, now: datetime) -> Alarm | None:
    """
    Say whether something is wrong with the work; None when all goes its way. One query.

    Nobody at work matters only when work has waited as long as a worker may be silent.
    """
    since = now - SILENT
    nobody = ~Exists(Worker.objects.filter(beat_at__gt=since))
    late = Exists(Job.objects.filter(nobody, parked_at=None, run_at__lte=since))
    unseen = Exists(Touched.objects.filter(nobody, at__lte=since))
    given_up = Exists(Job.objects.filter(parked_at__isnull=False))
    told = User.objects.filter(pk=actor.pk).values_list(given_up, late, unseen).get()
    # Without workers what was given up cannot go on either.
    return Alarm.DESERTED if told[1] or told[2] else Alarm.PARKED if told[0] else None
