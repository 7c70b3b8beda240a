"""Processes of the house beside a test: they share its database, and end with it."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import quote

from django.db import connection

from leadlight.web.management.commands.serve import THREADS


def environment(home: Path) -> dict[str, str]:
    """Return the environment of a process that works on the test's own database, with a home of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LEADLIGHT_", "DJANGO_"))}
    told = connection.settings_dict
    home.mkdir(exist_ok=True)
    if connection.vendor == "postgresql":
        who = f"{quote(told['USER'])}:{quote(told['PASSWORD'])}"
        url = f"postgresql://{who}@{told['HOST']}:{told['PORT']}/{quote(told['NAME'])}"
    else:
        url = ""
        link = home / "leadlight.sqlite3"
        if not link.exists():
            link.symlink_to(told["NAME"])
    return {**kept, "LEADLIGHT_HOME": str(home), "LEADLIGHT_DATABASE_URL": url}


@contextlib.contextmanager
def running(*words: str, environment: dict[str, str] | None, log: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """Run `python -m WORDS` while the block does, by default in this environment; ask it to stop after that, and kill what does not."""
    with log.open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", *words], env=environment, stdout=out, stderr=out, start_new_session=True
        )
    try:
        yield process
    finally:
        stop([process])


def stop(processes: Sequence["subprocess.Popen[bytes]"], *, seconds: float = 20) -> None:
    """Ask processes to stop, then kill those that did not, each with its children; with 0 seconds, kill at once."""
    for process in processes:
        if seconds:
            process.terminate()
    for process in processes:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=seconds)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def web(port: int) -> tuple[str, ...]:
    """Return the words that run the web process of `leadlight serve` alone, as `python -m WORDS`."""
    plain = ("granian", "--interface", "wsgi", "--no-ws", "--log-level", "warning", "--host", "127.0.0.1")
    return (*plain, "--port", str(port), "--blocking-threads", str(THREADS), "leadlight.config.wsgi:application")
