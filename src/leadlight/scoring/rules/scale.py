"""From a calibrated probability to score, band and tier. No model is known here, only its probabilities."""

from dataclasses import dataclass
from enum import StrEnum
from math import exp, log
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from leadlight.kit.statistics import clopper_pearson_lower

WARM_SCORE = 50.0
HOT_SCORE = 80.0
HYSTERESIS = 3.0

P_LOWEST = 0.0005
P_HIGHEST = 0.995

#: The precision that the word "hot" promises.
HOT_PRECISION = 0.75
#: Least distance of two knots in logit: closer, and a hair of probability would cross 30 points.
LEAST_KNOT_GAP = 0.25

_FIRST_SET = 20
_WIDENING = 1.2


class Tier(StrEnum):
    """The three words for a lead, from least to most likely."""

    COLD = "COLD"
    WARM = "WARM"
    HOT = "HOT"


#: A band code (0, 1, 2) is a place in here.
TIERS = (Tier.COLD, Tier.WARM, Tier.HOT)


def logit(p: ArrayLike) -> NDArray[np.float64]:
    """Return the log-odds; probabilities are first kept inside (1e-12, 1 - 1e-12)."""
    inside = np.clip(np.asarray(p, dtype=np.float64), 1e-12, 1.0 - 1e-12)
    return np.asarray(np.log(inside / (1.0 - inside)), dtype=np.float64)


@dataclass(frozen=True)
class ScoreScale:
    """
    The declared map from probability to score: piecewise linear in logit through four knots.

    Declared once per target and kept at a retrain, so that the same chance keeps the same score. Strictly
    increasing between .0005 and .995, clipped to 0 and 100 outside.

    Raises:
        ValueError: the knots are not strictly increasing.
    """

    p_warm: float
    p_hot: float
    version: int = 1

    def __post_init__(self) -> None:
        if not P_LOWEST < self.p_warm < self.p_hot < P_HIGHEST:
            raise ValueError(f"Not a scale: {P_LOWEST} < {self.p_warm} < {self.p_hot} < {P_HIGHEST} must hold.")

    def score(self, p: ArrayLike) -> NDArray[np.float64]:
        """Return scores, 0 to 100, one per probability."""
        return self.score_of_logit(logit(p))

    def score_of_logit(self, margin: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return scores of log-odds; saves the way through the probability on the serving path."""
        knots = logit([P_LOWEST, self.p_warm, self.p_hot, P_HIGHEST])
        return np.interp(margin, knots, (0.0, WARM_SCORE, HOT_SCORE, 100.0))

    def probability(self, score: ArrayLike) -> NDArray[np.float64]:
        """Return the probability at which a score lies, the inverse of `score` between the outer knots."""
        knots = logit([P_LOWEST, self.p_warm, self.p_hot, P_HIGHEST])
        margin = np.interp(np.asarray(score, dtype=np.float64), (0.0, WARM_SCORE, HOT_SCORE, 100.0), knots)
        return np.asarray(1.0 / (1.0 + np.exp(-margin)), dtype=np.float64)

    def as_dict(self) -> dict[str, Any]:
        """Return the scale as plain JSON values."""
        return {"p_warm": self.p_warm, "p_hot": self.p_hot, "version": self.version}


def band_codes(scores: ArrayLike) -> NDArray[np.int8]:
    """Return 0 cold (< 50), 1 warm (50 to 80 inclusive) or 2 hot (> 80) for each score."""
    s = np.asarray(scores, dtype=np.float64)
    return (s >= WARM_SCORE).astype(np.int8) + (s > HOT_SCORE).astype(np.int8)


def band(score: float) -> Tier:
    """Return the band of one score, a function of the score alone."""
    return TIERS[int(band_codes(score))]


def display(score: float) -> int:
    """
    Return the whole number that people read for a score.

    It is the nearest whole number that lies in the score's own band, so that the figure never contradicts the
    word: 49.99 is cold and reads 49, 80 is warm and reads 80, 80.01 is hot and reads 81.
    """
    nearest = round(score)
    match band(score):
        case Tier.COLD:
            return max(0, min(nearest, int(WARM_SCORE) - 1))
        case Tier.WARM:
            return max(int(WARM_SCORE), min(nearest, int(HOT_SCORE)))
        case Tier.HOT:
            return min(100, max(nearest, int(HOT_SCORE) + 1))


def tier(previous: Tier | None, score: float, *, hot_earned: bool = True) -> Tier:
    """
    Return the tier after hysteresis: it follows the band once the score is three points past the border.

    Up to hot at once, so that nobody waits for a call. Where the gate has not granted the word
    (`hot_earned` false), nobody is or stays hot, whatever they were.
    """
    now = band(score)
    if not hot_earned:
        now = Tier.WARM if now is Tier.HOT else now
        previous = Tier.WARM if previous is Tier.HOT else previous
    if previous is None or now is previous or now is Tier.HOT:
        return now
    if previous is Tier.HOT and score >= HOT_SCORE - HYSTERESIS:
        return Tier.HOT
    if previous is Tier.COLD:
        return Tier.WARM if score >= WARM_SCORE + HYSTERESIS else Tier.COLD
    return Tier.WARM if score >= WARM_SCORE - HYSTERESIS else Tier.COLD


def declare_scale(
    p: NDArray[np.float64], y: NDArray[np.bool_], *, base_rate: float | None = None, version: int = 1
) -> ScoreScale:
    """
    Declare the scale from calibrated probabilities and outcomes of a calibration fold, one row per person.

    `base_rate` is the fold's own unless given. Works for any fold: an empty one, or one without outcomes,
    gives p_hot = .80.
    """
    p = np.asarray(p, dtype=np.float64)
    y = np.asarray(y, dtype=bool)
    order = np.argsort(-p, kind="stable")
    p_hot = _hot_threshold(p[order], y[order])
    if base_rate is None:
        base_rate = (float(y.sum()) + 0.5) / (len(y) + 1.0)
    return _scale(base_rate=base_rate, p_hot=p_hot, version=version)


def _scale(*, base_rate: float, p_hot: float, version: int) -> ScoreScale:
    lowest, highest = (float(v) for v in logit([P_LOWEST, P_HIGHEST]))
    base = float(logit(base_rate))
    hot = min(max(float(logit(p_hot)), lowest + 2 * LEAST_KNOT_GAP), highest - LEAST_KNOT_GAP)
    warm = min(base + log(2.0), (base + hot) / 2.0, hot - LEAST_KNOT_GAP)
    warm = max(warm, lowest + LEAST_KNOT_GAP)
    return ScoreScale(p_warm=_sigmoid(warm), p_hot=_sigmoid(hot), version=version)


def _sigmoid(margin: float) -> float:
    return 1.0 / (1.0 + exp(-margin))


def _hot_threshold(p: NDArray[np.float64], y: NDArray[np.bool_]) -> float:
    """Return p_hot for rows ordered by falling p: by fixed-sequence testing, else by the mean p above it."""
    n_proven = _fixed_sequence(p, y)
    if n_proven:
        return _just_below(p, n_proven)
    mean_above = np.cumsum(p) / np.arange(1, len(p) + 1)
    for aim, least in ((0.85, 20), (0.80, 1)):
        n_above = int(np.searchsorted(-mean_above, -aim, side="right"))
        # Equal probabilities are above or below together.
        while 0 < n_above < len(p) and p[n_above] == p[n_above - 1]:
            n_above -= 1
        if n_above >= least:
            return _just_below(p, n_above)
    return 0.80


def _fixed_sequence(p: NDArray[np.float64], y: NDArray[np.bool_]) -> int:
    """
    Return the size of the widest top set of an unbroken run that is proven hot, 0 if the first is not.

    The sets are fixed before any outcome is looked at and testing stops at the first failure, so the chance
    that the kept set is truly below .75 stays near 5 % although many sets are tested.
    """
    hits = np.cumsum(y)
    proven = 0
    size = float(_FIRST_SET)
    while round(size) <= len(p):
        n = round(size)
        while n < len(p) and p[n] == p[n - 1]:
            n += 1
        if float(clopper_pearson_lower(hits[n - 1], n)) < HOT_PRECISION:
            break
        proven = n
        size *= _WIDENING
    return proven


def _just_below(p: NDArray[np.float64], n: int) -> float:
    """Return the threshold half-way, in logit, between the last of the first n and the next."""
    last = float(logit(p[n - 1]))
    after = float(logit(p[n])) if n < len(p) else last - LEAST_KNOT_GAP
    return _sigmoid((last + after) / 2.0)
