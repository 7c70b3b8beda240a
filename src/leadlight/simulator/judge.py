"""How close a model's chances come to the hidden truth, on rows that the model names. Knows nothing of the model."""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from leadlight.simulator.brokerage import Brokerage
from leadlight.simulator.truth import booked_within, oracle_p


@dataclass(frozen=True)
class Judgement:
    """The model's AUC and that of the true chances, on the same rows."""

    #: Rows at which something was at stake and whose 60 days are over; only they count.
    n: int
    n_booked: int
    auc: float
    auc_oracle: float
    gap: float


def judge(brokerage: Brokerage, path: Path) -> Judgement:
    """
    Judge the rows of a file without header: lead id, moment in seconds since the epoch, chance said.

    Raises: KeyError for a lead id that was not exported; ValueError when no row, or only one answer, counts.
    """
    with path.open(newline="") as file:
        rows = list(csv.reader(file))
    ids = [row[0] for row in rows]
    moments = np.array([float(row[1]) for row in rows])
    said = np.array([float(row[2]) for row in rows])
    truth = oracle_p(brokerage, ids, moments)
    booked = booked_within(brokerage, ids, moments)
    counts = np.isfinite(truth) & np.isfinite(booked)
    yes: NDArray[np.bool_] = booked[counts] > 0.5
    if yes.all() or not yes.any():
        raise ValueError("the rows hold only one answer, so no AUC can be said")
    ours, oracle = auc(said[counts], yes), auc(truth[counts], yes)
    return Judgement(len(yes), int(yes.sum()), ours, oracle, oracle - ours)


def auc(p: NDArray[np.float64], y: NDArray[np.bool_]) -> float:
    """Return the chance that a yes stands above a no, ties counting half (Mann and Whitney 1947)."""
    _, rank, n = np.unique(p, return_inverse=True, return_counts=True)
    upto = np.cumsum(n)
    mean_rank = (upto - (n - 1) / 2.0)[rank]
    n_yes = int(y.sum())
    return float((mean_rank[y].sum() - n_yes * (n_yes + 1) / 2.0) / (n_yes * (len(y) - n_yes)))
