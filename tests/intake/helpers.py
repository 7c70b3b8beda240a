"""What the tests of importing share: bring text in, run the ledger, see the whole database."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.apps import apps

from leadlight.intake import operations
from leadlight.intake.models import Import
from leadlight.jobs.worker import run_due
from leadlight.leads.models import Lead, Provenance

NOW = datetime(2025, 6, 1, 12, tzinfo=UTC)
HEAD = (
    "ID,Date Added,First Name,Last Name,Stage,Lead Source,Assigned To,Email 1,Phone 1,Price,Tags,Birthday,"
    "Do Not Call,Pets"
)
ACTIVITIES = "ID,Person ID,Type,Created,Message,Property Address,Price"


def people(*rows: str) -> str:
    return "\n".join((HEAD, *rows)) + "\n"


def activities(*rows: str) -> str:
    return "\n".join((ACTIVITIES, *rows)) + "\n"


def receive(*texts: str, exported_at: datetime = NOW, came: Provenance = Provenance.UNKNOWN, **wishes: Any) -> Import:
    part_of, _ = operations.receive_files(
        files=[operations.Upload(f"file{n}.csv", [text.encode()]) for n, text in enumerate(texts)],
        wishes=operations.Wishes(**wishes),
        actor=None,
        now=exported_at,
        exported_at=exported_at,
        provenance=came,
    )
    return part_of


def bring(*texts: str, exported_at: datetime = NOW, came: Provenance = Provenance.UNKNOWN, **wishes: Any) -> Import:
    """Import to the end through the ledger."""
    part_of = receive(*texts, exported_at=exported_at, came=came, **wishes)
    operations.start_import(import_id=part_of.pk, actor=None, now=NOW)
    while run_due():
        pass
    part_of.refresh_from_db()
    return part_of


def undo(part_of: Import) -> dict[str, Any]:
    operations.undo_import(import_id=part_of.pk, actor=None, now=NOW)
    while run_due():
        pass
    part_of.refresh_from_db()
    counts: dict[str, Any] = part_of.counts["undone"]
    return counts


def lead(external_id: str) -> Lead:
    return Lead.objects.get(external_id=external_id)


def dump(*, without: Sequence[str] = (), fields: Sequence[str] = ()) -> dict[str, list[Any]]:
    """Return all rows of all tables but those named, without the fields named."""
    tables: dict[str, list[Any]] = {}
    for model in apps.get_models():
        name = model.__name__
        if name in without or name in {"ContentType", "Permission", "Session", "Migration"}:
            continue
        kept = [field.attname for field in model._meta.concrete_fields if field.attname not in fields]
        rows = [tuple(map(repr, row)) for row in model._default_manager.values_list(*kept)]
        tables[name] = sorted(rows)
    return tables


#: Tables that tell of work itself, not of what it did; baselines and audits are dated, and outlive an undo.
WORK = ("Import", "ImportFile", "Job", "AuditEntry", "Touched", "Baseline", "AuditRun")


def numbers(counts: dict[str, Any], names: str) -> list[int]:
    """Return counts by their names."""
    return [counts[name] for name in names.split()]
