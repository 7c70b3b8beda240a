"""What the servers share: an address that can be taken away and given back."""

import contextlib
import os
import pwd
import signal
import socket
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit


def free_port() -> int:
    """Return a port of the loopback interface that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until(condition: Callable[[], object], *, seconds: float, what: str) -> None:
    """Look again and again until a condition holds; raise `TimeoutError`, which names it, when it never does."""
    tick = threading.Event()
    for _ in range(int(seconds / 0.02)):
        if condition():
            return
        tick.wait(0.02)
    raise TimeoutError(f"{what}: not in {seconds:.0f} s")


def listens(url: str) -> bool:
    """Say whether somebody answers at a URL's host and port."""
    parts = urlsplit(url)
    assert parts.port is not None
    try:
        with socket.create_connection((parts.hostname or "127.0.0.1", parts.port), timeout=1):
            return True
    except OSError:
        return False


def unprivileged(folder: Path, *names: str) -> dict[str, Any]:
    """
    Return how a subprocess becomes one of the system's users `names`, who gets `folder`; nothing for non-root.

    For servers that refuse to run as root.
    """
    if os.geteuid() != 0:
        return {}
    account = next(entry for name in names for entry in pwd.getpwall() if entry.pw_name == name)
    os.chown(folder, account.pw_uid, account.pw_gid)
    return {"user": account.pw_uid, "group": account.pw_gid, "cwd": folder}


@dataclass
class Server:
    """A server at a URL."""

    url: str
    #: Takes it away at once, as a crash would.
    stop: Callable[[], None]
    #: Brings it back at the same URL, and returns once it answers.
    start: Callable[[], None]
    #: False for one that was given and is not ours to stop.
    is_ours: bool = True

    def restart(self) -> None:
        """Take it away and bring it back."""
        self.stop()
        self.start()


def given(url: str) -> Server:
    """Return a server that somebody else looks after."""

    def refuse() -> None:
        raise RuntimeError(f"{url} is not ours to stop or start")

    return Server(url, refuse, refuse, is_ours=False)


class Program:
    """A server that is one process in the foreground."""

    def __init__(self, command: Sequence[str | Path], *, environment: Mapping[str, str], log: Path) -> None:
        self._command, self._environment, self._log = command, environment, log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, **more: Any) -> None:
        """Start the process, as the leader of a group of its own."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, env=dict(self._environment), stdout=log, stderr=log, start_new_session=True, **more
            )

    def stop(self) -> None:
        """Kill the process with all its children; nothing when it is gone already."""
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process = None
