from datetime import UTC, datetime

import pytest

from leadlight.simulator import Brokerage, simulate

UNTIL = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture(scope="session")
def town() -> Brokerage:
    """Big enough that chance cannot hide what must hold."""
    return simulate(n_leads=20_000, seed=11, until=UNTIL)


@pytest.fixture(scope="session")
def village() -> Brokerage:
    return simulate(n_leads=1_500, seed=5, until=UNTIL)
