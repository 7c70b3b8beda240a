"""Cells: what is empty, what only looks filled, what stands far from all others."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from .columns import Column
from .findings import Finding, finding, percent


def completeness(columns: Sequence[Column], n_rows: int) -> list[dict[str, Any]]:
    """Return how far each column is filled, for the figures."""
    return [
        {
            "column": column.name,
            "holds": column.kind,
            "n_empty": column.n_empty,
            "n_placeholder": sum(column.placeholders.values()),
            "share_filled": (n_rows - column.n_empty - sum(column.placeholders.values())) / n_rows
            if n_rows
            else None,
            "n_levels": column.n_levels,
        }
        for column in columns
    ]


def value_findings(columns: Sequence[Column], n_rows: int) -> list[Finding]:
    """Name placeholders, empty cells, columns with one value, and outliers."""
    found = []
    for column in columns:
        empty = column.n_empty
        for level, n in column.placeholders.items():
            found.append(
                finding(
                    "placeholder",
                    f'{column.name} says "{level[:40]}" in {n:,} rows ({percent(n / n_rows)}).',
                    column=column.name,
                    severity="medium" if n > 0.05 * n_rows else "low",
                    value=level[:80],
                    n=n,
                    share=n / n_rows,
                )
            )
        if empty:
            found.append(
                finding(
                    "missing_values",
                    f"{column.name} is empty in {empty:,} of {n_rows:,} rows ({percent(empty / n_rows)}).",
                    column=column.name,
                    n_missing=empty,
                    share=empty / n_rows,
                )
            )
        if column.kind == "constant":
            value = str(column.values.drop_nulls()[0])[:40]
            found.append(finding("constant", f'{column.name} says "{value}" in every row.', column=column.name))
        found += _outliers(column)
    return found


def _outliers(column: Column) -> list[Finding]:
    """Find numbers ten widths of the middle half beyond it: Tukey (1977) takes three, but leads are skewed."""
    if column.kind != "number" or column.n_levels < 10:
        return []
    values = column.floats()
    values = values[~np.isnan(values) & ~np.isin(values, _numbers_of(column))]
    if len(values) < 50:
        return []
    low, high = np.quantile(values, [0.25, 0.75])
    width = float(high - low)
    if width <= 0.0:
        return []
    far = values[(values < low - 10.0 * width) | (values > high + 10.0 * width)]
    if not len(far) or len(far) > 0.01 * len(values):
        return []
    extreme = float(far[np.argmax(np.abs(far))])
    return [
        finding(
            "outliers",
            f"{column.name} is far from the rest in {len(far):,} rows, such as {extreme:,g}; half of all lie between "
            f"{low:,g} and {high:,g}.",
            column=column.name,
            n=len(far),
            extreme=extreme,
            middle_half=[float(low), float(high)],
        )
    ]


def _numbers_of(column: Column) -> list[float]:
    return [float(level) for level in column.placeholders if level.lstrip("-").isdigit()]
