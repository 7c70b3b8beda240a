"""The loop that drains the ledger. One of the two places that may catch any exception: it records it."""

import logging
import random
import signal
import threading
import traceback
from collections.abc import Callable
from importlib import import_module
from types import FrameType
from typing import Any

from django.db import close_old_connections

from leadlight.jobs import operations
from leadlight.kit.clock import utc_now
from leadlight.kit.errors import DomainError

logger = logging.getLogger(__name__)

LEASE_SECONDS = 120
Handler = Callable[[dict[str, Any]], None]


def handler(name: str) -> Handler:
    """Return the function that a job's name stands for: `room.function` in the room's `tasks.py`."""
    room, _, function = name.partition(".")
    found: Handler = getattr(import_module(f"leadlight.{room}.tasks"), function)
    return found


def run_due(*, limit: int = 20, key: str = "") -> int:
    """
    Lease and run a batch of due jobs; return how many were leased, 0 when nothing is due.

    With a `key`, only the job with that key: how a command does its own work in the foreground.

    Each job runs by itself: what one of them raises is recorded with it and stops no other.
    """
    jobs = operations.lease_due(now=utc_now(), limit=limit, seconds=LEASE_SECONDS, key=key)
    for job in jobs:
        try:
            handler(job.name)(job.payload)
        except Exception as error:
            logger.exception("A job failed", extra={"job": job.name, "job_id": job.pk})
            operations.fail(
                job=job,
                error=traceback.format_exc(),
                now=utc_now(),
                chance=random.random(),  # noqa: S311 - spreads retries, guards nothing
                permanent=isinstance(error, DomainError),
            )
        else:
            operations.finish(jobs=[job], now=utc_now())
    return len(jobs)


def work(*, poll_seconds: float = 0.5, until_idle: bool = False) -> None:
    """
    Drain the ledger until told to stop (SIGTERM or SIGINT), or with `until_idle` until nothing is due.

    A stop lets the running job finish.
    """
    stop = threading.Event()

    def stop_soon(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, stop_soon)
        signal.signal(signal.SIGINT, stop_soon)
    while not stop.is_set():
        close_old_connections()
        if run_due() == 0:
            if until_idle:
                return
            stop.wait(poll_seconds)
