"""`leadlight audit`: look at a table of leads before it is trusted; without files, at what is stored."""

import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from leadlight.kit.clock import utc_now
from leadlight.quality.audit import Audit, Finding, audit_files
from leadlight.quality.operations import audit_history

_TITLES = {"left_out": "Left out", "ask": "For you to decide", "kept": "Good to know"}
#: What takes less needs no word of how far it is.
_PATIENCE = 3.0


class Command(BaseCommand):
    help = (
        "Audit leads: labels and leaks, time, duplicates, sources, completeness. Of files nothing is stored; without"
        " any, the history that was imported is audited, and what is found stands on the Data page."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "files", nargs="*", type=Path, metavar="FILE", help="the leads; then deals that join them"
        )
        parser.add_argument("--outcome", metavar="COLUMN", help="the column that says how it ended")
        parser.add_argument("--order", metavar="COLUMN", help="the date, or a number that grows with time")
        form = parser.add_mutually_exclusive_group()
        form.add_argument("--json", action="store_true", help="print one JSON document")
        form.add_argument("--html", type=Path, metavar="FILE", help="write one page to this file")

    def handle(self, *args: Any, **options: Any) -> None:
        found = self._audit(options)
        if options["json"]:
            self.stdout.write(found.to_json())
        elif options["html"]:
            self._write(options["html"], found)
        else:
            self._tell(found)

    def _audit(self, options: dict[str, Any]) -> Audit:
        if options["files"]:
            return audit_files(
                options["files"],
                outcome=options["outcome"],
                order=options["order"],
                now=utc_now(),
                progress=self._progress(),
            )
        if options["outcome"] or options["order"]:
            raise CommandError("--outcome and --order go with files; the stored history knows its own.", returncode=2)
        run = audit_history(now=utc_now(), progress=self._progress())
        return Audit(tuple(Finding(**found) for found in run.findings), run.figures)

    def _progress(self) -> Any:
        if not sys.stderr.isatty():
            return None
        began = time.monotonic()

        def say(step: str) -> None:
            seconds = time.monotonic() - began
            if seconds > _PATIENCE:
                self.stderr.write(f"{seconds:.0f} s: {step}", ending="\n")

        return say

    def _write(self, path: Path, found: Audit) -> None:
        try:
            path.write_text(found.to_html(), encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}.", returncode=2) from error
        self.stdout.write(f"{len(found.findings)} findings: {path}")

    def _tell(self, found: Audit) -> None:
        self.stdout.write(f"{found.figures['n_rows']:,} rows, {found.figures['n_columns']} columns")
        for action, title in _TITLES.items():
            chosen = [one for one in found.findings if one.action == action]
            if chosen:
                self.stdout.write(f"\n{title}")
            for one in chosen:
                self.stdout.write(f"  [{one.kind}] {one.sentence}")
