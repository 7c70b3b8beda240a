"""Taking files in: keep them, see what they are, settle how they are read, and hand them to the ledger."""

import hashlib
import shutil
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from leadlight.accounts.models import User
from leadlight.accounts.operations import record_audit
from leadlight.intake import kept_mappings, looks, queries
from leadlight.intake.models import Import, ImportFile, ImportStatus, Table
from leadlight.intake.operations.running import JOB, ORDER, job_key
from leadlight.intake.reading import TableFile, UnableToReadFile, open_table
from leadlight.intake.rules.fields import TABLES
from leadlight.intake.rules.mapping import Guess, Mapping, from_toml, guess, to_toml
from leadlight.intake.rules.presets import PRESETS, find_preset
from leadlight.jobs.operations import enqueue
from leadlight.kit.errors import DomainError
from leadlight.leads.models import Provenance

#: Largest file that is taken in.
MAX_BYTES = 2_000_000_000


class UnableToImport(DomainError):
    """The import cannot be made, changed, started or undone as it stands."""

    code = "bad_import"


@dataclass(frozen=True)
class Upload:
    """A file as it comes in."""

    name: str
    chunks: Iterable[bytes]


@dataclass(frozen=True)
class Wishes:
    """What the person said about the files, beside the files themselves."""

    system: str = ""
    preset: str = ""
    #: File name → LEADS, ACTIVITIES, DEALS or LISTINGS; under "" for all others.
    tables: dict[str, str] = field(default_factory=dict)
    outcome: str | None = None
    order: str | None = None
    exclude: tuple[str, ...] = ()
    #: Columns whose values were asked at first contact, and so may be learned from.
    asked: tuple[str, ...] = ()
    #: A mapping to be used for the files that have its columns.
    mapping: Mapping | None = None


@dataclass(frozen=True)
class Examined:
    """A file that was found readable, and how it will be read."""

    name: str
    path: Path
    table: TableFile
    guess: Guess
    #: The file under LEADLIGHT_HOME/mappings whose mapping was remembered; empty when it was guessed anew.
    remembered: str = ""

    @property
    def mapping(self) -> Mapping:
        """How it will be read."""
        return self.guess.mapping

    @property
    def notes(self) -> list[str]:
        """What the person should know of how it will be read."""
        kept = [f"Read by the mapping that was kept in mappings/{self.remembered}."] if self.remembered else []
        return [f"{self.name}: {note}" for note in [*kept, *self.guess.notes]]


def examine(*, path: Path, name: str, wishes: Wishes) -> Examined:
    """
    Open a file and settle how it will be read: the mapping given, else one kept for the same columns, else a guess.

    Writes nothing.

    Raises:
        UnableToReadFile: it cannot be read as a table.
    """
    table = open_table(path, name=name)
    table_wish = wishes.tables.get(name) or wishes.tables.get("", "")
    kept, where = wishes.mapping, ""
    if kept is not None and not kept_mappings.covers(kept, table.columns):
        kept = None
    if kept is None and wishes.preset:
        kept = _preset(wishes.preset, table_wish, table.columns)
    if kept is None:
        kept, where = kept_mappings.remembered_mapping(columns=table.columns)
    found = guess(
        name,
        table.columns,
        [row.cells for row in table.sample()],
        country=settings.COUNTRY,
        time_zone=settings.TIME_ZONE,
        outcome=next(_named(table, wishes.outcome), None),
        order=next(_named(table, wishes.order), None),
        exclude=list(_named(table, *wishes.exclude)),
        remembered=kept,
        table=table_wish or None,
    )
    asked = set(_named(table, *wishes.asked))
    columns = tuple(replace(c, known="creation") if c.name in asked else c for c in found.mapping.columns)
    return Examined(name, path, table, replace(found, mapping=replace(found.mapping, columns=columns)), where)


def examine_all(*, files: Sequence[tuple[str, Path]], wishes: Wishes) -> list[Examined]:
    """
    Examine files that belong together: people first, and one system for all.

    Raises:
        UnableToReadFile: one of them cannot be read as a table.
        UnableToImport: a column or mapping that was named is in none of them.
    """
    found = [examine(path=path, name=name, wishes=wishes) for name, path in files]
    columns = {column for one in found for column in one.table.columns}
    named = [name for name in (wishes.outcome, wishes.order, *wishes.exclude, *wishes.asked) if name is not None]
    unknown = [name for name in named if not any(True for one in found for _ in _named(one.table, name))]
    if unknown:
        raise UnableToImport(
            f"No file has a column {', '.join(unknown)}. The columns are {', '.join(sorted(columns))}."
        )
    if wishes.mapping is not None and not any(
        kept_mappings.covers(wishes.mapping, one.table.columns) for one in found
    ):
        raise UnableToImport("The mapping given has other columns than the file. Leave it out to have one guessed.")
    found.sort(key=lambda one: ORDER[Table(one.mapping.table)])
    system = wishes.system or _system_of(found)
    return [replace(one, guess=replace(one.guess, mapping=replace(one.mapping, system=system))) for one in found]


def _system_of(found: Sequence[Examined]) -> str:
    """Return whose ids the files hold: a preset's, else as the people file says, else those of earlier people."""
    presets = [one.mapping.system for one in found if one.mapping.preset]
    if presets:
        return presets[0]
    if found[0].mapping.table in {Table.LEADS, Table.LISTINGS}:
        return found[0].mapping.system
    known = queries.systems()
    return known[0] if known else found[0].mapping.system


def _named(table: TableFile, *names: str | None) -> Iterator[str]:
    """Yield the columns that were named, in whatever case."""
    wanted = {name.strip().casefold() for name in names if name is not None}
    yield from (column for column in table.columns if column.casefold() in wanted)


def _preset(name: str, table: str, columns: Sequence[str]) -> Mapping:
    """
    Return what is known of a preset's files before one is read; `name` may be a preset's or its system's.

    Raises:
        UnableToImport: there is no such preset.
    """
    fitting = [preset for preset in PRESETS if name in (preset.name, preset.system)]
    if not fitting:
        known = sorted({preset.system for preset in PRESETS})
        raise UnableToImport(f"There is no preset {name}. Known are {', '.join(known)}.")
    recognised = find_preset(columns, tables={table} if table else TABLES)
    named = [preset for preset in fitting if not table or preset.table == table] or fitting
    preset = recognised if recognised in named else named[0]
    return Mapping(table=preset.table, system=preset.system, preset=preset.name)


def receive_files(
    *,
    files: Sequence[Upload],
    wishes: Wishes,
    actor: User | None,
    now: datetime,
    exported_at: datetime,
    provenance: Provenance = Provenance.UNKNOWN,
) -> tuple[Import, list[Examined]]:
    """
    Take files in as an import that waits for its start; when one of them is refused, nothing at all stays.

    Raises:
        UnableToReadFile: one of them cannot be read as a table, or is too large.
        UnableToImport: there are none, or a column that was named is in none of them.
    """
    if not files:
        raise UnableToImport("Choose at least one file.")
    folder = Path(settings.HOME) / "imports"
    incoming = folder / f"incoming-{uuid.uuid4().hex}"
    incoming.mkdir(parents=True)
    try:
        kept: list[tuple[str, Path]] = []
        digests: dict[Path, str] = {}
        for place, upload in enumerate(files):
            path = incoming / f"{place}{Path(upload.name).suffix[:12]}"
            digests[path] = _store(upload, path)
            kept.append((upload.name, path))
        found = examine_all(files=kept, wishes=wishes)
        with transaction.atomic():
            part_of = Import.objects.create(
                system=found[0].mapping.system,
                preset=next((one.mapping.preset for one in found if one.mapping.preset), ""),
                provenance=provenance,
                created_by=actor,
                created_at=now,
                exported_at=exported_at,
            )
            home = folder / str(part_of.pk)
            # What an import that never came to be has left under this number is nobody's.
            shutil.rmtree(home, ignore_errors=True)
            ImportFile.objects.bulk_create(
                ImportFile(
                    part_of=part_of,
                    position=position,
                    name=one.name[-200:],
                    path=f"imports/{part_of.pk}/{one.path.name}",
                    sha256=digests[one.path],
                    table=one.mapping.table,
                    mapping=to_toml(one.mapping),
                    n_rows=one.table.n_rows,
                )
                for position, one in enumerate(found)
            )
            for position, one in enumerate(found):
                looks.keep(incoming / f"sample-{position}.json", one.table)
            incoming.rename(home)
    except BaseException:
        shutil.rmtree(incoming, ignore_errors=True)
        raise
    return part_of, found


def _store(upload: Upload, path: Path) -> str:
    """Write an upload to disk; return its SHA-256."""
    digest, size = hashlib.sha256(), 0
    with path.open("wb") as target:
        for chunk in upload.chunks:
            size += len(chunk)
            if size > MAX_BYTES:
                raise UnableToReadFile(
                    f"{upload.name} is larger than {MAX_BYTES // 1_000_000_000} GB. "
                    "Export a shorter time and import it part by part."
                )
            digest.update(chunk)
            target.write(chunk)
    return digest.hexdigest()


@transaction.atomic
def change_mappings(
    *,
    import_id: int,
    mappings: dict[int, Mapping],
    system: str | None = None,
    provenance: Provenance | None = None,
    exported_at: datetime | None = None,
) -> None:
    """
    Change how files (by position) of an import are read, before it starts; keep each mapping for the next time.

    Raises:
        UnableToImport: the import has started already.
    """
    part_of = _draft(import_id)
    part_of.system = system or part_of.system
    part_of.provenance = provenance or part_of.provenance
    part_of.exported_at = exported_at or part_of.exported_at
    part_of.save(update_fields=["system", "provenance", "exported_at"])
    for file in part_of.files.order_by("position"):
        mapping = replace(mappings.get(file.position) or from_toml(file.mapping), system=part_of.system)
        file.mapping, file.table = to_toml(mapping), mapping.table
        file.save(update_fields=["mapping", "table"])
        kept_mappings.keep_mapping(mapping)


def _draft(import_id: int) -> Import:
    part_of = Import.objects.select_for_update().get(pk=import_id)
    if part_of.status != ImportStatus.DRAFT:
        raise UnableToImport("This import has started already. Undo it first, then bring the files in again.")
    return part_of


@transaction.atomic
def start_import(*, import_id: int, actor: User | None, now: datetime) -> None:
    """
    Hand an import to the ledger, for the first time or again after it failed; one that runs is left alone.

    Raises:
        UnableToImport: it is undone, or being undone.
    """
    part_of = Import.objects.select_for_update().get(pk=import_id)
    if part_of.status in {ImportStatus.QUEUED, ImportStatus.RUNNING, ImportStatus.DONE}:
        return
    if part_of.status not in {ImportStatus.DRAFT, ImportStatus.FAILED}:
        raise UnableToImport("This import was undone. Bring the files in again.")
    part_of.status = ImportStatus.QUEUED
    part_of.failure = ""
    part_of.save(update_fields=["status", "failure"])
    enqueue(name=JOB, payload={"import_id": import_id}, key=job_key(import_id), now=now)
    record_audit(action="import.started", subject=job_key(import_id), now=now, actor=actor)


@transaction.atomic
def discard_import(*, import_id: int) -> None:
    """
    Throw away an import that never started, and its files.

    Raises:
        UnableToImport: the import has started already.
    """
    part_of = _draft(import_id)
    part_of.delete()
    transaction.on_commit(lambda: shutil.rmtree(Path(settings.HOME) / "imports" / str(import_id), ignore_errors=True))
