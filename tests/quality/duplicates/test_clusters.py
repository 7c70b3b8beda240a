import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from leadlight.quality.duplicates.clusters import AUTOMATIC, LEAST_WITHIN, REVIEW, Pair, clusters, pairs_of

numbers = st.integers(0, 9)
some_pairs = st.dictionaries(
    st.tuples(numbers, numbers).filter(lambda ends: ends[0] < ends[1]),
    st.tuples(st.sampled_from([0.1, 0.5, 0.9, 0.99, 1.0]), st.booleans()),
).map(lambda found: [Pair(*ends, p) for ends, (p, _) in found.items()])


def test_the_thresholds_are_in_order() -> None:
    assert 0 < REVIEW <= LEAST_WITHIN < AUTOMATIC < 1


def test_three_records_that_are_alike_are_one() -> None:
    assert clusters([Pair(1, 2, 0.999), Pair(2, 3, 0.999), Pair(1, 3, 0.7)]) == [[1, 2, 3]]


def test_a_record_between_two_people_does_not_make_them_one() -> None:
    john, between, mary = "a", "b", "c"
    assert clusters([Pair(john, between, 0.999), Pair(between, mary, 0.995)]) == [[john, between]]
    assert clusters([Pair(john, between, 0.999), Pair(between, mary, 0.995), Pair(john, mary, 0.2)]) == [
        [john, between]
    ]


def test_one_link_does_not_join_two_groups_that_contradict_each_other() -> None:
    pairs = [Pair(1, 2, 0.999), Pair(3, 4, 0.999), Pair(2, 3, 0.995), Pair(1, 3, 0.8), Pair(2, 4, 0.8)]
    assert clusters(pairs) == [[1, 2], [3, 4]]
    assert clusters([*pairs, Pair(1, 4, 0.6)]) == [[1, 2, 3, 4]]


def test_equal_records_need_no_pair_of_their_own() -> None:
    pairs = [Pair(1, k, 0.999, equal=True) for k in range(2, 6)]
    assert clusters(pairs) == [[1, 2, 3, 4, 5]]
    assert clusters([*pairs, Pair(1, 9, 0.999)]) == [[1, 2, 3, 4, 5, 9]]
    assert clusters([Pair(1, 2, 0.5, equal=True)]) == []


def test_a_lower_threshold_joins_more() -> None:
    pairs = [Pair(1, 2, 0.999), Pair(3, 4, 0.6)]
    assert clusters(pairs) == [[1, 2]]
    assert clusters(pairs, REVIEW) == [[1, 2], [3, 4]]


@given(some_pairs, st.randoms(use_true_random=False))
def test_groups_are_apart_hold_together_and_do_not_depend_on_the_order(pairs: list[Pair], chance) -> None:  # type: ignore[no-untyped-def]
    groups = clusters(pairs, 0.9)
    members = [member for group in groups for member in group]
    assert len(members) == len(set(members))
    likely = {frozenset(pair[:2]): pair.probability for pair in pairs}
    for group in groups:
        assert all(likely.get(frozenset((a, b)), 0) >= LEAST_WITHIN for a in group for b in group if a != b)
        assert len(group) >= 2
    shuffled = list(pairs)
    chance.shuffle(shuffled)
    assert clusters(shuffled, 0.9) == groups


def test_pairs_come_from_data_frames() -> None:
    frame = pd.DataFrame({"left": [0], "right": [1], "probability": [0.999], "agrees": ["everything"]})
    assert pairs_of(frame) == [Pair(0, 1, 0.999, equal=True)]
