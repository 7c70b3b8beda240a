"""A mail server that stalls over one message, or one alert, holds up nobody else's."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest

from leadlight.accounts.models import User
from leadlight.channels.operations import connect_smtp, turn_sending
from leadlight.events.rules import Cause
from leadlight.kit.clock import utc_now
from leadlight.messages import operations
from leadlight.messages.models import Message
from leadlight.routing.models import Alert
from leadlight.routing.operations import hear_inquiries
from tests.channels.accounts import SENDER, smtp_of
from tests.messages.build import ready
from tests.processes import environment, running
from tests.routing.build import agent, happen, lead
from tests.servers.common import wait_until
from tests.servers.mail import Trouble, mail_server

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def stalling(queue: str, folder: Path, now: datetime) -> Iterator[None]:
    """Have a worker hand things over to a server that thinks for longer than any test about whom it stalls over."""
    with mail_server() as server:
        connect_smtp(server=smtp_of(server), sender=SENDER, now=now)
        turn_sending(is_on=True, now=now)
        server.script(Trouble("DOT", to="stalls@*", wait_seconds=90))
        words = ("leadlight", "work", "--queues", queue)
        with running(*words, environment=environment(folder / "home"), log=folder / "log") as process:
            yield
            process.kill()


def passes_by(state_of: Callable[[str], str], ask: Callable[[str], None]) -> None:
    """See that what is asked for `ana` goes out while the server still thinks about `stalls`."""
    ask("stalls")
    wait_until(lambda: state_of("stalls") == "SENDING", seconds=60, what="the first is being handed over")
    ask("ana")
    wait_until(lambda: state_of("ana") == "SENT", seconds=30, what="the other was taken")
    assert state_of("stalls") == "SENDING"


def test_while_the_server_thinks_about_one_message_the_others_go_out(tmp_path: Path) -> None:
    now = utc_now()
    ready(now)
    owner = agent("Dana Whitfield")

    def ask(name: str) -> None:
        who = lead("Ana Ortega", owner=owner, emails=(f"{name}@example.com",))
        operations.acknowledge(event_ids=[happen(who, "inquiry", now)], now=now)

    def state_of(name: str) -> str:
        return Message.objects.values_list("state", flat=True).get(address=f"{name}@example.com")

    with stalling("mail", tmp_path, now):
        passes_by(state_of, ask)


def test_while_it_thinks_about_one_alert_the_others_go_out(tmp_path: Path) -> None:
    now = utc_now()
    ready(now)
    agents = {name: agent(name, email=f"{name}@bayline.test") for name in ("stalls", "ana")}

    def ask(name: str) -> None:
        event_id = happen(lead(owner=User.objects.get(pk=agents[name].pk)), "inquiry", now)
        hear_inquiries(event_ids=[event_id], cause=Cause.LIVE, now=now)

    def state_of(name: str) -> str:
        return Alert.objects.values_list("state", flat=True).get(user=agents[name], channel="EMAIL", level=0)

    with stalling("alerts", tmp_path, now):
        passes_by(state_of, ask)
