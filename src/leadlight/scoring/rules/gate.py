"""Who may be called hot: the verdict on a model's hot leads in an untouched test fold."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from leadlight.kit.statistics import clopper_pearson_interval, clopper_pearson_lower

from .scale import HOT_PRECISION, HOT_SCORE

#: Below this many hot leads even a perfect record proves nothing: 11 of 11 is the first that can pass.
LEAST_HOT = 11


class Verdict(StrEnum):
    """What the test fold says of the word "hot"."""

    PASS = "PASS"  # noqa: S105  # a verdict, no password
    POINT_PASS = "POINT_PASS"  # noqa: S105  # a verdict, no password
    INSUFFICIENT = "INSUFFICIENT"
    FAIL = "FAIL"

    @property
    def earns_hot(self) -> bool:
        """Tell whether anybody may be called hot by score."""
        return self in (Verdict.PASS, Verdict.POINT_PASS)


@dataclass(frozen=True)
class Gate:
    """A verdict with the facts it rests on."""

    verdict: Verdict
    n_hot: int
    n_hits: int
    #: None without hot leads.
    precision: float | None
    #: One-sided 95 % lower bound, the one that the verdict looks at.
    lower_bound: float
    #: Two-sided 95 % interval, the one that people read.
    interval: tuple[float, float] | None


def judge(n_hot: int, n_hits: int) -> Gate:
    """
    Judge n hot leads of a test fold of which `n_hits` came true.

    Raises:
        ValueError: not 0 <= n_hits <= n_hot.
    """
    if not 0 <= n_hits <= n_hot:
        raise ValueError(f"{n_hits} hits of {n_hot} hot leads cannot be.")
    bound = float(clopper_pearson_lower(n_hits, n_hot))
    precision = n_hits / n_hot if n_hot else None
    if precision is None or n_hot < LEAST_HOT:
        verdict = Verdict.INSUFFICIENT
    elif bound >= HOT_PRECISION:
        verdict = Verdict.PASS
    elif precision > HOT_PRECISION:
        verdict = Verdict.POINT_PASS
    else:
        verdict = Verdict.FAIL
    interval = clopper_pearson_interval(n_hits, n_hot) if n_hot else None
    return Gate(verdict, n_hot, n_hits, precision, bound, interval)


def cap(scores: NDArray[np.float64], verdict: Verdict) -> NDArray[np.float64]:
    """Return the scores, cut at 80 where the word "hot" has not been earned."""
    return scores if verdict.earns_hot else np.minimum(scores, HOT_SCORE)
