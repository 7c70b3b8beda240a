"""From the first appointment to the closing: what happens, and when. Rates and times are those of real desks."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leadlight.simulator.clock import DAY
from leadlight.simulator.people import SOURCES, People


@dataclass(frozen=True)
class Ladder:
    """One entry for each person; NaN where it did not happen. Moments may lie after the export."""

    booked_at: NDArray[np.float64]
    appointment_at: NDArray[np.float64]
    was_held: NDArray[np.bool_]
    #: The second appointment of those who missed the first.
    rebooked_at: NDArray[np.float64]
    second_appointment_at: NDArray[np.float64]
    second_was_held: NDArray[np.bool_]
    agreement_at: NDArray[np.float64]
    contract_at: NDArray[np.float64]
    closed_at: NDArray[np.float64]
    lost_at: NDArray[np.float64]
    price: NDArray[np.float64]

    @property
    def over_at(self) -> NDArray[np.float64]:
        """When the person stops looking: under contract, or lost; infinite for those who go on."""
        over = np.fmin(self.contract_at, self.lost_at)
        return np.where(np.isnan(over), np.inf, over)


def _working_hours(moments: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """Move moments to a full half hour between 9 and 18 of the same day, town time (15 to 24 UTC)."""
    day = np.floor(moments / DAY)
    return np.asarray(day * DAY + 15 * 3_600.0 + rng.integers(0, 18, len(moments)) * 1_800.0)


def climb(people: People, booked_at: NDArray[np.float64], rng: np.random.Generator) -> Ladder:
    """Draw the rest of the way for everybody who booked."""
    n = len(people)
    referred = np.isin(people.source, (7, 8))
    booked = np.isfinite(booked_at)

    def happens(chance: NDArray[np.float64], among: NDArray[np.bool_]) -> NDArray[np.bool_]:
        return among & (rng.random(n) < chance)

    appointment_at = _working_hours(booked_at + DAY * rng.lognormal(0.9, 0.7, n), rng)
    appointment_at = np.where(appointment_at <= booked_at + 1_800.0, appointment_at + DAY, appointment_at)
    was_held = happens(np.where(referred, 0.85, 0.70), booked)
    again = happens(np.full(n, 0.4), booked & ~was_held)
    rebooked_at = np.where(again, appointment_at + DAY * rng.exponential(4.0, n) + 3_600.0, np.nan)
    second_at = _working_hours(rebooked_at + DAY * (1.0 + rng.exponential(2.5, n)), rng)
    second_was_held = happens(np.full(n, 0.65), again)
    met_at = np.where(was_held, appointment_at, np.where(second_was_held, second_at, np.nan))
    signs = happens(np.where(referred, 0.65, 0.50), np.isfinite(met_at))
    agreement_at = np.where(signs, met_at + DAY * rng.exponential(5.0, n) + 3_600.0, np.nan)
    contracts = happens(np.where(referred, 0.70, 0.60), signs)
    median = np.array([s.days_to_close[0] for s in SOURCES])[people.source]
    sigma = np.array([s.days_to_close[1] for s in SOURCES])[people.source]
    escrow = DAY * rng.uniform(28.0, 47.0, n)
    whole = DAY * median * rng.lognormal(0.0, 1.0, n) ** sigma
    # The time from first contact to closing sets the pace, but nobody is under contract before the agreement.
    contract_at = np.where(
        contracts,
        np.maximum(people.drivers.created_at + whole - escrow, agreement_at + DAY * rng.uniform(4.0, 30.0, n)),
        np.nan,
    )
    closes = happens(np.full(n, 0.935), contracts)
    closed_at = np.where(closes, contract_at + escrow, np.nan)
    fell_through = np.where(contracts & ~closes, contract_at + escrow * 0.6, np.nan)
    lost = np.where(
        booked & ~contracts,
        np.where(signs, agreement_at, np.where(np.isfinite(second_at), second_at, appointment_at))
        + DAY * rng.exponential(45.0, n),
        fell_through,
    )
    return Ladder(
        booked_at=booked_at,
        appointment_at=appointment_at,
        was_held=was_held,
        rebooked_at=rebooked_at,
        second_appointment_at=second_at,
        second_was_held=second_was_held,
        agreement_at=agreement_at,
        contract_at=contract_at,
        closed_at=closed_at,
        lost_at=lost,
        price=np.round(people.budget * rng.normal(0.97, 0.07, n), -2),
    )
