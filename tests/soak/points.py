"""
Points at which a worker dies by SIGKILL.

Each process is armed for one point and for one of its first passages there. The points take turns over the processes
of a run, so that each gets its share; the seed decides the passage.
"""

import fcntl
import os
import random
import signal
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

JOBS = ("after lease", "in a handler", "before finish", "after finish")
DRAIN = ("drain: after read", "drain: after compute", "drain: before commit", "drain: after commit")
RANDOM = "anywhere"
WEB = "web"

#: It may be the first that is deadly, or any up to this one.
_MOST_PASSAGES = int(os.environ.get("SOAK_PASSAGES", "8"))
_lock = threading.Lock()
_of: dict[str, Any] = {"pid": 0}
_here = threading.local()


def folder() -> Path:
    """Return where the processes of a soak leave word for each other."""
    return Path(os.environ["SOAK_FOLDER"])


def calm() -> None:
    """Have nobody die from now on."""
    (folder() / "calm").touch()


def note_kill(point: str, about: str = "") -> None:
    """Write down that somebody is about to be killed, and what they were about."""
    with (folder() / "kills").open("a") as file:
        file.write(f"{point}\t{about}\n")


def deaths() -> list[tuple[str, str]]:
    """Return where each was killed, and what they were about."""
    path = folder() / "kills"
    lines = path.read_text().splitlines() if path.exists() else []
    return [(point, about) for point, _, about in (line.partition("\t") for line in lines)]


def kills() -> Counter[str]:
    """Return how many were killed at each point."""
    return Counter(point for point, _ in deaths())


def passing(point: str, about: str = "", *, once: Callable[[], bool] | None = None) -> None:
    """Die here if it is this process's turn, and as soon as `once` holds; go on when it does not within a second."""
    if "SOAK_POINTS" not in os.environ:
        return
    with _lock:
        if _of["pid"] != os.getpid():
            _arm()
        if point != _of["point"]:
            return
        _of["left"] -= 1
        if _of["left"] > 0 or (folder() / "calm").exists():
            return
        if once is not None and not _comes_true(once):
            return
        note_kill(point, about)
        os.kill(os.getpid(), signal.SIGKILL)


def _comes_true(condition: Callable[[], bool]) -> bool:
    tick = threading.Event()
    return any(condition() or tick.wait(0.002) for _ in range(500))


def _arm() -> None:
    with (folder() / "turns").open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        number = file.tell()
        file.write(".")
    points = os.environ["SOAK_POINTS"].split(",")
    chance = random.Random(f"{os.environ['SOAK_SEED']}:{number}")
    _of.update(pid=os.getpid(), point=points[number % len(points)], left=chance.randint(1, _MOST_PASSAGES))


def around(act: Callable[..., Any], before: str = "", after: str = "") -> Callable[..., Any]:
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        if before:
            passing(before)
        result = act(*args, **kwargs)
        # A look that found nothing is no passage.
        if after and result:
            passing(after)
        return result

    return wrapped


def install() -> None:
    """Put the points into the ledger and the drain."""
    from django.db.transaction import Atomic, get_connection

    from leadlight.jobs import operations, worker
    from leadlight.scoring.learners.pipeline import FittedModel
    from leadlight.scoring.operations import touched
    from leadlight.scoring.queries import signals

    operations.lease_due = around(operations.lease_due, after="after lease")
    operations.finish = around(operations.finish, before="before finish", after="after finish")

    drain_of, event_arrays, predict, leave = worker.drain, signals.event_arrays, FittedModel.predict, Atomic.__exit__

    def drain(name: str) -> Callable[[], int]:
        def run() -> int:
            _here.drains, _here.has_read = True, False
            try:
                return drain_of(name)()
            finally:
                _here.drains = False

        return run

    def read(*args: Any, **kwargs: Any) -> Any:
        arrays = event_arrays(*args, **kwargs)
        if getattr(_here, "drains", False):
            _here.has_read = True
            passing("drain: after read")
        return arrays

    def computed(*args: Any, **kwargs: Any) -> Any:
        predicted = predict(*args, **kwargs)
        if getattr(_here, "drains", False):
            passing("drain: after compute")
        return predicted

    def committed(self: Atomic, kind: Any, value: Any, trace: Any) -> None:
        outermost = not get_connection(self.using).savepoint_ids
        counts = kind is None and outermost and getattr(_here, "drains", False) and _here.has_read
        if counts:
            passing("drain: before commit")
        leave(self, kind, value, trace)
        if counts:
            passing("drain: after commit")

    worker.drain = drain
    signals.event_arrays = touched.event_arrays = read
    FittedModel.predict = computed
    Atomic.__exit__ = committed
