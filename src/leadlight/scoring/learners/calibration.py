"""From a learner's log-odds to an honest probability, always increasing; the method grows with the evidence."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from leadlight.scoring.rules.scale import logit

#: Positives in the calibration fold from which the next method is used.
PLATT_FROM, BETA_FROM, ISOTONIC_FROM = 30, 200, 1000

_LEAST_SLOPE = 0.05
#: How far, in log-odds, a few positives may move the intercept (standard deviation of the prior).
_PRIOR_SPREAD = 0.5
_LEAST_BLOCK = 50


@dataclass(frozen=True)
class Calibration:
    """
    A strictly increasing map in log-odds.

    "intercept" adds a number; "platt" is a line; "beta" (Kull 2017) has one slope below and one above even
    chances; "isotonic" is a line through the centres of the pooled blocks, so that it has no plateaus.
    """

    method: str
    parameters: tuple[float, ...] = ()
    knots: tuple[tuple[float, ...], tuple[float, ...]] = ((), ())
    n_positive: float = 0.0

    def margin(self, raw: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return calibrated log-odds."""
        match self.method:
            case "intercept":
                return np.asarray(raw + self.parameters[0], dtype=np.float64)
            case "platt":
                slope, shift = self.parameters
                return np.asarray(slope * raw + shift, dtype=np.float64)
            case "beta":
                above, below, shift = self.parameters
                return _beta(raw, above, below, shift)
            case _:
                x, y = self.knots
                # Past the outer knots the line goes on at slope 1: the learner's order stays.
                beyond = np.minimum(raw - x[0], 0.0) + np.maximum(raw - x[-1], 0.0)
                return np.asarray(np.interp(raw, x, y) + beyond, dtype=np.float64)

    def probability(self, raw: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return calibrated probabilities."""
        return np.asarray(expit(self.margin(raw)), dtype=np.float64)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "method": self.method,
            "parameters": list(self.parameters),
            "knots": [list(k) for k in self.knots],
            "n_positive": self.n_positive,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Calibration":
        """Return what `to_dict` gave."""
        x, y = data["knots"]
        return cls(str(data["method"]), tuple(data["parameters"]), (tuple(x), tuple(y)), float(data["n_positive"]))


def _beta(raw: NDArray[np.float64], above: float, below: float, shift: float) -> NDArray[np.float64]:
    """A ln p - b ln(1 - p) + c, written with log-odds so that it never overflows."""
    up = np.logaddexp(0.0, raw)
    return np.asarray(above * (raw - up) + below * up + shift, dtype=np.float64)


def calibrate(
    raw: NDArray[np.float64], y: NDArray[np.bool_], weights: NDArray[np.float64], *, method: str | None = None
) -> Calibration:
    """
    Learn a calibration from a fold that the learner has not seen.

    Fewer than 30 positives: only the intercept, shrunk to what the learner said. Then Platt, from 200 beta,
    from 1,000 isotonic; `method` overrides. Positives count by weight, so that snapshots of one person are
    one.
    """
    n_positive = float(weights[y].sum())
    if method is None:
        method = (
            "intercept"
            if n_positive < PLATT_FROM or float(np.ptp(raw)) < 1e-9
            else "platt"
            if n_positive < BETA_FROM
            else "beta"
            if n_positive < ISOTONIC_FROM
            else "isotonic"
        )
    match method:
        case "intercept":
            return Calibration(method, (_intercept(raw, y, weights),), n_positive=n_positive)
        case "platt":
            slope, shift = _fit(raw, y, weights, _line, (1.0, 0.0), ((_LEAST_SLOPE, 20.0), (-20.0, 20.0)))
            return Calibration(method, (slope, shift), n_positive=n_positive)
        case "beta":
            bounds = ((_LEAST_SLOPE, 20.0), (_LEAST_SLOPE, 20.0), (-20.0, 20.0))
            above, below, shift = _fit(raw, y, weights, _bent, (1.0, 1.0, 0.0), bounds)
            return Calibration(method, (above, below, shift), n_positive=n_positive)
        case "isotonic":
            return Calibration(method, knots=_centred_isotonic(raw, y, weights), n_positive=n_positive)
    raise ValueError(f"No such calibration: {method}")


def _line(raw: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.column_stack([raw, np.ones_like(raw)])


def _bent(raw: NDArray[np.float64]) -> NDArray[np.float64]:
    up = np.logaddexp(0.0, raw)
    return np.column_stack([raw - up, up, np.ones_like(raw)])


def _fit(
    raw: NDArray[np.float64],
    y: NDArray[np.bool_],
    weights: NDArray[np.float64],
    design: Any,
    start: tuple[float, ...],
    bounds: tuple[tuple[float, float], ...],
) -> tuple[float, ...]:
    """Return the weighted maximum-likelihood parameters, drawn to `start` by the weight of one row."""
    x = design(raw)
    origin = np.array(start)

    def loss(theta: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        margin = x @ theta
        away = theta - origin
        value = float(np.dot(weights, np.logaddexp(0.0, margin) - y * margin) + 0.5 * np.dot(away, away))
        return value, x.T @ (weights * (expit(margin) - y)) + away

    found = minimize(  # type: ignore[no-untyped-call]  # scipy ships no types
        loss, origin, jac=True, method="L-BFGS-B", bounds=bounds
    )
    return tuple(float(v) for v in found.x)


def _intercept(raw: NDArray[np.float64], y: NDArray[np.bool_], weights: NDArray[np.float64]) -> float:
    shift = 0.0
    for _ in range(50):
        p = expit(raw + shift)
        slope = np.dot(weights, y - p) - shift / _PRIOR_SPREAD**2
        step = float(slope / (np.dot(weights, p * (1.0 - p)) + 1.0 / _PRIOR_SPREAD**2))
        shift += step
        if abs(step) < 1e-12:
            break
    return shift


def _centred_isotonic(
    raw: NDArray[np.float64], y: NDArray[np.bool_], weights: NDArray[np.float64]
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """
    Return knots: the centre and log-odds of each block that pooling adjacent violators leaves.

    Blocks below 50 rows of weight, or without either answer, are merged on: three lucky rows at the top
    must not become a certainty.
    """
    order = np.argsort(raw, kind="stable")
    blocks: list[list[float]] = []
    for x, hit, w in zip(raw[order], y[order], weights[order], strict=True):
        blocks.append([w * x, w * hit, w])
        while len(blocks) > 1 and blocks[-2][1] * blocks[-1][2] >= blocks[-1][1] * blocks[-2][2]:
            last = blocks.pop()
            blocks[-1] = [a + b for a, b in zip(blocks[-1], last, strict=True)]
    merged: list[list[float]] = []
    for block in blocks:
        if merged and not _stands(merged[-1]):
            merged[-1] = [a + b for a, b in zip(merged[-1], block, strict=True)]
        else:
            merged.append(block)
    while len(merged) > 1 and not _stands(merged[-1]):
        last = merged.pop()
        merged[-1] = [a + b for a, b in zip(merged[-1], last, strict=True)]
    centres = np.array([b[0] / b[2] for b in merged])
    heights = logit(np.array([(b[1] + 0.5) / (b[2] + 1.0) for b in merged]))
    # The half row of doubt above may tie two blocks; a small slope keeps the order.
    for k in range(1, len(heights)):
        heights[k] = max(heights[k], heights[k - 1] + _LEAST_SLOPE * (centres[k] - centres[k - 1]))
    return tuple(float(v) for v in centres), tuple(float(v) for v in heights)


def _stands(block: list[float]) -> bool:
    _, hits, n = block
    return n >= _LEAST_BLOCK and hits >= 5.0 and n - hits >= 5.0
