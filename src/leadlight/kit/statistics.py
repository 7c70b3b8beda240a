"""Interval estimates and other small statistics, pure and vectorised where it helps."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special


def clopper_pearson_lower(hits: ArrayLike, n: ArrayLike, *, confidence: float = 0.95) -> NDArray[np.float64]:
    """
    Return the one-sided exact lower confidence bound of a proportion (Clopper and Pearson 1934).

    Arrays broadcast. No trials, or no hits, give 0.
    """
    k, m = np.broadcast_arrays(np.asarray(hits, dtype=np.float64), np.asarray(n, dtype=np.float64))
    bound = special.betaincinv(np.maximum(k, 1.0), m - k + 1.0, 1.0 - confidence)
    return np.where(k > 0, bound, 0.0)


def clopper_pearson_interval(hits: int, n: int, *, confidence: float = 0.95) -> tuple[float, float]:
    """Return the two-sided exact confidence interval of a proportion; (0, 1) when there were no trials."""
    if n == 0:
        return 0.0, 1.0
    tail = (1.0 - confidence) / 2.0
    low = float(special.betaincinv(hits, n - hits + 1, tail)) if hits > 0 else 0.0
    high = float(special.betaincinv(hits + 1, n - hits, 1.0 - tail)) if hits < n else 1.0
    return low, high
