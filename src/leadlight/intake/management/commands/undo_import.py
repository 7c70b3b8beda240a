"""`leadlight undo_import`: take a whole import back."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from leadlight.intake import operations, queries
from leadlight.intake.foreground import run_job
from leadlight.intake.models import Import
from leadlight.kit.clock import utc_now


class Command(BaseCommand):
    help = "Undo a whole import; what somebody changed by hand, and what came later, stays."
    # The checks would load the pages and the model: seconds that an import has no use for.
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("import_id", type=int, metavar="ID")
        parser.add_argument("--json", action="store_true", help="print one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        import_id: int = options["import_id"]
        if not Import.objects.filter(pk=import_id).exists():
            raise CommandError(f"There is no import {import_id}.", returncode=2)
        operations.undo_import(import_id=import_id, actor=None, now=utc_now())
        run_job(key=operations.undo_key(import_id), is_open=lambda: queries.is_open(import_id))
        undone = Import.objects.get(pk=import_id).counts.get("undone", {})
        if options["json"]:
            self.stdout.write(json.dumps({"import": import_id, **undone}, indent=2))
            return
        self.stdout.write(
            f"Import {import_id} is undone: {undone['removed']:,} people and {undone['events']:,} events removed,"
            f" {undone['restored']:,} people set back."
        )
        for why, n in undone["kept"].items():
            self.stdout.write(f"{n:,} people stay, because {why}.")
