"""Tables of leads of many shapes whose truth is known: honest columns, and leaks that are put in on purpose."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

DAY = 86_400.0
#: Monday, 1 January 2024.
START = 1_704_067_200.0


@dataclass(frozen=True)
class Made:
    frame: pl.DataFrame
    y: NDArray[np.bool_]
    #: Moment of each lead, in seconds since the epoch.
    at: NDArray[np.float64]
    rng: np.random.Generator

    def planted(self, **columns: object) -> "Made":
        return Made(self.frame.with_columns(**columns), self.y, self.at, self.rng)  # type: ignore[arg-type]  # series


#: How the honest columns are called; none of them is a leak.
HONEST = (
    "Site visits", "Budget", "Time on website", "Lead Source", "City", "Property type", "Financing", "Timeframe",
    "Newsletter", "Messages written", "Age of listing", "Household", "Agent", "Wants valuation", "Landing page",
    "Noise",
)  # fmt: skip


def clean(n: int, rate: float, seed: int, *, strength: float = 1.0) -> Made:
    """
    Make `n` leads of whom about `rate` convert; `strength` scales how much the honest columns say.

    One column alone reaches an AUC of about .9 at strength 2.5, and .7 at 1.
    """
    rng = np.random.default_rng(seed)
    at = np.sort(START + rng.random(n) * 700 * DAY)
    keen = rng.normal(size=n)
    source_effect = rng.normal(0.0, 0.7, 9)
    source = rng.choice(9, n, p=rng.dirichlet(np.full(9, 1.5)))
    kind_effect = rng.normal(0.0, 0.4, 5)
    kind = rng.integers(0, 5, n)
    valuation = rng.random(n) < 0.15
    margin = 1.1 * strength * keen + source_effect[source] + kind_effect[kind] + 0.9 * valuation
    y = rng.random(n) < _shifted(margin, rate)
    noisy = keen + rng.normal(0.0, 0.25, n)
    visits = rng.poisson(np.exp(0.6 + 0.5 * keen * min(strength, 1.5)))
    budget = np.where(rng.random(n) < 0.25, np.nan, np.round(np.exp(rng.normal(12.6, 0.4, n)), -3))
    finance = np.array(["cash", "pre-approved", "needs a lender", ""], dtype=object)[rng.integers(0, 4, n)]
    frame = pl.DataFrame(
        {
            "Created": (at * 1e6).astype("int64"),
            "Site visits": visits,
            "Budget": budget,
            "Time on website": np.round(np.exp(4.0 + noisy)),
            "Lead Source": [f"source {chr(97 + s)}" for s in source],
            "City": [f"Town {t}" for t in rng.zipf(1.6, n) % 120],
            "Property type": [f"type {k}" for k in kind],
            "Financing": [None if f == "" else f for f in finance],
            "Timeframe": [["now", "3 months", "6 months", "a year", None][k] for k in rng.integers(0, 5, n)],
            "Newsletter": np.where(rng.random(n) < 0.3, "yes", "no"),
            "Messages written": rng.poisson(0.3 + 0.4 * (keen > 0.5)),
            "Age of listing": rng.gamma(2.0, 20.0, n),
            "Household": rng.integers(1, 6, n).astype(float),
            "Agent": [f"agent {a}" for a in rng.integers(0, 25, n)],
            "Wants valuation": valuation,
            "Landing page": [f"/p/{k}" for k in rng.zipf(1.3, n) % 400],
            "Noise": rng.normal(size=n),
        }
    ).with_columns(pl.col("Created").cast(pl.Datetime("us")))
    return Made(frame.with_columns(Converted=pl.Series(np.where(y, "yes", "no"))), y, at, rng)


def _shifted(margin: NDArray[np.float64], rate: float) -> NDArray[np.float64]:
    """Return probabilities whose mean is `rate`."""
    low, high = -30.0, 30.0
    for _ in range(60):
        middle = (low + high) / 2.0
        if (1.0 / (1.0 + np.exp(-(margin + middle)))).mean() > rate:
            high = middle
        else:
            low = middle
    return 1.0 / (1.0 + np.exp(-(margin + low)))


def with_noisy_label(made: Made, name: str = "Check", *, wrong: float = 0.05) -> Made:
    """Add the outcome itself, wrong in some rows."""
    flipped = made.y ^ (made.rng.random(len(made.y)) < wrong)
    return made.planted(**{name: pl.Series(np.where(flipped, "A", "B"))})


def with_noisy_number(made: Made, name: str = "Measure", *, noise: float = 0.3) -> Made:
    """Add the outcome as a number with noise."""
    return made.planted(**{name: pl.Series(made.y + made.rng.normal(0.0, noise, len(made.y)))})


def with_late_stage(made: Made, name: str = "Pipeline step") -> Made:
    """Add a stage as it stands at the end: most who converted are far, some of both are anywhere."""
    n = len(made.y)
    far = np.array(["Showing", "Offer", "Under contract"], dtype=object)[made.rng.integers(0, 3, n)]
    near = np.array(["New", "Attempted", "Nurture", "Trash"], dtype=object)[made.rng.integers(0, 4, n)]
    anywhere = made.rng.random(n) < 0.12
    stage = np.where(made.y ^ (anywhere & (made.rng.random(n) < 0.5)), far, near)
    return made.planted(**{name: pl.Series(stage.tolist())})


def with_sorted_id(made: Made, name: str = "Record No") -> Made:
    """Add an id given in the order of how good a lead turned out, roughly."""
    quality = made.y + made.rng.normal(0.0, 1.0, len(made.y))
    return made.planted(**{name: pl.Series(100_000 + np.argsort(np.argsort(quality)))})


def with_telling_gaps(made: Made, name: str = "Preferred area") -> Made:
    """Add a column that is filled in once somebody is about to convert."""
    filled = made.rng.random(len(made.y)) < np.where(made.y, 0.92, 0.08)
    areas = made.rng.integers(0, 30, len(made.y))
    return made.planted(**{name: pl.Series([f"area {a}" if f else None for a, f in zip(areas, filled, strict=True)])})


def with_late_date(made: Made, name: str = "File opened") -> Made:
    """Add a date that only those have who converted, some days after."""
    late = made.at + made.rng.gamma(2.0, 20.0, len(made.y)) * DAY
    moments = pl.Series((late * 1e6).astype("int64")).cast(pl.Datetime("us"))
    return made.planted(**{name: moments.set(pl.Series(~made.y), None)})


LEAKS = {
    "Check": with_noisy_label,
    "Measure": with_noisy_number,
    "Pipeline step": with_late_stage,
    "Record No": with_sorted_id,
    "Preferred area": with_telling_gaps,
    "File opened": with_late_date,
}
