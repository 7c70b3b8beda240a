"""`leadlight demo`: a synthetic brokerage through the front door: generate, import, train, score, serve."""

import json
import os
import re
import secrets
import subprocess
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection

from leadlight.accounts.models import AuditEntry, Role, User
from leadlight.accounts.operations import create_token, create_user, describe_brokerage, record_audit
from leadlight.events.rules import Cause
from leadlight.jobs import worker
from leadlight.jobs.rules import LIVE, LONG
from leadlight.kit.clock import utc_now
from leadlight.kit.errors import DomainError
from leadlight.leads.models import Lead
from leadlight.scoring import operations
from leadlight.scoring.learners.scorer import MODEL
from leadlight.scoring.rules.words import summary
from leadlight.web.management.commands.serve import check_address

OWNER = "owner@demo.leadlight.local"
BROKERAGE = {
    "name": "Live Oak Homes",
    "postal_address": "100 Main St\nAustin, TX 78701",
    "phone": "512-555-0100",
}
#: How long ago the export was made, and for how long the demo goes on after it.
SINCE, HOURS_LATER = timedelta(hours=18), 24
#: Where the simulator looks for its token.
TOKEN_IN = "SIMULATOR_TOKEN"  # noqa: S105 - the name of a variable, no secret
MARK = "demo.made"


class UnableToMakeDemo(DomainError):
    """The database holds something that a demo must not touch."""

    code = "not_a_demo"


class Command(BaseCommand):
    help = "Make a synthetic brokerage apart from your own, score it, and serve it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--leads", type=int, default=3_000)
        parser.add_argument("--seed", type=int, default=7)
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--variant", choices=("followupboss", "followupboss_stages"), default="followupboss")
        parser.add_argument("--no-serve", action="store_true", help="do all but serve")
        parser.add_argument("--json", action="store_true", help="print counts, seconds and the card as JSON")

    def handle(self, *args: Any, leads: int, seed: int, host: str, port: int, **options: Any) -> None:
        if not options["no_serve"]:
            check_address(host, port)
        self.quiet = options["json"]
        self.seconds: dict[str, float] = {}
        started = time.perf_counter()
        now = utc_now()
        with self.step("prepare", "An empty brokerage"):
            password = prepare(now)
        # What has happened since is told live, and goes on while the demo is looked at.
        until = now.replace(minute=0, second=0, microsecond=0) - SINCE
        world = [
            *("--leads", str(leads), "--seed", str(seed), "--until", until.isoformat()),
            *("--hours-later", str(HOURS_LATER)),
        ]
        folder = settings.HOME / "exports"
        with self.step("generate", f"Two years of {leads:,} leads, as a CRM would export them"):
            made = simulator("--json", *world, "--variant", options["variant"], "--out", str(folder))
            hire(made["agents"], password)
        with self.step("import", "Import"):
            printed = StringIO()
            call_command("import", *made["paths"], "--came", "own-inquiry", "--json", stdout=printed)
            counts = json.loads(printed.getvalue())
        with self.step("train", "Train"):
            version = operations.train(now=utc_now())
        with self.step("score", "Score"):
            scored = operations.score_all(now=utc_now(), cause=Cause.MODEL_CHANGE)
            worker.run_until_idle(queues=[LIVE, LONG])
        with self.step("oracle", "Compare with what only the simulator knows"):
            oracle = self.oracle(version.pk, world) if version.card["serving"] == MODEL else None
        seconds = {**self.seconds, "total": round(time.perf_counter() - started, 2)}
        if options["json"]:
            document = {
                "counts": {**made, "import": counts, "scored": scored.n_scored, "settled": scored.n_settled},
                "seconds": seconds,
                "oracle": oracle,
                "card": version.card,
            }
            self.stdout.write(json.dumps(document, indent=1))
        else:
            self.tell(summary(version.card), oracle, seconds["total"])
        if not options["no_serve"]:
            self.stdout.write(f"\nSign in as {OWNER} with the password {password}")
            self.stdout.write(f"or with the same as one of the agents, {address_of(made['agents'][0])} for one.")
            with going_on(world, f"http://{host}:{port}"):
                call_command("serve", host=host, port=port)

    @contextmanager
    def step(self, name: str, title: str) -> Iterator[None]:
        """Time one step, and say it."""
        started = time.perf_counter()
        if not self.quiet:
            self.stdout.write(f"{title} …", ending=" ")
            self.stdout.flush()
        yield
        self.seconds[name] = round(time.perf_counter() - started, 2)
        if not self.quiet:
            self.stdout.write(f"{self.seconds[name]} s")

    def oracle(self, version_id: int, world: list[str]) -> dict[str, Any] | None:
        """Return the AUC of the true chances beside the model's own, on the very rows of the test fold."""
        fold = operations.held_out(version_id=version_id)
        if fold is None:
            return None
        ids: dict[int, str] = {}
        for person_id, external_id in Lead.objects.order_by("-id").values_list("person_id", "external_id"):
            ids[person_id] = external_id
        path = settings.HOME / "exports" / "held-out.csv"
        with path.open("w") as file:
            file.writelines(f"{ids[person]},{at},{p}\n" for person, at, p in fold)
        return simulator("--json", *world, "--judge", str(path))

    def tell(self, card: Any, oracle: dict[str, Any] | None, total: float) -> None:
        """Print the card in words."""
        self.stdout.write("\n" + "\n".join(card))
        if oracle is not None:
            self.stdout.write(
                f"Of {oracle['n']} held-out rows, AUC by the hidden truth {oracle['auc_oracle']:.3f}, "
                f"by the model {oracle['auc']:.3f}: a gap of {oracle['gap']:.3f}."
            )
            if oracle["gap"] < 0.01:
                self.stdout.write("A gap under .01 is a finding: the model may know what it should not.")
        self.stdout.write(f"{total} s in all.")


def simulator(*arguments: str) -> dict[str, Any]:
    """Run the simulator, which is a world of its own, and return what it says."""
    done = subprocess.run(
        [sys.executable, "-m", "leadlight.simulator", *arguments], check=True, capture_output=True, text=True
    )
    said: dict[str, Any] = json.loads(done.stdout)
    return said


@contextmanager
def going_on(world: list[str], address: str) -> Iterator[None]:
    """Have the simulator tell what goes on, as soon as somebody answers at the address, while the block runs."""
    token = create_token(name="Demo", scopes=["leads:write", "events:write"], now=utc_now())
    teller = subprocess.Popen(
        [sys.executable, "-m", "leadlight.simulator", "--json", *world, "--tell", address],
        env={**os.environ, TOKEN_IN: token},
        stdout=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        teller.terminate()
        teller.wait()


def address_of(name: str) -> str:
    """Return the address by which somebody of the demo's team signs in."""
    return f"{'.'.join(re.findall(r'[a-z]+', name.lower()))}@demo.leadlight.local"


def hire(names: list[str], password: str) -> None:
    """Make the agents of the export members of the team, so that their leads are theirs."""
    for name in names:
        create_user(email=address_of(name), name=name, role=Role.AGENT, password=password)


def prepare(now: datetime) -> str:
    """
    Make an empty database with an owner, of a brokerage that may write; return the owner's password.

    On SQLite the demo's own file is made anew. On PostgreSQL a database is used only when it is empty or holds an
    earlier demo, which is cleared.

    Raises:
        UnableToMakeDemo: the database holds somebody's work.
    """
    if connection.vendor == "sqlite":
        connection.close()
        for name in ("", "-wal", "-shm"):
            Path(f"{connection.settings_dict['NAME']}{name}").unlink(missing_ok=True)
        call_command("migrate", verbosity=0)
    else:
        call_command("migrate", verbosity=0)
        if User.objects.exists() and not AuditEntry.objects.filter(action=MARK).exists():
            raise UnableToMakeDemo(
                "The database of LEADLIGHT_DATABASE_URL is in use. Name an empty one, or unset it for one on SQLite."
            )
        call_command("flush", interactive=False, verbosity=0)
    password = secrets.token_urlsafe(9)
    owner = create_user(email=OWNER, name="Dana Ruiz", role=Role.OWNER, password=password)
    describe_brokerage(told=BROKERAGE, hours={}, actor=owner, now=now)
    record_audit(action=MARK, subject="demo", now=now, actor=owner)
    return password
