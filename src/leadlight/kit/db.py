"""What SQLite and PostgreSQL do differently, in one place. The only module that names an engine."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from datetime import UTC, datetime
from itertools import chain, islice
from pathlib import Path
from typing import Any, TypeAlias, TypeVar
from urllib.parse import parse_qsl, unquote, urlsplit

import msgspec
import numpy as np
from django.db import connection, models, transaction
from django.db.models import Func
from numpy.typing import NDArray

from leadlight.kit.errors import DomainError

_Row = TypeVar("_Row", bound=models.Model)
_T = TypeVar("_T")

#: Rows per statement. Beyond some thousands neither engine gets faster, and memory grows.
BATCH = 5_000


class UnableToReadDatabaseUrl(DomainError):
    """The database address cannot be used."""

    code = "bad_database_url"


def database_settings(url: str, *, home: Path, sqlite_sync: str = "NORMAL") -> dict[str, Any]:
    """
    Return Django's settings for the database at `url`; an empty one means SQLite under `home`.

    What is committed survives a killed process on both. On SQLite a loss of power may take the last moments with
    it, unless `sqlite_sync` is FULL, which waits for the disk at every commit.

    SQLite runs in WAL mode, and every transaction takes the write lock at its start: a transaction that
    first reads and then writes would otherwise fail at once with "database is locked" instead of waiting.
    """
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": home / "leadlight.sqlite3",
            # Kept over requests: whoever closes the last connection writes the whole log back into the file, which
            # costs more than most requests do.
            "CONN_MAX_AGE": 60,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 30,
                "init_command": (
                    f"PRAGMA journal_mode=WAL; PRAGMA synchronous={sqlite_sync}; PRAGMA cache_size=-131072;"
                    " PRAGMA mmap_size=268435456; PRAGMA temp_store=MEMORY;"
                    # 64 MB between checkpoints: an import would otherwise copy the same index pages after each chunk.
                    " PRAGMA wal_autocheckpoint=16384;"
                ),
            },
        }
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"} or not parts.path.strip("/"):
        raise UnableToReadDatabaseUrl(
            "LEADLIGHT_DATABASE_URL must look like postgresql://user:password@host:5432/name."
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": dict(parse_qsl(parts.query)),
    }


def is_postgresql() -> bool:
    """Say whether the default database is PostgreSQL."""
    return connection.vendor == "postgresql"


def is_empty(model: type[models.Model]) -> bool:
    """Say whether a table has no rows, at a fraction of what asking through a query set costs."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {_quote(model._meta.db_table)} LIMIT 1")
        return cursor.fetchone() is None


def lock_until_commit(name: str, *, shared: bool = False) -> None:
    """
    Let one transaction at a time pass this point, or any number that are `shared`; to be called inside one.

    On SQLite every transaction holds the one write lock anyway.
    """
    if is_postgresql():
        lock = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {lock}(hashtextextended(%s, 0))", [name])


def skip_locked(rows: "models.QuerySet[_Row]") -> "models.QuerySet[_Row]":
    """
    Return the rows locked until the transaction ends, without those that somebody else has locked.

    On SQLite, which locks no rows, all of them: who reads them there must bear that another does too.
    """
    return rows.select_for_update(skip_locked=True) if is_postgresql() else rows


_writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="writer")


def by_one_writer(write: Callable[[], _T]) -> _T:
    """
    Run a short transaction of the kind that comes in numbers; on SQLite all of them in one thread of this process.

    Connections to SQLite that write by turns cost a third of the speed: each throws away what it had read whenever
    another has written, and waits for its turn by sleeping. Inside a transaction, this is part of that.
    """
    if is_postgresql() or connection.in_atomic_block:
        return write()
    return _writer.submit(copy_context().run, _write_apart, write).result()


def _write_apart(write: Callable[[], _T]) -> _T:
    connection.close_if_unusable_or_obsolete()
    return write()


@contextmanager
def held_rows() -> Iterator[None]:
    """
    Open a transaction in which rows that `skip_locked` gave stay one's own while one computes.

    On SQLite nothing is opened: a transaction there would keep everybody else from writing all the while.
    """
    if is_postgresql():
        with transaction.atomic():
            yield
    else:
        yield


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


def rows_among(model: type[models.Model], columns: Sequence[str], key: str, values: Iterable[Any]) -> list[list[Any]]:
    """
    Return columns (of text or whole numbers) of the rows whose `key` is among the values, in no order.

    At a quarter of what a query set costs, for what is looked up hundreds of times a second.
    """
    wanted = list(values)
    if not wanted:
        return []
    table, names, condition = (
        _quote(model._meta.db_table),
        _names(_fields(model, columns)),
        _names(_fields(model, [key])),
    )
    with connection.cursor() as cursor:
        if is_postgresql():
            cursor.execute(f"SELECT {names} FROM {table} WHERE {condition} = ANY(%s)", [wanted])
            return [list(row) for row in cursor.fetchall()]
        # As one row, for the reason that `_ROWS_AT_ONCE` gives.
        cursor.execute(
            f"SELECT json_group_array(json_array({names})) FROM {table}"
            f" WHERE {condition} IN (SELECT value FROM json_each(%s))",
            [_json_text(wanted)],
        )
        return _json_rows.decode(cursor.fetchone()[0])


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
    fields = _fields(model, columns)
    return _write(_insert_into(model, fields), fields, rows, " ON CONFLICT DO NOTHING" if ignore_conflicts else "")


def insert_new_rows(
    model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]], *, returning: str
) -> list[Any]:
    """
    Insert rows and pass over those that break a unique rule; return the values in `returning` of those that were new.

    The order of the answer is the database's own. Must be called inside a transaction.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("insert_new_rows needs a transaction")
    fields, answer = _fields(model, columns), _names(_fields(model, [returning]))
    head, tail = _insert_into(model, fields), " ON CONFLICT DO NOTHING"
    if is_postgresql():
        new: list[Any] = []
        with connection.cursor() as cursor:
            for statement, parameters in _statements(head, fields, rows, f"{tail} RETURNING {answer}"):
                cursor.execute(statement, parameters)
                new += [row[0] for row in cursor.fetchall()]
        return new
    told, table = list(rows), _quote(model._meta.db_table)
    with connection.cursor() as cursor:
        # The write lock is ours: what is new has higher numbers than all there was.
        cursor.execute(f"SELECT coalesce(max(id), 0) FROM {table}")
        (highest,) = cursor.fetchone()
        n = _write(head, fields, told, tail)
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
    fields = _fields(model, columns)
    changes = ", ".join(
        f"{_quote(field.column or '')} = excluded.{_quote(field.column or '')}"
        for field in fields
        if field.name not in keys and field.name not in keep
    )
    tail = f" ON CONFLICT ({_names(_fields(model, keys))}) DO UPDATE SET {changes}"
    if newer:
        column = _names(_fields(model, [newer]))
        tail += f" WHERE {_quote(model._meta.db_table)}.{column} <= excluded.{column}"
    return _write(_insert_into(model, fields), fields, rows, tail)


def update_rows(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """
    Write columns of existing rows: each tuple is the primary key, then the values of `columns`.

    Returns how many rows were found and written.
    """
    key = model._meta.pk
    assert key is not None
    fields = _fields(model, columns)
    table, key_name = _quote(model._meta.db_table), _quote(key.column or "")
    # SQLite numbers the columns of VALUES and has no words to name them.
    told = [f"column{n}" if not is_postgresql() else _names([field]) for n, field in enumerate([key, *fields], 1)]
    changes = ", ".join(f"{_names([field])} = told.{name}" for field, name in zip(fields, told[1:], strict=True))
    head = f"UPDATE {table} SET {changes} FROM ("
    return _write(head, [key, *fields], rows, f") AS told WHERE {table}.{key_name} = told.{told[0]}")


_Field: TypeAlias = "models.Field[Any, Any]"


def _quote(name: str) -> str:
    return connection.ops.quote_name(name)


def _fields(model: type[models.Model], columns: Sequence[str]) -> list[_Field]:
    found = [model._meta.get_field(name) for name in columns]
    return [field for field in found if isinstance(field, models.Field)]


def _names(fields: Sequence[_Field]) -> str:
    return ", ".join(_quote(field.column or "") for field in fields)


def _insert_into(model: type[models.Model], fields: Sequence[_Field]) -> str:
    return f"INSERT INTO {_quote(model._meta.db_table)} ({_names(fields)}) "


#: Rows per statement on SQLite, whose driver gives the interpreter to other threads at every step it takes, and
#: waits to have it back: a statement per row takes seconds for a hundred rows beside one thread that computes.
_ROWS_AT_ONCE = 500
#: Parameters that any SQLite takes in one statement.
_MOST_PARAMETERS = 32_766


def _statements(
    head: str, fields: Sequence[_Field], rows: Iterable[Sequence[Any]], tail: str
) -> Iterator[tuple[str, list[Any]]]:
    """Give what writes the rows: statements, with the rows between `head` and `tail`, and their parameters."""
    converts, remaining = _converters(fields), iter(rows)
    if is_postgresql():
        # One JSON parameter parses about twice as fast on the server as many rows of VALUES.
        types = ", ".join(f"{_quote(field.column or '')} {field.cast_db_type(connection)}" for field in fields)
        statement = f"{head}SELECT {_names(fields)} FROM jsonb_to_recordset(%s::jsonb) AS rows ({types}){tail}"
        while batch := list(islice(remaining, BATCH)):
            yield statement, [_document(fields, _converted(batch, converts))]
    else:
        marks = f"({', '.join(['%s'] * len(fields))})"
        size = min(_ROWS_AT_ONCE, _MOST_PARAMETERS // len(fields))
        while batch := list(islice(remaining, size)):
            values = list(chain.from_iterable(_converted(batch, converts)))
            yield f"{head}VALUES {', '.join([marks] * len(batch))}{tail}", values


def _write(head: str, fields: Sequence[_Field], rows: Iterable[Sequence[Any]], tail: str) -> int:
    written = 0
    with connection.cursor() as cursor:
        for statement, parameters in _statements(head, fields, rows, tail):
            cursor.execute(statement, parameters)
            written += cursor.rowcount
    return written


_Converters: TypeAlias = list[tuple[int, Callable[[Any], Any]]]


def _converters(fields: Sequence[_Field]) -> _Converters:
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


def _document(fields: Sequence[_Field], values: list[list[Any]]) -> str:
    columns = [field.column for field in fields]
    return _encoder.encode([dict(zip(columns, row, strict=True)) for row in values]).decode()


def _converter(field: _Field) -> Callable[[Any], Any] | None:
    if isinstance(field, models.JSONField):
        return None if is_postgresql() else _json_text
    if isinstance(field, models.DateTimeField):
        return None if is_postgresql() else _naive_text
    if isinstance(field, models.DecimalField):
        return lambda value: None if value is None else str(value)
    return None


_encoder = msgspec.json.Encoder()
_json_rows = msgspec.json.Decoder(list[list[Any]])


def _json_text(value: Any) -> str | None:
    if value is None:
        return None
    return _encoder.encode(value).decode()


def _naive_text(value: datetime | None) -> str | None:
    # What Django's own adapter writes for SQLite, at a tenth of the cost: the moment in UTC, without "+00:00".
    if value is None:
        return None
    return (value if value.tzinfo is UTC else value.astimezone(UTC)).isoformat(" ")[:-6]
