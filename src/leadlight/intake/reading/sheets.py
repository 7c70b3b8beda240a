"""Workbooks and Parquet files as tables."""

import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import python_calamine

from leadlight.intake.reading.table import MAX_CELL, BadRow, Row, TableFile, UnableToReadFile, check_header, unique

_MAX_UNPACKED = 2_000_000_000
_BATCH = 50_000


def _text(value: Any) -> str:
    """Return a cell's value as the text that a person would have typed, dates as ISO."""
    if value is None or value == "":
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        midnight = value.tzinfo is None and value.time() == time.min
        return value.date().isoformat() if midnight else value.isoformat(sep=" ")
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value.total_seconds())
    if isinstance(value, (list, tuple)):
        return "; ".join(map(_text, value))
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return str(value)


def open_workbook(path: Path, name: str, *, zipped: bool) -> TableFile:
    """Open the first sheet that holds a table; `zipped` tells XLSX from the older format."""
    if zipped:
        try:
            with zipfile.ZipFile(path) as archive:
                members = archive.infolist()
        except (zipfile.BadZipFile, OSError) as error:
            raise UnableToReadFile(f"{name} is damaged. Open it in Excel and save it again.") from error
        packed = sum(member.compress_size for member in members) or 1
        unpacked = sum(member.file_size for member in members)
        if unpacked > _MAX_UNPACKED or (unpacked > 100_000_000 and unpacked > 200 * packed):
            raise UnableToReadFile(
                f"{name} unpacks to {unpacked:,} bytes: that is no table of leads. Save it as CSV."
            )
    protected = UnableToReadFile(
        f"{name} is protected by a password or damaged. Save it without a password and try again."
    )
    try:
        with python_calamine.load_workbook(path) as book:
            names = list(book.sheet_names)
            sheets = [book.get_sheet_by_name(sheet) for sheet in names]
            place = next((i for i, sheet in enumerate(sheets) if sheet.height > 1), 0)
            if not sheets or not sheets[place].height:
                raise UnableToReadFile(f"{name} is empty. Export it again and choose the new file.")
            header = [_text(value) for value in next(iter(sheets[place].iter_rows()))]
    except (python_calamine.CalamineError, OSError, ValueError, StopIteration) as error:
        raise protected from error
    check_header(header, name)
    if sum(bool(cell.strip()) for cell in header) < 1:
        raise UnableToReadFile(f"The first row of {name} has no names of columns. Add them and try again.")
    columns = unique(header)

    def rows() -> Iterator[Row | BadRow]:
        try:
            with python_calamine.load_workbook(path) as book:
                sheet = book.get_sheet_by_name(names[place])
                start = sheet.start[0] if sheet.start else 0
                for n, values in enumerate(sheet.iter_rows()):
                    cells = tuple(map(_text, values))
                    if n == 0 or not any(cells):
                        continue
                    if max(map(len, cells)) > MAX_CELL:
                        raise UnableToReadFile(
                            f"{name} has a cell of more than {MAX_CELL:,} characters: it is no table."
                        )
                    yield Row(start + n + 1, cells)
        except (python_calamine.CalamineError, OSError, ValueError) as error:
            raise protected from error

    return TableFile(columns, rows, encoding="xlsx")


def open_parquet(path: Path, name: str) -> TableFile:
    """Open a Parquet file; values become the text that a person would have typed."""
    damaged = UnableToReadFile(f"{name} is damaged: it cannot be read as Parquet. Export it again, or use CSV.")
    failures = (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError)
    try:
        frame = pl.scan_parquet(path)
        names = list(frame.collect_schema())
        n_rows = int(frame.select(pl.len()).collect().item())
    except failures as error:
        raise damaged from error
    if not names:
        raise UnableToReadFile(f"{name} is empty. Export it again and choose the new file.")
    check_header(names, name)
    columns = unique(names)

    def rows() -> Iterator[Row | BadRow]:
        for offset in range(0, n_rows, _BATCH):
            try:
                batch = frame.slice(offset, _BATCH).collect()
                lists = [[_text(value) for value in batch.get_column(column).to_list()] for column in names]
            except failures as error:
                raise damaged from error
            for n, cells in enumerate(zip(*lists, strict=True)):
                if any(cells):
                    if max(map(len, cells)) > MAX_CELL:
                        raise UnableToReadFile(
                            f"{name} has a cell of more than {MAX_CELL:,} characters: it is no table."
                        )
                    yield Row(offset + n + 2, cells)

    return TableFile(columns, rows, encoding="parquet")
