"""What SQLite and PostgreSQL do differently, in one place. Nothing else names an engine."""

from leadlight.kit.db.address import UnableToReadDatabaseUrl, database_settings
from leadlight.kit.db.names import is_postgresql
from leadlight.kit.db.reading import Among, Seconds, is_empty, rows_among, seconds
from leadlight.kit.db.statements import BATCH
from leadlight.kit.db.turns import by_one_writer, held_rows, lock_until_commit, skip_locked
from leadlight.kit.db.writing import allocate_ids, insert_new_rows, insert_rows, update_rows, upsert_rows

__all__ = [
    "BATCH",
    "Among",
    "Seconds",
    "UnableToReadDatabaseUrl",
    "allocate_ids",
    "by_one_writer",
    "database_settings",
    "held_rows",
    "insert_new_rows",
    "insert_rows",
    "is_empty",
    "is_postgresql",
    "lock_until_commit",
    "rows_among",
    "seconds",
    "skip_locked",
    "update_rows",
    "upsert_rows",
]
