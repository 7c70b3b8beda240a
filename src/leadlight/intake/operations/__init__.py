"""Writes of imports: take files in, run, undo; and of leads that are told one by one."""

from leadlight.intake.operations.receiving import (
    MAX_BYTES,
    Examined,
    UnableToImport,
    Upload,
    Wishes,
    change_mappings,
    discard_import,
    examine_all,
    receive_files,
    start_import,
)
from leadlight.intake.operations.running import CHUNK, COUNTS, UNEXPECTED, fail_import, job_key, reader_of, run_import
from leadlight.intake.operations.telling import BY_HAND, MOST_IDENTITIES, Here, Told, add_lead, tell_lead
from leadlight.intake.operations.undoing import job_key as undo_key
from leadlight.intake.operations.undoing import run_undo, undo_import

__all__ = [
    "BY_HAND",
    "CHUNK",
    "COUNTS",
    "MAX_BYTES",
    "MOST_IDENTITIES",
    "UNEXPECTED",
    "Examined",
    "Here",
    "Told",
    "UnableToImport",
    "Upload",
    "Wishes",
    "add_lead",
    "change_mappings",
    "discard_import",
    "examine_all",
    "fail_import",
    "job_key",
    "reader_of",
    "receive_files",
    "run_import",
    "run_undo",
    "start_import",
    "tell_lead",
    "undo_import",
    "undo_key",
]
