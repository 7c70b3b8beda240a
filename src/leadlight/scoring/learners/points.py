"""The points card: what experienced agents look at, as a readable table. Serves until data earn its place."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leadlight.scoring.rules.scale import logit

from .encoding import Table

#: Ten points multiply the odds by e.
POINTS_PER_LOGIT = 10.0

#: Positives at which data and card weigh the same.
HALF_WAY_POSITIVES = 50.0

#: Appointments within 60 days among internet leads, the middle of 5 to 10 %.
PRIOR_BASE_RATE = 0.075


@dataclass(frozen=True)
class PointsRule:
    """One line of the card: points when a signal reaches a limit, or by the word that a column holds."""

    signal: str
    #: What people read.
    words: str
    points: float = 0.0
    at_least: float | None = None
    at_most: float | None = None
    #: Points by word, in lower case.
    by_word: Mapping[str, float] = field(default_factory=dict)

    def award(self, table: Table) -> NDArray[np.float64] | None:
        """Return points, one per row, or None when the table knows nothing of the signal; missing gives 0."""
        if self.by_word:
            column = table.categories.get(self.signal)
            if column is None:
                return None
            return np.array([0.0 if w is None else self.by_word.get(w.strip().lower(), 0.0) for w in column])
        if self.signal not in table.names:
            return None
        value = table.values[:, table.names.index(self.signal)]
        reached = np.ones(len(value), dtype=bool)
        with np.errstate(invalid="ignore"):
            if self.at_least is not None:
                reached &= value >= self.at_least
            if self.at_most is not None:
                reached &= value <= self.at_most
        return self.points * reached

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "signal": self.signal,
            "words": self.words,
            "points": self.points,
            "at_least": self.at_least,
            "at_most": self.at_most,
            "by_word": dict(self.by_word),
        }


def _source_points() -> dict[str, float]:
    """
    Points by source, from the usual closing rates, as the log of their odds against a portal inquiry.

    The rates are weak evidence (coaching targets, aggregators), which is why a team's own data soon
    outweigh them.
    """
    rates = {
        "referral": 0.18,
        "sphere": 0.18,
        "past client": 0.18,
        "open house": 0.03,
        "live transfer": 0.045,
        "sign call": 0.05,
        "zillow": 0.025,
        "realtor.com": 0.025,
        "homes.com": 0.025,
        "redfin": 0.025,
        "website": 0.022,
        "google": 0.022,
        "google ads": 0.009,
        "facebook": 0.006,
        "home valuation": 0.01,
        "expired": 0.02,
        "fsbo": 0.02,
    }
    portal = float(logit(0.025))
    return {source: round(POINTS_PER_LOGIT * (float(logit(rate)) - portal)) for source, rate in rates.items()}


#: The card as shipped. A team may edit it; signals that a table does not hold are passed over.
RULES: tuple[PointsRule, ...] = (
    PointsRule("showing_request_30d", "Asked to see a home in the last 30 days", 20, at_least=1),
    PointsRule("valuation_request_30d", "Asked what their home is worth in the last 30 days", 12, at_least=1),
    PointsRule("call_received_30d", "Called us in the last 30 days", 10, at_least=1),
    PointsRule("email_replied_30d", "Replied to an email in the last 30 days", 8, at_least=1),
    PointsRule("sms_replied_30d", "Replied to a text in the last 30 days", 8, at_least=1),
    PointsRule("call_answered_30d", "Answered our call in the last 30 days", 5, at_least=1),
    PointsRule("inquiry_7d", "Wrote or called with a question in the last 7 days", 6, at_least=1),
    PointsRule("open_house_visit_30d", "Came to an open house in the last 30 days", 5, at_least=1),
    PointsRule("most_views_one_listing_48h", "Viewed one home three times in two days", 10, at_least=3),
    PointsRule("listing_view_7d", "Viewed five listings or more in the last 7 days", 5, at_least=5),
    PointsRule("listing_save_30d", "Saved a listing in the last 30 days", 4, at_least=1),
    PointsRule("calculator_use_30d", "Used the mortgage calculator in the last 30 days", 5, at_least=1),
    PointsRule("email_clicked_30d", "Clicked a link of ours in the last 30 days", 2, at_least=1),
    PointsRule("stated_timeline_days", "Wants to move within 90 days", 7, at_most=90),
    PointsRule("stated_financing", "Is pre-approved or pays cash", 7, at_least=2),
    PointsRule("hours_since_active", "Quiet for 14 days", -7, at_least=14 * 24),
    PointsRule("hours_since_active", "Quiet for 60 days", -7, at_least=60 * 24),
    PointsRule("email_bounced_total", "Their email address bounces", -5, at_least=1),
    PointsRule("unsubscribed_total", "Unsubscribed from our emails", -8, at_least=1),
    PointsRule("opted_out_total", "Asked not to be contacted", -20, at_least=1),
    PointsRule("source", "Where they came from", by_word=_source_points()),
)


@dataclass(frozen=True)
class PointsCard:
    """Expert rules over named signals, on top of a base rate."""

    base_rate: float = PRIOR_BASE_RATE
    rules: tuple[PointsRule, ...] = RULES

    kind = "points"

    def knows(self, table: Table) -> bool:
        """Tell whether the table holds any signal of the card."""
        names = {*table.names, *table.categories}
        return any(rule.signal in names for rule in self.rules)

    def points(self, table: Table) -> NDArray[np.float64]:
        """Return the points of each row."""
        total = np.zeros(table.n_rows)
        for rule in self.rules:
            award = rule.award(table)
            if award is not None:
                total += award
        return total

    def margin(self, table: Table) -> NDArray[np.float64]:
        """Return log-odds: those of the base rate plus a tenth of the points."""
        return float(logit(self.base_rate)) + self.points(table) / POINTS_PER_LOGIT

    def contributions(self, table: Table) -> tuple[float, dict[str, NDArray[np.float64]]]:
        """Return the base and the log-odds that each signal adds; they sum to the margin."""
        parts: dict[str, NDArray[np.float64]] = {}
        for rule in self.rules:
            award = rule.award(table)
            if award is not None:
                parts[rule.signal] = parts.get(rule.signal, 0.0) + award / POINTS_PER_LOGIT
        return float(logit(self.base_rate)), parts

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {"base_rate": self.base_rate, "rules": [rule.to_dict() for rule in self.rules]}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "PointsCard":
        """Return what `to_dict` gave."""
        return cls(float(data["base_rate"]), tuple(PointsRule(**rule) for rule in data["rules"]))


def share_of_data(n_positive: float) -> float:
    """Return the weight of the learned model against the card: 0 without positives, half at 50, towards 1."""
    return n_positive / (n_positive + HALF_WAY_POSITIVES)
