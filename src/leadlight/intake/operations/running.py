"""Running an import: chunk by chunk, each in one transaction together with how far the file has been read."""

import gc
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from itertools import islice
from typing import Any, TypeAlias

from django.conf import settings
from django.db import transaction

from leadlight.accounts.operations import record_audit
from leadlight.events.operations import refresh_activity, register_kinds, touch
from leadlight.events.rules import Cause, Group
from leadlight.intake import queries
from leadlight.intake.models import Import, ImportFile, ImportStatus, RejectedRow, Table
from leadlight.intake.operations.happenings import Names, store_happenings
from leadlight.intake.operations.people import store_people
from leadlight.intake.reading import BadRow, Row, TableFile, reopen_table
from leadlight.intake.rules.derived import NEED_OF
from leadlight.intake.rules.mapping import Mapping, from_toml
from leadlight.intake.rules.records import EventRow, LeadRow, ListingRow, Rejected
from leadlight.intake.rules.rows import counts_repeats, event_reader, lead_reader, listing_reader
from leadlight.jobs.operations import publish
from leadlight.kit.db import insert_rows
from leadlight.leads.operations import hold_all_leads
from leadlight.listings.operations import store_listings

#: Rows per transaction: large enough for the databases' best speed, small enough to lose little to a kill.
CHUNK = {Table.LEADS: 2_000, Table.ACTIVITIES: 5_000, Table.DEALS: 5_000, Table.LISTINGS: 2_000}
_PERSONS = 2_000

#: What an import counts: leads by what became of them, further rows of one lead, events, those known already,
#: closed channels, rows that could not be read, values dropped from rows that were kept, rows that tell of nothing,
#: listings by what became of them.
COUNTS = (
    "created",
    "updated",
    "unchanged",
    "duplicates",
    "events",
    "events_known",
    "suppressions",
    "rejected",
    "noted",
    "ignored",
    "listings_new",
    "listings_changed",
    "listings_unchanged",
    "listings_outdated",
)

#: People first, then what refers to them.
ORDER = {Table.LEADS: 0, Table.ACTIVITIES: 1, Table.DEALS: 2, Table.LISTINGS: 3}

JOB = "intake.run_import"

UNEXPECTED = (
    "Something went wrong that Leadlight did not expect. What was read so far is stored. It will be tried again by"
    " itself; if it stays like this, undo it and tell whoever runs Leadlight to look at the log."
)

Parsed: TypeAlias = "LeadRow | list[EventRow] | ListingRow | Rejected"


def job_key(import_id: int) -> str:
    """Return the key under which an import's job is in the ledger: one per import."""
    return f"import:{import_id}"


def run_import(*, import_id: int, clock: Callable[[], datetime]) -> None:
    """
    Store what is not stored yet of an import's files; settle the persons concerned; mark it as done.

    Stopped at any point, the next run goes on right behind the last chunk. When another worker stores the same
    import (a lease ran out), whoever comes second finds the chunk stored and goes on behind it.
    """
    part_of = _begin(import_id, clock())
    if part_of is None:
        return
    # Rows live for one chunk and are in no cycles; looking for some again and again costs a tenth of the time.
    with _few_collections():
        if not _store_files(part_of, clock):
            return
    touched = queries.touched_persons(part_of=part_of)
    for start in range(0, len(touched), _PERSONS):
        with transaction.atomic():
            some = touched[start : start + _PERSONS]
            refresh_activity(person_ids=some)
            touch(person_ids=some, cause=Cause.IMPORT, now=clock())
    _finish(import_id, clock())


def _store_files(part_of: Import, clock: Callable[[], datetime]) -> bool:
    """Store the rest of all files; False when the import is not to go on."""
    for file in sorted(part_of.files.all(), key=lambda file: (ORDER[Table(file.table)], file.position)):
        while not _store_file(part_of, file, clock):
            file.refresh_from_db()
            if not Import.objects.filter(pk=part_of.pk, status=ImportStatus.RUNNING).exists():
                return False
    return True


@contextmanager
def _few_collections() -> Iterator[None]:
    before = gc.get_threshold()
    gc.set_threshold(100_000, 50, 1_000)
    try:
        yield
    finally:
        gc.set_threshold(*before)


@transaction.atomic
def _begin(import_id: int, now: datetime) -> Import | None:
    part_of = Import.objects.select_for_update().get(pk=import_id)
    if part_of.status not in {ImportStatus.QUEUED, ImportStatus.RUNNING, ImportStatus.FAILED}:
        return None
    part_of.status = ImportStatus.RUNNING
    part_of.started_at = part_of.started_at or now
    part_of.failure = ""
    part_of.counts = {**dict.fromkeys(COUNTS, 0), "left_out": {}, **part_of.counts}
    part_of.save(update_fields=["status", "started_at", "failure", "counts"])
    return part_of


@transaction.atomic
def _finish(import_id: int, now: datetime) -> None:
    part_of = Import.objects.select_for_update().get(pk=import_id)
    if part_of.status != ImportStatus.RUNNING:
        return
    part_of.status = ImportStatus.DONE
    part_of.finished_at = now
    part_of.save(update_fields=["status", "finished_at"])
    if not part_of.is_of_listings:
        # Whoever hears it looks at people and their history anew.
        publish(facts={"intake.import_finished": [{"import_id": import_id}]}, now=now)
    record_audit(
        action="import.done",
        subject=job_key(import_id),
        now=now,
        actor=part_of.created_by,
        detail=part_of.counts,
    )


@transaction.atomic
def fail_import(*, import_id: int, failure: str) -> None:
    """Write down in plain words why an import stopped; what it stored stays, and trying again goes on behind it."""
    Import.objects.filter(pk=import_id, status=ImportStatus.RUNNING).update(
        status=ImportStatus.FAILED, failure=failure
    )


def reader_of(
    mapping: Mapping, columns: Sequence[str], *, now: datetime, exported_at: datetime
) -> Callable[[Row], Parsed]:
    """Return the function that reads the rows of a file as its mapping says."""
    if mapping.table == Table.LISTINGS:
        return listing_reader(mapping, columns, now=now)
    make = lead_reader if mapping.table == Table.LEADS else event_reader
    return make(mapping, columns, now=now, exported_at=exported_at)


class _Reading:
    """One file being read: its rows in chunks, parsed."""

    def __init__(self, part_of: Import, file: ImportFile) -> None:
        self.mapping = from_toml(file.mapping)
        self.table: TableFile = reopen_table(settings.HOME / file.path, name=file.name)
        assert part_of.started_at is not None
        self._read = reader_of(
            self.mapping, self.table.columns, now=part_of.started_at, exported_at=part_of.exported_at
        )
        self._size = CHUNK[Table(file.table)]
        places = {name: place for place, name in enumerate(self.table.columns)}
        self.left_out = {
            column.name: places[column.name]
            for column in self.mapping.columns
            if column.field == "left_out" and column.name in places
        }
        self.seen: set[str] = set()
        #: Leads that rows named before, so that each is looked up once.
        self.owners: dict[Names, int] = {}

    def chunks(self, skip: int) -> Iterator[list[tuple[Row | BadRow, Parsed]]]:
        """Yield the rows behind the first `skip`, whose leads are remembered as seen."""
        if self.mapping.table == Table.LEADS or counts_repeats(self.mapping, self.table.columns):
            for _, parsed in self._parsed(islice(self.table.rows(), skip)):
                if isinstance(parsed, LeadRow):
                    self.seen.add(parsed.external_id)
        rows = self._parsed(self.table.rows(skip))
        while chunk := list(islice(rows, self._size)):
            yield chunk

    def _parsed(self, rows: Iterator[Row | BadRow]) -> Iterator[tuple[Row | BadRow, Parsed]]:
        for row in rows:
            yield row, Rejected(row.reason) if isinstance(row, BadRow) else self._read(row)


def _store_file(part_of: Import, file: ImportFile, clock: Callable[[], datetime]) -> bool:
    """Store the rest of a file; False when another worker has stored a part of it meanwhile, or ended the import."""
    if file.n_done >= file.n_rows:
        return True
    reading = _Reading(part_of, file)
    for chunk in reading.chunks(file.n_done):
        if not _store_chunk(part_of.pk, file, reading, chunk, clock()):
            return False
        reading.seen.update(parsed.external_id for _, parsed in chunk if isinstance(parsed, LeadRow))
    return True


@transaction.atomic
def _store_chunk(
    import_id: int,
    file: ImportFile,
    reading: _Reading,
    chunk: list[tuple[Row | BadRow, Parsed]],
    now: datetime,
) -> bool:
    part_of = lock(import_id)
    if file.table == Table.LEADS:
        hold_all_leads()
    # How far the file is stored is read under the lock and written with the rows: that is what makes it safe to
    # be killed at any moment, and to be run twice at once.
    if (
        part_of.status != ImportStatus.RUNNING
        or not ImportFile.objects.filter(pk=file.pk, n_done=file.n_done).exists()
    ):
        return False
    register_kinds(
        kinds=[(name, Group(group), sentence) for name, (group, sentence) in reading.mapping.kinds.items()]
    )
    rejected = [(row, parsed.reason, False) for row, parsed in chunk if isinstance(parsed, Rejected)]
    if file.table == Table.LEADS:
        people = [parsed for _, parsed in chunk if isinstance(parsed, LeadRow)]
        counts = store_people(
            part_of=part_of,
            rows=people,
            seen=reading.seen,
            at_creation=_known_at_creation(reading.mapping),
            now=now,
        )
    elif file.table == Table.LISTINGS:
        counts = _store_listings(part_of, [parsed for _, parsed in chunk if isinstance(parsed, ListingRow)], now)
    else:
        told = [(row, parsed) for row, parsed in chunk if isinstance(parsed, list)]
        counts, nobody = store_happenings(
            part_of=part_of, rows=[parsed for _, parsed in told], known=reading.owners, now=now
        )
        rejected += [(told[place][0], reason, False) for place, reason in nobody.items()]
        counts["ignored"] = sum(not parsed for _, parsed in told)
    rejected += [
        (row, note, True)
        for row, parsed in chunk
        if isinstance(parsed, (LeadRow, ListingRow))
        for note in parsed.notes
    ]
    counts["rejected"] = sum(not was_kept for _, _, was_kept in rejected)
    counts["noted"] = len(rejected) - counts["rejected"]
    insert_rows(
        RejectedRow,
        ("file", "line", "reason", "was_kept", "cells"),
        [
            (file.pk, row.line, reason[:300], was_kept, [_storable(cell) for cell in row.cells])
            for row, reason, was_kept in sorted(rejected, key=lambda item: item[0].line)
        ],
    )
    file.n_done += len(chunk)
    ImportFile.objects.filter(pk=file.pk).update(n_done=file.n_done)
    part_of.counts = _added(part_of.counts, counts, _dropped(chunk, reading.left_out))
    part_of.save(update_fields=["counts"])
    return True


def _store_listings(part_of: Import, rows: Sequence[ListingRow], now: datetime) -> Counter[str]:
    stored = store_listings(
        rows=[row.told for row in rows], as_of=part_of.exported_at, cause=Cause.IMPORT.value, now=now
    )
    return Counter({f"listings_{name}": n for name, n in asdict(stored).items()})


def lock(import_id: int) -> Import:
    """
    Return an import with a hold on all imports of its system, for the rest of the transaction.

    Whoever stores or undoes holds them: two imports that tell of the same people never see each other half-done.
    """
    system = Import.objects.values_list("system", flat=True).get(pk=import_id)
    held = Import.objects.select_for_update(of=("self",)).filter(system=system, pk__lte=import_id).order_by("id")
    return next(part_of for part_of in held if part_of.pk == import_id)


def _known_at_creation(mapping: Mapping) -> set[str]:
    return {kind for column in mapping.columns if column.known == "creation" and (kind := NEED_OF.get(column.field))}


def _storable(cell: str) -> str:
    # PostgreSQL stores no NUL in text; nothing else of the cell is lost.
    return cell.replace("\0", "\N{REPLACEMENT CHARACTER}")


def _dropped(chunk: list[tuple[Row | BadRow, Parsed]], left_out: dict[str, int]) -> dict[str, int]:
    """Return by column how many filled cells were not stored because nobody may use them."""
    return {
        name: sum(1 for row, parsed in chunk if not isinstance(parsed, Rejected) and row.cells[place].strip())
        for name, place in left_out.items()
    }


def _added(counts: dict[str, Any], more: Counter[str], left_out: dict[str, int]) -> dict[str, Any]:
    total = {**counts, **{name: counts.get(name, 0) + n for name, n in more.items()}}
    before = counts.get("left_out", {})
    total["left_out"] = {**before, **{name: before.get(name, 0) + n for name, n in left_out.items()}}
    return total
