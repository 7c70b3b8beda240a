"""
The doorbell: tells workers on other hosts that a queue has work. It carries nothing that could be lost.

Without `LEADLIGHT_BROKER_URL` there is no bell, and workers look by themselves. A broker that is away delays work
until the next sweep of beat; it never loses any, and never holds up who rings.
"""

import atexit
import threading
from functools import lru_cache, partial

import structlog
from django.conf import settings
from django.db import transaction

logger = structlog.get_logger(__name__)

#: The one Celery task: drain the queue that it names.
TASK = "leadlight.drain"

#: Rings within so many seconds of each other are one.
_PAUSE_SECONDS = 0.03

#: A bell that nobody heard for so long is no news any more.
_STALE_SECONDS = 60


def ring_on_commit(queue: str) -> None:
    """Ring for a queue once the caller's transaction is stored."""
    if settings.BROKER_URL:
        transaction.on_commit(partial(_ringer().ring, queue))


def options() -> dict[str, object]:
    """Return how both ends speak to the broker: who rings never waits long for it."""
    return {"socket_connect_timeout": 2, "socket_timeout": 5, "max_retries": 0} if is_redis() else {"max_retries": 0}


def is_redis() -> bool:
    """Say whether the broker is Redis or Valkey."""
    return str(settings.BROKER_URL).startswith(("redis", "valkey"))


@lru_cache
def _ringer() -> "_Ringer":
    return _Ringer()


class _Ringer:
    """
    Sends bells from a thread of its own.

    Every ring after the latest bell leads to another bell, so that rings can be gathered without one being lost.
    """

    def __init__(self) -> None:
        self._due: set[str] = set()
        self._changed = threading.Condition()
        self._stopped = False
        self._thread: threading.Thread | None = None

    def ring(self, queue: str) -> None:
        """Have the bell of a queue rung soon."""
        with self._changed:
            self._due.add(queue)
            if self._thread is None or not self._thread.is_alive():  # a fork leaves its parent's threads behind
                self._thread = threading.Thread(target=self._send, name="bell", daemon=True)
                self._thread.start()
                atexit.register(self._stop)
            self._changed.notify()

    def _stop(self) -> None:
        with self._changed:
            self._stopped = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join(timeout=2)

    def _send(self) -> None:
        # Here, not at the top: an installation without a broker never loads them.
        from celery import Celery
        from kombu.exceptions import KombuError

        app = Celery(broker=settings.BROKER_URL, set_as_current=False)
        app.conf.update(broker_transport_options=options(), broker_connection_timeout=2)
        pause, is_heard = threading.Event(), True
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._due or self._stopped)
                queues, self._due = self._due, set()
                if not queues:
                    return
            was_heard = is_heard
            for queue in sorted(queues):
                try:
                    app.send_task(TASK, [queue], queue=queue, expires=_STALE_SECONDS, retry=False, ignore_result=True)
                    is_heard = True
                except (KombuError, OSError) as error:
                    is_heard = False
                    if was_heard:  # a broker that stays away is told of once
                        logger.warning("bell_not_rung", error=type(error).__name__)
                    break
            if is_heard and not was_heard:
                logger.warning("bell_rings_again")
            pause.wait(_PAUSE_SECONDS)
