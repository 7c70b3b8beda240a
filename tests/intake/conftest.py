"""Each test has a home of its own, so that no mapping that one keeps is remembered in another."""

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def home(settings, tmp_path_factory) -> Path:
    settings.HOME = tmp_path_factory.mktemp("home")
    return settings.HOME
