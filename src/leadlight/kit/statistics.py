"""Interval estimates and other small statistics, pure and vectorised where it helps."""

from dataclasses import dataclass

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


def auc_of_counts(hits: ArrayLike, misses: ArrayLike) -> float:
    """
    Return the chance that a hit stands above a miss, from their counts at each place of a ranking, lowest first.

    Ties count half (Mann and Whitney 1947). 0.5 where there are no hits or no misses.
    """
    k, m = np.asarray(hits, dtype=np.float64), np.asarray(misses, dtype=np.float64)
    pairs = k.sum() * m.sum()
    if pairs == 0.0:
        return 0.5
    below = np.cumsum(m) - m
    return float((k * (below + m / 2.0)).sum() / pairs)


def auc_interval(auc: float, n_hits: int, n_misses: int, *, confidence: float = 0.95) -> tuple[float, float]:
    """Return the interval of an AUC by the variance of Hanley and McNeil (1982); (0, 1) without hits or misses."""
    if n_hits == 0 or n_misses == 0:
        return 0.0, 1.0
    q1, q2 = auc / (2.0 - auc), 2.0 * auc * auc / (1.0 + auc)
    variance = auc * (1.0 - auc) + (n_hits - 1) * (q1 - auc * auc) + (n_misses - 1) * (q2 - auc * auc)
    # A ranking without a mistake in few rows has no variance by the formula, yet is not certain.
    least = 0.5 / max(n_hits * n_misses, 1) / min(n_hits, n_misses)
    spread = float(special.ndtri(0.5 + confidence / 2.0)) * float(np.sqrt(max(variance, least) / (n_hits * n_misses)))
    return max(auc - spread, 0.0), min(auc + spread, 1.0)


@dataclass(frozen=True)
class BetaPrior:
    """What the rates of many groups have in common: a Beta distribution."""

    alpha: float
    beta: float

    def rate(self, hits: ArrayLike, n: ArrayLike) -> NDArray[np.float64]:
        """Return the shrunken rate of each group; a group without trials has the prior's mean."""
        k, m = np.asarray(hits, dtype=np.float64), np.asarray(n, dtype=np.float64)
        return np.asarray((k + self.alpha) / (m + self.alpha + self.beta))

    def interval(self, hits: int, n: int, *, confidence: float = 0.95) -> tuple[float, float]:
        """Return the equal-tailed credible interval of a group's rate."""
        tail = (1.0 - confidence) / 2.0
        a, b = self.alpha + hits, self.beta + n - hits
        return float(special.betaincinv(a, b, tail)), float(special.betaincinv(a, b, 1.0 - tail))


def beta_prior(hits: ArrayLike, n: ArrayLike, *, least: float = 5.0, most: float = 500.0) -> BetaPrior:
    """
    Fit the Beta prior of groups' rates by maximum likelihood of the Beta-Binomial, alpha + beta in [least, most].

    The size is found on a grid of 200; the mean is that of all trials. No trials at all give a flat prior; one group
    gives the widest prior allowed.
    """
    k, m = np.asarray(hits, dtype=np.float64), np.asarray(n, dtype=np.float64)
    if m.sum() == 0.0:
        return BetaPrior(1.0, 1.0)
    mean = float((k.sum() + 0.5) / (m.sum() + 1.0))
    if np.count_nonzero(m) < 2:
        return BetaPrior(mean * least, (1.0 - mean) * least)
    sizes = np.geomspace(least, most, 200)
    a, b = mean * sizes[:, None], (1.0 - mean) * sizes[:, None]
    likelihood = (special.betaln(k + a, m - k + b) - special.betaln(a, b)).sum(axis=1)
    size = float(sizes[np.argmax(likelihood)])
    return BetaPrior(mean * size, (1.0 - mean) * size)


@dataclass(frozen=True)
class Survival:
    """A Kaplan-Meier curve of the share that has had the event by each time, with Greenwood's interval."""

    time: NDArray[np.float64]
    share: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]

    def by(self, time: float) -> float:
        """Return the share that has had the event by then; NaN beyond what was watched."""
        if not len(self.time) or time > self.time[-1]:
            return float("nan")
        place = int(np.searchsorted(self.time, time, side="right")) - 1
        return float(self.share[place]) if place >= 0 else 0.0


def kaplan_meier(duration: ArrayLike, happened: ArrayLike, *, confidence: float = 0.95) -> Survival:
    """
    Return the share that has had the event by each distinct time (Kaplan and Meier 1958; variance of Greenwood 1926).

    `duration` is the time to the event, or to where watching ended (`happened` false); any unit. Negative and missing
    ones are left out. The interval is on the log-log scale. Nobody watched gives empty arrays.
    """
    t, e = np.asarray(duration, dtype=np.float64), np.asarray(happened, dtype=np.bool_)
    good = t >= 0.0
    times, place = np.unique(t[good], return_inverse=True)
    events = np.bincount(place, weights=e[good], minlength=len(times))
    leaving = np.bincount(place, minlength=len(times)).astype(np.float64)
    at_risk = leaving[::-1].cumsum()[::-1]
    alive = np.cumprod(1.0 - events / np.maximum(at_risk, 1.0))
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.sqrt(np.cumsum(events / (at_risk * np.maximum(at_risk - events, 0.5)))) / np.abs(np.log(alive))
        z = float(special.ndtri(0.5 + confidence / 2.0))
        wide = [np.where(alive < 1.0, alive ** np.exp(sign * z * spread), 1.0) for sign in (-1.0, 1.0)]
    return Survival(times, 1.0 - alive, np.nan_to_num(1.0 - wide[0]), np.nan_to_num(1.0 - wide[1], nan=1.0))
