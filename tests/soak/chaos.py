"""What befalls a brokerage under fire, one misfortune after another, chosen by the seed."""

import random
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from tests.servers import Server
from tests.soak import points
from tests.soak.fleet import Fleet

#: Takes SQLite's write lock, writes, and dies before it commits.
_DIES_WRITING = """
import os, signal, sqlite3, sys
database = sqlite3.connect(sys.argv[1], timeout=30, isolation_level=None)
database.execute("BEGIN IMMEDIATE")
database.execute("UPDATE jobs_job SET attempts = attempts + 1")
database.execute("DELETE FROM events_touched")
os.kill(os.getpid(), signal.SIGKILL)
"""


class Chaos(threading.Thread):
    """Does one misfortune after another until told to stop, and counts them."""

    def __init__(
        self, *, fleet: Fleet, seed: str, sqlite: Path | None, database: Server | None, broker: Server | None
    ) -> None:
        super().__init__(name="chaos", daemon=True)
        self.counts: dict[str, int] = {}
        self.failure = ""
        self._stop_soon = threading.Event()
        self._rng = random.Random(seed)
        self._fleet, self._sqlite, self._database, self._broker = fleet, sqlite, database, broker

    def run(self) -> None:
        deeds: list[tuple[str, Callable[[], None]]] = [
            ("worker killed", self._kill_worker),
            ("web killed", self._kill_web),
        ]
        if self._sqlite is not None:
            deeds += [("write lock held", self._hold_lock), ("killed in a transaction", self._die_writing)]
        if self._database is not None and self._database.is_ours:
            deeds.append(("database restarted", self._database.restart))
        if self._broker is not None and self._broker.is_ours:
            deeds.append(("broker restarted", self._restart_broker))
        n = 0
        while not self._stop_soon.wait(0.5 + self._rng.random()):
            # In turn, so that a short run meets each kind; the web every third round, as nothing comes in without it.
            name, deed = deeds[n % len(deeds)]
            is_spared = name == "web killed" and n // len(deeds) % 3
            n += 1
            if is_spared:
                continue
            try:
                deed()
            except (RuntimeError, TimeoutError, subprocess.SubprocessError, sqlite3.Error) as error:
                self.failure = f"{name}: {error!r}"
                return
            self.counts[name] = self.counts.get(name, 0) + 1

    def stop(self) -> None:
        """Let no more happen."""
        self._stop_soon.set()
        self.join()

    def _kill_worker(self) -> None:
        ships = [ship for name, ship in self._fleet.ships.items() if name in ("workers", "celery")]
        points.note_kill(points.RANDOM)
        self._rng.choice(ships).kill_one(self._rng)

    def _kill_web(self) -> None:
        points.note_kill(points.WEB)
        self._fleet.ships["web"].kill()

    def _hold_lock(self) -> None:
        assert self._sqlite is not None
        database = sqlite3.connect(self._sqlite, timeout=30, isolation_level=None)
        database.execute("BEGIN IMMEDIATE")
        # Much shorter than a lease: who cannot write cannot say that it lives either.
        self._stop_soon.wait(0.2 + self._rng.random())
        database.execute("ROLLBACK")
        database.close()

    def _die_writing(self) -> None:
        subprocess.run([sys.executable, "-c", _DIES_WRITING, str(self._sqlite)], timeout=60)

    def _restart_broker(self) -> None:
        assert self._broker is not None
        self._broker.stop()
        try:
            self._stop_soon.wait(1 + self._rng.random())
        finally:
            self._broker.start()
