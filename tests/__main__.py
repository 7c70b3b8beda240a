"""`python -m tests`: the whole suite on SQLite, then the whole suite on PostgreSQL."""

import os
import shutil
import subprocess
import sys

from tests.servers import postgresql


def ensure_chromium() -> None:
    """Install Chromium where that is possible; else say the one command."""
    if any(shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome")):
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "update", "-qq"], check=True)
        subprocess.run(["apt-get", "install", "-y", "-qq", "chromium"], check=True, stdout=subprocess.DEVNULL)
        return
    sys.exit("The browser tests need Chromium. Install it with: sudo apt-get install chromium")


def run(label: str, environment: dict[str, str]) -> int:
    """Run the suite once; return pytest's exit code."""
    print(f"== The suite on {label}", flush=True)
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist", "loadgroup", "--durations=8", *sys.argv[1:]]
    return subprocess.run(command, env={**os.environ, **environment}).returncode


def main() -> int:
    """Return 0 when both runs passed."""
    ensure_chromium()
    failed = run("SQLite", {"LEADLIGHT_DATABASE_URL": ""})
    with postgresql() as url:
        failed |= run("PostgreSQL", {"LEADLIGHT_DATABASE_URL": url})
    return failed


if __name__ == "__main__":
    sys.exit(main())
