import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from leadlight.scoring.rules.split import (
    one_row_per_person,
    split_at_random,
    split_by_time,
    validation_folds,
)

rows = st.lists(st.tuples(st.integers(0, 12), st.floats(0, 1000), st.booleans()), min_size=4, max_size=60)


def arrays(
    given_rows: list[tuple[int, float, bool]],
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.bool_]]:
    groups, created, labels = zip(*given_rows, strict=True)
    return np.array(groups, dtype=np.int64), np.array(created), np.array(labels, dtype=bool)


@given(rows, st.integers(0, 5))
def test_no_group_straddles_and_no_row_is_lost(given_rows: list[tuple[int, float, bool]], seed: int) -> None:
    groups, created, labels = arrays(given_rows)
    for split in (split_by_time(created, groups, labels), split_at_random(groups, seed=seed)):
        assert not set(groups[split.train]) & set(groups[split.test])
        assert sorted([*split.train, *split.test]) == list(range(len(groups)))


@given(rows)
def test_the_newest_groups_are_under_test(given_rows: list[tuple[int, float, bool]]) -> None:
    groups, created, labels = arrays(given_rows)
    split = split_by_time(created, groups, labels)
    first = {g: created[groups == g].min() for g in set(groups)}
    if len(split.train) and len(split.test):
        assert max(first[g] for g in groups[split.train]) <= min(first[g] for g in groups[split.test])
    assert len(set(groups[split.train])) == round(0.7 * len(first))


def test_group_codes_need_not_be_dense() -> None:
    groups = np.arange(100) * 1000
    split = split_by_time(np.arange(100.0), groups, np.zeros(100, dtype=bool))
    assert (len(split.train), len(split.test)) == (70, 30)
    assert len(split_at_random(groups, seed=0).test) == 30


def history(days: float, n: int = 2000) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.bool_]]:
    created = np.linspace(0, days, n)
    return created, np.arange(n), np.arange(n) % 5 == 0


def test_rows_whose_answer_was_open_when_the_test_began_are_purged() -> None:
    created, groups, labels = history(700)
    split = split_by_time(created, groups, labels, t0=created, horizon_seconds=60.0)
    assert split.purged
    assert split.test_starts_at is not None
    assert (created[split.train] + 60.0).max() <= split.test_starts_at
    assert split.n_purged == 1400 - len(split.train) > 0
    assert str(split.n_purged) in split.note


@pytest.mark.parametrize("horizon", [365.0, 600.0])
def test_a_short_history_is_not_purged_and_says_so(horizon: float) -> None:
    created, groups, labels = history(700)
    split = split_by_time(created, groups, labels, t0=created, horizon_seconds=horizon)
    assert not split.purged
    assert len(split.train) == 1400
    assert "too short" in split.note


def test_too_few_yeses_left_also_stops_the_purge() -> None:
    created, groups, _ = history(700)
    labels = np.zeros(2000, dtype=bool)
    labels[np.r_[0:49, 1390:1400]] = True
    assert not split_by_time(created, groups, labels, t0=created, horizon_seconds=60.0).purged
    labels[49] = True
    assert split_by_time(created, groups, labels, t0=created, horizon_seconds=60.0).purged


def test_purging_can_be_declined() -> None:
    created, groups, labels = history(700)
    split = split_by_time(created, groups, labels, t0=created, horizon_seconds=60.0, purge=False)
    assert not split.purged
    assert len(split.train) == 1400


@given(rows, st.booleans())
def test_folds_keep_groups_together_and_in_time(given_rows: list[tuple[int, float, bool]], in_time: bool) -> None:
    groups, created, _ = arrays(given_rows)
    train = np.arange(len(groups))
    for fit, held in validation_folds(train, groups, created if in_time else None, seed=0):
        assert not set(groups[fit]) & set(groups[held])
        if in_time and len(fit) and len(held):
            first = {g: created[groups == g].min() for g in set(groups)}
            assert max(first[g] for g in groups[fit]) <= min(first[g] for g in groups[held])


def test_the_last_fold_in_time_is_the_newest_fifth_and_random_folds_cover_all() -> None:
    created = np.random.default_rng(0).permutation(1000).astype(float)
    train, groups = np.arange(1000), np.arange(1000)
    fit, held = validation_folds(train, groups, created, seed=0)[-1]
    assert len(held) == 200
    assert created[held].min() == 800
    assert len(fit) == 800
    covered = np.concatenate([held for _, held in validation_folds(train, groups, None, seed=0)])
    assert sorted(covered) == list(range(1000))


@given(st.lists(st.integers(0, 9), max_size=50), st.integers(0, 3))
def test_one_row_of_each_person(persons: list[int], seed: int) -> None:
    codes = np.array(persons, dtype=np.int64)
    chosen = one_row_per_person(np.arange(len(codes)), codes, seed=seed)
    assert sorted(codes[chosen]) == sorted(set(persons))
    assert chosen.tolist() == one_row_per_person(np.arange(len(codes)), codes, seed=seed).tolist()


def test_every_age_has_its_turn() -> None:
    persons = np.repeat(np.arange(3000), 3)
    chosen = one_row_per_person(np.arange(9000), persons, seed=0)
    assert np.bincount(chosen % 3) == pytest.approx([1000, 1000, 1000], rel=0.1)
