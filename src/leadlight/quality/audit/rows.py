"""Rows and people that stand there more than once. Exact matches only; likeness is for `find_duplicates`."""

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from .clock import Clock
from .columns import Column
from .findings import Finding, finding, percent


def duplicate_rows(frame: pl.DataFrame) -> list[Finding]:
    """Count rows that repeat an earlier one in every cell."""
    if not frame.width or frame.height < 2:
        return []
    hashes = _plain(frame).hash_rows(seed=0)
    n = frame.height - hashes.n_unique()
    if not n:
        return []
    return [
        finding(
            "duplicate_rows",
            f"{n:,} of {frame.height:,} rows ({percent(n / frame.height)}) repeat another one in every cell.",
            severity="medium" if n > 0.001 * frame.height else "low",
            action="ask",
            n=n,
            n_rows=frame.height,
        )
    ]


def _plain(frame: pl.DataFrame) -> pl.DataFrame:
    nested = [name for name, dtype in frame.schema.items() if dtype.is_nested() or dtype == pl.Object]
    return frame.with_columns(pl.Series(name, [str(v) for v in frame[name].to_list()]) for name in nested)


def contacts(columns: Sequence[Column]) -> dict[str, pl.Series]:
    """Return e-mails and phones as they are compared: e-mails in small letters, of phones the last ten digits."""
    found = {}
    for column in columns:
        if column.kind == "email":
            found[column.name] = column.values.str.to_lowercase()
        elif column.kind == "phone" or (column.kind in ("number", "id") and _is_phone(column)):
            text = column.values.cast(pl.Int64, strict=False) if column.values.dtype.is_numeric() else column.values
            digits = text.cast(pl.String).str.replace_all(r"\D", "").str.slice(-10)
            found[column.name] = digits.set(digits.str.len_chars() < 7, None)
    return found


def _is_phone(column: Column) -> bool:
    name = column.name.lower()
    if not any(word in name for word in ("phone", "mobile", "cell", "tel")) or column.values.dtype == pl.String:
        return False
    values = column.values.drop_nulls()
    return bool(len(values)) and float(values.median()) >= 1e6  # type: ignore[arg-type]  # numbers


def same_contacts(contacts_of: dict[str, pl.Series]) -> list[Finding]:
    """Count the rows that share an e-mail or phone with another row."""
    found = []
    for name, values in contacts_of.items():
        shared = values.is_duplicated() & values.is_not_null()
        n = int(shared.sum())
        if not n:
            continue
        n_people = values.filter(shared).n_unique()
        found.append(
            finding(
                "same_contact",
                f"{n:,} rows share {name} with another row: {n_people:,} different ones.",
                column=name,
                severity="medium" if n > 0.01 * len(values) else "low",
                action="ask",
                n_rows=n,
                n_different=n_people,
            )
        )
    return found


def astride_split(contacts_of: dict[str, pl.Series], clock: Clock | None) -> list[Finding]:
    """Count the people who stand in the oldest 70 % and in the newest 30 % (at random where there is no time)."""
    found = []
    for name, values in contacts_of.items():
        n = len(values)
        at = np.random.default_rng(0).permutation(n).astype(np.float64) if clock is None else clock.at
        known = ~np.isnan(at) & values.is_not_null().to_numpy()
        if known.sum() < 10:
            continue
        test = at > np.quantile(at[known], 0.7)
        both = _on_both_sides(values, known, test)
        n_test = int((known & test).sum())
        if not both or not n_test:
            continue
        which = "leads set aside at random" if clock is None else "newest leads"
        found.append(
            finding(
                "astride_split",
                f"{both:,} of the {n_test:,} {which} ({percent(both / n_test)}) share {name} with one of the others.",
                column=name,
                severity="high" if both > 0.02 * n_test else "medium",
                action="ask",
                n_in_both=both,
                n_test=n_test,
            )
        )
    return found


def _on_both_sides(values: pl.Series, known: NDArray[np.bool_], test: NDArray[np.bool_]) -> int:
    newest = values.filter(pl.Series(known & test))
    return int(newest.is_in(values.filter(pl.Series(known & ~test)).unique().to_list()).sum())
