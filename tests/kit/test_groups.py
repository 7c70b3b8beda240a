"""Groups that grow from pairs, against walking along the pairs."""

from hypothesis import given
from hypothesis import strategies as st

from leadlight.kit.groups import Groups

pairs = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=14)


def reached(start: int, joined: list[tuple[int, int]]) -> set[int]:
    found, edge = {start}, [start]
    while edge:
        here = edge.pop()
        near = {a if b == here else b for a, b in joined if here in (a, b)} - found
        found |= near
        edge += near
    return found


@given(pairs)
def test_a_group_is_named_by_its_least(joined: list[tuple[int, int]]) -> None:
    groups: Groups[int] = Groups()
    for one, other in joined:
        groups.join(one, other)
    for one in range(13):
        assert groups.first(one) == min(reached(one, joined))
