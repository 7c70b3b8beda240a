"""The model card: how a fitted model did on rows it never saw, and how it came about. Plain JSON values."""

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leadlight.scoring.rules import metrics
from leadlight.scoring.rules.gate import Gate, judge
from leadlight.scoring.rules.scale import HOT_SCORE
from leadlight.scoring.rules.split import Rows, Split, one_row_per_person

from .pipeline import FittedModel, Fitting, TrainingSet

THRESHOLDS = (20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0)
#: Rows that are explained to see what weighs most; a few hundred settle the order of the first ten.
_EXPLAINED_ROWS = 300


@dataclass(frozen=True)
class Measured:
    """What one untouched test fold says of one fitted model."""

    gate: Gate
    evaluation: metrics.Evaluation
    #: Mean log-loss by which the model beats the points card, and its standard error.
    gain_on_points: float
    gain_standard_error: float
    details: dict[str, Any]

    @property
    def beats_points(self) -> bool:
        """Tell whether the model has earned the points card's place."""
        return self.gain_on_points > self.gain_standard_error

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON values, the figures on the top level."""
        return {**self.evaluation.as_dict(), **self.details}


def measure(
    data: TrainingSet, split: Split, fitting: Fitting, *, seed: int, n_jobs: int, order_is_time: bool
) -> Measured:
    """Measure a model and the points card on the test rows, one row per person."""
    test = one_row_per_person(split.test, data.persons, seed=seed)
    table, y = data.table.take(test), data.y[test]
    model, points = fitting.model, fitting.points
    p = model.probability(table, n_jobs=n_jobs)
    scores = model.scale.score(p)
    hot = scores > HOT_SCORE
    gate = judge(int(hot.sum()), int((hot & y).sum()))
    groups = data.groups[test]
    evaluation = metrics.evaluate(p, y, hot, groups=groups, seed=seed)
    p_points = points.probability(table)
    losses, points_losses = metrics.log_losses(p, y), metrics.log_losses(p_points, y)
    gained, error = metrics.paired_difference(points_losses, losses, groups=groups)
    details = {
        "verdict": str(gate.verdict),
        "precision_hot_lower_bound": gate.lower_bound if gate.n_hot else None,
        "model": model.family,
        "choice": [comparison.as_dict() for comparison in fitting.comparisons],
        "calibration": {
            "method": model.calibration.method,
            "n": fitting.n_calibration,
            "n_positive": model.calibration.n_positive,
        },
        "scale": model.scale.as_dict(),
        "data_share": model.data_share,
        "against_points_card": {
            "log_loss": metrics.log_loss(p_points, y),
            "auc": metrics.auc(p_points, y),
            "gain": gained,
            "standard_error": error if math.isfinite(error) else None,
        },
        "folds": _folds(data, split, test, fitting, order_is_time=order_is_time),
        "purge": split.note,
        "reliability": metrics.reliability(p, y),
        "by_threshold": metrics.precision_recall_table(scores, y, THRESHOLDS),
        "gain": metrics.gain_table(p, y),
        "weighs_most": _weighs_most(model, data, test, seed=seed, n_jobs=n_jobs),
    }
    return Measured(gate, evaluation, gained, error, details)


def _folds(
    data: TrainingSet, split: Split, test: Rows, fitting: Fitting, *, order_is_time: bool
) -> dict[str, dict[str, Any]]:
    def fold(rows: Rows) -> dict[str, Any]:
        facts: dict[str, Any] = {
            "rows": len(rows),
            "people": len(np.unique(data.persons[rows])),
            "positives": int(data.y[rows].sum()),
        }
        if data.created_at is not None and order_is_time and len(rows):
            facts["from"] = _day(float(data.created_at[rows].min()))
            facts["to"] = _day(float(data.created_at[rows].max()))
        return facts

    calibration: dict[str, Any] = {"rows": fitting.n_calibration}
    if fitting.calibration_span is not None and order_is_time:
        calibration["from"], calibration["to"] = (_day(moment) for moment in fitting.calibration_span)
    train = {**fold(split.train), "taught": fitting.n_taught}
    return {"train": train, "calibration": calibration, "test": fold(test)}


def _day(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).date().isoformat()


def _weighs_most(
    model: FittedModel, data: TrainingSet, test: Rows, *, seed: int, n_jobs: int
) -> list[dict[str, Any]]:
    chosen = np.random.default_rng(seed).permutation(test)[:_EXPLAINED_ROWS]
    if not len(chosen):
        return []
    explained = model.explain(data.table.take(chosen), n_jobs=n_jobs)
    weight: NDArray[np.float64] = np.abs(explained.contributions).mean(axis=0)
    order = np.argsort(-weight, kind="stable")
    return [
        {"column": explained.columns[k], "mean_absolute_log_odds": float(weight[k])} for k in order if weight[k] > 0.0
    ]
