"""What the history tells beside its table: who became a client, how soon, and how they were reached. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leadlight.kit.statistics import kaplan_meier
from leadlight.quality.rules.clients import (
    Difference,
    Share,
    before_first_word,
    client_mask,
    in_common,
    tries_until_reached,
)
from leadlight.quality.rules.log import DAY, Log

#: Outcome → the events that tell of it.
_MILESTONES = {
    "appointment": ("appointment_booked", "appointment_held"),
    "agreement": ("agreement_signed", "under_contract", "closed"),
}
#: Days after first contact at which curves are read.
_READ_AT = (30, 60, 90, 180, 365)


def look(
    log: Log, *, doings: Sequence[str], traits: Mapping[str, tuple[NDArray[np.int64], Sequence[str]]]
) -> dict[str, Any]:
    """
    Return figures as JSON holds them; what the history does not tell is left out.

    `doings` are kinds of events that people do by themselves; `traits` give for each trait everybody's place in its
    names, -1 where it is not known.
    """
    found: dict[str, Any] = {}
    times = {name: curve for name, kinds in _MILESTONES.items() if (curve := _curve(log, kinds))}
    if times:
        found["time_to"] = times
    reached = tries_until_reached(log)
    if reached is not None:
        found["tries"] = {
            "n": reached.n,
            "median": reached.median,
            "by_try": {str(k): part for k, part in reached.by_try.items()},
            "n_never": reached.n_never,
            "median_never": reached.median_never,
        }
    clients, kinds = client_mask(log)
    if kinds:
        found["clients"] = {
            "n": int(clients.sum()),
            "by": list(kinds),
            "before_first_word": [_plain(one) for one in before_first_word(log, clients, doings)],
            "in_common": {
                trait: [_plain(one) for one in in_common(clients, codes, names)]
                for trait, (codes, names) in traits.items()
            },
        }
    return found


def _curve(log: Log, kinds: Sequence[str]) -> dict[str, list[float]] | None:
    """Return the share that came so far within some days, with its interval (Kaplan-Meier); None where none did."""
    at = log.first(kinds)
    watched = ~np.isnan(log.first_contact_at) & (log.first_contact_at <= log.until)
    happened = ~np.isnan(at)
    if not (happened & watched).any():
        return None
    ended = np.where(happened, at, log.until)
    curve = kaplan_meier((ended - log.first_contact_at)[watched] / DAY, happened[watched])
    if not curve.time.size:
        return None
    read = {}
    for days in _READ_AT:
        if days <= curve.time[-1]:
            place = int(np.searchsorted(curve.time, days, side="right")) - 1
            parts = (curve.share, curve.low, curve.high) if place >= 0 else ()
            read[str(days)] = [float(part[place]) for part in parts] or [0.0, 0.0, 0.0]
    return read or None


def _plain(one: Difference) -> dict[str, Any]:
    return {
        "name": one.name,
        "clients": _share(one.clients),
        "others": _share(one.others),
        "ratio": [one.ratio, one.low, one.high],
        "is_clear": one.is_clear,
    }


def _share(one: Share) -> dict[str, Any]:
    return {"hits": one.hits, "n": one.n, "low": one.low, "high": one.high}
