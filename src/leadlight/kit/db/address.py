"""Where the database is, and how it is opened."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from leadlight.kit.errors import DomainError


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
