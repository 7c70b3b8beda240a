"""Which learner: compared on held-out folds, the simpler one within one standard error."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leadlight.scoring.rules.metrics import log_losses, paired_difference

from .calibration import calibrate


@dataclass(frozen=True)
class Candidate:
    """A learner with its held-out log-odds, row by row; candidates are compared on the same rows."""

    family: str
    #: How rich it is: 0 the points card, 1 plain logistic, 2 shaped logistic, 3 trees.
    level: int
    #: What was tried, in words, as in "C = 0.1".
    setting: str
    margin: NDArray[np.float64]
    #: Whatever the family needs to fit again: a strength, or a tree shape and its rounds.
    recipe: Any = None


@dataclass(frozen=True)
class Comparison:
    """One line of the table that the card shows."""

    candidate: Candidate
    log_loss: float
    #: Mean paired log-loss above the best, and its standard error.
    behind: float
    standard_error: float
    chosen: bool

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "model": self.candidate.family,
            "setting": self.candidate.setting,
            "log_loss": self.log_loss,
            "behind": self.behind,
            "standard_error": self.standard_error if np.isfinite(self.standard_error) else None,
            "chosen": self.chosen,
        }


def choose(
    candidates: Sequence[Candidate],
    y: NDArray[np.bool_],
    weights: NDArray[np.float64],
    groups: NDArray[np.int64],
    folds: NDArray[np.int64],
) -> list[Comparison]:
    """
    Compare candidates, given from the simplest family to the richest, and mark the chosen one.

    Within a family the smallest held-out log-loss wins. Between families the simplest one stays that is not
    worse than the best by more than one standard error of the paired difference. Each is first drawn
    straight by a calibration of its own: what is compared is what the learner knows, not how it was tilted.
    """
    losses = []
    for candidate in candidates:
        method = "platt" if float(np.ptp(candidate.margin)) > 1e-9 else "intercept"
        p = calibrate(candidate.margin, y, weights, method=method).probability(candidate.margin)
        losses.append(log_losses(p, y))
    mean = [float(np.average(loss, weights=weights)) for loss in losses]
    best = int(np.argmin(mean))
    behind = [_behind(loss, losses[best], weights, groups, folds) for loss in losses]
    levels = sorted({candidate.level for candidate in candidates})
    own_best = [
        min((k for k, c in enumerate(candidates) if c.level == level), key=lambda k: mean[k]) for level in levels
    ]
    chosen = next(k for k in own_best if k == best or behind[k][0] <= behind[k][1])
    return [
        Comparison(candidate, mean[k], behind[k][0], 0.0 if k == best else behind[k][1], k == chosen)
        for k, candidate in enumerate(candidates)
    ]


def _behind(
    losses: NDArray[np.float64],
    best: NDArray[np.float64],
    weights: NDArray[np.float64],
    groups: NDArray[np.int64],
    folds: NDArray[np.int64],
) -> tuple[float, float]:
    """
    Return the mean paired difference and its standard error, over groups or over folds, whichever is larger.

    The rows of one period share their luck: where the market moves, folds differ by more than rows tell, and a
    richer learner that shone in one of them has proven little.
    """
    mean, by_group = paired_difference(losses, best, weights=weights, groups=groups)
    by_fold = [float(np.average((losses - best)[folds == k], weights=weights[folds == k])) for k in np.unique(folds)]
    spread = float(np.std(by_fold, ddof=1) / np.sqrt(len(by_fold))) if len(by_fold) > 1 else 0.0
    return mean, max(by_group, spread)
