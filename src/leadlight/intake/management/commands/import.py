"""`leadlight import`: bring CRM exports in from the command line, through the same ledger as the pages."""  # noqa: N999 - so is the command called

import json
import sys
import threading
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from leadlight.intake import operations, queries
from leadlight.intake.foreground import run_job
from leadlight.intake.models import Import, ImportStatus, Table
from leadlight.intake.reading import BadRow
from leadlight.intake.rules.mapping import from_toml, to_toml
from leadlight.intake.rules.records import Rejected
from leadlight.kit.clock import utc_now
from leadlight.leads.models import Provenance

_TABLES = {
    "people": Table.LEADS,
    "activities": Table.ACTIVITIES,
    "deals": Table.DEALS,
    "listings": Table.LISTINGS,
}
_CAME = {choice.value.lower().replace("_", "-"): choice for choice in Provenance}


class Command(BaseCommand):
    help = "Import people, activities, deals and listings from CSV, XLSX, Parquet or JSON lines."
    # The checks would load the pages and the model: seconds that an import has no use for.
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--system", default="", help="name of the system whose ids the files hold")
        parser.add_argument("--preset", default="", help="read as an export of this system (followupboss, hubspot …)")
        parser.add_argument(
            "--table",
            action="append",
            default=[],
            metavar="[FILE=]KIND",
            help="people, activities, deals or listings",
        )
        parser.add_argument(
            "--outcome", metavar="COLUMN", help="the column that says how it ended, for exports without dates"
        )
        parser.add_argument("--order", metavar="COLUMN", help="the column by which rows follow each other in time")
        parser.add_argument(
            "--exclude", nargs="+", action="extend", default=[], metavar="COLUMN", help="columns to pass over"
        )
        parser.add_argument(
            "--asked",
            nargs="+",
            action="extend",
            default=[],
            metavar="COLUMN",
            help="columns that were asked at first contact",
        )
        parser.add_argument("--came", choices=sorted(_CAME), default="unknown", help="how these people came to you")
        parser.add_argument(
            "--mapping", type=Path, metavar="FILE.toml", help="a mapping to be used instead of a guess"
        )
        parser.add_argument(
            "--exported-at", metavar="DATE", help="the day of the export; the files' own date if left out"
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would be read, write nothing")
        parser.add_argument("--json", action="store_true", help="print one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        now = utc_now()
        files: list[Path] = options["files"]
        wishes = _wishes(options)
        exported_at = _exported_at(options["exported_at"], files, now)
        if options["dry_run"]:
            found = operations.examine_all(files=[(path.name, path) for path in files], wishes=wishes)
            told = _told_of(found) | _dry(found, now=now, exported_at=exported_at)
            self._print(told, as_json=options["json"])
            return
        part_of, found = operations.receive_files(
            files=[operations.Upload(path.name, _chunks(path)) for path in files],
            wishes=wishes,
            actor=None,
            now=now,
            exported_at=exported_at,
            provenance=_CAME[options["came"]],
        )
        told = _told_of(found)
        if not options["json"]:
            self._print(told, as_json=False)
        operations.change_mappings(import_id=part_of.pk, mappings={})
        operations.start_import(import_id=part_of.pk, actor=None, now=now)
        with _Progress(part_of.pk, quiet=options["json"]):
            run_job(key=operations.job_key(part_of.pk), is_open=lambda: queries.is_open(part_of.pk))
        part_of.refresh_from_db()
        if part_of.status == ImportStatus.FAILED:
            raise CommandError(part_of.failure)
        result = _result(part_of)
        self._print(told | result if options["json"] else result, as_json=options["json"])

    def _print(self, told: dict[str, Any], *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(told, indent=2))
            return
        for line in _sentences(told):
            self.stdout.write(line)


def _wishes(options: dict[str, Any]) -> operations.Wishes:
    tables: dict[str, str] = {}
    for word in options["table"]:
        name, _, kind = word.rpartition("=")
        if kind not in _TABLES:
            raise CommandError(f"--table knows people, activities, deals and listings, not {kind}.", returncode=2)
        tables[Path(name).name] = _TABLES[kind]
    mapping = None
    if options["mapping"]:
        try:
            text = options["mapping"].read_text(encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{options['mapping']} cannot be opened: {error.strerror}.", returncode=2) from error
        mapping = from_toml(text)
    return operations.Wishes(
        system=options["system"],
        preset=options["preset"],
        tables=tables,
        outcome=options["outcome"],
        order=options["order"],
        exclude=tuple(options["exclude"]),
        asked=tuple(options["asked"]),
        mapping=mapping,
    )


def _exported_at(told: str | None, files: list[Path], now: datetime) -> datetime:
    if told is None:
        dates = [path.stat().st_mtime for path in files if path.exists()]
        return min(now, datetime.fromtimestamp(max(dates), UTC)) if dates else now
    try:
        moment = datetime.fromisoformat(told)
    except ValueError as error:
        raise CommandError(f"--exported-at needs a date like 2026-03-31, not {told}.", returncode=2) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _chunks(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            while chunk := file.read(1 << 20):
                yield chunk
    except OSError as error:
        raise CommandError(f"{path} cannot be opened: {error.strerror}.", returncode=2) from error


def _told_of(found: list[operations.Examined]) -> dict[str, Any]:
    people = [one for one in found if one.mapping.table == Table.LEADS]
    return {
        "mapping": {one.name: to_toml(one.mapping) for one in found},
        "notes": [note for one in found for note in one.notes],
        "unmapped_stages": [label for one in found for label in one.guess.unmapped_stages],
        "unmapped_activities": [label for one in found for label in one.guess.unmapped_activities],
        "has_opt_outs": any(one.guess.has_opt_outs for one in people) if _are_of_people(found) else None,
    }


def _are_of_people(found: list[operations.Examined]) -> bool:
    return any(one.mapping.table != Table.LISTINGS for one in found)


def _dry(found: list[operations.Examined], *, now: datetime, exported_at: datetime) -> dict[str, Any]:
    n_rows, rejected = 0, []
    for one in found:
        read = operations.reader_of(one.mapping, one.table.columns, now=now, exported_at=exported_at)
        for row in one.table.rows():
            n_rows += 1
            parsed = Rejected(row.reason) if isinstance(row, BadRow) else read(row)
            if isinstance(parsed, Rejected):
                rejected.append(f"{one.name}, line {row.line}: {parsed.reason}")
    return {"dry_run": True, "rows": n_rows, "rejected": len(rejected), "rejected_rows": rejected[:100]}


def _result(part_of: Import) -> dict[str, Any]:
    assert part_of.started_at is not None
    assert part_of.finished_at is not None
    seconds = (part_of.finished_at - part_of.started_at).total_seconds()
    n_rows = sum(file.n_rows for file in part_of.files.all())
    rejected = Path(settings.HOME) / "imports" / str(part_of.pk) / "rejected.csv"
    lines = list(queries.rejected_lines(part_of))
    if lines:
        rejected.write_text("".join(lines), encoding="utf-8", newline="")
    return {
        "import": part_of.pk,
        "system": part_of.system,
        **{name: part_of.counts.get(name, 0) for name in operations.COUNTS},
        "left_out": part_of.counts.get("left_out", {}),
        "rejected_file": str(rejected) if lines else None,
        "can_be_undone": not part_of.is_of_listings,
        "rows": n_rows,
        "seconds": round(seconds, 3),
        "rows_per_second": round(n_rows / seconds, 1) if seconds else None,
    }


def _sentences(told: dict[str, Any]) -> Iterator[str]:
    for name, mapping in told.get("mapping", {}).items():
        yield f"{name}:"
        for column in from_toml(mapping).columns:
            yield f"  {column.name} → {column.field}" + (f" ({column.why})" if column.why else "")
    yield from told.get("notes", ())
    for word, labels in (("stages", told.get("unmapped_stages")), ("activities", told.get("unmapped_activities"))):
        if labels:
            yield f"Unknown {word}: {', '.join(labels)}"
    if told.get("has_opt_outs") is False:
        yield "No opt-outs are in these files: nobody of them is marked do-not-contact."
    if told.get("dry_run"):
        yield f"{told['rows']:,} rows, {told['rejected']:,} of them cannot be read. Nothing was written."
        yield from told["rejected_rows"]
    elif "import" in told:
        counts = ", ".join(f"{name.replace('_', ' ')} {told[name]:,}" for name in operations.COUNTS if told[name])
        yield f"Import {told['import']} is done in {told['seconds']} s: {counts or 'nothing changed'}."
        for name, n in told["left_out"].items():
            yield f"Left out: {n:,} values of {name}."
        if told["rejected_file"]:
            yield f"Rows that could not be read: {told['rejected_file']}"
        if told["can_be_undone"]:
            yield f"To undo it: leadlight undo_import {told['import']}"


class _Progress:
    """Tells now and then how far an import is, from a thread of its own."""

    def __init__(self, import_id: int, *, quiet: bool) -> None:
        self._import_id = import_id
        self._done = threading.Event()
        self._thread = None if quiet or not sys.stderr.isatty() else threading.Thread(target=self._tell, daemon=True)

    def __enter__(self) -> None:
        if self._thread:
            self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._done.set()
        if self._thread:
            self._thread.join()

    def _tell(self) -> None:
        try:
            while not self._done.wait(2):
                n_done, n_rows = queries.progress(self._import_id)
                sys.stderr.write(f"{n_done:,} of {n_rows:,} rows\n")
        finally:
            connection.close()
