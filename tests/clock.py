"""A clock that stands where a test says: what may be done by the hour must not depend on when the tests run."""

import sys
from collections.abc import Callable
from datetime import datetime

import pytest

from leadlight.kit import clock


def stand_at(monkeypatch: pytest.MonkeyPatch, hour: int) -> datetime:
    """Have every part of the house take it for this hour (UTC) of today, from where its clock runs on."""
    real: Callable[[], datetime] = clock.utc_now
    begun = real()
    ahead = begun.replace(hour=hour, minute=0, second=0, microsecond=0) - begun

    def moved() -> datetime:
        return real() + ahead

    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in {"leadlight", "tests"} and getattr(module, "utc_now", None) is real:
            monkeypatch.setattr(module, "utc_now", moved)
    return begun + ahead


#: Noon on the eastern coast in winter, and an hour at which everybody in the country may be called.
NOON_IN_NEW_YORK = 17
