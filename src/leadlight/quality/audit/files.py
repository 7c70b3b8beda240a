"""Files become one table: read as the import reads them, put below each other, or joined by an id that both hold."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from leadlight.intake.reading import BadRow, UnableToReadFile, reopen_table
from leadlight.intake.rules.headers import key, words

from .columns import understand
from .findings import Finding, finding
from .outcome import Outcome, joined_outcome

_CHUNK = 50_000
_WON = frozenset({"won", "closed", "close", "signed", "converted", "deal", "booked", "sold"})


@dataclass(frozen=True)
class Joined:
    """One table of several files, with what there is to say about how it came about."""

    frame: pl.DataFrame
    #: Who stands in a further file too; None when there is one file, or files with the same columns.
    in_further: Outcome | None
    findings: tuple[Finding, ...]
    figures: dict[str, Any]


def read_files(paths: Sequence[Path]) -> Joined:
    """
    Read CSV of any dialect, workbooks or Parquet; the first file holds the leads.

    Files with the same columns are put below each other. Any other is joined to the first by the column whose values
    the first holds, once each, under the same name if there is one.

    Raises:
        UnableToReadFile: a file is no table, or nothing joins it to the first.
    """
    findings: list[Finding] = []
    frames = [_read(path, findings) for path in paths]
    frame, outcome = frames[0], None
    figures: dict[str, Any] = {"files": [path.name for path in paths]}
    for path, further in zip(paths[1:], frames[1:], strict=True):
        if set(further.columns) == set(frames[0].columns):
            frame = pl.concat([frame, further.select(frame.columns)], how="vertical_relaxed")
            continue
        frame, found, told = _join(frame, further, paths[0].name, path.name)
        figures.setdefault("joins", []).append(told)
        outcome = outcome or found
    return Joined(frame, outcome, tuple(findings), figures)


def _read(path: Path, findings: list[Finding]) -> pl.DataFrame:
    table = reopen_table(path, name=path.name)
    if table.encoding == "parquet":
        return pl.read_parquet(path).rename(dict(zip(pl.read_parquet_schema(path), table.columns, strict=True)))
    schema = dict.fromkeys(table.columns, pl.String)
    chunks, cells, bad = [pl.DataFrame(schema=schema)], [], []
    for row in table.rows():
        if isinstance(row, BadRow):
            bad.append(row)
            continue
        cells.append(row.cells)
        if len(cells) == _CHUNK:
            chunks.append(pl.DataFrame(cells, schema=schema, orient="row"))
            cells = []
    chunks.append(pl.DataFrame(cells, schema=schema, orient="row"))
    frame = pl.concat(chunks)
    if bad and not frame.height:
        raise UnableToReadFile(
            f"No row of {path.name} has as many cells as there are column names. Export it again as CSV or XLSX."
        )
    if bad:
        told = (
            f"{len(bad):,} rows of {path.name} could not be read; the first is line {bad[0].line}: {bad[0].reason}."
        )
        findings.append(
            finding("unreadable_rows", told, severity="medium", n=len(bad), lines=[row.line for row in bad[:20]])
        )
    return frame


def _join(
    frame: pl.DataFrame, further: pl.DataFrame, name: str, further_name: str
) -> tuple[pl.DataFrame, Outcome, dict[str, Any]]:
    pair = _joining(frame, further)
    if pair is None:
        raise UnableToReadFile(
            f"No column of {further_name} holds ids of {name}, so the two cannot be joined. Export both with the "
            f"lead's id, or audit them one by one."
        )
    left, right = pair
    ids = further[right].cast(pl.String)
    known = frame[left].cast(pl.String)
    once = further.filter(ids.is_not_null() & ids.is_first_distinct())
    taken = set(frame.columns)
    names = {
        column: column if column not in taken else f"{column} ({further_name})"
        for column in once.columns
        if column != right
    }
    joined = frame.with_columns(known.alias("__id")).join(
        once.select(pl.col(right).cast(pl.String).alias("__id"), *(pl.col(c).alias(n) for c, n in names.items())),
        on="__id",
        how="left",
        maintain_order="left",
    )
    there = known.is_in(ids.drop_nulls().unique().to_list()).fill_null(value=False).to_numpy()
    told = {
        "by": [left, right],
        "file": further_name,
        "n_joined": int(there.sum()),
        "n_without_lead": int((~ids.is_in(known.drop_nulls().unique().to_list())).sum()),
        "n_repeated": further.height - once.height,
    }
    outcome = joined_outcome(f"a row in {further_name}", there)
    dated = _date_of_outcome(once.drop(right))
    if dated is not None:
        moments = understand(joined[names[dated]])
        if moments.kind == "date":
            outcome = replace(outcome, at=np.where(there, moments.floats(), np.nan))
    return joined.drop("__id"), outcome, told


def _joining(frame: pl.DataFrame, further: pl.DataFrame) -> tuple[str, str] | None:
    """Return the columns that hold the same ids: the best pair by the share of ids found, names alike first."""
    best: tuple[float, str, str] | None = None
    for left in frame.columns:
        own = frame[left].cast(pl.String, strict=False).drop_nulls()
        own = own.filter(own != "")
        if not len(own) or own.n_unique() < 0.95 * len(own) or own.n_unique() < 3:
            continue
        for right in further.columns:
            ids = further[right].cast(pl.String, strict=False).drop_nulls().unique()
            ids = ids.filter(ids != "")
            # Small numbers meet by chance; columns of one name are meant to.
            if len(ids) < (3 if key(left) == key(right) else 20):
                continue
            share = float(ids.is_in(own.unique().to_list()).mean() or 0.0)  # type: ignore[arg-type]  # a mean of booleans
            score = share + (0.5 if key(left) == key(right) else 0.0)
            if share >= 0.5 and (best is None or score > best[0]):
                best = score, left, right
    return None if best is None else (best[1], best[2])


def _date_of_outcome(further: pl.DataFrame) -> str | None:
    dates = [name for name in further.columns if understand(further[name]).kind == "date"]
    named = [name for name in dates if _WON & set(words(name))]
    return named[0] if named else dates[0] if len(dates) == 1 else None
