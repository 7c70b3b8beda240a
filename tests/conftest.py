"""What holds for every test."""

from datetime import timedelta

import pytest

from leadlight.accounts.operations import tokens


@pytest.fixture(autouse=True)
def _tokens_are_asked_for_every_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise the number of queries would depend on how quick the machine is."""
    monkeypatch.setattr(tokens, "_BELIEVED", timedelta(0))


def pytest_addoption(parser: pytest.Parser) -> None:
    words = "leave out what is the same on every database, and the journeys in the browser"
    parser.addoption("--of-the-database", action="store_true", help=words)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """
    Begin with the longest, and leave out what a second database need not hold once more.

    The soaks go one after the other: begun last, they would run alone. What touches no database is the same on every
    one, and so are the journeys in the browser: every page and query of theirs has tests of its own, which stay.
    """
    items.sort(key=lambda item: "soak" not in item.nodeid)
    if not config.getoption("--of-the-database"):
        return
    left_out = [item for item in items if not _uses_the_database(item)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if _uses_the_database(item)]


def _uses_the_database(item: pytest.Item) -> bool:
    if any(item.iter_markers("browser")):
        return False
    marked = any(item.iter_markers("django_db")) or any(item.iter_markers("database"))
    return marked or not _DATABASE.isdisjoint(getattr(item, "fixturenames", ()))


#: Fixtures.
_DATABASE = frozenset({"db", "transactional_db", "live_server"})
