"""Tables of leads from files, ready for `LeadScorer`."""

from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
from python_calamine import CalamineError, CalamineWorkbook

from .errors import UnableToReadTable

_DELIMITERS = (",", ";", "\t", "|")
#: Month first where both readings fit: these are American exports. One format must fit the whole column.
_DATE_FORMATS = (
    "%Y-%m-%d",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%m/%d/%Y",
    "%m/%d/%Y %H:%M:%S",
    "%m/%d/%Y %H:%M",
    "%m/%d/%Y %I:%M %p",
    "%m/%d/%Y %I:%M:%S %p",
    "%d/%m/%Y",
    "%d/%m/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M",
    "%d.%m.%Y",
    "%d.%m.%Y %H:%M:%S",
    "%d.%m.%Y %H:%M",
)


class Leads(NamedTuple):
    """What `read_leads` gives: columns to learn from, the outcome, and an order in time."""

    X: pl.DataFrame
    y: pl.Series | None
    order: pl.Series | None


def read_leads(
    path: str | Path, outcome: str | None = None, order: str | None = None, exclude: Iterable[str] = ()
) -> Leads:
    """
    Read a CSV, XLSX or Parquet file with one row per lead.

    `outcome` and `order` (a date or a number that grows with time) leave the columns and come back on their
    own;
    `exclude` drops columns that were written after the outcome was known. Column names match without regard
    to case. The three results fit `LeadScorer().fit(X, y, created_at=order)`.

    Raises:
        UnableToReadTable: no such file or column, an unknown kind of file, or an order that is neither date
        nor number; the message says what to do.
    """
    frame = _read(Path(path))
    names = {name.strip().lower(): name for name in frame.columns}

    def found(name: str) -> str:
        if name in frame.columns:
            return name
        try:
            return names[name.strip().lower()]
        except KeyError:
            raise UnableToReadTable(
                f'There is no column "{name}". The columns are: {", ".join(frame.columns)}.'
            ) from None

    y = None if outcome is None else frame[found(outcome)]
    moments = None if order is None else _sortable(frame[found(order)])
    gone = [found(name) for name in (*exclude, outcome, order) if name is not None]
    return Leads(frame.drop(dict.fromkeys(gone)), y, moments)


def _read(path: Path) -> pl.DataFrame:
    if not path.is_file():
        raise UnableToReadTable(f"There is no file {path}.")
    kind = path.suffix.lower()
    try:
        if kind == ".parquet":
            frame = pl.read_parquet(path)
        elif kind in (".xlsx", ".xls", ".xlsm", ".ods"):
            frame = _sheet(path)
        elif kind in (".csv", ".tsv", ".txt"):
            frame = _csv(path)
        else:
            raise UnableToReadTable(f'"{path.name}" is not a CSV, XLSX or Parquet file. Save it as one of these.')
    except (pl.exceptions.PolarsError, CalamineError) as error:
        raise UnableToReadTable(
            f'"{path.name}" cannot be read as a table ({str(error).splitlines()[0]}). Export it again.'
        ) from error
    if frame.is_empty():
        raise UnableToReadTable(f'"{path.name}" holds no rows.')
    return frame


def _csv(path: Path) -> pl.DataFrame:
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", errors="replace")
    head = text.split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=head.count)
    return pl.read_csv(text.encode(), separator=delimiter, infer_schema_length=None, try_parse_dates=True)


def _sheet(path: Path) -> pl.DataFrame:
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    if not rows:
        return pl.DataFrame()
    columns = {
        str(name).strip() or f"column {k + 1}": _column([row[k] for row in rows[1:]])
        for k, name in enumerate(rows[0])
    }
    return pl.DataFrame(columns)


def _column(cells: list[Any]) -> pl.Series:
    """Return the cells of a sheet as one type, words where types are mixed; an empty cell is missing."""
    known = {type(cell) for cell in cells if cell != ""}
    values = [None if cell == "" else cell for cell in cells]
    if known <= {int, float} or known in ({bool}, {date}, {datetime}, {str}):
        return pl.Series(values, strict=False)
    if known == {date, datetime}:
        return pl.Series([None if v is None else datetime(v.year, v.month, v.day) for v in values])  # noqa: DTZ001  # a sheet's dates have no zone
    return pl.Series([None if v is None else str(v) for v in values], dtype=pl.String)


def _sortable(column: pl.Series) -> pl.Series:
    if column.dtype.is_numeric() or column.dtype.is_temporal():
        return column
    words = column.cast(pl.String).str.strip_chars()
    n_known = len(words) - words.null_count()
    for form in _DATE_FORMATS:
        parsed = words.str.to_datetime(form, strict=False)
        if n_known and len(parsed) - parsed.null_count() == n_known:
            return parsed
    raise UnableToReadTable(
        f'The column "{column.name}" is neither a number nor a date that is written in one way throughout, '
        "so it gives no order in time. Name another, or none."
    )
