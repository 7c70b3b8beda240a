"""`leadlight train`: learn from the history and put the result into service."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from leadlight.kit.clock import utc_now
from leadlight.scoring import operations
from leadlight.scoring.rules.words import summary


class Command(BaseCommand):
    help = "Learn from the history which leads convert, and put the model into service."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--target", default="", help='as in "appointment_60d"; default: the nearest there is')
        parser.add_argument("--model", default="auto", help="auto, logistic, xgboost or points")
        parser.add_argument("--seed", type=int, default=0)
        parser.add_argument("--json", action="store_true", help="print the card as JSON")

    def handle(self, *args: Any, target: str, model: str, seed: int, **options: Any) -> None:
        version = operations.train(now=utc_now(), target=target, model=model, seed=seed)
        self.stdout.write(json.dumps(version.card, indent=1) if options["json"] else "\n".join(summary(version.card)))
