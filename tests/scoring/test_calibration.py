import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.special import expit

from leadlight.scoring.learners.calibration import Calibration, calibrate
from leadlight.scoring.rules import metrics

METHODS = ("intercept", "platt", "beta", "isotonic")


def sample(
    n: int, *, seed: int, shift: float = -1.5
) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.float64]]:
    """Return raw log-odds that are tilted, outcomes, and the true log-odds."""
    rng = np.random.default_rng(seed)
    truth = rng.normal(size=n) * 1.5 + shift
    return 2.0 * truth + 1.0, rng.random(n) < expit(truth), truth


@pytest.mark.parametrize(
    ("n_positive", "method"),
    [
        (5, "intercept"),
        (29, "intercept"),
        (30, "platt"),
        (199, "platt"),
        (200, "beta"),
        (999, "beta"),
        (1000, "isotonic"),
    ],
)
def test_the_method_grows_with_the_positives(n_positive: int, method: str) -> None:
    raw = np.random.default_rng(0).normal(size=4000)
    y = np.arange(4000) < n_positive
    assert calibrate(raw, y, np.ones(4000)).method == method


def test_positives_count_by_person_not_by_snapshot() -> None:
    raw = np.random.default_rng(0).normal(size=700)
    y = np.arange(700) < 140
    assert calibrate(raw, y, np.full(700, 1 / 7)).method == "intercept"


@pytest.mark.parametrize("method", METHODS)
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 20), positives=st.integers(0, 60))
def test_always_strictly_increasing(method: str, seed: int, positives: int) -> None:
    rng = np.random.default_rng(seed)
    raw = np.round(rng.normal(size=300), 2)
    y = np.zeros(300, dtype=bool)
    y[:positives] = True
    found = calibrate(raw, y, np.ones(300), method=method)
    grid = np.linspace(-8, 8, 400)
    assert (np.diff(found.margin(grid)) > 0).all()
    assert np.isfinite(found.margin(np.array([-40.0, 40.0]))).all()


@pytest.mark.parametrize(("n", "method"), [(600, "platt"), (3000, "beta"), (12_000, "isotonic")])
def test_a_tilted_learner_is_drawn_straight(n: int, method: str) -> None:
    raw, y, _ = sample(n, seed=1)
    found = calibrate(raw, y, np.ones(n))
    assert found.method == method
    new_raw, new_y, truth = sample(20_000, seed=2)
    p = found.probability(new_raw)
    assert metrics.ece(expit(new_raw), new_y) > 0.05  # type: ignore[operator]  # never empty
    assert metrics.ece(p, new_y) < 0.02  # type: ignore[operator]  # as above
    assert np.abs(p - expit(truth)).mean() < 0.03


@pytest.mark.parametrize("method", ["platt", "beta", "isotonic"])
def test_the_mean_probability_is_the_base_rate(method: str) -> None:
    raw, y, _ = sample(6000, seed=3)
    p = calibrate(raw, y, np.ones(6000), method=method).probability(raw)
    assert p.mean() == pytest.approx(y.mean(), abs=2 * np.sqrt(y.mean() * (1 - y.mean()) / 6000))


def test_few_positives_move_the_intercept_only_a_little() -> None:
    raw = np.full(20, -3.0)
    y = np.arange(20) < 3
    moved = calibrate(raw, y, np.ones(20)).margin(raw)[0]
    assert -3.0 < moved < np.log(3 / 17)
    many = calibrate(np.full(2000, -3.0), np.arange(2000) < 300, np.ones(2000), method="intercept")
    assert many.margin(np.array([-3.0]))[0] == pytest.approx(np.log(0.15 / 0.85), abs=0.05)


def test_three_lucky_rows_at_the_top_are_no_certainty() -> None:
    raw, y, _ = sample(12_000, seed=4)
    y[np.argsort(raw)[-3:]] = True
    found = calibrate(raw, y, np.ones(12_000))
    assert found.method == "isotonic"
    assert found.probability(raw).max() < 0.999


def test_a_constant_learner_gets_an_intercept() -> None:
    assert calibrate(np.zeros(1000), np.arange(1000) < 400, np.ones(1000)).method == "intercept"


@pytest.mark.parametrize("method", METHODS)
def test_a_calibration_survives_json(method: str) -> None:
    raw, y, _ = sample(3000, seed=5)
    found = calibrate(raw, y, np.ones(3000), method=method)
    assert Calibration.from_dict(found.to_dict()) == found
