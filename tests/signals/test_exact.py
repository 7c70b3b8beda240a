"""Arithmetic that the order of events cannot touch."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadlight.signals.rules.exact import (
    MAJOR_LIMIT,
    MINOR_LIMIT,
    on_grid,
    pack,
    quantile,
    share,
    total,
    unpack,
    whole,
)

weights = st.lists(st.floats(0, 1), min_size=1, max_size=200)


@given(weights, st.randoms(use_true_random=False))
def test_sums_on_the_grid_are_exact_in_any_order(values: list[float], random):
    kept = on_grid(np.array(values))
    shuffled = kept.tolist()
    random.shuffle(shuffled)
    rows = np.zeros(len(values), dtype=np.int64)
    # fsum rounds once, at the end; a sum that rounded anywhere on its way would differ.
    assert total(rows, kept, 1)[0] == total(rows, np.array(shuffled), 1)[0] == math.fsum(shuffled)
    assert np.abs(kept - np.array(values)).max() <= 2.0**-33
    assert np.array_equal(np.rint(kept * 2.0**32), kept * 2.0**32)


def test_plain_sums_do_depend_on_order_which_is_why_there_is_a_grid():
    plain = np.array([1.0, 2.0**-53, 2.0**-53])
    rows = np.zeros(3, dtype=np.int64)
    assert total(rows, plain, 1)[0] != total(rows, plain[::-1], 1)[0]
    kept = on_grid(plain.copy())
    assert total(rows, kept, 1)[0] == total(rows, kept[::-1], 1)[0]


@given(st.lists(st.tuples(st.integers(0, MAJOR_LIMIT - 1), st.integers(0, MINOR_LIMIT - 1)), min_size=1, max_size=50))
def test_packed_pairs_sort_like_pairs_and_come_back(pairs: list[tuple[int, int]]):
    major, minor = (np.array(part, dtype=np.int64) for part in zip(*pairs, strict=True))
    back = unpack(np.sort(pack(major, minor)))
    assert list(zip(*(part.tolist() for part in back), strict=True)) == sorted(pairs)


def test_amounts_out_of_range_are_clipped():
    assert whole(np.array([-5.0, 1.005, np.inf]), scale=100.0).tolist() == [0, 100, MINOR_LIMIT - 1]


def test_a_share_of_nothing_is_unknown_and_no_share_passes_one():
    got = share(np.array([0, 1, 3, 0]), np.array([0, 4, 2, 5]))
    assert got.tolist() == [pytest.approx(math.nan, nan_ok=True), 0.25, 1.0, 0.0]


def test_a_key_that_does_not_fit_is_refused_and_not_wrapped():
    with pytest.raises(OverflowError):
        pack(np.array([MAJOR_LIMIT]), np.array([0]))
    assert pack(np.array([MAJOR_LIMIT - 1]), np.array([0]))[0] > 0


@given(st.lists(st.lists(st.integers(0, 50), max_size=9), min_size=1, max_size=5), st.sampled_from([0.25, 0.5, 0.75]))
def test_quantiles_are_numpy_s_averaged_inverted_cdf(groups: list[list[int]], at: float):
    row = np.repeat(np.arange(len(groups)), [len(g) for g in groups])
    values = np.array([v for g in groups for v in sorted(g)], dtype=np.float64)
    for got, group in zip(quantile(row, values, len(groups), at=at), groups, strict=True):
        expected = np.quantile(group, at, method="averaged_inverted_cdf") if group else np.nan
        assert got == pytest.approx(expected, nan_ok=True)
