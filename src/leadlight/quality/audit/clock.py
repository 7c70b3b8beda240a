"""Which column says when a lead came in, and which columns merely follow the calendar."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from leadlight.intake.rules.headers import words
from leadlight.kit.statistics import auc_interval, auc_of_counts

from .alone import Alone, alone_by_rank, codes_of, codes_of_numbers
from .columns import Column
from .findings import Finding, finding, percent

_CAME = frozenset(
    {"created", "added", "create", "creation", "contact", "inquiry", "enquiry", "registered", "registration",
     "signup", "submitted", "received", "arrival", "arrived", "start", "opened", "entry", "first"}
)  # fmt: skip
_LATER = frozenset({"last", "closed", "close", "won", "lost", "updated", "modified", "end", "signed", "converted"})
_FOLLOWS_TIME = 0.85
#: Share of rows at which a column that follows the calendar changes; one that changes more often is a sorted number.
_MOST_STEPS = 0.1
_ID_SAYS, _ID_SAYS_WITHOUT_DATES = 0.55, 0.62
_MONTHS = frozenset({"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"})
#: They come round every week: whoever knows the day of a new lead knows them.
_WEEKDAYS = frozenset({"mon", "tue", "wed", "thu", "fri", "sat", "sun"})


@dataclass(frozen=True)
class Clock:
    """An order in time of the rows: moments in seconds where `is_dated`, else numbers that only grow."""

    name: str
    at: NDArray[np.float64]
    is_dated: bool


def creation_date(columns: Sequence[Column]) -> Column | None:
    """Return the date column that says when a lead came in: by its name, else the only one filled for all."""
    dates = [c for c in columns if c.kind == "date" and c.empty.mean() <= 0.05 and not _LATER & set(words(c.name))]
    named = [c for c in dates if _CAME & set(words(c.name))]
    if named:
        return named[0]
    return dates[0] if len(dates) == 1 else None


def order_of_rows(columns: Sequence[Column]) -> list[str]:
    """
    Return the columns that show that the rows stand in the order of time; an empty list where they do not.

    In such a file several columns follow the place of the row in steps, some of them up and down. Columns that only
    rise or fall are keys by which a file was sorted, and so is what only rises or falls within these.
    """
    n = len(columns[0].values) if columns else 0
    if n < 500:
        return []
    bins = bins_of(np.arange(n, dtype=np.float64))
    steps = {c.name: _ranks(c) for c in columns if c.kind in ("number", "words") and c.n_levels > 1}
    steps = {name: ranks for name, ranks in steps.items() if np.mean(np.diff(ranks) != 0.0) <= _MOST_STEPS}
    followers = [c.name for c in columns if c.name in steps and follows(c, bins) >= _FOLLOWS_TIME]
    keys = [name for name in followers if _only_rises_or_falls(steps[name])]
    borders = np.zeros(n - 1, dtype=np.bool_)
    for name in keys:
        borders |= np.diff(steps[name]) != 0.0
    free = [name for name in followers if name not in keys and not _only_rises_or_falls(steps[name], borders)]
    return followers if free and len(followers) >= 2 else []


def _ranks(column: Column) -> NDArray[np.float64]:
    return column.values.rank("dense").fill_null(0).cast(pl.Float64).to_numpy()


def _only_rises_or_falls(ranks: NDArray[np.float64], borders: NDArray[np.bool_] | None = None) -> bool:
    """Say whether the steps, save those at borders, all go the same way."""
    moves = np.diff(ranks)
    moves = moves[moves != 0.0] if borders is None else moves[(moves != 0.0) & ~borders]
    return not len(moves) or max(float((moves > 0).mean()), float((moves < 0).mean())) > 0.95


def bins_of(at: NDArray[np.float64], most: int = 60) -> NDArray[np.int64]:
    """Return the place in time of each row, in bins of equal size; -1 where it is unknown."""
    known = ~np.isnan(at)
    n_bins = int(np.clip(known.sum() // 25, 1, most))
    bins = np.full(len(at), -1, dtype=np.int64)
    levels, place = np.unique(at[known], return_inverse=True)
    first = np.searchsorted(np.sort(place), np.arange(len(levels)))
    bins[known] = (first * n_bins // max(int(known.sum()), 1))[place]
    return bins


def follows(column: Column, bins: NDArray[np.int64]) -> float:
    """
    Return the share of a column's variety that its place in time explains, from 0 to 1, less what chance would.

    For numbers by ranks, the share of variance between bins; for words Goodman and Kruskal's tau.
    """
    rows = np.flatnonzero((bins >= 0) & ~column.empty)
    if len(rows) < 100:
        return 0.0
    place = np.unique(bins[rows], return_inverse=True)[1]
    n, n_bins = len(rows), int(place.max()) + 1
    sizes = np.bincount(place, minlength=n_bins).astype(np.float64)
    if column.values.dtype == pl.String:
        found = codes_of(column)
        if found is None:
            return 0.0
        codes = np.unique(found[rows], return_inverse=True)[1]
        n_codes = int(codes.max()) + 1
        table = np.bincount(place * n_codes + codes, minlength=n_bins * n_codes).reshape(n_bins, n_codes) / n
        total = 1.0 - float((table.sum(0) ** 2).sum())
        between = float((table**2 / (sizes / n)[:, None]).sum()) - float((table.sum(0) ** 2).sum())
    else:
        ranks = np.unique(column.floats()[rows], return_inverse=True)[1].astype(np.float64)
        total = float(ranks.var())
        means = np.bincount(place, weights=ranks, minlength=n_bins) / sizes
        between = float((sizes * (means - ranks.mean()) ** 2).sum()) / n
    if total < 1e-3:
        return 0.0
    share, by_chance = between / total, (n_bins - 1) / max(n - 1, 1)
    return max(0.0, (share - by_chance) / (1.0 - by_chance))


def calendar_proxies(columns: Sequence[Column], clock: Clock | None) -> list[Finding]:
    """Return a finding for each column that is a function of time: rates of the economy, months, counters."""
    found = []
    bins = None if clock is None else bins_of(clock.at)
    for column in columns:
        if clock is not None and column.name == clock.name:
            if column.kind != "date":
                found.append(_proxy(column, f"{column.name} gives the order in time.", share=1.0, action="kept"))
            continue
        if column.kind in ("date", "id", "text", "email", "phone", "empty", "constant") or column.n_levels < 2:
            continue
        if _holds(column, _WEEKDAYS):
            continue
        share = follows(column, bins) if bins is not None else 0.0
        if share >= _FOLLOWS_TIME:
            told = f"When a lead came explains {percent(share)} of the variety of {column.name}."
            found.append(_proxy(column, told, share=share, action="ask"))
        elif _holds_months(column):
            found.append(_proxy(column, f"{column.name} holds months or years.", share=share, action="ask"))
    return found


def _proxy(column: Column, told: str, *, share: float, action: str) -> Finding:
    asks = action == "ask"
    return finding(
        "calendar_proxy",
        told,
        column=column.name,
        severity="medium" if asks else "low",
        action="ask" if asks else "kept",
        share_explained_by_time=share,
    )


def _holds(column: Column, known: frozenset[str]) -> bool:
    """Say whether the levels are names of months or weekdays, by their first letters."""
    if column.kind != "words" or not 3 <= column.n_levels <= 24:
        return False
    return {str(level).lower()[:3] for level in column.values.drop_nulls().unique().to_list()} <= known


def _holds_months(column: Column) -> bool:
    if column.values.dtype == pl.String:
        return _holds(column, _MONTHS)
    said = set(words(column.name))
    values = column.values.drop_nulls()
    if values.is_empty():
        return False
    low, high = float(values.min()), float(values.max())  # type: ignore[arg-type]  # numbers
    if not bool((values == values.round(0)).all()):
        return False
    return ("month" in said and low >= 1 and high <= 12) or (
        "year" in said and {"built", "birth", "renovated", "model"}.isdisjoint(said) and low >= 1990 and high <= 2100
    )


def id_findings(columns: Sequence[Column], converted: NDArray[np.bool_], clock: Clock | None) -> list[Finding]:
    """Say of each id that counts up whether it follows time, or the quality of the lead."""
    found = []
    strata = None if clock is None else bins_of(clock.at)
    for column in columns:
        if column.kind != "id" or (clock is not None and clock.name == column.name):
            continue
        values = _count(column)
        if values is None:
            continue
        measured = alone_by_rank(values, converted) if strata is None else _within(values, converted, strata)
        limit = _ID_SAYS_WITHOUT_DATES if strata is None else _ID_SAYS
        evidence = {"auc": measured.auc, "interval_of_auc": [measured.low, measured.high]}
        if measured.low >= limit:
            at_one_time = "" if strata is None else " among leads of the same time"
            found.append(
                finding(
                    "id_sorts_by_quality",
                    f"Sorted by {column.name}, leads that converted stand apart from the others{at_one_time} "
                    f"(AUC {measured.auc:.3f}, between {measured.low:.3f} and {measured.high:.3f}).",
                    column=column.name,
                    severity="high",
                    action="left_out",
                    **evidence,
                )
            )
        elif _counts_up(values):
            moves = measured.low > 0.5 if strata is None else False
            told = f"{column.name} counts up: it grows with time" + (
                f", and conversion changes along it (AUC {measured.auc:.3f})." if moves else "."
            )
            proxy = _proxy(column, told, share=1.0, action="ask" if moves else "kept")
            found.append(Finding(**{**proxy.as_dict(), "evidence": evidence}))
    return found


def _count(column: Column) -> NDArray[np.float64] | None:
    """Return ids as numbers, by their last digits where they begin with the same letters; None for random ones."""
    if column.values.dtype != pl.String:
        return column.floats()
    digits = column.values.str.extract(r"^\D{0,12}(\d{1,15})$")
    if digits.null_count() > 0.02 * len(digits):
        return None
    return digits.cast(pl.Float64).fill_null(float("nan")).to_numpy()


def _counts_up(values: NDArray[np.float64]) -> bool:
    """Say whether numbers are as dense as a counter's, unlike random ones."""
    known = values[~np.isnan(values)]
    return len(known) > 1 and float(known.max() - known.min()) < 1_000.0 * len(known)


def _within(values: NDArray[np.float64], converted: NDArray[np.bool_], strata: NDArray[np.int64]) -> Alone:
    """Return the AUC among rows of the same stratum, in the better direction, weighted by pairs."""
    won = pairs = 0.0
    hits = 0
    known = np.flatnonzero((strata >= 0) & ~np.isnan(values))
    order = known[np.argsort(strata[known], kind="stable")]
    for rows in np.split(order, np.flatnonzero(np.diff(strata[order])) + 1):
        hit = converted[rows]
        n = int(hit.sum()) * int((~hit).sum())
        if not n:
            continue
        place = (
            codes_of_numbers(values[rows]) if len(rows) > 5_000 else np.unique(values[rows], return_inverse=True)[1]
        )
        width = int(place.max()) + 1
        auc = auc_of_counts(np.bincount(place[hit], minlength=width), np.bincount(place[~hit], minlength=width))
        won, pairs, hits = won + auc * n, pairs + n, hits + int(hit.sum())
    if not pairs:
        return Alone(0.5, 0.0, 1.0)
    auc = max(won / pairs, 1.0 - won / pairs)
    low, high = auc_interval(auc, hits, len(known) - hits)
    return Alone(auc, low, high)
