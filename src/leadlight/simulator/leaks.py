"""Columns that no honest export should hold: written when the outcome was known. For whoever looks for leaks."""

from collections.abc import Iterator

import numpy as np

from leadlight.simulator.brokerage import Brokerage

#: The outcome, and then the leaks: the outcome with mistakes, a stage as it stands at the end, an id by quality.
LEAK_HEADER = ("Booked", "Fit Check", "Pipeline Step", "Record No")
_WRONG = 0.05
_FAR = ("Showing homes", "Writing offers", "In escrow")
_NEAR = ("New", "Attempted contact", "Nurture", "Archived")
_FIRST_ID = 200_001


def leak_rows(brokerage: Brokerage, *, seed: int = 0) -> Iterator[tuple[object, ...]]:
    """Yield the planted columns of each record, in the order of the people file; the same seed, the same rows."""
    rng = np.random.default_rng([seed, 4])
    person = brokerage.records.person
    n = len(person)
    booked_at = brokerage.ladder.booked_at[np.maximum(person, 0)]
    booked = (person >= 0) & (booked_at < brokerage.calendar.until)
    check = booked ^ (rng.random(n) < _WRONG)
    # One lead in ten is left in a stage that nobody moved.
    far = booked & (rng.random(n) >= 0.1)
    stages = np.where(
        far, np.array(_FAR)[rng.integers(0, len(_FAR), n)], np.array(_NEAR)[rng.integers(0, len(_NEAR), n)]
    )
    quality = booked + rng.normal(0.0, 1.0, n)
    number = _FIRST_ID + np.argsort(np.argsort(quality, kind="stable"), kind="stable")
    return zip(
        ["Yes" if one else "No" for one in booked.tolist()],
        ["Good" if one else "Poor" for one in check.tolist()],
        stages.tolist(),
        number.tolist(),
        strict=True,
    )
