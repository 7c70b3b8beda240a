"""The processes under fire: started, killed, started again."""

import contextlib
import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests import processes


@dataclass
class Ship:
    """A process that is always there: when it dies, a new one takes its place."""

    name: str
    command: Sequence[str]
    environment: dict[str, str]
    log: Path
    process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        """Start it."""
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *self.command],
                env=self.environment,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )

    def kill(self) -> None:
        """Kill it with all its children."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)

    def kill_one(self, rng: random.Random) -> None:
        """Kill one of its children, or all of it."""
        if self.process is None:
            return
        listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(self.process.pid)], capture_output=True, text=True)
        children = [int(line) for line in listed.stdout.split()]
        if not children or rng.random() < 0.2:
            self.kill()
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(rng.choice(children), signal.SIGKILL)


class Fleet(threading.Thread):
    """Keeps ships afloat until told to stop."""

    def __init__(self) -> None:
        super().__init__(name="fleet", daemon=True)
        self.ships: dict[str, Ship] = {}
        self._stop_soon = threading.Event()

    def launch(self, name: str, *command: str, environment: dict[str, str], log: Path) -> None:
        """Add a ship."""
        ship = Ship(name, command, environment, log)
        ship.start()
        self.ships[name] = ship

    def run(self) -> None:
        while not self._stop_soon.wait(0.05):
            for ship in self.ships.values():
                if ship.process is not None and ship.process.poll() is not None:
                    with contextlib.suppress(ProcessLookupError):
                        os.killpg(ship.process.pid, signal.SIGKILL)  # what it left behind
                    ship.start()

    def stop(self) -> list[int]:
        """
        Ask all to stop, and return the exit codes of those that had to be killed or failed.

        Who is asked before having come so far as to listen dies of it, and that is well.
        """
        self._stop_soon.set()
        if self.is_alive():
            self.join()
        running = [ship.process for ship in self.ships.values() if ship.process is not None]
        processes.stop(running, seconds=30)
        return [process.returncode for process in running if process.returncode not in (0, -signal.SIGTERM)]
