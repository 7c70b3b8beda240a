from collections.abc import Iterator

import pytest
from pytest_django import Settings

from tests.crm.receiver import Receiver, receiving
from tests.scoring.conftest import brokerage, now

__all__ = ["brokerage", "now"]


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Receiver]:
    """A system on loopback, which this installation may talk to."""
    settings.OUTBOUND_PRIVATE = True
    with receiving() as found:
        yield found
