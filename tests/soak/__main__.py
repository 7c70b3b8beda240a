"""
`python -m tests.soak`: everything is killed again and again, and afterwards nothing is lost, doubled or forgotten.

Web, workers, database and broker are the real ones, as processes of their own. The exit code is 1 when anything that
must hold does not. `--without lease` and `--without return` break the ledger on purpose: the soak must then fail.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from tests.servers import Server, postgresql_server, rabbitmq, valkey
from tests.soak.environment import ROOT, enter


@dataclass(frozen=True)
class Options:
    """What is to be put under fire, and for how long."""

    seconds: float
    database: str
    broker: str
    seed: int
    people: int
    without: str
    all: bool


def options(arguments: Sequence[str] | None = None) -> Options:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=30, help="how long things come in and are killed")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--broker", choices=("none", "redis", "rabbitmq"), default="none")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--without", choices=("", "lease", "return"), default="", help="break the ledger on purpose")
    parser.add_argument("--all", action="store_true", help="both databases, each with every broker, then broken")
    return Options(**vars(parser.parse_args(arguments)))


def run_all(seconds: float, seed: int) -> int:
    """Run every combination, each in a process of its own; return 0 when all held, and the broken ones failed."""
    failed = []
    for database in ("sqlite", "postgresql"):
        runs = [((f"--broker={broker}", f"--seconds={seconds}"), 0) for broker in ("none", "redis", "rabbitmq")]
        runs += [((f"--without={what}", "--seconds=8"), 1) for what in ("lease", "return")]
        for words, expected in runs:
            command = (sys.executable, "-m", "tests.soak", f"--database={database}", f"--seed={seed}", *words)
            if subprocess.run(command, cwd=ROOT).returncode != expected:
                failed.append(f"{database} {words[0]}")
            elif expected:
                print("  as it must")
    print(f"Failed: {', '.join(failed)}" if failed else "Every soak ended as it must.")
    return 1 if failed else 0


def main() -> int:
    """Run one soak; return 0 when all held."""
    chosen = options()
    if chosen.all:
        return run_all(chosen.seconds, chosen.seed)
    print(
        f"== soak: {chosen.database}, broker {chosen.broker}, {chosen.seconds:.0f} s, seed {chosen.seed}", flush=True
    )
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="leadlight-soak-")))
        database = stack.enter_context(postgresql_server()) if chosen.database == "postgresql" else None
        broker: Server | None = None
        if chosen.broker != "none":
            broker = stack.enter_context(valkey() if chosen.broker == "redis" else rabbitmq(install=True))
        enter(
            folder,
            settings="tests.soak.settings",
            database=database,
            broker=broker,
            seed=chosen.seed,
            without=chosen.without,
        )
        # Only now: the settings are read from the environment that was just made.
        from tests.soak.run import run

        began = time.monotonic()
        wrong = run(chosen, folder, database, broker, stack)
    print(f"  {time.monotonic() - began:.0f} s in all")
    for sentence in wrong[:12]:
        print(f"  FAILED: {sentence}")
    if len(wrong) > 12:
        print(f"  FAILED: and {len(wrong) - 12} more")
    print("  nothing was lost, doubled or forgotten" if not wrong else "  the soak FAILED", flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
