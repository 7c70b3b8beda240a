"""How good the probabilities are, each figure with its interval, or None where nothing can be said."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from leadlight.kit.statistics import clopper_pearson_interval

ECE_BINS = 15
TOP_SHARE = 0.2

_LEAST_P = 1e-15

Interval: TypeAlias = tuple[float, float] | None


class _Ranked:
    """Rows from the highest probability down, equal ones in one step; weights stand for bootstrap draws."""

    def __init__(self, p: NDArray[np.float64], y: NDArray[np.bool_]) -> None:
        self.order = np.argsort(-p, kind="stable")
        self.p = p[self.order]
        self.y = y[self.order].astype(np.float64)
        self.steps = np.flatnonzero(np.r_[True, self.p[1:] != self.p[:-1]]) if len(p) else np.zeros(0, np.int64)

    def curve(self, weight: NDArray[np.float64] | None) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return positives and negatives in each step, from the highest."""
        w = np.ones(len(self.p)) if weight is None else weight[self.order]
        yes = np.add.reduceat(w * self.y, self.steps)
        return yes, np.add.reduceat(w, self.steps) - yes


def _auc(yes: NDArray[np.float64], no: NDArray[np.float64]) -> float | None:
    n_yes, n_no = yes.sum(), no.sum()
    if n_yes <= 0 or n_no <= 0:
        return None
    below = n_no - np.cumsum(no)
    return float(np.dot(yes, below + no / 2.0) / (n_yes * n_no))


def _average_precision(yes: NDArray[np.float64], no: NDArray[np.float64]) -> float | None:
    if yes.sum() <= 0:
        return None
    hits, n = np.cumsum(yes), np.cumsum(yes + no)
    return float(np.dot(yes, hits / np.maximum(n, 1e-300)) / yes.sum())


def _gain(yes: NDArray[np.float64], no: NDArray[np.float64], share: float) -> float | None:
    if yes.sum() <= 0:
        return None
    n, hits = np.cumsum(yes + no), np.cumsum(yes)
    return float(np.interp(share, np.r_[0.0, n / n[-1]], np.r_[0.0, hits / hits[-1]]))


def auc(p: NDArray[np.float64], y: NDArray[np.bool_]) -> float | None:
    """Return the area under the ROC curve, ties at half; None with one class only."""
    return _auc(*_Ranked(p, y).curve(None)) if len(p) else None


def auc_standard_error(p: NDArray[np.float64], y: NDArray[np.bool_]) -> float | None:
    """Return the standard error of the AUC of independent rows (DeLong 1988); None below two of a class."""
    yes, no = np.sort(p[y]), np.sort(p[~y])
    if len(yes) < 2 or len(no) < 2:
        return None

    def share_below(values: NDArray[np.float64], of: NDArray[np.float64]) -> NDArray[np.float64]:
        both = np.searchsorted(of, values, "left") + np.searchsorted(of, values, "right")
        return np.asarray(both / (2.0 * len(of)), dtype=np.float64)

    above_no, below_yes = share_below(yes, no), 1.0 - share_below(no, yes)
    return float(np.sqrt(above_no.var(ddof=1) / len(yes) + below_yes.var(ddof=1) / len(no)))


def average_precision(p: NDArray[np.float64], y: NDArray[np.bool_]) -> float | None:
    """Return the average precision, without interpolation; None without positives."""
    return _average_precision(*_Ranked(p, y).curve(None)) if len(p) else None


def gain(p: NDArray[np.float64], y: NDArray[np.bool_], *, share: float = TOP_SHARE) -> float | None:
    """Return the share of positives in the top share of rows; equal probabilities count in proportion."""
    return _gain(*_Ranked(p, y).curve(None), share) if len(p) else None


def brier(p: NDArray[np.float64], y: NDArray[np.bool_]) -> float | None:
    """Return the mean squared error of the probabilities."""
    return float(np.mean((p - y) ** 2)) if len(p) else None


def log_losses(p: NDArray[np.float64], y: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the log-loss of each row."""
    inside = np.clip(p, _LEAST_P, 1.0 - _LEAST_P)
    return np.where(y, -np.log(inside), -np.log1p(-inside))


def log_loss(p: NDArray[np.float64], y: NDArray[np.bool_]) -> float | None:
    """Return the mean log-loss in nats."""
    return float(np.mean(log_losses(p, y))) if len(p) else None


def _bin_edges(n: int, n_bins: int) -> NDArray[np.int64]:
    return np.unique(np.linspace(0, n, min(n, n_bins) + 1).round().astype(np.int64))


def _bin_sums(values: NDArray[np.float64], edges: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.add.reduceat(values, edges[:-1], axis=0)


def ece(p: NDArray[np.float64], y: NDArray[np.bool_], *, n_bins: int = ECE_BINS) -> float | None:
    """Return the expected calibration error over bins of equal mass."""
    if not len(p):
        return None
    order = np.argsort(p, kind="stable")
    gaps = _bin_sums(p[order] - y[order], _bin_edges(len(p), n_bins))
    return float(np.abs(gaps).sum() / len(p))


def ece_null_quantile(
    p: NDArray[np.float64], *, seed: int, quantile: float = 0.95, n_bins: int = ECE_BINS, n_draws: int = 400
) -> float | None:
    """Return the quantile of the ECE that perfectly calibrated probabilities would show by chance."""
    if not len(p):
        return None
    rng = np.random.default_rng(seed)
    ordered = np.sort(p)
    edges = _bin_edges(len(p), n_bins)
    draws = [np.abs(_bin_sums(ordered - (rng.random(len(p)) < ordered), edges)).sum() for _ in range(n_draws)]
    return float(np.quantile(draws, quantile) / len(p))


@dataclass(frozen=True)
class Evaluation:
    """All figures of one test fold; `figures` and `intervals` share keys, None where nothing can be said."""

    n: int
    n_positive: int
    base_rate: float | None
    figures: dict[str, float | int | None]
    intervals: dict[str, Interval]
    ece_null_95: float | None
    auc_standard_error: float | None

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON values, the figures on the top level."""
        return {
            **self.figures,
            "intervals": {name: list(v) if v else None for name, v in self.intervals.items()},
            "n": self.n,
            "n_positive": self.n_positive,
            "base_rate": self.base_rate,
            "ece_null_95": self.ece_null_95,
            "auc_standard_error": self.auc_standard_error,
        }


def evaluate(
    p: NDArray[np.float64],
    y: NDArray[np.bool_],
    hot: NDArray[np.bool_],
    *,
    groups: NDArray[np.int64] | None = None,
    seed: int,
    n_draws: int = 300,
) -> Evaluation:
    """
    Measure probabilities against outcomes; `hot` marks the rows that score above 80.

    Intervals are 95 %: bootstrap by group (rows, unless given), Clopper-Pearson for the two hot rates.
    """
    y = np.asarray(y, dtype=bool)
    n, n_yes, n_hot = len(p), int(y.sum()), int(hot.sum())
    hits = int((hot & y).sum())
    top = gain(p, y)
    figures: dict[str, float | int | None] = {
        "auc": auc(p, y),
        "average_precision": average_precision(p, y),
        "brier": brier(p, y),
        "log_loss": log_loss(p, y),
        "ece": ece(p, y),
        "precision_hot": hits / n_hot if n_hot else None,
        "recall_hot": hits / n_yes if n_yes else None,
        "n_hot": n_hot,
        "lift_20": None if top is None else top / TOP_SHARE,
    }
    intervals: dict[str, Interval] = _bootstrap(p, y, figures, groups=groups, seed=seed, n_draws=n_draws)
    intervals["precision_hot"] = clopper_pearson_interval(hits, n_hot) if n_hot else None
    intervals["recall_hot"] = clopper_pearson_interval(hits, n_yes) if n_yes else None
    return Evaluation(
        n=n,
        n_positive=n_yes,
        base_rate=n_yes / n if n else None,
        figures=figures,
        intervals={name: intervals.get(name) for name in figures},
        ece_null_95=ece_null_quantile(p, seed=seed),
        auc_standard_error=auc_standard_error(p, y),
    )


def _bootstrap(
    p: NDArray[np.float64],
    y: NDArray[np.bool_],
    figures: dict[str, float | int | None],
    *,
    groups: NDArray[np.int64] | None,
    seed: int,
    n_draws: int,
) -> dict[str, Interval]:
    names = ("auc", "average_precision", "brier", "log_loss", "ece", "lift_20")
    if len(p) < 2:
        return dict.fromkeys(names)
    rng = np.random.default_rng(seed)
    own = np.arange(len(p)) if groups is None else np.unique(groups, return_inverse=True)[1]
    n_groups = int(own.max()) + 1
    ranked = _Ranked(p, y)
    ascending = ranked.order[::-1]
    squares, losses, gaps = (p - y) ** 2, log_losses(p, y), p - y
    draws: dict[str, list[float | None]] = {name: [] for name in names}
    for _ in range(n_draws):
        weight = np.bincount(rng.integers(n_groups, size=n_groups), minlength=n_groups)[own].astype(np.float64)
        total = weight.sum()
        yes, no = ranked.curve(weight)
        top = _gain(yes, no, TOP_SHARE)
        draws["auc"].append(_auc(yes, no))
        draws["average_precision"].append(_average_precision(yes, no))
        draws["brier"].append(float(np.dot(weight, squares) / total))
        draws["log_loss"].append(float(np.dot(weight, losses) / total))
        draws["lift_20"].append(None if top is None else top / TOP_SHARE)
        w = weight[ascending]
        bins = np.minimum((np.cumsum(w) - w / 2.0) / total * ECE_BINS, ECE_BINS - 1).astype(np.int64)
        draws["ece"].append(float(np.abs(np.bincount(bins, w * gaps[ascending])).sum() / total))
    return {name: _interval(figures[name], draws[name], pivot=name == "ece") for name in names}


def _interval(point: float | int | None, draws: Sequence[float | None], *, pivot: bool) -> Interval:
    """
    Return the 95 % interval of bootstrap draws.

    The calibration error of a resample is biased upward, since resampling adds noise of its own; there the
    interval is mirrored around the point.
    """
    values = [v for v in draws if v is not None]
    if point is None or len(values) < len(draws) / 2:
        return None
    low, high = (float(v) for v in np.quantile(values, [0.025, 0.975]))
    if pivot:
        low, high = max(0.0, 2 * point - high), 2 * point - low
    return min(low, float(point)), max(high, float(point))


def reliability(p: NDArray[np.float64], y: NDArray[np.bool_], *, n_bins: int = 10) -> list[dict[str, float | int]]:
    """Return the reliability curve: per bin of equal mass the mean chance said, the rate seen, n, interval."""
    if not len(p):
        return []
    order = np.argsort(p, kind="stable")
    edges = _bin_edges(len(p), n_bins)
    n = np.diff(edges)
    said = _bin_sums(p[order], edges) / n
    hits = _bin_sums(y[order].astype(np.float64), edges)
    rows: list[dict[str, float | int]] = []
    for k in range(len(n)):
        low, high = clopper_pearson_interval(int(hits[k]), int(n[k]))
        rows.append(
            {
                "p_low": float(p[order[edges[k]]]),
                "p_high": float(p[order[edges[k + 1] - 1]]),
                "p_mean": float(said[k]),
                "rate": float(hits[k] / n[k]),
                "n": int(n[k]),
                "low": low,
                "high": high,
            }
        )
    return rows


def precision_recall_table(
    scores: NDArray[np.float64], y: NDArray[np.bool_], thresholds: Sequence[float]
) -> list[dict[str, float | int | None]]:
    """Return precision and recall of "score above the threshold" for each threshold."""
    n_yes = int(y.sum())
    rows: list[dict[str, float | int | None]] = []
    for threshold in thresholds:
        chosen = scores > threshold
        n, hits = int(chosen.sum()), int((chosen & y).sum())
        low, high = clopper_pearson_interval(hits, n) if n else (None, None)
        rows.append(
            {
                "score_above": float(threshold),
                "n": n,
                "precision": hits / n if n else None,
                "low": low,
                "high": high,
                "recall": hits / n_yes if n_yes else None,
            }
        )
    return rows


def gain_table(
    p: NDArray[np.float64], y: NDArray[np.bool_], shares: Sequence[float] = (0.05, 0.1, 0.2, 0.3, 0.5, 1.0)
) -> list[dict[str, float | None]]:
    """Return the share of all positives that lies in the top share of rows."""
    return [{"top": share, "gain": gain(p, y, share=share)} for share in shares]


def paired_difference(
    losses: NDArray[np.float64],
    other: NDArray[np.float64],
    *,
    weights: NDArray[np.float64] | None = None,
    groups: NDArray[np.int64] | None = None,
) -> tuple[float, float]:
    """
    Return the mean of `losses - other` and its standard error, paired by row and clustered by group.

    Fewer than two groups give an infinite error: nothing is proven.
    """
    w = np.ones(len(losses)) if weights is None else np.asarray(weights, dtype=np.float64)
    own = np.arange(len(losses)) if groups is None else np.unique(groups, return_inverse=True)[1]
    if not len(losses) or own.max() < 1:
        return 0.0, float("inf")
    mean = float(np.dot(w, losses - other) / w.sum())
    residual = np.bincount(own, w * (losses - other - mean))
    n_groups = len(residual)
    return mean, float(np.sqrt(np.dot(residual, residual) * n_groups / (n_groups - 1)) / w.sum())
