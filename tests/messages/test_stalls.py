"""A mail server that stalls over one message holds up nobody else's."""

from pathlib import Path

import pytest

from leadlight.channels.operations import connect_smtp, turn_sending
from leadlight.kit.clock import utc_now
from leadlight.messages import operations
from leadlight.messages.models import Message, State
from tests.channels.accounts import SENDER, smtp_of
from tests.messages.build import ready
from tests.processes import environment, running
from tests.routing.build import agent, happen, lead
from tests.servers.common import wait_until
from tests.servers.mail import Trouble, mail_server


@pytest.mark.django_db(transaction=True)
def test_while_the_server_thinks_about_one_message_the_others_go_out(tmp_path: Path) -> None:
    now = utc_now()
    ready(now)
    owner = agent("Dana Whitfield")

    def ask(address: str) -> Message:
        event_id = happen(lead("Ana Ortega", owner=owner, emails=(address,)), "inquiry", now)
        operations.acknowledge(event_ids=[event_id], now=now)
        return Message.objects.get(event_id=event_id)

    def state_of(message: Message) -> str:
        return Message.objects.values_list("state", flat=True).get(pk=message.pk)

    with mail_server() as server:
        connect_smtp(server=smtp_of(server), sender=SENDER, now=now)
        turn_sending(is_on=True, now=now)
        server.script(Trouble("DOT", to="stalls@*", wait_seconds=90))
        worker = running(
            *("leadlight", "work", "--queues", "mail"),
            environment=environment(tmp_path / "home"),
            log=tmp_path / "log",
        )
        with worker as process:
            stalled = ask("stalls@example.com")
            wait_until(lambda: state_of(stalled) == State.SENDING, seconds=60, what="the first is being handed over")
            other = ask("ana@example.com")
            wait_until(lambda: state_of(other) == State.SENT, seconds=30, what="the other was taken")
            assert state_of(stalled) == State.SENDING
            process.kill()
