"""
`python -m tests.soak.sends`: workers are killed at every step of a message, and none is lost, and none sent twice.

A mail server of its own counts what it took. The exit code is 1 when anything that must hold does not. `--without row`
has a message's row say that it is being sent only after it was: the soak must then fail.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from tests.servers import postgresql_server
from tests.servers.mail import Setup, mail_server
from tests.soak.environment import ROOT, enter
from tests.soak.sends.people import troubles


def run_all(kills: int, seed: int) -> int:
    """Run it on both databases, then without its row; return 0 when all held, and the broken ones failed."""
    failed = []
    for database in ("sqlite", "postgresql"):
        for words, expected in (((f"--kills={kills}",), 0), (("--without=row", "--kills=60"), 1)):
            command = (sys.executable, "-m", "tests.soak.sends", f"--database={database}", f"--seed={seed}", *words)
            if subprocess.run(command, cwd=ROOT).returncode != expected:
                failed.append(f"{database} {words[0]}")
            elif expected:
                print("  as it must")
    print(f"Failed: {', '.join(failed)}" if failed else "Every soak ended as it must.")
    return 1 if failed else 0


def main() -> int:
    """Run one soak; return 0 when all held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=1_000)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--without", choices=("", "row"), default="", help="break it on purpose")
    parser.add_argument("--all", action="store_true", help="both databases, then broken")
    chosen = parser.parse_args()
    if chosen.all:
        return run_all(chosen.kills, chosen.seed)
    print(f"== sends under fire: {chosen.database}, {chosen.kills:,} kills, seed {chosen.seed}", flush=True)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="leadlight-sends-")))
        database = stack.enter_context(postgresql_server()) if chosen.database == "postgresql" else None
        server = stack.enter_context(mail_server(Setup(is_steadfast=True), *troubles(chosen.kills)))
        enter(
            folder,
            settings="tests.soak.sends.settings",
            database=database,
            seed=chosen.seed,
            without=chosen.without,
            SOAK_JOURNAL=str(server.folder / "accepted.jsonl"),
        )
        # Only now: the settings are read from the environment that was just made.
        from tests.soak.sends.run import run

        began = time.monotonic()
        wrong = run(chosen.kills, chosen.seed, folder, server)
        if wrong:
            lines = (folder / "log").read_text(errors="replace").splitlines()[-20:]
            print("  the end of what the workers said:", *(f"  | {line[:200]}" for line in lines), sep="\n")
    print(f"  {time.monotonic() - began:.0f} s in all")
    for sentence in wrong[:12]:
        print(f"  FAILED: {sentence}")
    if len(wrong) > 12:
        print(f"  FAILED: and {len(wrong) - 12} more")
    print("  none was lost, and none sent twice" if not wrong else "  the soak FAILED", flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
