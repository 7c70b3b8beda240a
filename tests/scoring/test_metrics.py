import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score
from sklearn.metrics import log_loss as sklearn_log_loss

from leadlight.scoring.rules import metrics

some = st.lists(st.tuples(st.sampled_from([0.05, 0.1, 0.3, 0.5, 0.77, 0.9]), st.booleans()), min_size=2, max_size=60)


@given(some)
def test_figures_agree_with_scikit_learn(rows: list[tuple[float, bool]]) -> None:
    p, y = np.array([r[0] for r in rows]), np.array([r[1] for r in rows])
    assert metrics.brier(p, y) == pytest.approx(brier_score_loss(y, p))
    assert metrics.log_loss(p, y) == pytest.approx(sklearn_log_loss(y, p, labels=[False, True]))
    if y.all() or not y.any():
        assert metrics.auc(p, y) is None
        return
    assert metrics.auc(p, y) == pytest.approx(roc_auc_score(y, p))
    assert metrics.average_precision(p, y) == pytest.approx(average_precision_score(y, p))


def test_calibration_error_by_hand() -> None:
    p = np.r_[np.full(15, 0.2), np.full(15, 0.8)]
    y = np.r_[np.ones(3), np.zeros(12), np.ones(9), np.zeros(6)] > 0
    assert metrics.ece(p, y, n_bins=2) == pytest.approx(0.1)


def test_the_null_of_the_calibration_error_covers_honest_probabilities() -> None:
    rng = np.random.default_rng(0)
    p = rng.beta(1, 6, 3000)
    null = metrics.ece_null_quantile(p, seed=1)
    assert null is not None
    inside = [metrics.ece(p, rng.random(3000) < p) <= null for _ in range(200)]  # type: ignore[operator]  # never empty
    assert 0.90 <= np.mean(inside) <= 0.99
    assert metrics.ece(p, rng.random(3000) < np.minimum(1.5 * p, 1)) > null  # type: ignore[operator]  # as above


def test_lift_and_gain_share_out_ties() -> None:
    y = np.arange(100) % 4 == 0
    assert metrics.gain(np.full(100, 0.3), y) == pytest.approx(0.2)
    best = np.where(y, 0.9, 0.1)
    assert metrics.gain(best, y) == pytest.approx(20 / 25)
    assert [row["gain"] for row in metrics.gain_table(best, y)][-1] == pytest.approx(1.0)


def test_the_standard_error_of_the_auc_is_that_of_repeated_samples() -> None:
    rng = np.random.default_rng(0)
    y = np.arange(600) < 200

    def sample() -> np.ndarray:
        return rng.normal(size=600) + y

    seen = np.std([metrics.auc(sample(), y) for _ in range(300)])
    said = np.mean([metrics.auc_standard_error(sample(), y) for _ in range(20)])
    assert said == pytest.approx(seen, rel=0.15)


def test_everything_has_its_interval_around_it() -> None:
    rng = np.random.default_rng(0)
    p = rng.beta(2, 3, 800)
    y = rng.random(800) < p
    found = metrics.evaluate(p, y, p > 0.7, seed=0)
    assert set(found.figures) == set(found.intervals)
    for name, interval in found.intervals.items():
        if name == "n_hot":
            assert interval is None
            continue
        figure = found.figures[name]
        assert interval is not None
        assert figure is not None
        assert interval[0] <= figure <= interval[1]
        assert interval[0] < interval[1]
    again = metrics.evaluate(p, y, p > 0.7, seed=0)
    assert again == found
    json.dumps(found.as_dict(), allow_nan=False)


def test_clusters_widen_the_interval() -> None:
    rng = np.random.default_rng(0)
    p, y = rng.beta(2, 3, 200).repeat(10), (rng.random(200) < 0.4).repeat(10)
    hot = p > 0.7
    alone = metrics.evaluate(p, y, hot, seed=0).intervals["auc"]
    grouped = metrics.evaluate(p, y, hot, groups=np.arange(200).repeat(10), seed=0).intervals["auc"]
    assert alone is not None
    assert grouped is not None
    assert grouped[1] - grouped[0] > 2 * (alone[1] - alone[0])


@pytest.mark.parametrize("n", [0, 1, 30])
def test_nothing_is_said_where_nothing_can_be_said(n: int) -> None:
    p, y = np.full(n, 0.2), np.zeros(n, dtype=bool)
    found = metrics.evaluate(p, y, p > 0.7, seed=0)
    for name in ("auc", "average_precision", "precision_hot", "recall_hot", "lift_20"):
        assert found.figures[name] is None
        assert found.intervals[name] is None
    assert found.figures["n_hot"] == 0


def test_the_reliability_curve_covers_all_rows() -> None:
    rng = np.random.default_rng(0)
    p = rng.random(505)
    curve = metrics.reliability(p, rng.random(505) < p)
    assert sum(row["n"] for row in curve) == 505
    assert all(row["low"] <= row["rate"] <= row["high"] for row in curve)
    assert [row["p_mean"] for row in curve] == sorted(row["p_mean"] for row in curve)
    assert metrics.reliability(np.zeros(0), np.zeros(0, dtype=bool)) == []


def test_precision_and_recall_by_threshold() -> None:
    table = metrics.precision_recall_table(
        np.array([10.0, 60.0, 90.0]), np.array([False, True, True]), [50.0, 80.0, 95.0]
    )
    assert [(row["n"], row["precision"], row["recall"]) for row in table] == [
        (2, 1.0, 1.0),
        (1, 1.0, 0.5),
        (0, None, 0.0),
    ]


def test_a_paired_difference_and_its_error() -> None:
    rng = np.random.default_rng(0)
    base = rng.normal(size=4000)
    mean, error = metrics.paired_difference(base + 0.1 + 0.5 * rng.normal(size=4000), base)
    assert mean == pytest.approx(0.1, abs=4 * error)
    assert error == pytest.approx(0.5 / np.sqrt(4000), rel=0.1)
    _, wider = metrics.paired_difference(
        np.tile(base, 2), np.tile(base - rng.normal(size=4000), 2), groups=np.tile(np.arange(4000), 2)
    )
    assert wider == pytest.approx(1 / np.sqrt(4000), rel=0.1)
    assert metrics.paired_difference(np.zeros(1), np.zeros(1))[1] == float("inf")
