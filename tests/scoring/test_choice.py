import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from leadlight.scoring.learners.choice import Candidate, choose

N = 3000
TRUTH = np.random.default_rng(0).normal(size=N) * 1.5 - 1
Y = np.random.default_rng(1).random(N) < expit(TRUTH)
FOLDS = np.repeat(np.arange(3), N // 3)


def noise(seed: int) -> NDArray[np.float64]:
    return np.random.default_rng(seed).normal(size=N)


def chosen(*candidates: Candidate, folds: NDArray[np.int64] = FOLDS) -> str:
    lines = choose(candidates, Y, np.ones(N), np.arange(N), folds)
    assert sum(line.chosen for line in lines) == 1
    return next(line.candidate.setting for line in lines if line.chosen)


def test_the_simpler_stays_within_one_standard_error() -> None:
    simple = Candidate("logistic", 2, "simple", TRUTH + 0.02 * noise(2))
    rich = Candidate("xgboost", 3, "rich", TRUTH)
    assert chosen(simple, rich) == "simple"


def test_a_richer_one_that_knows_more_is_taken() -> None:
    simple = Candidate("logistic", 2, "simple", TRUTH + 2.0 * noise(2))
    rich = Candidate("xgboost", 3, "rich", TRUTH)
    assert chosen(simple, rich) == "rich"


def test_within_a_level_the_best_wins_and_a_tilt_is_forgiven() -> None:
    worse = Candidate("logistic", 2, "worse", TRUTH + noise(2))
    tilted = Candidate("logistic", 2, "tilted", 5.0 * TRUTH + 3.0)
    assert chosen(worse, tilted) == "tilted"


def test_one_good_period_proves_little() -> None:
    lucky = TRUTH + 1.5 * noise(2)
    lucky[FOLDS == 0] = TRUTH[FOLDS == 0]
    steady = TRUTH + 1.0 * noise(3)
    simple, rich = Candidate("logistic", 2, "steady", steady), Candidate("xgboost", 3, "lucky", lucky)
    by_row = choose([simple, rich], Y, np.ones(N), np.arange(N), np.zeros(N, dtype=np.int64))
    by_fold = choose([simple, rich], Y, np.ones(N), np.arange(N), FOLDS)
    assert max(line.standard_error for line in by_fold) > 1.5 * max(line.standard_error for line in by_row)


def test_a_constant_card_can_be_compared() -> None:
    card = Candidate("points", 0, "card", np.zeros(N))
    assert chosen(card, Candidate("logistic", 1, "model", TRUTH)) == "model"
