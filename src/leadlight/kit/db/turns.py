"""Who may write beside whom, and until when."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from typing import TypeVar

from django.db import connection, models, transaction

from leadlight.kit.db.names import is_postgresql

_Row = TypeVar("_Row", bound=models.Model)
_T = TypeVar("_T")


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
