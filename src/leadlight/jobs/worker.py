"""The loop that drains the ledger. One of the two places that may catch any exception: it records it."""

import os
import random
import signal
import socket
import threading
import traceback
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, close_old_connections, connection

from leadlight.jobs import operations
from leadlight.jobs.models import Job
from leadlight.jobs.registry import drain, handler
from leadlight.jobs.rules import QUEUES
from leadlight.kit.clock import utc_now
from leadlight.kit.errors import DomainError

logger = structlog.get_logger(__name__)

_BEAT_SECONDS = 3.0
#: How often an idle worker looks: often while work keeps coming, less so in quiet hours.
_SHORTEST_LOOK, _LONGEST_LOOK, _SLOWER = 0.03, 0.25, 1.15
#: The schedule is looked at so often.
_SCHEDULE_SECONDS = 15.0


class Heart:
    """The sign of life of this process: keeps its leases, its row among the workers, and its counters."""

    def __init__(self, queues: Sequence[str]) -> None:
        self.name = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
        self._queues = list(queues)
        self._started_at = utc_now()
        self._lock = threading.Lock()
        self._leases: set[str] = set()
        self._counters: Counter[str] = Counter()

    @contextmanager
    def holding(self, lease: str) -> Iterator[None]:
        """Keep a lease alive while the block runs."""
        with self._lock:
            self._leases.add(lease)
        try:
            yield
        finally:
            with self._lock:
                self._leases.discard(lease)

    def count(self, what: str, n: int = 1) -> None:
        """Add to a counter."""
        with self._lock:
            self._counters[what] += n

    def beat(self) -> None:
        """Give one sign of life."""
        with self._lock:
            counters, leases = dict(self._counters), set(self._leases)
        operations.beat(
            worker=self.name,
            queues=self._queues,
            started_at=self._started_at,
            counters=counters,
            leases=leases,
            now=utc_now(),
        )

    @contextmanager
    def beating(self) -> Iterator["Heart"]:
        """Beat in a thread of its own while the block runs; leave the list of workers after it."""
        stop = threading.Event()

        def go() -> None:
            while not stop.wait(_BEAT_SECONDS):
                with _recovering("beat"):
                    close_old_connections()
                    self.beat()
            connection.close()

        with _recovering("beat"):
            self.beat()
        thread = threading.Thread(target=go, name="heart", daemon=True)
        thread.start()
        try:
            yield self
        finally:
            stop.set()
            thread.join(timeout=10)
            with _recovering("leave"):
                if not connection.in_atomic_block:
                    close_old_connections()  # this thread's may be from before the database was restarted
                operations.leave(worker=self.name)


@contextmanager
def _recovering(deed: str) -> Iterator[None]:
    """Log what goes wrong and go on: the database may be restarting, and the ledger knows what is to be done."""
    try:
        yield
    except Exception as error:
        logger.exception("worker_trouble", deed=deed, error=type(error).__name__)
        connection.close()


def run_due(
    *, queues: Sequence[str] = tuple(QUEUES), limit: int = 500, key: str = "", heart: Heart | None = None
) -> int:
    """
    Lease and run a batch of due jobs; return how many were leased, 0 when nothing is due.

    With a `key`, only the job with that key: how a command does its own work in the foreground.

    A batch that fails is halved until what fails stands alone: its error is recorded with it, and it stops no other.
    """
    jobs = operations.lease_due(queues=queues, now=utc_now(), limit=limit, key=key)
    if not jobs:
        return 0
    heart = heart or Heart(queues)
    with heart.holding(jobs[0].lease):
        _run(jobs, heart)
    return len(jobs)


def _run(jobs: list[Job], heart: Heart) -> None:
    name = jobs[0].name
    try:
        handler(name)([job.payload for job in jobs])
    except (OperationalError, InterfaceError) as error:
        # The database is away, or two transactions were in each other's way: halving would find no culprit.
        logger.warning("database_trouble", job=name, n=len(jobs), error=type(error).__name__)
        _fail(jobs, traceback.format_exc(), heart)
    except Exception as error:
        if len(jobs) > 1:
            middle = len(jobs) // 2
            _run(jobs[:middle], heart)
            _run(jobs[middle:], heart)
            return
        logger.exception("job_failed", job=name, job_id=jobs[0].pk, error=type(error).__name__)
        _fail(jobs, traceback.format_exc(), heart, permanent=isinstance(error, DomainError))
    else:
        heart.count(f"done:{name}", operations.finish(jobs=jobs))


def _fail(jobs: list[Job], error: str, heart: Heart, *, permanent: bool = False) -> None:
    n_parked = operations.fail(
        jobs=jobs,
        error=error,
        now=utc_now(),
        chance=random.random(),  # noqa: S311 - spreads retries, guards nothing
        permanent=permanent,
    )
    name = jobs[0].name
    heart.count(f"failed:{name}", len(jobs))
    if n_parked:
        # The alarm: the page of the work shows it to owners, and metrics count it.
        logger.error("jobs_parked", job=name, n=n_parked)
        heart.count(f"parked:{name}", n_parked)


def run_drains(*, queues: Sequence[str] = tuple(QUEUES), heart: Heart | None = None) -> int:
    """Run once what empties the tables of waiting work that belong to the queues; return how much was taken."""
    taken = 0
    for queue in queues:
        for name in settings.LEDGER_DRAINS.get(queue, ()):
            n = drain(name)()
            if n and heart is not None:
                heart.count(f"drained:{name}", n)
            taken += n
    return taken


def run_until_idle(*, queues: Sequence[str] = tuple(QUEUES), heart: Heart | None = None) -> None:
    """Run all that is due, in this thread, until nothing is."""
    while run_drains(queues=queues, heart=heart) + run_due(queues=queues, heart=heart):
        pass


def work(*, queues: Sequence[str] = tuple(QUEUES), until_idle: bool = False) -> None:
    """
    Drain queues until told to stop (SIGTERM or SIGINT), or with `until_idle` until nothing is due.

    Each queue has threads of its own, so that minutes of work in one never hold up another. A stop lets running
    batches finish.
    """
    stop = threading.Event()

    def stop_soon(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, stop_soon)
        signal.signal(signal.SIGINT, stop_soon)
    heart = Heart(queues)
    with heart.beating():
        if until_idle:
            run_until_idle(queues=queues, heart=heart)
            return
        threads = [
            threading.Thread(target=_loop, args=(queue, n == 0, heart, stop), name=f"queue-{queue}-{n}")
            for queue in queues
            for n in range(QUEUES[queue].threads)
        ]
        for thread in threads:
            thread.start()
        while not stop.wait(_SCHEDULE_SECONDS):
            with _recovering("schedule"):
                close_old_connections()
                operations.ensure_schedule(now=utc_now())
        for thread in threads:
            thread.join()


def _loop(queue: str, is_first: bool, heart: Heart, stop: threading.Event) -> None:
    """Run what is due in a queue; the `first` of its threads also empties the tables that belong to it."""
    look = _SHORTEST_LOOK
    drained = [queue] if is_first else []
    with _recovering("warm"):
        for name in settings.LEDGER_WARMUPS.get(queue, ()) if is_first else ():
            drain(name)()
    while not stop.is_set():
        n = 0
        with _recovering("work"):
            close_old_connections()
            n = run_drains(queues=drained, heart=heart) + run_due(queues=[queue], heart=heart)
        look = _SHORTEST_LOOK if n else min(look * _SLOWER, _LONGEST_LOOK)
        if not n:
            stop.wait(look)
    connection.close()
