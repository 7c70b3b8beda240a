"""The audit of a table: from rows to findings and figures, in one pass over what every part needs."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl
from narwhals.typing import IntoDataFrame
from numpy.typing import NDArray

from leadlight.intake.rules.cells import EARLIEST
from leadlight.intake.rules.headers import key
from leadlight.kit.errors import DomainError

from . import clock as clocks
from . import months, rows, sources, values
from .clock import Clock
from .columns import Column, moments, understand
from .files import read_files
from .findings import Finding, finding, percent
from .leaks import judge, suspects_of
from .outcome import Outcome, dated, read_outcome
from .report import Audit, in_order
from .together import Matrix

#: Rows that leaks are looked for in; more do not make the intervals narrower in a way that matters.
_MAX_ROWS = 100_000
#: Fewer outcomes of either kind cannot tell a leak from chance.
_MIN_OF_EACH = 15
_GAP = 0.05

Progress = Callable[[str], None]


class UnableToAudit(DomainError):
    """The table, or a column that was named, is not there."""

    code = "unable_to_audit"


def audit(
    table: IntoDataFrame,
    *,
    outcome: str | None = None,
    order: str | None = None,
    now: datetime | None = None,
    progress: Progress | None = None,
) -> Audit:
    """
    Audit a table with one row per lead: labels, leaks, time, duplicates, sources, completeness.

    `outcome` names the column that says how it ended, `order` a date or number that grows with time; without it the
    creation date is looked for, then whether the rows themselves stand in the order of time. Names match without
    regard to case. `now` is the moment of the export (default: this one). An empty or odd table gives findings, no
    error; the same table gives the same audit.

    Raises:
        UnableToAudit: a column that was named is not there.
    """
    return audit_table(
        nw.from_native(table, eager_only=True).to_polars(), outcome=outcome, order=order, now=now, progress=progress
    )


def audit_files(
    paths: Sequence[Path],
    *,
    outcome: str | None = None,
    order: str | None = None,
    now: datetime | None = None,
    progress: Progress | None = None,
) -> Audit:
    """
    Audit files of leads; without `outcome`, who stands in a further file that joins the first converted.

    Raises:
        UnableToReadFile: a file is no table, or nothing joins it to the first.
        UnableToAudit: a column that was named is not there.
    """
    if progress:
        progress("Reading files")
    read = read_files(paths)
    found = audit_table(
        read.frame,
        outcome=outcome,
        order=order,
        now=now,
        progress=progress,
        known_outcome=read.in_further if outcome is None else None,
    )
    return Audit(in_order([*found.findings, *read.findings]), read.figures | found.figures)


def audit_table(
    frame: pl.DataFrame,
    *,
    outcome: str | None = None,
    order: str | None = None,
    now: datetime | None = None,
    progress: Progress | None = None,
    known_outcome: Outcome | None = None,
) -> Audit:
    """
    Audit a Polars table, as `audit` does; `known_outcome` is one that no column of the table tells.

    Raises:
        UnableToAudit: a column that was named is not there.
    """
    say = progress or (lambda _: None)
    end = (now or datetime.now(UTC)).timestamp()
    outcome_name = None if outcome is None else _named(frame, outcome)
    order_name = None if order is None else _named(frame, order)
    figures: dict[str, Any] = {"n_rows": frame.height, "n_columns": frame.width}
    if not frame.height or not frame.width:
        told = f"The table has {frame.width} columns and no rows."
        return Audit((finding("empty_table", told, severity="high", action="ask"),), figures)

    say(f"Reading {frame.width} columns of {frame.height:,} rows")
    columns = [understand(frame[name]) for name in frame.columns]
    findings: list[Finding] = []
    told_outcome, said = _outcome(columns, outcome_name, known_outcome)
    findings += said
    if told_outcome is not None and told_outcome.at is None:
        told_outcome = dated(told_outcome, columns)
    clock = _clock(columns, order_name, outcome_name, end, findings)
    others = [c for c in columns if c.name != outcome_name]
    figures["outcome"] = None if told_outcome is None else told_outcome.figures
    figures["order"] = None if clock is None else clock.name

    say("Counting rows, people and sources")
    findings += rows.duplicate_rows(frame)
    people = rows.contacts(others)
    findings += rows.same_contacts(people) + rows.astride_split(people, clock)
    figures["columns"] = values.completeness(columns, frame.height)
    findings += values.value_findings(others, frame.height)
    source = sources.source_column(others)
    findings += sources.source_findings(source)
    converted = None if told_outcome is None else told_outcome.converted
    figures["sources"] = [] if source is None else sources.source_figures(source, converted)

    if clock is not None and clock.is_dated:
        figures["volume"] = sources.volume_figures(source, clock)

    say("Looking at time")
    findings += months.dates_ahead(others, end)
    findings += _over_time(clock, told_outcome, end, figures)
    findings += _sampled(others, told_outcome, clock, figures, say)
    return Audit(in_order(_once(findings)), figures)


def _named(frame: pl.DataFrame, name: str) -> str:
    for same in (lambda one: one == name, lambda one: key(one) == key(name)):
        for one in frame.columns:
            if same(one):
                return one
    raise UnableToAudit(f'There is no column "{name}". The columns are: {", ".join(frame.columns[:60])}.')


def _outcome(columns: list[Column], name: str | None, known: Outcome | None) -> tuple[Outcome | None, list[Finding]]:
    if known is not None:
        return known, []
    if name is None:
        return None, [finding("no_outcome", "No column was named as the outcome.", severity="high", action="ask")]
    return read_outcome(next(c for c in columns if c.name == name))


def _clock(
    columns: list[Column], order: str | None, outcome: str | None, end: float, findings: list[Finding]
) -> Clock | None:
    """Settle the order in time: the column that was named, the creation date, or the rows as they stand."""
    others = [c for c in columns if c.name != outcome]
    if order is not None:
        named = moments(next(c for c in columns if c.name == order))
        if named.values.dtype != pl.String:
            return Clock(named.name, _possible(named, end), named.kind == "date")
        told = f"{order} holds neither dates nor numbers."
        findings.append(finding("no_dates", told, column=order, severity="medium", action="ask"))
        return None
    created = clocks.creation_date(others)
    if created is not None:
        return Clock(created.name, _possible(created, end), is_dated=True)
    followers = clocks.order_of_rows(others)
    told = "No column says when a lead came in."
    if followers:
        n = len(columns[0].values)
        told += f" The rows stand in the order of time, though: {', '.join(followers[:6])} follow it in steps."
        findings.append(finding("no_dates", told, severity="low", follows_rows=followers))
        return Clock("the order of the rows", np.arange(n, dtype=np.float64), is_dated=False)
    findings.append(finding("no_dates", told, severity="medium", action="ask"))
    return None


def _possible(column: Column, end: float) -> NDArray[np.float64]:
    """Return moments without those after the export and before there were CRMs, which would stretch every month."""
    at = column.floats()
    if column.kind != "date":
        return at
    return np.where((at > end + months.DAY) | (at < EARLIEST.timestamp()), np.nan, at)


def _over_time(clock: Clock | None, outcome: Outcome | None, end: float, figures: dict[str, Any]) -> list[Finding]:
    if clock is None or np.isnan(clock.at).all():
        return []
    converted = None if outcome is None else outcome.converted
    found: list[Finding] = []
    if clock.is_dated:
        counted = months.months_of(clock, converted)
        figures["months"] = (
            months.month_figures(counted)
            if converted is not None
            else [{"month": m.month, "n": m.n} for m in counted]
        )
        found += months.bulk_days(clock)
        if converted is not None and outcome is not None and outcome.is_usable:
            found += months.few_outcomes(counted)
    if outcome is None or not outcome.is_usable:
        return found
    told = Clock(clock.name, np.where(outcome.known, clock.at, np.nan), clock.is_dated)
    at = outcome.at if clock.is_dated else None
    last = float(np.nanmax(clock.at)) if at is None else max(float(np.nanmax(clock.at)), float(np.nanmax(at)))
    exported = min(end, last)
    truncated, use_from = months.truncation(told, outcome.converted, at)
    found += truncated
    found += months.censoring(told, outcome.converted, at, exported)
    usable = (
        told if use_from is None else Clock(told.name, np.where(told.at >= use_from, told.at, np.nan), told.is_dated)
    )
    found += months.drift(usable, outcome.converted)
    if at is not None:
        figures["time_to_outcome"], wrong = months.lead_times(told, outcome.converted, at, exported)
        found += wrong
    return found


def _sampled(
    columns: list[Column], outcome: Outcome | None, clock: Clock | None, figures: dict[str, Any], say: Progress
) -> list[Finding]:
    """Look for leaks, on a sample of large tables."""
    if outcome is None or not outcome.is_usable:
        return clocks.calendar_proxies(columns, clock)
    known = np.flatnonzero(outcome.known)
    picked = known
    if len(known) > _MAX_ROWS:
        picked = np.sort(np.random.default_rng(0).choice(known, _MAX_ROWS, replace=False))
    converted = outcome.converted[picked]
    figures["n_rows_for_leaks"] = len(picked)
    sample = [column.at(picked) for column in columns]
    at_sample = None if clock is None else Clock(clock.name, clock.at[picked], clock.is_dated)
    found = clocks.calendar_proxies(sample, at_sample)
    n_won, n_not = int(converted.sum()), int((~converted).sum())
    if min(n_won, n_not) < _MIN_OF_EACH:
        told = f"{n_won:,} leads converted and {n_not:,} did not."
        return [
            *found,
            finding("too_few", told, severity="medium", action="ask", n_converted=n_won, n_not_converted=n_not),
        ]
    say(f"Looking for leaks in {len(sample)} columns of {len(picked):,} rows")
    created = at_sample.at if at_sample is not None and at_sample.is_dated else None
    judged = [c for c in sample if clock is None or c.name != clock.name]
    suspects = suspects_of(judged, converted, created)
    matrix = Matrix(
        [(s.column, s.codes) for s in suspects if s.codes is not None and s.column.kind != "id"], converted
    )
    at = None if outcome.at is None else outcome.at[picked]
    leaks = judge(suspects, converted, matrix, at=at)
    figures["alone"] = {
        s.name: {"auc": s.alone.auc, "interval": [s.alone.low, s.alone.high]}
        for s in suspects
        if s.codes is not None and s.column.kind != "id"
    }
    taken = {f.column for f in leaks if f.action == "left_out"}
    found = [f for f in found if f.column not in taken] + leaks
    found += [f for f in clocks.id_findings(sample, converted, at_sample) if f.column not in taken]
    say("Comparing what columns reach together")
    out = {f.column for f in found if f.action == "left_out"}
    found += _reach(matrix, [name for name in matrix.names if name not in out], at_sample, figures)
    return found


def _reach(matrix: Matrix, names: list[str], clock: Clock | None, figures: dict[str, Any]) -> list[Finding]:
    """Compare what all columns reach with what those reach that were kept, at random and by time."""
    reach: dict[str, Any] = {}
    for word, chosen in (("all_columns", matrix.names), ("without_left_out", names)):
        measured = matrix.at_random(chosen)
        reach[word] = {"auc": measured.auc, "interval": [measured.low, measured.high]}
    figures["reach"] = reach
    if clock is None or not names:
        return []
    by_time = matrix.by_time(names, clock.at)
    by_chance = matrix.by_chance(names, clock.at)
    reach["by_time"] = {"auc": by_time.auc, "interval": [by_time.low, by_time.high]}
    gap = by_chance.auc - by_time.auc
    spread = ((by_time.high - by_time.low) ** 2 + (by_chance.high - by_chance.low) ** 2) ** 0.5 / 2.0
    if gap < _GAP or gap < spread:
        return []
    return [
        finding(
            "split_gap",
            f"A quick model reaches an AUC of {by_chance.auc:.3f} on a random part, and {by_time.auc:.3f} on the "
            f"newest {percent(0.3)} of the leads.",
            severity="high",
            action="ask",
            auc_at_random=by_chance.auc,
            auc_by_time=by_time.auc,
            gap=gap,
            interval_of_gap=[gap - spread, gap + spread],
        )
    ]


def _once(findings: list[Finding]) -> list[Finding]:
    """Drop the small talk about columns that are left out for a graver reason."""
    out = {f.column for f in findings if f.action == "left_out"}
    quiet = ("missing_values", "outliers", "calendar_proxy")
    return [
        replace(f, action="kept", severity="low") if f.column in out and f.kind == "placeholder" else f
        for f in findings
        if not (f.column in out and f.kind in quiet)
    ]
