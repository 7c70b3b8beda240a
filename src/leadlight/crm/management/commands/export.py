"""`leadlight export`: scores for a CRM, keyed by its own ids; and all that was sent, for whoever checks it."""

import csv
import json
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import BaseCommand

from leadlight.crm import queries
from leadlight.crm.rules.files import VENDORS, Vendor, cells, header
from leadlight.kit.clock import utc_now
from leadlight.kit.errors import DomainError
from leadlight.messages.queries import sends


class _Writable(Protocol):
    def write(self, text: str, /) -> object: ...


class UnableToExport(DomainError):
    code = "cannot_export"


class Command(BaseCommand):
    help = "Write a file: scores that a CRM's own importer takes, or all that was sent and refused."
    # The checks would load the pages and the model, which a file has no use for.
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_subparsers(dest="what", required=True)
        scores = what.add_parser("scores", help="the score of every lead that came from a CRM, by its id there")
        scores.add_argument("--for", dest="system", required=True, metavar="CRM", help=", ".join(VENDORS))
        scores.add_argument("--out", type=Path, metavar="FILE", help="where to write; without it, to the output")

        sent = what.add_parser("sends", help="everything that was sent to people or refused, with why")
        sent.add_argument("--jsonl", type=Path, metavar="FILE", required=True, help="where to write")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["what"] == "sends":
            self._export_sends(options["jsonl"])
            return
        vendor = vendor_of(options["system"])
        zone, n = ZoneInfo(settings.TIME_ZONE), 0
        with _target(options["out"], self.stdout) as target:
            writer = csv.writer(target, lineterminator="\n")
            writer.writerow(header(vendor))
            for row in queries.export_rows(vendor.system):
                writer.writerow(cells(vendor, row, zone=zone))
                n += 1
        self.stderr.write(f"{n:,} leads of {vendor.label}. {vendor.where}")

    def _export_sends(self, out: Path) -> None:
        n = 0
        with _target(out, self.stdout) as target:
            for row in sends(now=utc_now()):
                target.write(json.dumps(row, ensure_ascii=False) + "\n")
                n += 1
        self.stderr.write(f"{n:,} messages and touches in {out}, a line of JSON each.")


def vendor_of(system: str) -> Vendor:
    """
    Return the CRM of that name.

    Raises:
        UnableToExport: we know no such CRM, none of its leads are here, or nobody has a score yet.
    """
    vendor = VENDORS.get(system)
    if vendor is None:
        raise UnableToExport(f"No file can be written for {system!r}. CRMs are: {', '.join(VENDORS)}.")
    systems = queries.systems()
    if vendor.system not in systems:
        here = f"Leads here came from: {', '.join(systems)}." if systems else "There are no leads at all."
        raise UnableToExport(
            f"There are no leads from {vendor.label}. {here} Import them first: leadlight import FILE."
        )
    if not queries.has_scores():
        raise UnableToExport("Nobody has a score yet. Train first: leadlight train, then leadlight score.")
    return vendor


@contextmanager
def _target(out: Path | None, stdout: _Writable) -> Iterator[_Writable]:
    """Open where the file goes; one that was begun and not finished leaves nothing behind."""
    if out is None:
        yield stdout
        return
    draft = out.with_name(f"{out.name}.part")
    try:
        with draft.open("w", encoding="utf-8", newline="") as target:
            yield target
        draft.replace(out)
    except OSError as error:
        raise UnableToExport(f"{out} cannot be written: {error.strerror or error}.") from error
    finally:
        draft.unlink(missing_ok=True)
