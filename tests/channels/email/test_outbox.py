from collections.abc import Iterator
from contextlib import contextmanager

from leadlight.channels.email.outbox import Outbox
from tests.channels.email.conformance import Conformance


class TestOutbox(Conformance):
    @contextmanager
    def opened(self) -> Iterator[tuple[Outbox, None]]:
        yield Outbox(), None


def test_nothing_leaves_the_machine() -> None:
    assert not Outbox.is_real
