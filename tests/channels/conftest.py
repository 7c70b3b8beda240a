from collections.abc import Iterator

import pytest

from tests.servers.mailbox import MISSING, Mailbox, dovecot, mailbox


@pytest.fixture(scope="session")
def running_mailbox() -> Iterator[Mailbox]:
    if dovecot() is None:
        pytest.fail(MISSING)
    with mailbox() as box:
        yield box


@pytest.fixture
def box(running_mailbox: Mailbox) -> Mailbox:
    """A real mailbox whose folder Leads is empty."""
    running_mailbox.renew("Leads")
    return running_mailbox
