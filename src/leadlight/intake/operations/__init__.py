"""Writes of imports: take files in, run, undo."""

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
from leadlight.intake.operations.undoing import job_key as undo_key
from leadlight.intake.operations.undoing import run_undo, undo_import

__all__ = [
    "CHUNK",
    "COUNTS",
    "MAX_BYTES",
    "UNEXPECTED",
    "Examined",
    "UnableToImport",
    "Upload",
    "Wishes",
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
    "undo_import",
    "undo_key",
]
