"""Writes of many rows at once."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models, transaction

from leadlight.kit.db.names import column_names, fields_of, insert_into, is_postgresql, quote
from leadlight.kit.db.statements import statements, write


def allocate_ids(model: type[models.Model], count: int) -> list[int]:
    """
    Take `count` fresh primary keys, so that rows that point at each other can be written in batches.

    Must be called inside a transaction, and the rows written before the next call: on SQLite it is the
    transaction's write lock that keeps two writers from taking the same keys.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("allocate_ids needs a transaction")
    if count == 0:
        return []
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if is_postgresql():
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count]
            )
            return [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        row = cursor.fetchone()
    start = row[0] if row else 0
    return list(range(start + 1, start + count + 1))


def insert_rows(
    model: type[models.Model],
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    ignore_conflicts: bool = False,
) -> int:
    """
    Insert rows given as tuples of Python values in the order of the field names `columns`.

    Two to five times as fast as `bulk_create`, which builds a model instance per row. Returns how many rows
    were stored: with `ignore_conflicts`, rows that break a unique rule are passed over and not counted.
    """
    fields = fields_of(model, columns)
    return write(insert_into(model, fields), fields, rows, " ON CONFLICT DO NOTHING" if ignore_conflicts else "")


def insert_new_rows(
    model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]], *, returning: str
) -> list[Any]:
    """
    Insert rows and pass over those that break a unique rule; return the values in `returning` of those that were new.

    The order of the answer is the database's own. Must be called inside a transaction.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("insert_new_rows needs a transaction")
    fields, answer = fields_of(model, columns), column_names(fields_of(model, [returning]))
    head, tail = insert_into(model, fields), " ON CONFLICT DO NOTHING"
    if is_postgresql():
        new: list[Any] = []
        with connection.cursor() as cursor:
            for statement, parameters in statements(head, fields, rows, f"{tail} RETURNING {answer}"):
                cursor.execute(statement, parameters)
                new += [row[0] for row in cursor.fetchall()]
        return new
    told, table = list(rows), quote(model._meta.db_table)
    with connection.cursor() as cursor:
        # The write lock is ours: what is new has higher numbers than all there was.
        cursor.execute(f"SELECT coalesce(max(id), 0) FROM {table}")
        (highest,) = cursor.fetchone()
        n = write(head, fields, told, tail)
        if n == 0:
            return []
        if n == len(told) and returning in columns:
            place = columns.index(returning)
            return [row[place] for row in told]
        cursor.execute(f"SELECT {answer} FROM {table} WHERE id > %s", [highest])
        return [row[0] for row in cursor.fetchall()]


def upsert_rows(
    model: type[models.Model],
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    keys: Sequence[str],
    newer: str = "",
    keep: Sequence[str] = (),
) -> int:
    """
    Insert rows, or where one with the same `keys` stands, write the other columns over it, but for those to `keep`.

    With `newer`, only over a row whose value in that column is not later: what is computed late never hides what
    is fresher. Returns how many rows were written.
    """
    fields = fields_of(model, columns)
    changes = ", ".join(
        f"{quote(field.column or '')} = excluded.{quote(field.column or '')}"
        for field in fields
        if field.name not in keys and field.name not in keep
    )
    tail = f" ON CONFLICT ({column_names(fields_of(model, keys))}) DO UPDATE SET {changes}"
    if newer:
        column = column_names(fields_of(model, [newer]))
        tail += f" WHERE {quote(model._meta.db_table)}.{column} <= excluded.{column}"
    return write(insert_into(model, fields), fields, rows, tail)


def update_rows(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """
    Write columns of existing rows: each tuple is the primary key, then the values of `columns`.

    Returns how many rows were found and written.
    """
    key = model._meta.pk
    assert key is not None
    fields = fields_of(model, columns)
    table, key_name = quote(model._meta.db_table), quote(key.column or "")
    # SQLite numbers the columns of VALUES and has no words to name them.
    told = [
        f"column{n}" if not is_postgresql() else column_names([field]) for n, field in enumerate([key, *fields], 1)
    ]
    changes = ", ".join(
        f"{column_names([field])} = told.{name}" for field, name in zip(fields, told[1:], strict=True)
    )
    head = f"UPDATE {table} SET {changes} FROM ("
    return write(head, [key, *fields], rows, f") AS told WHERE {table}.{key_name} = told.{told[0]}")
