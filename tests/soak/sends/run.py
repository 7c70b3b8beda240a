"""One soak of the way of a message, from an empty brokerage to the verdict."""

import os
import threading
import time
from collections import Counter
from pathlib import Path

from django.core.management import call_command
from django.db import DatabaseError, InterfaceError, close_old_connections, connection

from leadlight.accounts.models import Brokerage, Role, User
from leadlight.accounts.operations import create_token
from leadlight.channels.models import MailAccount
from leadlight.jobs.rules import LIVE, MAIL
from leadlight.kit.clock import utc_now
from leadlight.messages.models import Message
from tests.servers.common import wait_until
from tests.servers.mail import MailServer
from tests.soak import points
from tests.soak.fleet import Fleet
from tests.soak.sends import checks
from tests.soak.sends.feeder import Feeder
from tests.soak.sends.points import AFTER, BEFORE, BETWEEN

#: Two workers at a time.
WORKERS = 2
#: Of all kills so many must fall between the row that says SENDING and the one that says what came of it.
LEAST_BETWEEN = 0.1
#: Seconds for one kill, at most, and for what is still under way when nobody dies any more.
SECONDS_PER_KILL, PATIENCE = 4.0, 120.0


def run(n_kills: int, seed: int, folder: Path, server: MailServer) -> list[str]:
    """Return what did not hold, in sentences."""
    owner, token = _begin(server)
    fleet, stop = Fleet(), threading.Event()
    armed = {"SOAK_POINTS": ",".join((*BEFORE, *BETWEEN, *AFTER)), "SOAK_PASSAGES": "3"}
    log, environment = folder / "log", {**os.environ, **armed}
    words = ("tests.soak.nursery", str(WORKERS), LIVE, MAIL)
    fleet.launch("workers", *words, environment=environment, log=log)
    fleet.start()
    feeder = Feeder(token=token, seed=f"{seed}:feeder", stop=stop)
    feeder.start()
    began, killed_in, wrong = time.monotonic(), 0.0, []
    try:
        enough = n_kills * SECONDS_PER_KILL + 60
        wait_until(lambda: points.kills().total() >= n_kills or feeder.failure, seconds=enough, what="all are killed")
        points.calm()
        killed_in = time.monotonic() - began
        stop.set()
        feeder.join(timeout=60)
        wait_until(_is_idle, seconds=PATIENCE, what="all work is done")
    except TimeoutError as error:
        wrong.append(str(error))
    finally:
        codes = fleet.stop()
    wrong += [f"a process that was asked to stop ended with {code}" for code in codes]
    wrong += [feeder.failure] if feeder.failure else []
    deaths, taken = points.deaths(), server.accepted
    # Of a message that two workers died of, the first made it doubtful: nothing was to be tried after that.
    died = [(int(pk), int(attempt)) for point, about in deaths if point in BETWEEN for pk, attempt in [about.split()]]
    wrong += checks.left_over() + checks.ledger(feeder.asked) + checks.journal(taken)
    wrong += checks.doubts(died, owner) + checks.touches()
    if len(died) < LEAST_BETWEEN * len(deaths):
        wrong.append(f"only {len(died)} of {len(deaths)} kills fell between SENDING and the outcome")
    states = Counter(Message.objects.values_list("state", flat=True))
    print(f"  {len(feeder.asked):,} people asked; the mail server took {len(taken):,} messages")
    print("  the ledger says: " + ", ".join(f"{name} {n:,}" for name, n in sorted(states.items())))
    print(
        f"  {len(deaths):,} workers killed in {killed_in:.0f} s, of which {len(died):,} between SENDING and the outcome"
    )
    print("  kills per point: " + ", ".join(f"{name} {n}" for name, n in points.kills().items()))
    connection.close()
    return wrong


def _begin(server: MailServer) -> tuple[User, str]:
    """Make a brokerage that sends by a server; return its owner, and a token that may tell events."""
    call_command("migrate", verbosity=0)
    now = utc_now()
    # An office that never opens goes by the clock.
    Brokerage.objects.create(pk=1, name="Bayline Realty", hours={"mon": ""})
    MailAccount.objects.create(
        pk=1,
        from_email="office@bayline.test",
        is_on=True,
        smtp_host=server.host,
        smtp_port=server.port,
        smtp_security="NONE",
    )
    owner = User.objects.create_user("owner@bayline.test", name="Owner of the soak", role=Role.OWNER)
    return owner, create_token(name="soak", scopes=["events:write"], now=now)


def _is_idle() -> bool:
    close_old_connections()
    try:
        return checks.is_idle()
    except (DatabaseError, InterfaceError):
        connection.close()
        return False
