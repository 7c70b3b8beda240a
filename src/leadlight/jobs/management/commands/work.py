"""`leadlight work`: run the jobs of the ledger."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from leadlight.jobs import worker


class Command(BaseCommand):
    help = "Run the jobs of the ledger until stopped."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--until-idle", action="store_true", help="stop when nothing is due")

    def handle(self, *args: Any, until_idle: bool, **options: Any) -> None:
        worker.work(until_idle=until_idle)
