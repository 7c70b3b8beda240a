"""Reads that query sets are too slow for."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
import numpy as np
from django.db import connection, models
from django.db.models import Func
from numpy.typing import NDArray

from leadlight.kit.db.names import column_names, fields_of, is_postgresql, quote


def is_empty(model: type[models.Model]) -> bool:
    """Say whether a table has no rows, at a fraction of what asking through a query set costs."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {quote(model._meta.db_table)} LIMIT 1")
        return cursor.fetchone() is None


class Seconds(Func):
    """
    A moment as seconds since the epoch, UTC, in the form that is read fastest; `seconds` makes an array of a column.

    Reading moments as datetimes costs more than all else about a row.
    """

    arity = 1

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        """Read the text as it is stored."""
        return self.as_sql(compiler, connection, template="(%(expressions)s || '')", **more)

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        """Read a double, which holds microseconds exactly."""
        return self.as_sql(compiler, connection, template="date_part('epoch', %(expressions)s)", **more)

    def __init__(self, moment: str) -> None:
        super().__init__(moment, output_field=models.TextField() if not is_postgresql() else models.FloatField())


def seconds(column: Sequence[Any], *, empty: float = np.nan) -> NDArray[np.float64]:
    """Return a column that `Seconds` gave as an array; `empty` stands where nothing was stored."""
    if is_postgresql():
        return np.array([empty if value is None else value for value in column], dtype=np.float64)
    moments = np.array(column, dtype="datetime64[us]")
    return np.where(np.isnat(moments), empty, moments.astype(np.int64) / 1e6)


@models.Field.register_lookup
class Among(models.Lookup):
    """`filter(name__among=values)`: what `in` finds, as one parameter however many values; not for relations."""

    # Django looks at each value of an `in` several times: of a hundred, that costs more than the query itself.
    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """Return the condition."""
        column, parameters = self.process_lhs(compiler, connection)
        values = list(self.rhs)
        if connection.vendor == "postgresql":
            return f"{column} = ANY(%s)", [*parameters, values]
        return f"{column} IN (SELECT value FROM json_each(%s))", [*parameters, json.dumps(values)]


_json_rows = msgspec.json.Decoder(list[list[Any]])


def rows_among(model: type[models.Model], columns: Sequence[str], key: str, values: Iterable[Any]) -> list[list[Any]]:
    """
    Return columns (of text or whole numbers) of the rows whose `key` is among the values, in no order.

    At a quarter of what a query set costs, for what is looked up hundreds of times a second.
    """
    wanted = list(values)
    if not wanted:
        return []
    table, names, condition = (
        quote(model._meta.db_table),
        column_names(fields_of(model, columns)),
        column_names(fields_of(model, [key])),
    )
    with connection.cursor() as cursor:
        if is_postgresql():
            cursor.execute(f"SELECT {names} FROM {table} WHERE {condition} = ANY(%s)", [wanted])
            return [list(row) for row in cursor.fetchall()]
        # As one row, for the reason that `_ROWS_AT_ONCE` gives.
        cursor.execute(
            f"SELECT json_group_array(json_array({names})) FROM {table}"
            f" WHERE {condition} IN (SELECT value FROM json_each(%s))",
            [json.dumps(wanted)],
        )
        return _json_rows.decode(cursor.fetchone()[0])
