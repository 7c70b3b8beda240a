"""JSON lines as tables: one object in each line, its keys the columns."""

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from leadlight.intake.reading.table import MAX_CELL, BadRow, Row, TableFile, UnableToReadFile, check_header, unique

_MAX_LINE = 16 * MAX_CELL


def _text(value: Any) -> str:
    """Return a value as the text that a person would have typed; numbers just as they were written."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "; ".join(map(_text, value))
    text = json.dumps(value, default=str) if isinstance(value, dict) else str(value)
    # JSON can escape halves of characters, which nothing stores.
    return text.encode("utf-8", "replace").decode()


def _object(line: str) -> dict[str, Any] | None:
    try:
        found = json.loads(line, parse_float=Decimal)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def open_lines(path: Path, name: str) -> TableFile:
    """Open a file of JSON objects, one in each line; the columns are all keys of all lines, as they first occur."""

    def lines() -> Iterator[tuple[int, str]]:
        try:
            with path.open(encoding="utf-8-sig") as file:
                for n in range(1, 1_000_000_000):
                    line = file.readline(_MAX_LINE)
                    if not line:
                        return
                    if len(line) >= _MAX_LINE:
                        raise UnableToReadFile(
                            f"{name} has a line of more than {_MAX_LINE:,} characters: it is no table."
                        )
                    if line.strip():
                        yield n, line
        except UnicodeDecodeError as error:
            raise UnableToReadFile(f"{name} is damaged: it is not UTF-8 text. Export it again.") from error

    keys: dict[str, None] = {}
    for _, line in lines():
        keys.update(dict.fromkeys(_object(line) or ()))
    if not keys:
        raise UnableToReadFile(
            f"{name} has no line that is a JSON object. Export one object in each line, or use CSV."
        )
    names = [_text(key) for key in keys]
    check_header(names, name)

    def rows() -> Iterator[Row | BadRow]:
        for n, line in lines():
            found = _object(line)
            if found is None:
                yield BadRow(n, (line.rstrip("\r\n")[:MAX_CELL],), "the line is not one JSON object")
                continue
            cells = tuple(_text(found.get(key)) for key in keys)
            if max(map(len, cells)) > MAX_CELL:
                raise UnableToReadFile(f"{name} has a cell of more than {MAX_CELL:,} characters: it is no table.")
            if any(cells):
                yield Row(n, cells)

    return TableFile(unique(names), rows, encoding="json lines")
