"""One soak from an empty brokerage to the verdict."""

import os
import threading
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, InterfaceError, close_old_connections, connection

from leadlight.accounts.models import Brokerage, Role, User
from leadlight.accounts.operations import create_token
from leadlight.accounts.rules.hours import DAYS
from leadlight.kit.clock import utc_now
from leadlight.leads.operations import refresh_persons, store_leads
from leadlight.leads.rules import NewLead
from leadlight.scoring.operations import train
from tests.processes import web
from tests.servers import Server, free_port
from tests.servers.common import listens, wait_until
from tests.soak import checks, points
from tests.soak.chaos import Chaos
from tests.soak.feeders import EventFeeder, JobFeeder
from tests.soak.fleet import Fleet
from tests.soak.models import Asked

if TYPE_CHECKING:
    from tests.soak.__main__ import Options

#: What can still be under way when nothing more comes in is done within so many seconds, or never.
PATIENCE, PATIENCE_BROKEN = 180.0, 15.0


def run(
    chosen: "Options", folder: Path, database: Server | None, broker: Server | None, stack: ExitStack
) -> list[str]:
    """Return what did not hold, in sentences."""
    token = _begin(chosen.people)
    fleet, port = Fleet(), free_port()
    stack.callback(fleet.stop)
    _launch(fleet, port, folder, has_broker=broker is not None)
    wait_until(lambda: listens(f"http://127.0.0.1:{port}"), seconds=60, what="the web process answers")
    fleet.start()

    stop = threading.Event()
    feeders = [
        EventFeeder(
            name, port=port, token=token, people=chosen.people, seed=f"{chosen.seed}:events:{name}", stop=stop
        )
        for name in ("a", "b")
    ]
    asking = JobFeeder(seed=f"{chosen.seed}:jobs", stop=stop, asked=Asked)
    sqlite = None if database else Path(str(settings.DATABASES["default"]["NAME"]))
    chaos = Chaos(fleet=fleet, seed=f"{chosen.seed}:chaos", sqlite=sqlite, database=database, broker=broker)
    threads = [*feeders, asking, chaos]
    for thread in threads:
        thread.start()
    threading.Event().wait(chosen.seconds)
    chaos.stop()
    points.calm()
    stop.set()
    for thread in (*feeders, asking):
        thread.join(timeout=120)

    wrong = [feeder.failure for feeder in (*feeders, chaos) if feeder.failure]
    wrong += [f"{thread.name} did not come to an end" for thread in threads if thread.is_alive()]
    try:
        wait_until(_all_quiet, seconds=PATIENCE_BROKEN if chosen.without else PATIENCE, what="all work is done")
    except TimeoutError as error:
        wrong.append(str(error))
    living = checks.living()
    codes = fleet.stop()
    wrong += [f"a process that was asked to stop ended with {code}" for code in codes]
    wait_until(_nobody_lives, seconds=60, what="the dead are known to be dead")
    wrong += checks.left_over() + checks.events(feeders) + checks.jobs(asking) + checks.workers(living)
    wrong += checks.scores() + checks.routing()
    _tell(feeders, asking, chaos)
    if wrong:
        _tell_log(folder / "log")
    connection.close()
    return wrong


def _begin(people: int) -> str:
    """Make a brokerage with leads and a version that serves; return a token that may tell events."""
    call_command("migrate", "--run-syncdb", verbosity=0)
    now = utc_now()
    leads = [
        NewLead(system="soak", external_id=f"p{n}", name=f"P {n}", contacted_at=now - timedelta(days=1 + n % 90))
        for n in range(people)
    ]
    store_leads(leads=leads, now=now)
    # An office that never opens goes by the clock, so that promises end within the soak.
    Brokerage.objects.create(pk=1, hours={"mon": ""})
    for role, hours in ((Role.OWNER, {}), (Role.AGENT, dict.fromkeys(DAYS, "0-24"))):
        User.objects.create_user(f"{role.lower()}@soak.example", name=f"{role} of the soak", role=role, hours=hours)
    from leadlight.leads.models import Person

    refresh_persons(person_ids=list(Person.objects.values_list("pk", flat=True)))
    train(now=now)
    return create_token(name="soak", scopes=["events:write"], now=now)


def _launch(fleet: Fleet, port: int, folder: Path, *, has_broker: bool) -> None:
    log = folder / "log"
    plain = dict(os.environ)
    dying = {**plain, "SOAK_POINTS": ",".join((*points.JOBS, *points.DRAIN))}
    fleet.launch("web", *web(port), environment=plain, log=log)
    fleet.launch("workers", "tests.soak.nursery", "2", environment=dying, log=log)
    if not has_broker:
        return
    celery = ("celery", "-A", "leadlight.config.celery")
    queues = (
        "worker",
        "-Q",
        "live,alerts,mail,outbound,long",
        "--concurrency",
        "2",
        "--without-mingle",
        "--without-gossip",
    )
    fleet.launch("celery", *celery, *queues, environment=dying, log=log)
    fleet.launch(
        "beat", *celery, "beat", "--pidfile=", "--schedule", str(folder / "beat"), environment=plain, log=log
    )


def _all_quiet() -> bool:
    close_old_connections()
    try:
        return checks.is_idle()
    except (DatabaseError, InterfaceError):
        connection.close()
        return False


def _nobody_lives() -> bool:
    close_old_connections()
    return checks.nobody_seems_alive()


def _tell(feeders: list[EventFeeder], asking: JobFeeder, chaos: Chaos) -> None:
    n_events, n_known = sum(len(f.told.events) for f in feeders), sum(f.told.n_requests for f in feeders)
    n_repeated, n_back = sum(f.told.n_repeated for f in feeders), sum(len(f.told.retracted) for f in feeders)
    print(
        f"  {n_events:,} events acknowledged in {n_known:,} requests, of which {n_repeated:,} were repeated; {n_back:,} taken back"
    )
    print(
        f"  {len(asking.acknowledged):,} jobs asked for, {len(asking.taken_back):,} rolled back, {checks.n_repeated():,} tried more than once"
    )
    print("  misfortunes: " + ", ".join(f"{name} {n}" for name, n in sorted(chaos.counts.items())))
    print("  kills per point: " + ", ".join(f"{name} {n}" for name, n in sorted(points.kills().items())))


def _tell_log(path: Path) -> None:
    print("  the end of what the processes said:")
    for line in path.read_text(errors="replace").splitlines()[-30:]:
        print(f"  | {line[:200]}")
