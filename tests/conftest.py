"""What holds for every test."""

from datetime import timedelta

import pytest

from leadlight.accounts.operations import tokens


@pytest.fixture(autouse=True)
def _tokens_are_asked_for_every_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise the number of queries would depend on how quick the machine is."""
    monkeypatch.setattr(tokens, "_BELIEVED", timedelta(0))
