"""Volume, conversion and delay over time, and whether the labels can be trusted there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

from leadlight.kit.statistics import clopper_pearson_interval, kaplan_meier

from .clock import Clock
from .columns import Column, day
from .findings import Finding, finding, of_100, percent

DAY = 86_400.0
_MIN_EXPECTED = 10.0
_FEW = 5
_RIPE = 0.8
#: Months on either side that say what is usual, and the fewest leads of a usual month.
_AROUND, _LEAST_USUAL = 6, 20.0
_PLANNED = frozenset(
    {"next", "due", "planned", "expected", "projected", "scheduled", "target", "until", "expiry", "end"}
)


@dataclass(frozen=True)
class Month:
    """Leads of one calendar month, in UTC."""

    month: str
    n: int
    n_converted: int


def months_of(clock: Clock, converted: NDArray[np.bool_] | None) -> list[Month]:
    """Count leads and conversions by the month in which the lead came; rows without a date are left aside."""
    known = ~np.isnan(clock.at)
    stamps = (clock.at[known] * 1e6).astype("datetime64[us]").astype("datetime64[M]")
    names, place = np.unique(stamps, return_inverse=True)
    n = np.bincount(place, minlength=len(names))
    hits = np.zeros(len(names)) if converted is None else np.bincount(place, converted[known], len(names))
    return [Month(str(name), int(a), int(b)) for name, a, b in zip(names, n, hits, strict=True)]


def month_figures(months: list[Month]) -> list[dict[str, Any]]:
    """Return the months with rates and their intervals, for the figures."""
    return [
        {
            "month": m.month,
            "n": m.n,
            "n_converted": m.n_converted,
            "rate": m.n_converted / m.n,
            "interval": list(clopper_pearson_interval(m.n_converted, m.n)),
        }
        for m in months
    ]


def unusual_months(months: Sequence[str], n: Sequence[int]) -> list[dict[str, Any]]:
    """
    Return the months that brought less than half, or more than twice, of what the months around them did.

    `months` and `n` go on without gaps. Usual is the median of the six months on either side (in number at least
    six, and at least 20 leads, as a share of fewer swings by chance); the square roots of counts must lie more than
    three times their own spread apart, and no less than chance spreads them (a half). The first and the last month,
    of which the history may hold a part only, are never too low.
    """
    found = []
    roots = np.sqrt(np.asarray(n, dtype=np.float64))
    for k, month in enumerate(months):
        around = np.delete(roots[max(k - _AROUND, 0) : k + _AROUND + 1], min(k, _AROUND))
        if len(around) < _AROUND:
            continue
        middle = float(np.median(around))
        usual = middle**2
        spread = max(1.4826 * float(np.median(np.abs(around - middle))), 0.5)
        is_low = n[k] < usual / 2.0 and 0 < k < len(months) - 1
        is_high = n[k] > usual * 2.0
        if usual >= _LEAST_USUAL and (is_low or is_high) and abs(roots[k] - middle) > 3.0 * spread:
            found.append({"month": month, "n": int(n[k]), "usual": usual})
    return found


def few_outcomes(months: list[Month]) -> list[Finding]:
    """Name the months with too few conversions for a rate, where others have enough."""
    few = [m for m in months if m.n_converted < _FEW]
    if not few or len(few) == len(months):
        return []
    return [
        finding(
            "few_outcomes",
            f"Fewer than {_FEW} leads converted in {len(few)} of {len(months)} months: "
            f"{', '.join(m.month for m in few[:12])}{' …' if len(few) > 12 else ''}.",
            months=[m.month for m in few],
            n_converted=[m.n_converted for m in few],
        )
    ]


def truncation(
    clock: Clock, converted: NDArray[np.bool_], outcome_at: NDArray[np.float64] | None
) -> tuple[list[Finding], float | None]:
    """
    Find out whether outcomes were recorded from the beginning; with the moment from which leads can be used.

    With dated outcomes: how many wins the delays seen later would have given before the first recorded one. Without:
    how many the later rate would have given among the leads before the first that converted.
    """
    known = ~np.isnan(clock.at)
    at, won = clock.at[known], converted[known]
    if not won.any():
        return [], None
    if outcome_at is not None:
        moments = outcome_at[known]
        first = float(np.nanmin(moments))
        expected = _expected_before(at, moments, first)
        told = f"The first outcome was recorded on {day(first)}"
    else:
        first = float(at[won].min())
        rate = float(won[at >= first].mean())
        expected = rate * int((at < first).sum())
        told = f"No lead converted that came before {day(first) if clock.is_dated else f'{first:g}'}"
    start = float(at.min())
    if expected < _MIN_EXPECTED or first <= start:
        return [], None
    use_from = _next_month(first) if clock.is_dated else first
    since = day(start) if clock.is_dated else f"{start:g}"
    use = day(use_from) if clock.is_dated else f"{use_from:g}"
    return [
        finding(
            "left_truncated",
            f"{told}, but leads came in since {since}; about {expected:.0f} would have been expected by then. "
            f"Use leads that came from {use} on.",
            column=clock.name,
            severity="high",
            action="ask",
            first_lead=since,
            first_outcome=day(first) if clock.is_dated else first,
            expected_before=expected,
            use_from=use,
            n_before=int((at < use_from).sum()),
        )
    ], use_from


def _expected_before(at: NDArray[np.float64], moments: NDArray[np.float64], first: float) -> float:
    """Return how many wins the delays of later leads would have given to earlier leads before the first win."""
    later = at >= first
    if later.sum() < 50:
        return 0.0
    end = max(float(np.nanmax(at)), float(np.nanmax(moments)))
    happened = ~np.isnan(moments[later])
    waited = np.where(happened, moments[later], end) - at[later]
    curve = kaplan_meier(waited, happened)
    time_left = first - at[at < first]
    if not len(curve.time):
        return 0.0
    place = np.searchsorted(curve.time, time_left, side="right") - 1
    return float(np.where(place >= 0, curve.share[np.maximum(place, 0)], 0.0).sum())


def _next_month(moment: float) -> float:
    """Return the beginning of the month after a moment: what is counted by months is then whole."""
    then = datetime.fromtimestamp(moment, UTC)
    if then == then.replace(day=1, hour=0, minute=0, second=0, microsecond=0):
        return moment
    return datetime(then.year + then.month // 12, then.month % 12 + 1, 1, tzinfo=UTC).timestamp()


def censoring(
    clock: Clock, converted: NDArray[np.bool_], outcome_at: NDArray[np.float64] | None, end: float
) -> list[Finding]:
    """
    Find the newest leads, which have not had the time to convert; `end` is the moment of the export.

    With dated outcomes: those younger than the delay in which four of five convert who ever do. Without: the last
    tenth of the leads, when its rate is below half of the rate before and chance cannot explain it.
    """
    if not clock.is_dated:
        return []
    known = ~np.isnan(clock.at)
    at, won = clock.at[known], converted[known]
    if outcome_at is not None:
        delays = (outcome_at[known] - at)[won]
        delays = delays[delays >= 0.0]
        if len(delays) < 20:
            return []
        ripe = float(np.quantile(delays, _RIPE))
        since = end - ripe
        young = at > since
        if young.sum() < 20 or ripe < DAY:
            return []
        told = (
            f"One converted lead in five took longer than {ripe / DAY:.0f} days; {int(young.sum()):,} leads came "
            f"after {day(since)} and are younger than that."
        )
        return [
            finding(
                "right_censored",
                told,
                column=clock.name,
                severity="medium",
                action="ask",
                days=ripe / DAY,
                since=day(since),
                n=int(young.sum()),
                n_converted=int(won[young].sum()),
            )
        ]
    cut = float(np.quantile(at, 0.9))
    new = at >= cut
    before = ~new & (at >= np.quantile(at, 0.4))
    k, n, k0, n0 = int(won[new].sum()), int(new.sum()), int(won[before].sum()), int(before.sum())
    if n < 50 or not k0 or k / n > 0.5 * k0 / n0 or special.bdtr(k, n, k0 / n0) > 1e-4:
        return []
    return [
        finding(
            "right_censored",
            f"Of the {n:,} leads since {day(cut)} {of_100(k / n)} converted, of those before {of_100(k0 / n0)}.",
            column=clock.name,
            severity="medium",
            action="ask",
            since=day(cut),
            n=n,
            n_converted=k,
            rate_before=k0 / n0,
        )
    ]


def drift(clock: Clock, converted: NDArray[np.bool_]) -> list[Finding]:
    """Compare the conversion of the tenths of the leads in time; found when chance cannot explain the differences."""
    known = np.flatnonzero(~np.isnan(clock.at))
    if len(known) < 200:
        return []
    parts = np.array_split(known[np.argsort(clock.at[known], kind="stable")], 10)
    n = np.array([len(part) for part in parts])
    k = np.array([int(converted[part].sum()) for part in parts])
    mean = k.sum() / n.sum()
    if k.sum() < 30 or mean in (0.0, 1.0):
        return []
    statistic = float((((k - n * mean) ** 2) / (n * mean * (1.0 - mean))).sum())
    p = float(special.chdtrc(len(parts) - 1, statistic))
    rates = k / n
    if p > 1e-4 or rates.max() < 1.25 * max(rates.min(), 1e-9):
        return []
    return [
        finding(
            "drift",
            f"Of the oldest tenth of the leads {percent(rates[0])} converted, of the newest {percent(rates[-1])}; "
            f"the tenths lie between {percent(float(rates.min()))} and {percent(float(rates.max()))}.",
            column=clock.name,
            severity="medium",
            action="ask",
            rates=[float(rate) for rate in rates],
            n=[int(one) for one in n],
            p_by_chance=p,
        )
    ]


def lead_times(
    clock: Clock, converted: NDArray[np.bool_], outcome_at: NDArray[np.float64], end: float
) -> tuple[dict[str, Any], list[Finding]]:
    """Return the Kaplan-Meier figures of the time from first contact to the outcome, and what is wrong with it."""
    both = ~np.isnan(clock.at) & ~np.isnan(outcome_at)
    delay = outcome_at - clock.at
    # A date without an hour stands for the whole day.
    negative = both & (delay < 0.0) & (np.floor(outcome_at / DAY) < np.floor(clock.at / DAY))
    found = []
    if n := int(negative.sum()):
        worst = float(delay[negative].min()) / DAY
        found.append(
            finding(
                "negative_lead_time",
                f"{n:,} {'lead has' if n == 1 else 'leads have'} an outcome before the lead came in, by up to "
                f"{-worst:.0f} days.",
                column=clock.name,
                severity="medium",
                action="ask",
                n=n,
                worst_days=worst,
            )
        )
    watched = ~np.isnan(clock.at) & ~negative
    happened = both[watched] & converted[watched]
    waited = np.maximum(np.where(happened, outcome_at[watched], end) - clock.at[watched], 0.0)
    curve = kaplan_meier(waited / DAY, happened)
    days = [(days, curve.by(float(days))) for days in (7, 14, 30, 60, 90, 180, 365)]
    delays = delay[both & ~negative] / DAY
    figures = {
        "share_by_day": {str(days): share for days, share in days if not np.isnan(share)},
        "median_days_of_converted": float(np.median(delays)) if len(delays) else None,
        "n": int(watched.sum()),
        "n_converted": int(happened.sum()),
    }
    return figures, found


def dates_ahead(columns: list[Column], now: float) -> list[Finding]:
    """Name columns with dates after now; those whose name says that they are plans are left alone."""
    found = []
    for column in columns:
        if column.kind != "date" or _PLANNED & set(column.name.lower().replace("_", " ").split()):
            continue
        moments = column.floats()
        ahead = moments > now + DAY
        if n := int(ahead.sum()):
            found.append(
                finding(
                    "future_dates",
                    f"{column.name} lies after {day(now)} in {n:,} rows, up to {_day_of(float(np.nanmax(moments)))}.",
                    column=column.name,
                    severity="medium",
                    action="ask",
                    n=n,
                )
            )
    return found


def _day_of(moment: float) -> str:
    """Return the day, of years too that no calendar of Python holds."""
    return str(np.datetime64(int(moment), "s"))[:10]


def bulk_days(clock: Clock) -> list[Finding]:
    """Name days on which far more leads came in than on any usual day, and a large part of all."""
    known = clock.at[~np.isnan(clock.at)]
    if len(known) < 200:
        return []
    days, counts = np.unique(np.floor(known / DAY), return_counts=True)
    if len(days) < 10:
        return []
    usual = float(np.median(counts))
    many = (counts >= max(50.0, 15.0 * usual)) & (counts >= 0.02 * len(known))
    if not many.any():
        return []
    named = [day(float(one) * DAY) for one in days[many]]
    n = int(counts[many].sum())
    return [
        finding(
            "bulk_import",
            f"{n:,} leads ({percent(n / len(known))}) are dated {', '.join(named[:5])}; a usual day has {usual:.0f}.",
            column=clock.name,
            severity="medium",
            action="ask",
            days=named,
            n=[int(one) for one in counts[many]],
            usual=usual,
        )
    ]
