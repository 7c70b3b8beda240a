"""What tables and columns are called in SQL, and which engine it is."""

from collections.abc import Sequence
from typing import Any, TypeAlias

from django.db import connection, models


def is_postgresql() -> bool:
    """Say whether the default database is PostgreSQL."""
    return connection.vendor == "postgresql"


ModelField: TypeAlias = "models.Field[Any, Any]"


def quote(name: str) -> str:
    """Return a name as SQL writes it."""
    return connection.ops.quote_name(name)


def fields_of(model: type[models.Model], columns: Sequence[str]) -> list[ModelField]:
    """Return the fields of a table by their names, in order."""
    found = [model._meta.get_field(name) for name in columns]
    return [field for field in found if isinstance(field, models.Field)]


def column_names(fields: Sequence[ModelField]) -> str:
    """Return the columns of fields as SQL lists them."""
    return ", ".join(quote(field.column or "") for field in fields)


def insert_into(model: type[models.Model], fields: Sequence[ModelField]) -> str:
    """Return how an insert of these fields begins."""
    return f"INSERT INTO {quote(model._meta.db_table)} ({column_names(fields)}) "
