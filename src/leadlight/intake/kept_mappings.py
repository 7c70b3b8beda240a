"""The mappings that are kept under LEADLIGHT_HOME/mappings, as TOML that people read and change."""

import hashlib
import uuid
from collections.abc import Collection
from collections.abc import Mapping as Record
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from leadlight.intake.rules import forms
from leadlight.intake.rules.fields import LEADS
from leadlight.intake.rules.mapping import Mapping, UnableToReadMapping, from_toml, to_toml

#: Fields of one system whose reading is kept; who sends ever new ones is read, and not remembered.
MOST_KEPT = 1_000


def _folder() -> Path:
    return Path(settings.HOME) / "mappings"


def covers(mapping: Mapping, columns: Collection[str]) -> bool:
    """Say whether a mapping is one of just these columns."""
    return {column.name for column in mapping.columns} == set(columns)


def remembered_mapping(*, columns: Collection[str]) -> tuple[Mapping | None, str]:
    """Return the mapping that was kept last for a file with these columns, and its file's name."""
    kept = sorted(_folder().glob("*.toml"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in kept:
        mapping = from_toml(path.read_text(encoding="utf-8"))
        if covers(mapping, columns):
            return mapping, path.name
    return None, ""


def keep_mapping(mapping: Mapping) -> None:
    """Keep a mapping for the next file with the same columns, where people can read and change it."""
    header = "\n".join(sorted(column.name for column in mapping.columns))
    digest = hashlib.sha256(header.encode()).hexdigest()[:8]
    safe = "".join(c if c.isalnum() else "-" for c in mapping.system)
    _write(_folder() / f"{safe}-{mapping.table.lower()}-{digest}.toml", mapping)


def _write(path: Path, mapping: Mapping) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{uuid.uuid4().hex}")
    part.write_text(to_toml(mapping), encoding="utf-8")
    part.replace(path)


def path_of(system: str) -> Path:
    """Return where the mapping of the leads is kept that a system tells one by one."""
    safe = "".join(c if c.isascii() and c.isalnum() else "-" for c in system)
    if safe != system:
        safe += f"-{hashlib.sha256(system.encode()).hexdigest()[:8]}"
    return _folder() / f"{safe}-one-by-one.toml"


def mapping_of(record: Record[str, str], *, system: str) -> tuple[Mapping, bool]:
    """
    Return how a system's record is read, and whether some of that was guessed just now.

    What was guessed is kept. One mapping serves all that a system sends: forms leave empty fields out, and what
    somebody changed must hold for every choice of fields. A system's first record is read as a file with just these
    columns was.

    Raises:
        UnableToReadMapping: the mapping that was kept was changed into something that cannot be followed.
    """
    path = path_of(system)
    known = _read(path)
    base = known
    if known is None:
        of_file, _ = remembered_mapping(columns=record)
        base = of_file if of_file is not None and of_file.table == LEADS else None
    mapping = forms.mapping_for(
        record, system=system, known=base, country=settings.COUNTRY, time_zone=settings.TIME_ZONE
    )
    if mapping is known:
        return mapping, False
    if len(mapping.columns) <= MOST_KEPT:
        _write(path, mapping)
    return mapping, True


def _read(path: Path) -> Mapping | None:
    try:
        stat = path.stat()
    except FileNotFoundError:
        return None
    try:
        return _parsed(path, stat.st_mtime_ns, stat.st_size)
    except UnableToReadMapping as error:
        raise UnableToReadMapping(f"mappings/{path.name}: {error.message}") from error


@lru_cache(maxsize=64)
def _parsed(path: Path, _changed_ns: int, _size: int) -> Mapping:
    return from_toml(path.read_text(encoding="utf-8"))
