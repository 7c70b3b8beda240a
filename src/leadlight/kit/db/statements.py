"""How rows become statements, on either engine."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import chain, islice
from typing import Any, TypeAlias

import msgspec
from django.db import connection, models

from leadlight.kit.db.names import ModelField, column_names, is_postgresql, quote

#: Rows per statement. Beyond some thousands neither engine gets faster, and memory grows.
BATCH = 5_000
#: Rows per statement on SQLite, whose driver gives the interpreter to other threads at every step it takes, and
#: waits to have it back: a statement per row takes seconds for a hundred rows beside one thread that computes.
_ROWS_AT_ONCE = 500
#: Parameters that any SQLite takes in one statement.
_MOST_PARAMETERS = 32_766


def statements(
    head: str, fields: Sequence[ModelField], rows: Iterable[Sequence[Any]], tail: str
) -> Iterator[tuple[str, list[Any]]]:
    """Give what writes the rows: statements, with the rows between `head` and `tail`, and their parameters."""
    converts, remaining = _converters(fields), iter(rows)
    if is_postgresql():
        # One JSON parameter parses about twice as fast on the server as many rows of VALUES.
        types = ", ".join(f"{quote(field.column or '')} {field.cast_db_type(connection)}" for field in fields)
        statement = f"{head}SELECT {column_names(fields)} FROM jsonb_to_recordset(%s::jsonb) AS rows ({types}){tail}"
        while batch := list(islice(remaining, BATCH)):
            yield statement, [_document(fields, _converted(batch, converts))]
    else:
        marks = f"({', '.join(['%s'] * len(fields))})"
        size = min(_ROWS_AT_ONCE, _MOST_PARAMETERS // len(fields))
        while batch := list(islice(remaining, size)):
            values = list(chain.from_iterable(_converted(batch, converts)))
            yield f"{head}VALUES {', '.join([marks] * len(batch))}{tail}", values


def write(head: str, fields: Sequence[ModelField], rows: Iterable[Sequence[Any]], tail: str) -> int:
    """Run the statements that write rows; return how many rows they wrote."""
    written = 0
    with connection.cursor() as cursor:
        for statement, parameters in statements(head, fields, rows, tail):
            cursor.execute(statement, parameters)
            written += cursor.rowcount
    return written


_Converters: TypeAlias = list[tuple[int, Callable[[Any], Any]]]


def _converters(fields: Sequence[ModelField]) -> _Converters:
    return [(place, convert) for place, field in enumerate(fields) if (convert := _converter(field))]


def _converted(batch: Sequence[Sequence[Any]], converts: _Converters) -> list[list[Any]]:
    values = [list(row) for row in batch]
    for place, convert in converts:
        # Batches repeat themselves: one clock reading for all rows, the same object in a row's neighbours.
        before, converted = None, convert(None)
        for row in values:
            if row[place] is not before:
                before, converted = row[place], convert(row[place])
            row[place] = converted
    return values


def _document(fields: Sequence[ModelField], values: list[list[Any]]) -> str:
    columns = [field.column for field in fields]
    return _encoder.encode([dict(zip(columns, row, strict=True)) for row in values]).decode()


def _converter(field: ModelField) -> Callable[[Any], Any] | None:
    if isinstance(field, models.JSONField):
        return None if is_postgresql() else _json_text
    if isinstance(field, models.DateTimeField):
        return None if is_postgresql() else _naive_text
    if isinstance(field, models.DecimalField):
        return lambda value: None if value is None else str(value)
    return None


_encoder = msgspec.json.Encoder()


def _json_text(value: Any) -> str | None:
    if value is None:
        return None
    return _encoder.encode(value).decode()


def _naive_text(value: datetime | None) -> str | None:
    # What Django's own adapter writes for SQLite, at a tenth of the cost: the moment in UTC, without "+00:00".
    if value is None:
        return None
    return (value if value.tzinfo is UTC else value.astimezone(UTC)).isoformat(" ")[:-6]
