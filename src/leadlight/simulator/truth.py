"""What only the simulator knows: true probabilities, what came of them, and the planted pattern as measured."""

import csv
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from leadlight.simulator.activities import Kind
from leadlight.simulator.brokerage import Brokerage
from leadlight.simulator.clock import DAY
from leadlight.simulator.people import SOURCES
from leadlight.simulator.process import Persona, State, survival

#: Days after arrival at which the truth is written down.
SNAPSHOT_AGES = (0, 1, 3, 7, 14, 30, 60)


def _moments(as_of: datetime | NDArray[np.float64], n: int) -> NDArray[np.float64]:
    """Seconds since the epoch, one for each of `n` leads, from one moment for all or one for each."""
    if isinstance(as_of, datetime):
        if as_of.tzinfo is None:
            raise ValueError("as_of must carry a time zone")
        return np.full(n, as_of.timestamp())
    return np.asarray(np.broadcast_to(as_of, n), dtype=np.float64)


def oracle_p(
    brokerage: Brokerage, lead_ids: list[str], as_of: datetime | NDArray[np.float64], *, days: int = 60
) -> NDArray[np.float64]:
    """
    Return the true probability that each lead's person books their first appointment in the `days` after `as_of`.

    Given everything hidden at that moment: state, seriousness, source, and how fast the desk answers them. `as_of` is
    one aware moment for all, or seconds since the epoch for each lead. NaN where nothing is at stake: before arrival,
    after the first booking, beyond the export, and for test entries.
    """
    person = brokerage.persons_of(lead_ids)
    moments = _moments(as_of, len(person))
    chances = np.full(len(person), np.nan)
    booked = np.where(np.isnan(brokerage.ladder.booked_at), np.inf, brokerage.ladder.booked_at)
    open_ = (
        (person >= 0)
        & (moments >= brokerage.people.drivers.created_at[person])
        & (moments < booked[person])
        & (moments <= brokerage.calendar.until)
    )
    rows = np.flatnonzero(open_)
    if len(rows):
        chances[rows] = 1.0 - survival(
            brokerage.people.drivers, brokerage.paths, brokerage.calendar, person[rows], moments[rows], days
        )
    return chances


def booked_within(
    brokerage: Brokerage, lead_ids: list[str], as_of: datetime | NDArray[np.float64], *, days: int = 60
) -> NDArray[np.float64]:
    """
    Return 1 where each lead's person booked their first appointment in the `days` after `as_of`, else 0.

    NaN where `oracle_p` is NaN, and where the export came before the `days` were over.
    """
    person = brokerage.persons_of(lead_ids)
    moments = _moments(as_of, len(person))
    booked = np.where(np.isnan(brokerage.ladder.booked_at), np.inf, brokerage.ladder.booked_at)[person]
    known = (
        (person >= 0)
        & (moments >= brokerage.people.drivers.created_at[person])
        & (moments < booked)
        & (moments + days * DAY <= brokerage.calendar.until)
    )
    return np.where(known, (booked <= moments + days * DAY).astype(np.float64), np.nan)


@dataclass(frozen=True)
class Judgement:
    """How well a model ranks beside what only the simulator knows, on the same rows."""

    #: Rows at which something was at stake and the outcome was known by the export.
    n: int
    n_booked: int
    auc: float
    auc_oracle: float
    #: `auc_oracle - auc`: a gap near nothing means that the model knows what it should not.
    gap: float


def judge(
    brokerage: Brokerage,
    lead_ids: list[str],
    as_of: NDArray[np.float64],
    p: NDArray[np.float64],
    *,
    days: int = 60,
) -> Judgement:
    """
    Compare a model's probabilities with the true ones; `as_of` in seconds since the epoch, one for each row.

    Raises: ValueError when the rows that count are all booked or all not.
    """
    outcome = booked_within(brokerage, lead_ids, as_of, days=days)
    counts = ~np.isnan(outcome)
    hit = outcome[counts] == 1.0
    if not hit.any() or hit.all():
        raise ValueError("nothing to compare: the rows need both people who booked and people who did not")
    model = _auc(p[counts], hit)
    oracle = _auc(oracle_p(brokerage, lead_ids, as_of, days=days)[counts], hit)
    return Judgement(n=int(counts.sum()), n_booked=int(hit.sum()), auc=model, auc_oracle=oracle, gap=oracle - model)


def _auc(score: NDArray[np.float64], hit: NDArray[np.bool_]) -> float:
    """Chance that one who booked scores above one who did not; ties count half (Mann and Whitney 1947)."""
    _, place, count = np.unique(score, return_inverse=True, return_counts=True)
    rank = (np.cumsum(count) - (count - 1) / 2.0)[place]
    n_hit, n_miss = int(hit.sum()), int((~hit).sum())
    return float((rank[hit].sum() - n_hit * (n_hit + 1) / 2.0) / (n_hit * n_miss))


@dataclass(frozen=True)
class PlantedRatio:
    """How much more often people book who viewed one home three times within 48 hours."""

    ratio: float
    #: 95 % interval of the ratio.
    low: float
    high: float
    n_with: int
    n_without: int
    rate_with: float
    rate_without: float


def planted_ratio(brokerage: Brokerage) -> PlantedRatio:
    """
    Measure the planted pattern in what the export shows.

    With: persons who viewed one home three times within 48 hours before any booking; they count when they book within
    60 days of the third view. Without: persons who never did so before a booking; they count when they book within 60
    days of their arrival. Only persons whose 60 days were over by the export. The interval is that of Katz et al.
    (1978) for a ratio of two proportions.
    """
    drivers, booked = brokerage.people.drivers, brokerage.ladder.booked_at
    third = third_view_at(brokerage)
    before = np.isfinite(third) & ~(booked <= third)
    start = np.where(before, third, drivers.created_at)
    ripe = start + 60.0 * DAY <= brokerage.calendar.until
    converts = booked <= start + 60.0 * DAY
    hits = np.array([np.sum(converts & ripe & group) for group in (before, ~before)], dtype=np.float64)
    n = np.array([np.sum(ripe & group) for group in (before, ~before)], dtype=np.float64)
    if not hits.all():
        raise ValueError("too few people to measure the pattern: nobody booked in one of the two groups")
    ratio = (hits[0] / n[0]) / (hits[1] / n[1])
    spread = 1.96 * np.sqrt(np.sum(1.0 / hits - 1.0 / n))
    return PlantedRatio(
        ratio=float(ratio),
        low=float(ratio * np.exp(-spread)),
        high=float(ratio * np.exp(spread)),
        n_with=int(n[0]),
        n_without=int(n[1]),
        rate_with=float(hits[0] / n[0]),
        rate_without=float(hits[1] / n[1]),
    )


def third_view_at(brokerage: Brokerage) -> NDArray[np.float64]:
    """Return when each person first viewed one home for the third time within 48 hours; NaN for never."""
    activities = brokerage.activities
    views = np.flatnonzero((activities.kind == Kind.VIEW) & (activities.person < len(brokerage.people)))
    views = views[np.lexsort((activities.at[views], activities.home[views], activities.person[views]))]
    person, home, at = activities.person[views], activities.home[views], activities.at[views]
    third = np.flatnonzero((person[2:] == person[:-2]) & (home[2:] == home[:-2]) & (at[2:] - at[:-2] <= 2 * DAY)) + 2
    first = np.full(len(brokerage.people), np.inf)
    np.minimum.at(first, person[third], at[third])
    return np.where(np.isfinite(first), first, np.nan)


def write_truth(brokerage: Brokerage, path: Path) -> Path:
    """
    Write the hidden truth of each lead as CSV: persona, source, path of intent, true probabilities at several ages.

    `path_of_intent` reads "SEARCHING@0 ACTIVE@12": the state from that day after arrival on. Empty probabilities mean
    that nothing was at stake. Keep this file away from whatever learns from the exports.
    """
    paths, drivers, records = brokerage.paths, brokerage.people.drivers, brokerage.records
    arrived = brokerage.calendar.day_of(drivers.created_at)
    edges = np.searchsorted(paths.log_person, np.arange(len(brokerage.people) + 1))
    names = [state.name for state in State]
    lead_ids = list(records.lead_id)
    of = np.maximum(records.person, 0)
    chances = [oracle_p(brokerage, lead_ids, drivers.created_at[of] + age * DAY) for age in SNAPSHOT_AGES]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(
            ["lead_id", "person", "persona", "source", "booking_multiplier", "path_of_intent"]
            + [f"p_appointment_60d_at_day_{age}" for age in SNAPSHOT_AGES]
        )
        for i, (lead_id, person) in enumerate(zip(lead_ids, records.person.tolist(), strict=True)):
            if person < 0:
                writer.writerow([lead_id, "", "TEST", "", "", "", *([""] * len(SNAPSHOT_AGES))])
                continue
            rows = slice(edges[person], edges[person + 1])
            steps = zip(paths.log_state[rows].tolist(), (paths.log_day[rows] - arrived[person]).tolist(), strict=True)
            writer.writerow(
                [
                    lead_id,
                    person,
                    Persona(drivers.persona[person]).name,
                    SOURCES[brokerage.people.source[person]].name,
                    f"{drivers.multiplier[person]:.4f}",
                    " ".join(f"{names[state]}@{day}" for state, day in steps),
                    *("" if np.isnan(chance[i]) else f"{chance[i]:.6f}" for chance in chances),
                ]
            )
    return path
