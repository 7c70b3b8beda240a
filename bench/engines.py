"""Runs a benchmark on SQLite and on a durable PostgreSQL, each in a process of its own."""

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.servers import postgresql_server

ROOT = Path(__file__).resolve().parents[1]


def each_engine(module: str, act: Callable[[str], int]) -> int:
    """
    Act on both databases, or, with LEADLIGHT_DATABASE_URL set, on the one it names; return 1 when a limit was missed.

    Empty, it names SQLite. `act` is given the engine's name; Django is not set up yet when it is called.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "leadlight.config.settings")
    given = os.environ.get("LEADLIGHT_DATABASE_URL")
    if given is not None:
        return act("PostgreSQL" if given else "SQLite")
    missed = _again(module, "")
    with postgresql_server() as server:
        missed |= _again(module, server.url)
    return missed


def _again(module: str, url: str) -> int:
    path = os.pathsep.join(filter(None, (str(ROOT / "src"), os.environ.get("PYTHONPATH"))))
    environment = {**os.environ, "LEADLIGHT_DATABASE_URL": url, "PYTHONPATH": path}
    return int(
        subprocess.run([sys.executable, "-m", module, *sys.argv[1:]], env=environment, cwd=ROOT).returncode != 0
    )


@contextlib.contextmanager
def home() -> Iterator[Path]:
    """Have a home for SQLite and all other state that goes at the end."""
    with tempfile.TemporaryDirectory(prefix="leadlight-bench-") as folder:
        os.environ["LEADLIGHT_HOME"] = folder
        yield Path(folder)


def begin(people: int) -> str:
    """Make a brokerage of leads `p0`, `p1`, … of the system `bench`; return a token that may tell events."""
    import django

    django.setup()
    from django.core.management import call_command

    from leadlight.accounts.operations import create_token
    from leadlight.kit.clock import utc_now
    from leadlight.leads.operations import store_leads
    from leadlight.leads.rules import NewLead

    call_command("migrate", verbosity=0)
    now = utc_now()
    leads = [NewLead(system="bench", external_id=f"p{n}", name=f"P {n}", contacted_at=now) for n in range(people)]
    store_leads(leads=leads, now=now)
    return create_token(name="bench", scopes=["events:write"], now=now)
