"""`leadlight score`: score everybody with the serving model."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand

from leadlight.events.rules import Cause
from leadlight.kit.clock import utc_now
from leadlight.scoring import operations


class Command(BaseCommand):
    help = "Score every open lead with the model that serves."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the counts as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        scored = operations.score_all(now=utc_now(), cause=Cause.SWEEP)
        while operations.find_reasons(limit=1_000):
            pass
        self.stdout.write(
            json.dumps(asdict(scored))
            if options["json"]
            else f"{scored.n_scored} scored, {scored.n_settled} settled, {scored.n_moved} moved to another tier."
        )
