import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadlight.kit.statistics import clopper_pearson_lower
from leadlight.scoring.rules.scale import (
    P_HIGHEST,
    P_LOWEST,
    TIERS,
    ScoreScale,
    Tier,
    band,
    band_codes,
    declare_scale,
    display,
    logit,
    tier,
)

SCALE = ScoreScale(p_warm=0.2, p_hot=0.6)
scores = st.floats(0.0, 100.0)
tiers = st.sampled_from(TIERS)


@pytest.mark.parametrize(
    ("p", "score"), [(0.0, 0.0), (P_LOWEST, 0.0), (0.2, 50.0), (0.6, 80.0), (P_HIGHEST, 100.0), (1.0, 100.0)]
)
def test_the_map_goes_through_its_knots_and_is_clipped_outside(p: float, score: float) -> None:
    assert SCALE.score(p) == pytest.approx(score, abs=1e-9)


def test_the_map_is_linear_in_logit_between_knots() -> None:
    half_way = 1 / (1 + np.exp(-(logit(0.2) + logit(0.6)) / 2))
    assert SCALE.score(half_way) == pytest.approx(65.0)


@given(st.floats(P_LOWEST, P_HIGHEST), st.floats(P_LOWEST, P_HIGHEST))
def test_the_map_is_strictly_increasing(p: float, q: float) -> None:
    low, high = sorted((p, q))
    if float(logit(high) - logit(low)) > 1e-9:
        assert SCALE.score(low) < SCALE.score(high)


@given(st.floats(0.01, 99.9))
def test_probability_is_the_inverse_of_score(score: float) -> None:
    assert float(SCALE.score(SCALE.probability(score))) == pytest.approx(score, abs=1e-6)


@pytest.mark.parametrize(("p_warm", "p_hot"), [(0.6, 0.2), (0.2, 0.2), (0.0001, 0.5), (0.5, 0.999)])
def test_knots_out_of_order_are_no_scale(p_warm: float, p_hot: float) -> None:
    with pytest.raises(ValueError, match="Not a scale"):
        ScoreScale(p_warm, p_hot)


@pytest.mark.parametrize(
    ("score", "word", "shown"),
    [
        (0.0, Tier.COLD, 0),
        (49.4, Tier.COLD, 49),
        (49.99, Tier.COLD, 49),
        (50.0, Tier.WARM, 50),
        (50.4, Tier.WARM, 50),
        (79.6, Tier.WARM, 80),
        (80.0, Tier.WARM, 80),
        (80.01, Tier.HOT, 81),
        (80.6, Tier.HOT, 81),
        (81.6, Tier.HOT, 82),
        (100.0, Tier.HOT, 100),
    ],
)
def test_bands_and_the_number_shown(score: float, word: Tier, shown: int) -> None:
    assert band(score) is word
    assert display(score) == shown


@given(scores)
def test_the_number_shown_never_contradicts_the_word_and_is_less_than_one_off(score: float) -> None:
    assert band(display(score)) is band(score)
    assert abs(display(score) - score) < 1.0


@given(scores, scores)
def test_the_number_shown_keeps_the_order(a: float, b: float) -> None:
    low, high = sorted((a, b))
    assert display(low) <= display(high)


@given(st.lists(scores, min_size=1))
def test_band_codes_are_bands(values: list[float]) -> None:
    assert [TIERS[code] for code in band_codes(values)] == [band(value) for value in values]


@pytest.mark.parametrize(
    ("before", "score", "after"),
    [
        (None, 81.0, Tier.HOT),
        (None, 79.0, Tier.WARM),
        (Tier.COLD, 80.01, Tier.HOT),
        (Tier.WARM, 80.01, Tier.HOT),
        (Tier.HOT, 77.0, Tier.HOT),
        (Tier.HOT, 76.99, Tier.WARM),
        (Tier.HOT, 48.0, Tier.WARM),
        (Tier.HOT, 46.0, Tier.COLD),
        (Tier.COLD, 52.99, Tier.COLD),
        (Tier.COLD, 53.0, Tier.WARM),
        (Tier.WARM, 47.0, Tier.WARM),
        (Tier.WARM, 46.99, Tier.COLD),
        (Tier.WARM, 80.0, Tier.WARM),
    ],
)
def test_tiers_move_three_points_past_the_border_and_up_to_hot_at_once(
    before: Tier | None, score: float, after: Tier
) -> None:
    assert tier(before, score) is after


@given(st.none() | tiers, scores)
def test_nobody_is_or_stays_hot_where_the_word_is_not_earned(before: Tier | None, score: float) -> None:
    assert tier(before, score, hot_earned=False) is not Tier.HOT


@given(st.none() | tiers, scores)
def test_a_tier_is_stable_under_the_same_score(before: Tier | None, score: float) -> None:
    once = tier(before, score)
    assert tier(once, score) is once


@given(tiers, scores, scores)
def test_a_higher_score_never_gives_a_lower_tier(before: Tier, a: float, b: float) -> None:
    low, high = sorted((a, b))
    assert TIERS.index(tier(before, low)) <= TIERS.index(tier(before, high))


folds = st.lists(st.tuples(st.floats(0.0, 1.0), st.booleans()), max_size=120)


@given(folds, st.none() | st.floats(0.0001, 0.9999))
def test_every_fold_declares_a_scale(rows: list[tuple[float, bool]], base_rate: float | None) -> None:
    p, y = np.array([r[0] for r in rows]), np.array([r[1] for r in rows], dtype=bool)
    scale = declare_scale(p, y, base_rate=base_rate)
    assert scale.p_warm < scale.p_hot


def test_warm_is_twice_the_base_odds_and_at_most_half_way_to_hot() -> None:
    nothing = np.zeros(0)
    plain = declare_scale(nothing, nothing.astype(bool), base_rate=0.1)
    assert plain.p_hot == pytest.approx(0.80)
    assert plain.p_warm / (1 - plain.p_warm) == pytest.approx(2 * 0.1 / 0.9)
    near = declare_scale(nothing, nothing.astype(bool), base_rate=0.6)
    assert float(logit(near.p_warm)) == pytest.approx(float(logit(0.6) + logit(0.8)) / 2)


def test_hot_begins_where_the_widest_proven_set_ends() -> None:
    p = np.linspace(0.99, 0.01, 200)
    y = np.zeros(200, dtype=bool)
    y[:45] = True
    scale = declare_scale(p, y)
    n = int((p > scale.p_hot).sum())
    assert n in [20, 24, 29, 35, 41, 50, 60]
    assert clopper_pearson_lower(int(y[:n].sum()), n) >= 0.75
    wider = round(n * 1.2)
    assert clopper_pearson_lower(int(y[:wider].sum()), wider) < 0.75


def test_a_run_that_breaks_is_not_taken_up_again() -> None:
    p = np.linspace(0.99, 0.01, 400)
    y = np.zeros(400, dtype=bool)
    y[10:200] = True
    # The top 20 hold 10 hits: the run never starts, although wider sets would pass.
    assert clopper_pearson_lower(int(y[:120].sum()), 120) >= 0.75
    scale = declare_scale(p, y)
    above = p[p > scale.p_hot]
    assert above.mean() >= 0.85 > p[: len(above) + 1].mean()


def test_with_few_above_the_mean_of_80_decides() -> None:
    p = np.r_[np.full(10, 0.9), np.linspace(0.75, 0.01, 300)]
    scale = declare_scale(p, np.zeros(310, dtype=bool))
    above = p[p > scale.p_hot]
    assert above.mean() >= 0.80 > p[: len(above) + 1].mean()


def test_equal_probabilities_are_hot_together_or_not_at_all() -> None:
    p = np.r_[np.full(60, 0.9), np.full(200, 0.1)]
    y = np.r_[np.ones(60, dtype=bool), np.zeros(200, dtype=bool)]
    assert int((p > declare_scale(p, y).p_hot).sum()) == 60


def test_the_fixed_sequence_is_seldom_wrong() -> None:
    rng = np.random.default_rng(1)
    started = wrong = 0
    for _ in range(400):
        # Base rate 12 %, AUC about .87; the truth is the probability itself.
        y = rng.random(1500) < 0.12
        x = rng.normal(size=1500) + 1.6 * y
        p = 1 / (1 + np.exp(-(1.6 * x - 1.28 + np.log(0.12 / 0.88))))
        scale = declare_scale(p, y)
        order = np.argsort(-p)
        if clopper_pearson_lower(int(y[order[:20]].sum()), 20) >= 0.75:
            started += 1
            wrong += p[p > scale.p_hot].mean() < 0.75
    assert started >= 40
    assert wrong / started < 0.10
