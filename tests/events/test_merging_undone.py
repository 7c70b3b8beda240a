"""Whatever happens around merges: once they are undone, all is as if they had never been made."""

from collections.abc import Sequence
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.events.script import DEEDS, Play, Step, left

pytestmark = pytest.mark.django_db

numbers = st.integers(0, 11)
scripts = st.lists(st.tuples(st.sampled_from(DEEDS), numbers, numbers, numbers), min_size=1, max_size=14)


def played(script: Sequence[Step], order: Sequence[int], trace: dict[int, Any] | None = None) -> tuple[Any, Any]:
    """Play a script, with its merges or, given what they led to, without; return what is left, and what they led to."""
    with transaction.atomic():
        play = Play(has_merges=trace is None, trace=trace or {})
        play.run(script)
        play.end(order)
        found = left()
        transaction.set_rollback(True)
    return found, play.trace


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(scripts, st.permutations(range(6)))
@example([("merge", 1, 2, 2), ("merge", 0, 1, 1), ("event", 2, 1, 0)], [0, 1])
@example([("merge", 0, 1, 1), ("merge", 0, 2, 2), ("edit", 1, 0, 3)], [0, 1])
@example([("merge", 0, 1, 1), ("unbring", 0, 0, 0), ("merge", 4, 5, 5)], [1, 0])
@example([("merge", 0, 3, 3), ("unbring", 0, 0, 0), ("score", 0, 0, 0)], [])
@example([("merge", 2, 4, 4), ("merge", 1, 2, 2), ("unbring", 0, 0, 0)], [1, 0])
@example([("merge", 0, 2, 2), ("unbring", 0, 0, 0)], [])
@example([("tier", 1, 0, 0), ("merge", 0, 1, 1), ("score", 0, 0, 0), ("arrive", 1, 0, 0), ("move", 1, 0, 0)], [])
@example([("merge", 0, 1, 1), ("part", 1, 0, 0), ("event", 1, 1, 0)], [0])
@example([("arrive", 1, 0, 0), ("merge", 0, 1, 1), ("part", 6, 0, 0), ("merge", 2, 6, 6)], [1, 0])
@example([("merge", 0, 1, 1), ("tier", 1, 0, 0), ("part", 0, 0, 0), ("unbring", 0, 0, 0)], [0])
@example([("tier", 1, 0, 0), ("merge", 0, 1, 1), ("part", 1, 0, 0), ("event", 1, 1, 0)], [0])
@example([("merge", 1, 2, 2), ("merge", 0, 1, 1), ("part", 1, 0, 0), ("undo", 1, 0, 0)], [])
@example([("tier", 0, 0, 0), ("merge", 0, 1, 2), ("part", 0, 0, 0), ("part", 1, 0, 0), ("merge", 1, 0, 0)], [])
def test_nothing_is_left_of_merges_that_are_undone(script: list[Step], order: list[int]) -> None:
    merged, trace = played(script, order)
    never, _ = played(script, order, trace)
    for name, rows in never.items():
        assert merged[name] == rows, name
