"""Where leads come from: volume, conversion with shrinkage, and labels that look like one source."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from leadlight.intake.rules.headers import words
from leadlight.kit.statistics import beta_prior
from leadlight.leads.rules import canonical_source, fold

from .clock import Clock
from .columns import Column
from .findings import Finding, finding
from .months import unusual_months

_MAX_LABELS = 300
_ALIKE = 90.0
_SHOWN = 50
#: Months, and sources in them, whose volume is told.
_MONTHS, _IN_MONTHS = 24, 10


def source_column(columns: Sequence[Column]) -> Column | None:
    """Return the column that says where a lead came from, by its name; the plainest name first."""
    wanted = (("source",), ("origin",), ("channel",), ("campaign",), ("medium",), ("referrer",), ("came", "from"))
    for needed in wanted:
        found = [
            c
            for c in columns
            if set(needed) <= set(words(c.name)) and c.values.dtype == pl.String and c.kind in ("words", "constant")
        ]
        if found:
            return min(found, key=lambda c: len(words(c.name)))
    return None


def source_figures(column: Column, converted: NDArray[np.bool_] | None) -> list[dict[str, Any]]:
    """
    Return volume and conversion of each source, the largest first; rates are shrunken to what all have in common.

    Empirical Bayes with a Beta-Binomial prior over sources, with 95 % intervals. Labels count as they are written.
    """
    frame = pl.DataFrame(
        {"source": column.values, "won": np.zeros(len(column.values)) if converted is None else converted}
    )
    counts = (
        frame.group_by("source").agg(n=pl.len(), k=pl.col("won").sum()).sort("n", "source", descending=[True, False])
    )
    prior = beta_prior(counts["k"].to_numpy(), counts["n"].to_numpy())
    figures = []
    for label, n, k in counts.head(_SHOWN).rows():
        row: dict[str, Any] = {"source": None if label is None else str(label)[:120], "n": int(n)}
        if converted is not None:
            hits = int(k)
            row |= {
                "n_converted": hits,
                "rate": hits / n,
                "rate_shrunken": float(prior.rate(hits, n)),
                "interval": list(prior.interval(hits, n)),
            }
        figures.append(row)
    return figures


def volume_figures(column: Column | None, clock: Clock) -> dict[str, Any]:
    """
    Return the leads of each of the latest months (UTC, at most 24, none passed over), in all and of the sources.

    The sources with most leads in these months, the largest first; what is left to all is of the others. Rows without
    a date are left aside; without any date there are no months.
    """
    stamps = (clock.at[~np.isnan(clock.at)] * 1e6).astype("datetime64[us]").astype("datetime64[M]").astype(np.int64)
    if not len(stamps):
        return {"months": [], "n": [], "sources": [], "unusual": []}
    last = int(stamps.max())
    first = max(int(stamps.min()), last - _MONTHS + 1)
    n_months = last - first + 1
    recent = stamps >= first
    place = stamps[recent] - first
    n = np.bincount(place, minlength=n_months).tolist()
    months = [str(np.datetime64(first + k, "M")) for k in range(n_months)]
    rows = []
    if column is not None:
        frame = pl.DataFrame({"source": column.values.filter(~np.isnan(clock.at)).filter(recent), "month": place})
        told = frame.group_by("source").agg(n=pl.len(), months=pl.col("month"))
        for label, _, of_source in told.sort("n", "source", descending=[True, False]).head(_IN_MONTHS).rows():
            counts = np.bincount(of_source, minlength=n_months).tolist()
            rows.append({"source": None if label is None else str(label)[:120], "n": counts})
    return {"months": months, "n": n, "sources": rows, "unusual": unusual_months(months, n)}


def source_findings(column: Column | None) -> list[Finding]:
    """Say which labels look like one, and when there is nothing to compare."""
    if column is None or column.n_levels < 2:
        name = "" if column is None else column.name
        told = (
            "No column says where leads came from." if column is None else f"{name} names one source for all leads."
        )
        return [finding("one_source", told, column=name)]
    counts = column.values.drop_nulls().value_counts(sort=True, name="n").head(_MAX_LABELS)
    n_of = {str(label): int(n) for label, n in counts.rows()}
    found = []
    for group in _alike(list(n_of)):
        group.sort(key=lambda label: -n_of[label])
        told = ", ".join(f'"{label[:60]}" ({n_of[label]:,})' for label in group[:8])
        found.append(
            finding(
                "sources_alike",
                f"{column.name} holds {told}.",
                column=column.name,
                action="ask",
                labels=[label[:120] for label in group],
                n=[n_of[label] for label in group],
                proposed=canonical_source(group[0])[:120],
            )
        )
    return found


def _alike(labels: list[str]) -> list[list[str]]:
    """Return groups of labels that are one: by the names that sources are known by, or by a slip of the pen."""
    leader = {label: label for label in labels}

    def top(label: str) -> str:
        while leader[label] != label:
            label = leader[label]
        return label

    by_name: dict[str, str] = {}
    for label in labels:
        key = fold(canonical_source(label))
        leader[top(label)] = top(by_name.setdefault(key, label))
    plain = ["".join(c for c in fold(label) if c.isalnum()) for label in labels]
    for i, (label, own) in enumerate(zip(labels, plain, strict=True)):
        if len(own) < 5:
            continue
        for _, _, j in process.extract(own, plain[:i], scorer=fuzz.ratio, score_cutoff=_ALIKE, limit=None):
            # "Campaign 1" and "Campaign 2" differ by what counts.
            same_digits = [c for c in own if c.isdigit()] == [c for c in plain[j] if c.isdigit()]
            if same_digits and len(plain[j]) >= 5:
                leader[top(label)] = top(labels[j])
    groups: dict[str, list[str]] = {}
    for label in labels:
        groups.setdefault(top(label), []).append(label)
    return [group for group in groups.values() if len(group) > 1]
