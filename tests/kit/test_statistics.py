"""Statistics: worked examples, and what holds for all inputs."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadlight.kit.statistics import auc_interval, auc_of_counts, beta_prior, kaplan_meier

COUNTS = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), min_size=1, max_size=8)


@given(COUNTS)
def test_auc_is_the_share_of_pairs_in_order(pairs: list[tuple[int, int]]) -> None:
    hits, misses = zip(*pairs, strict=True)
    won = sum(
        k * m * (1.0 if i > j else 0.5 if i == j else 0.0) for i, k in enumerate(hits) for j, m in enumerate(misses)
    )
    total = sum(hits) * sum(misses)
    assert auc_of_counts(hits, misses) == pytest.approx(won / total if total else 0.5)


def test_the_interval_of_an_auc_narrows_and_never_vanishes() -> None:
    few, many = auc_interval(0.8, 20, 100), auc_interval(0.8, 2_000, 10_000)
    assert few[0] < many[0] < 0.8 < many[1] < few[1]
    assert auc_interval(1.0, 10, 10)[0] < 1.0
    assert auc_interval(0.5, 0, 10) == (0.0, 1.0)


def test_the_interval_of_an_auc_covers_it_as_often_as_it_says() -> None:
    rng = np.random.default_rng(0)
    covered = 0
    for _ in range(400):
        hit, miss = rng.normal(1.19, 1.0, 60), rng.normal(0.0, 1.0, 200)  # AUC .80
        low, high = auc_interval(float((hit[:, None] > miss).mean()), 60, 200)
        covered += low <= 0.80 <= high
    assert 0.92 <= covered / 400 <= 0.98


def test_one_of_one_is_not_a_hundred_percent() -> None:
    prior = beta_prior([1, 20, 30, 10], [1, 200, 290, 110])
    assert prior.rate(1, 1) < 0.35
    assert prior.rate(0, 0) == pytest.approx(prior.alpha / (prior.alpha + prior.beta))
    assert prior.rate(9_000, 10_000) == pytest.approx(0.9, abs=0.05)
    low, high = prior.interval(1, 1)
    assert low < prior.rate(1, 1) < high


def test_groups_that_differ_are_shrunken_less() -> None:
    alike = beta_prior([100, 102, 98, 101], [1_000] * 4)
    apart = beta_prior([20, 500, 300, 900], [1_000] * 4)
    assert apart.alpha + apart.beta < 10 < alike.alpha + alike.beta


@given(COUNTS)
def test_a_shrunken_rate_lies_between_the_groups_own_and_the_priors(pairs: list[tuple[int, int]]) -> None:
    k, n = np.array([a for a, _ in pairs]), np.array([a + b for a, b in pairs])
    prior = beta_prior(k, n)
    mean = prior.alpha / (prior.alpha + prior.beta)
    own = np.where(n > 0, k / np.maximum(n, 1), mean)
    rate = prior.rate(k, n)
    assert np.all((rate >= np.minimum(own, mean) - 1e-9) & (rate <= np.maximum(own, mean) + 1e-9))
    assert 1.0 < prior.alpha + prior.beta <= 500.1


def test_kaplan_meier_as_worked_by_hand() -> None:
    # Of five: one at 1, one leaves at 2, one at 3, two leave at 4. Alive: 4/5, then times 2/3.
    curve = kaplan_meier([1, 2, 3, 4, 4], [True, False, True, False, False])
    assert curve.by(0.5) == 0.0
    assert curve.by(1) == pytest.approx(0.2)
    assert curve.by(2.9) == pytest.approx(0.2)
    assert curve.by(3) == pytest.approx(1 - 0.8 * 2 / 3)
    assert np.isnan(curve.by(5))
    place = 2
    assert curve.low[place] < curve.share[place] < curve.high[place]


@given(st.lists(st.tuples(st.floats(0, 100), st.booleans()), min_size=1, max_size=40))
def test_kaplan_meier_never_falls_and_stays_inside_its_interval(rows: list[tuple[float, bool]]) -> None:
    curve = kaplan_meier(*zip(*rows, strict=True))
    assert np.all(np.diff(curve.share) >= -1e-12)
    assert np.all((curve.low <= curve.share + 1e-9) & (curve.share <= curve.high + 1e-9))
    if all(happened for _, happened in rows):
        assert curve.share[-1] == pytest.approx(1.0)


def test_nobody_watched_gives_no_curve() -> None:
    assert np.isnan(kaplan_meier([], []).by(1.0))
