"""Which row is a yes, which a no, and which may not be asked yet: targets, horizons, snapshots, censoring."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

DAY_SECONDS = 86_400.0

#: Days after the first contact at which a lead is looked at.
SNAPSHOT_AGES = (0, 1, 3, 7, 14, 30, 60)

#: What people call a target, and the event that fulfils it. Other event kinds go by their own name.
SHORT_NAMES: Mapping[str, str] = {
    "appointment": "appointment_booked",
    "agreement": "agreement_signed",
    "offer": "offer_made",
    "contract": "under_contract",
}

_TARGET = re.compile(r"(?P<kind>[a-z][a-z0-9_]*?)_(?P<days>[1-9][0-9]{0,3})d")


@dataclass(frozen=True)
class Target:
    """What a score foretells: an outcome within a number of days, or a final outcome without a date."""

    kind: str
    #: None: the history holds no dates, only how each lead ended.
    horizon_days: int | None

    @classmethod
    def parse(cls, name: str) -> "Target":
        """
        Read "appointment_60d", "closed_365d", or "final_outcome".

        Raises:
            ValueError: it is none of these forms.
        """
        if name == FINAL_OUTCOME.kind:
            return FINAL_OUTCOME
        match = _TARGET.fullmatch(name)
        if match is None:
            raise ValueError(f'"{name}" is not a target: write an outcome and its days, as in "appointment_60d".')
        return cls(match["kind"], int(match["days"]))

    def __str__(self) -> str:
        return self.kind if self.horizon_days is None else f"{self.kind}_{self.horizon_days}d"

    @property
    def event_kind(self) -> str:
        """The event kind that fulfils it."""
        return SHORT_NAMES.get(self.kind, self.kind)

    @property
    def horizon_seconds(self) -> float:
        """The horizon in seconds, 0 where there is none."""
        return 0.0 if self.horizon_days is None else self.horizon_days * DAY_SECONDS

    def rungs(self, ladder: Sequence[str]) -> tuple[str, ...]:
        """Return the kinds of a ladder of outcomes that fulfil it: its own and all that only come later."""
        kind = self.event_kind
        return tuple(ladder[ladder.index(kind) :]) if kind in ladder else (kind,)


FINAL_OUTCOME = Target("final_outcome", None)

#: From the nearest outcome to the farthest; the first that a history holds enough of is learned, over the longest
#: of its horizons that enough people have lived through.
TARGETS = (
    Target("appointment", 60),
    Target("agreement", 180),
    Target("agreement", 90),
    Target("closed", 365),
    Target("closed", 180),
    Target("closed", 90),
)

#: So many people must have reached an outcome for it to be learned.
LEAST_REACHED = 30
#: A horizon that fewer people than this share have lived through leaves mostly the oldest of them.
LEAST_SHARE_RIPE = 0.5


@dataclass(frozen=True)
class Reached:
    """How far a history goes for one target."""

    #: People with a dated outcome of the target's own kind; what lies further up the ladder does not count here.
    n_own_kind: int
    #: People whose labelable rows hold a yes.
    n_positive: int
    #: Share of people who have a labelable row.
    share_ripe: float


def nearest_target(reached: Mapping[Target, Reached]) -> Target:
    """Return the nearest target that a history can teach, else the final outcome."""
    for target in TARGETS:
        facts = reached.get(target)
        if (
            facts is not None
            and min(facts.n_own_kind, facts.n_positive) >= LEAST_REACHED
            and facts.share_ripe >= LEAST_SHARE_RIPE
        ):
            return target
    return FINAL_OUTCOME


@dataclass(frozen=True)
class Snapshots:
    """Labelled rows: one person seen at one moment. All arrays have one length; no rows is a length of 0."""

    #: Row of the person in the arrays that were given.
    person: NDArray[np.int64]
    #: The moment of looking, seconds since the epoch.
    t0: NDArray[np.float64]
    age_days: NDArray[np.float64]
    label: NDArray[np.bool_]
    #: 1 / rows of that person, so that every person weighs the same.
    weight: NDArray[np.float64]


def labelled_snapshots(
    first_contact_at: NDArray[np.float64],
    outcome_at: NDArray[np.float64],
    *,
    target: Target,
    cutoff_at: float,
    ages_days: Sequence[float] = SNAPSHOT_AGES,
) -> Snapshots:
    """
    Return the rows that may be learned from, ordered by person and age.

    `outcome_at` is the first outcome at or after the target's rung, NaN for none; moments are seconds. A row
    counts only when its whole horizon lies before the cut-off of the data. An immature row is dropped whether
    its outcome is there already or not: keeping the early yeses alone would raise the rate, and calling the rest
    noes would lower it. Rows at or after the outcome are dropped too: there is nothing left to foretell.

    Raises:
        ValueError: the target has no horizon.
    """
    if target.horizon_days is None:
        raise ValueError("A final outcome has no horizon; its rows are one per person, all labelable.")
    first = np.asarray(first_contact_at, dtype=np.float64)
    outcome = np.asarray(outcome_at, dtype=np.float64)
    ages = np.asarray(ages_days, dtype=np.float64)
    t0 = first[:, None] + ages[None, :] * DAY_SECONDS
    until = t0 + target.horizon_seconds
    ahead = ~(outcome[:, None] <= t0)
    keep = (until <= cutoff_at) & ahead
    person, age = np.nonzero(keep)
    label = outcome[person] <= until[person, age]
    n_rows = np.bincount(person, minlength=len(first))
    return Snapshots(
        person=person.astype(np.int64),
        t0=t0[person, age],
        age_days=ages[age],
        label=label,
        weight=1.0 / n_rows[person],
    )
