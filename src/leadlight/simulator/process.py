"""
The hidden intent of people: a Markov chain of days, and the hazard of booking that follows from it.

Nothing that people do to be seen lives here; behaviour is emitted from these states elsewhere, with noise.
"""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from leadlight.simulator.clock import DAY, Calendar, share_of_day, time_of_day


class State(IntEnum):
    """What somebody wants today."""

    DORMANT = 0
    DREAMING = 1
    SEARCHING = 2
    ACTIVE = 3
    URGENT = 4
    SMITTEN = 5
    GONE = 6


class Persona(IntEnum):
    """Why somebody came."""

    FIRST_TIME_BUYER = 0
    MOVE_UP_BUYER = 1
    INVESTOR = 2
    SELLER = 3
    LANDLORD = 4
    TENANT = 5
    DREAMER = 6


N_STATES = len(State)

#: Chance per day to move from one state (row) to another; a life shock is any step straight to URGENT.
_DAILY = {
    (State.DORMANT, State.DREAMING): 0.0040,
    (State.DORMANT, State.SEARCHING): 0.0008,
    (State.DORMANT, State.URGENT): 0.0003,
    (State.DORMANT, State.GONE): 0.0030,
    (State.DREAMING, State.DORMANT): 0.0150,
    (State.DREAMING, State.SEARCHING): 0.0035,
    (State.DREAMING, State.URGENT): 0.0003,
    (State.DREAMING, State.SMITTEN): 0.0002,
    (State.DREAMING, State.GONE): 0.0040,
    (State.SEARCHING, State.DREAMING): 0.0130,
    (State.SEARCHING, State.DORMANT): 0.0050,
    (State.SEARCHING, State.ACTIVE): 0.0070,
    (State.SEARCHING, State.URGENT): 0.0006,
    (State.SEARCHING, State.SMITTEN): 0.0022,
    (State.SEARCHING, State.GONE): 0.0070,
    (State.ACTIVE, State.SEARCHING): 0.0160,
    (State.ACTIVE, State.URGENT): 0.0050,
    (State.ACTIVE, State.SMITTEN): 0.0130,
    (State.ACTIVE, State.GONE): 0.0120,
    (State.URGENT, State.ACTIVE): 0.0140,
    (State.URGENT, State.SMITTEN): 0.0300,
    (State.URGENT, State.GONE): 0.0250,
    (State.SMITTEN, State.ACTIVE): 0.0350,
    (State.SMITTEN, State.SEARCHING): 0.0150,
    (State.SMITTEN, State.GONE): 0.0120,
}

#: By persona: how easily they fall for a home, meet a life shock, and give up or go elsewhere.
_FALLS = np.array([1.2, 1.0, 0.35, 0.30, 0.15, 1.0, 0.25])
_SHOCKS = np.array([1.2, 1.0, 0.4, 1.3, 0.8, 2.0, 0.3])
_LEAVES = np.array([1.0, 0.9, 0.7, 0.9, 1.2, 1.6, 0.6])

#: Expected appointments booked per day in each state, before the person's own multipliers.
HAZARD = np.array([0.0001, 0.0003, 0.0014, 0.0085, 0.030, 0.40, 0.0])
#: By persona.
PERSONA_HAZARD = np.array([1.0, 1.1, 0.9, 1.15, 0.8, 0.7, 0.35])
#: What is left of the hazard until somebody of the desk has answered for the first time.
UNANSWERED = 0.15


def transition_matrices() -> NDArray[np.float64]:
    """Return the daily transition matrices, by persona, from and to; every row sums to 1."""
    matrices = np.zeros((len(Persona), N_STATES, N_STATES))
    for (old, new), rate in _DAILY.items():
        factor = np.ones(len(Persona))
        if new is State.SMITTEN:
            factor = _FALLS
        elif new is State.URGENT:
            factor = _SHOCKS
        elif new is State.GONE:
            factor = _LEAVES
        matrices[:, old, new] = rate * factor
    matrices[:, range(N_STATES), range(N_STATES)] = 1.0 - matrices.sum(axis=2)
    return matrices


@dataclass(frozen=True)
class Drivers:
    """What the chain and the hazard need to know of each person; arrays of one length, ordered by arrival."""

    persona: NDArray[np.int8]
    created_at: NDArray[np.float64]
    first_state: NDArray[np.int8]
    #: Multiplies the hazard: own seriousness, source, and how the desk treats them once it has answered.
    multiplier: NDArray[np.float64]
    #: The first day on which the desk has answered; far beyond the last day when it never does.
    answered_day: NDArray[np.int64]
    #: Multiplies how often they come to the website; 0 for people who never do.
    browsing: NDArray[np.float64]


@dataclass(frozen=True)
class Paths:
    """
    What became of each person.

    The log holds one row for each change of state, ordered by person and day: the state of a person on a day is that
    of their last row up to that day.
    """

    log_person: NDArray[np.int64]
    log_day: NDArray[np.int64]
    log_state: NDArray[np.int8]
    #: First appointment booked; NaN for none before the export.
    booked_at: NDArray[np.float64]
    #: One row for each day on which a person came to the website.
    visit_person: NDArray[np.int64]
    visit_day: NDArray[np.int64]

    def row_at(self, person: NDArray[np.int64], day: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the log row in force; days before a person's first give that person's first row."""
        keys = self.log_person * 65_536 + self.log_day
        rows = np.searchsorted(keys, person * 65_536 + day, side="right") - 1
        first = np.searchsorted(self.log_person, person, side="left")
        return np.maximum(rows, first)

    def state_at(self, person: NDArray[np.int64], day: NDArray[np.int64]) -> NDArray[np.int8]:
        """Return the state in force; days before a person's first give that person's first state."""
        return self.log_state[self.row_at(person, day)]


#: Chance to come to the website on a day, by state, for somebody of average habits.
VISIT_RATE = np.array([0.002, 0.022, 0.085, 0.30, 0.50, 2.0, 0.002])


def run(drivers: Drivers, calendar: Calendar, rng: np.random.Generator) -> Paths:
    """Live through all days once; persons must be ordered by `created_at`."""
    n = len(drivers.created_at)
    matrices = transition_matrices()
    cumulative = matrices.cumsum(axis=2).astype(np.float32)
    stay = matrices[:, range(N_STATES), range(N_STATES)].astype(np.float32).ravel()
    arrived = calendar.day_of(drivers.created_at)
    counts = np.searchsorted(arrived, np.arange(calendar.n_days), side="right")
    offset = drivers.persona.astype(np.int64) * N_STATES
    state = drivers.first_state.copy()
    base = HAZARD.astype(np.float32)
    multiplier = drivers.multiplier.astype(np.float32)
    # Somebody in love with a home comes back whatever their habits: there the habit counts by its root.
    habit = np.stack([drivers.browsing, np.sqrt(drivers.browsing)]).astype(np.float32)
    visit_rate = VISIT_RATE.astype(np.float32)
    booked_at = np.full(n, np.nan)
    unbooked = np.ones(n, dtype=np.float32)
    log: list[tuple[NDArray[np.int64], int, NDArray[np.int8]]] = []
    visits: list[tuple[NDArray[np.int64], int]] = []
    already = 0
    for day in range(calendar.n_days):
        k = int(counts[day])
        if already:
            now = state[:already]
            moving = np.flatnonzero(rng.random(already, dtype=np.float32) > stay[offset[:already] + now])
            if len(moving):
                old = now[moving]
                rows = cumulative[drivers.persona[moving], old].copy()
                # The stay itself is cut out, so that the draw falls among the moves alone.
                before = np.where(old > 0, rows[np.arange(len(old)), np.maximum(old - 1, 0)], 0.0)
                kept = rows[np.arange(len(old)), old] - before
                draw = rng.random(len(moving), dtype=np.float32) * (1.0 - kept)
                draw = np.where(draw >= before, draw + kept, draw)
                new = (draw[:, None] >= rows[:, :-1]).sum(axis=1).astype(np.int8)
                state[moving] = new
                log.append((moving, day, new))
        if k > already:
            fresh = np.arange(already, k)
            log.append((fresh, day, state[fresh]))
        now = state[:k]
        # Hazard of the first booking.
        hazard = base[now] * multiplier[:k] * unbooked[:k] * np.float32(calendar.booking[day])
        hazard[drivers.answered_day[:k] > day] *= UNANSWERED
        passed = np.zeros(k - already)
        if k > already:
            passed = share_of_day((drivers.created_at[already:k] - calendar.start) / DAY - day)
            hazard[already:] *= 1.0 - passed
        waited = rng.standard_exponential(k, dtype=np.float32)
        hit = np.flatnonzero(waited < hazard)
        if len(hit):
            share = np.zeros(len(hit))
            late = hit >= already
            share[late] = passed[hit[late] - already]
            share += (1.0 - share) * waited[hit] / hazard[hit]
            booked_at[hit] = calendar.start + (day + time_of_day(share)) * DAY
            unbooked[hit] = 0.0
        # Who looks at homes today.
        keen = (now == State.SMITTEN).astype(np.int64)
        rate = visit_rate[now] * np.where(keen, habit[1, :k], habit[0, :k]) * np.float32(calendar.browsing[day])
        # Who leaves an address on the website was there to look.
        rate[already:] += np.where(drivers.browsing[already:k] > 0, 1.5, 0.0)
        seen = np.flatnonzero(rng.random(k, dtype=np.float32) < -np.expm1(-rate))
        visits.append((seen, day))
        already = k
    booked_at[booked_at > calendar.until] = np.nan
    log_person = np.concatenate([row[0] for row in log])
    log_day = np.repeat([row[1] for row in log], [len(row[0]) for row in log])
    order = np.lexsort((log_day, log_person))
    return Paths(
        log_person=log_person[order],
        log_day=log_day[order],
        log_state=np.concatenate([row[2] for row in log])[order],
        booked_at=booked_at,
        visit_person=np.concatenate([row[0] for row in visits]),
        visit_day=np.repeat([row[1] for row in visits], [len(row[0]) for row in visits]),
    )


def survival(
    drivers: Drivers,
    paths: Paths,
    calendar: Calendar,
    person: NDArray[np.int64],
    as_of: NDArray[np.float64],
    horizon_days: int,
) -> NDArray[np.float64]:
    """
    Return the exact chance that each person books nothing in the `horizon_days` after their `as_of`.

    Given the state on that day, by the backward equation of the chain. The caller sees to it that `as_of` lies
    between arrival and the first booking.
    """
    matrices = transition_matrices()
    today = calendar.day_of(as_of)
    passed = share_of_day((as_of - calendar.start) / DAY - today)
    season = calendar.booking
    rate = drivers.multiplier[person]
    answered = drivers.answered_day[person]
    persona = drivers.persona[person]
    value = np.ones((len(person), N_STATES))
    groups = [(int(p), np.flatnonzero(persona == p)) for p in np.unique(persona)]
    for step in range(horizon_days, -1, -1):
        if step < horizon_days:
            for p, rows in groups:
                value[rows] = value[rows] @ matrices[p].T
        day = today + step
        weight = season[np.minimum(day, len(season) - 1)] * np.where(day >= answered, 1.0, UNANSWERED)
        if step == 0:
            weight = weight * (1.0 - passed)
        if step == horizon_days:
            weight = weight * passed
        value *= np.exp(-(rate * weight)[:, None] * HAZARD[None, :])
    state = paths.state_at(person, today)
    return value[np.arange(len(person)), state]
