"""`leadlight migrate`: Django's own, with a copy of a SQLite database kept before anything changes."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.commands import migrate
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from leadlight.kit.clock import utc_now


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        copy = keep_copy(options["database"])
        if copy is not None and options["verbosity"] > 0:
            self.stdout.write(f"A copy of the database as it was: {copy}")
        super().handle(*args, **options)


def keep_copy(alias: str) -> Path | None:
    """
    Copy a SQLite database that has migrations to come; return where to, None when there was nothing to copy.

    A new database has nothing to lose, and PostgreSQL has its own backups.
    """
    connection = connections[alias]
    if connection.vendor != "sqlite":
        return None
    source = Path(connection.settings_dict["NAME"])
    executor = MigrationExecutor(connection)
    if not executor.loader.applied_migrations or not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return None
    target = settings.HOME / "backups" / f"leadlight-{utc_now():%Y%m%dT%H%M%S%f}.sqlite3"
    target.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(source)) as original, closing(sqlite3.connect(target)) as copy:
        original.backup(copy)
    return target
