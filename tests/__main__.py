"""`python -m tests`: the whole suite on SQLite, then on PostgreSQL all of it that uses the database."""

import os
import shutil
import subprocess
import sys

from tests.servers import postgresql
from tests.servers.mailbox import dovecot


def ensure(what: str, package: str, *, is_there: bool) -> None:
    """Install a package of Debian where that is possible; else say the one command."""
    if is_there:
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        # At this run level a package that brings a server does not start it.
        quiet = {**os.environ, "RUNLEVEL": "1"}
        subprocess.run(["apt-get", "update", "-qq"], check=True)
        words = ["apt-get", "install", "-y", "-qq", package]
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL, env=quiet)
        return
    sys.exit(f"{what}. Install it with: sudo apt-get install {package}")


def run(label: str, environment: dict[str, str], *options: str) -> int:
    """Run the suite once; return pytest's exit code."""
    print(f"== The suite on {label}", flush=True)
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist", "loadgroup", "--durations=8", *options]
    command += sys.argv[1:]
    return subprocess.run(command, env={**os.environ, **environment}).returncode


def main() -> int:
    """Return 0 when both runs passed."""
    browsers = ("chromium", "chromium-browser", "google-chrome")
    ensure("The browser tests need Chromium", "chromium", is_there=any(map(shutil.which, browsers)))
    ensure("The tests of mailboxes need Dovecot", "dovecot-imapd", is_there=dovecot() is not None)
    failed = run("SQLite", {"LEADLIGHT_DATABASE_URL": ""})
    with postgresql() as url:
        failed |= run("PostgreSQL", {"LEADLIGHT_DATABASE_URL": url}, "--of-the-database")
    return failed


if __name__ == "__main__":
    sys.exit(main())
