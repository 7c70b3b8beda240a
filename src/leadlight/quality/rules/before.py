"""How the team did before Leadlight, by its own history: what every later claim is measured against. Pure."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import numpy as np

from leadlight.kit.statistics import clopper_pearson_interval
from leadlight.quality.rules.log import BY_HAND, CONVERSATIONS, DAY, TOUCHES, Floats, Log

#: An appointment counts within so many days of first contact, as the score's own target does.
BOOKED_WITHIN = 60 * DAY
#: Touches count within so many days of first contact.
TOUCHED_WITHIN = 30 * DAY
#: Months of which conversations are counted.
MONTHS = 12
#: A share of moments at one time of day beyond which the history knows days, not hours.
_ONE_TIME = 0.5
_QUARTER = 900.0


@dataclass(frozen=True)
class Figure:
    """One figure of the team; `value` is None where the history does not say, and `missing` then says what lacks."""

    key: str
    value: float | None = None
    #: What it is a figure of: leads, deals or agent months.
    n: int = 0
    #: Of a share: the exact 95 % interval (Clopper and Pearson 1934).
    low: float | None = None
    high: float | None = None
    #: More to say: the share within five minutes, the months meant.
    more: Mapping[str, Any] | None = None
    missing: str = ""

    def plain(self) -> dict[str, Any]:
        """Return it as JSON holds it."""
        return asdict(self)


def before(log: Log, *, costs: Mapping[date, Decimal]) -> list[Figure]:
    """Return the figures; `costs` is what all sources together cost in a month, by its first day."""
    return [
        _appointments(log),
        _speed(log),
        _touches(log),
        _cost(log, costs),
        _conversations(log),
    ]


def _appointments(log: Log) -> Figure:
    key = "appointment_rate"
    booked_at = log.first(("appointment_booked", "appointment_held"))
    if np.isnan(booked_at).all():
        return Figure(key, missing="an appointment with a date")
    old = log.first_contact_at + BOOKED_WITHIN <= log.until
    n = int(old.sum())
    if n == 0:
        return Figure(key, missing="a lead whose first contact is known and 60 days old")
    hits = int((booked_at[old] - log.first_contact_at[old] <= BOOKED_WITHIN).sum())
    return Figure(key, hits / n, n, *clopper_pearson_interval(hits, n))


def _speed(log: Log) -> Figure:
    key = "speed_to_first_contact"
    tried_at = log.first(BY_HAND, after=log.first_contact_at)
    tried = ~np.isnan(tried_at)
    if not tried.any():
        return Figure(key, missing="a call or text of yours with a date")
    if _knows_days_only(tried_at[tried]) or _knows_days_only(log.first_contact_at[tried]):
        return Figure(key, missing="hours and minutes: your history tells only the day")
    waited = tried_at[tried] - log.first_contact_at[tried]
    n_known = int((~np.isnan(log.first_contact_at)).sum())
    more = {"within_5_minutes": float((waited <= 300).mean()), "never": 1 - int(tried.sum()) / n_known}
    return Figure(key, float(np.median(waited)), int(tried.sum()), more=more)


def _knows_days_only(moments: Floats) -> bool:
    """Say whether most moments fall on one time of the day: midnight of some zone, on a quarter of an hour in UTC."""
    times, counts = np.unique(np.round(moments % DAY), return_counts=True)
    most = int(counts.argmax())
    return bool(times[most] % _QUARTER == 0 and counts[most] > max(1.0, _ONE_TIME * moments.size))


def _touches(log: Log) -> Figure:
    key = "touches_per_lead"
    if not log.among(TOUCHES).any():
        return Figure(key, missing="a call, e-mail or text of yours")
    end = log.first_contact_at + TOUCHED_WITHIN
    old = end <= log.until
    if not old.any():
        return Figure(key, missing="a lead whose first contact is known and 30 days old")
    counted = log.count(TOUCHES, after=log.first_contact_at, before=end)[old]
    return Figure(key, float(counted.mean()), int(old.sum()), more={"none": float((counted == 0).mean())})


def _cost(log: Log, costs: Mapping[date, Decimal]) -> Figure:
    key = "cost_per_closed_deal"
    if not costs:
        return Figure(key, missing="what your sources cost")
    closed_at = log.at[log.among(("closed",))]
    months = [_month(at) for at in closed_at.tolist()]
    n = sum(month in costs for month in months)
    if n == 0:
        return Figure(key, missing="a deal that closed in a month whose costs are known")
    spent = sum(costs.values(), Decimal(0))
    more = {"spent": str(spent), "from": min(costs).isoformat(), "to": max(costs).isoformat()}
    return Figure(key, float(round(spent / n, 2)), n, more=more)


def _month(at: float) -> date:
    return datetime.fromtimestamp(at, UTC).date().replace(day=1)


def _conversations(log: Log) -> Figure:
    """A conversation is a day on which a person and we spoke or wrote to each other."""
    key = "conversations_per_agent"
    recent = log.at > log.until - MONTHS * 30.4375 * DAY
    spoke = log.among(CONVERSATIONS) & recent
    if not spoke.any():
        return Figure(key, missing="a call that was answered, or a reply")
    named = recent & (log.actor >= 0) & (log.among(TOUCHES) | log.among(CONVERSATIONS))
    if not named.any():
        return Figure(key, missing="who of your team called or wrote")
    months = np.floor(log.at / (30.4375 * DAY)).astype(np.int64)
    n = np.unique(np.stack([log.actor[named].astype(np.int64), months[named]]), axis=1).shape[1]
    days = np.floor(log.at[spoke] / DAY).astype(np.int64)
    n_conversations = np.unique(np.stack([log.person[spoke], days]), axis=1).shape[1]
    return Figure(key, n_conversations / n, n, more={"conversations": n_conversations})
