"""What those who became clients did, beside those who did not, and how they were reached. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from leadlight.kit.statistics import clopper_pearson_interval
from leadlight.quality.rules.log import CONVERSATIONS, DAY, TOUCHES, Floats, Log

#: What makes a client, the strongest word first; the first of which there are enough is meant.
CLIENTS = (("closed", "under_contract", "agreement_signed"), ("appointment_booked", "appointment_held"))
#: By what a person first writes or calls.
SPEAKS = (
    *("inquiry", "showing_request", "valuation_request", "form_submit"),
    *("call_received", "email_replied", "sms_replied", "call_answered"),
)
#: Fewer clients show nothing but chance.
ENOUGH = 30
#: How far back from the first word one looks.
BEFORE_WORD = 30 * DAY


@dataclass(frozen=True)
class Share:
    """Some of n, with the exact 95 % interval."""

    hits: int
    n: int
    low: float
    high: float

    @property
    def value(self) -> float:
        """The share; 0 of none."""
        return self.hits / self.n if self.n else 0.0


def share(mask: NDArray[np.bool_], among: NDArray[np.bool_]) -> Share:
    """Return how many of some are in `mask`."""
    hits, n = int((mask & among).sum()), int(among.sum())
    return Share(hits, n, *clopper_pearson_interval(hits, n))


@dataclass(frozen=True)
class Difference:
    """Something that clients did or were more often, or less often, than the others."""

    name: str
    clients: Share
    others: Share
    #: How many times as often clients did it, with its 95 % interval (Katz and others 1978).
    ratio: float
    low: float
    high: float

    @property
    def is_clear(self) -> bool:
        """Whether chance alone does not explain it."""
        return self.low > 1.0 or self.high < 1.0


def difference(
    name: str, mask: NDArray[np.bool_], clients: NDArray[np.bool_], others: NDArray[np.bool_]
) -> Difference:
    """
    Compare how many clients and how many others are in `mask`.

    Where one count is none, half a person is added to all four, so that the ratio has an end.
    """
    one, other = share(mask, clients), share(mask, others)
    a, n, b, m = float(one.hits), float(one.n), float(other.hits), float(other.n)
    if a == 0 or b == 0:
        a, n, b, m = a + 0.5, n + 1, b + 0.5, m + 1
    ratio = (a / n) / (b / m)
    spread = special.ndtri(0.975) * np.sqrt(max(1 / a - 1 / n + 1 / b - 1 / m, 0.0))
    return Difference(name, one, other, ratio, float(ratio * np.exp(-spread)), float(ratio * np.exp(spread)))


def client_mask(log: Log) -> tuple[NDArray[np.bool_], tuple[str, ...]]:
    """Return who became a client, and by which outcomes that is told; nobody, and none, when too few did."""
    for kinds in CLIENTS:
        mask = ~np.isnan(log.first(kinds))
        if int(mask.sum()) >= ENOUGH:
            return mask, kinds
    return np.zeros(log.n, dtype=bool), ()


def before_first_word(log: Log, clients: NDArray[np.bool_], kinds: Collection[str]) -> list[Difference]:
    """
    Compare what clients and others did within 30 days before they first wrote or called, the clearest first.

    Only people who did write or call are compared, since the others have no such moment. `kinds` are what counts as
    doing; those that fewer than `ENOUGH` people did are left out.
    """
    spoke_at = log.first(SPEAKS)
    spoke = ~np.isnan(spoke_at)
    early = (log.at < spoke_at[log.person]) & (log.at >= spoke_at[log.person] - BEFORE_WORD)
    found = []
    for kind in kinds:
        did = np.zeros(log.n, dtype=bool)
        did[log.person[log.among([kind]) & early]] = True
        if int((did & spoke).sum()) >= ENOUGH:
            found.append(difference(kind, did, clients & spoke, ~clients & spoke))
    return _clearest_first(found)


def in_common(clients: NDArray[np.bool_], codes: NDArray[np.int64], names: Sequence[str]) -> list[Difference]:
    """Compare clients and others by a trait (its place in `names`, -1 for none), the clearest first."""
    known = codes >= 0
    found = [
        difference(name, codes == code, clients & known, ~clients & known)
        for code, name in enumerate(names)
        if int((codes == code).sum()) >= ENOUGH
    ]
    return _clearest_first(found)


def _clearest_first(found: list[Difference]) -> list[Difference]:
    return sorted(found, key=lambda one: (-max(one.low, 1 / one.high if one.high else 0.0), one.name))


@dataclass(frozen=True)
class Reached:
    """How many tries it takes until two have spoken."""

    #: People with whom anybody spoke after at least one try of ours.
    n: int
    median: float
    #: Share of them reached by the first, third and sixth try.
    by_try: dict[int, float]
    #: People tried at least once with whom nobody ever spoke, and how often those were tried in the middle.
    n_never: int
    median_never: float


def tries_until_reached(log: Log) -> Reached | None:
    """Return how many touches came before the first conversation; None without any touch or conversation."""
    spoke_at = log.first(CONVERSATIONS)
    always = np.full(log.n, -np.inf)
    tries: Floats = log.count(TOUCHES, after=always, before=np.where(np.isnan(spoke_at), np.inf, spoke_at)).astype(
        float
    )
    reached, never = ~np.isnan(spoke_at) & (tries > 0), np.isnan(spoke_at) & (tries > 0)
    if not reached.any():
        return None
    until = tries[reached]
    return Reached(
        n=int(reached.sum()),
        median=float(np.median(until)),
        by_try={k: float((until <= k).mean()) for k in (1, 3, 6)},
        n_never=int(never.sum()),
        median_never=float(np.median(tries[never])) if never.any() else 0.0,
    )
