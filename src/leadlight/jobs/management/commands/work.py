"""`leadlight work`: run the jobs of the ledger."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from leadlight.jobs import worker
from leadlight.jobs.operations import ensure_schedule
from leadlight.jobs.rules import QUEUES
from leadlight.kit.clock import utc_now


class Command(BaseCommand):
    help = "Run the jobs of the ledger until stopped."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--queues", nargs="+", choices=list(QUEUES), default=list(QUEUES), help="only these; default: all"
        )
        parser.add_argument("--until-idle", action="store_true", help="stop when nothing is due")

    def handle(self, *args: Any, queues: list[str], until_idle: bool, **options: Any) -> None:
        ensure_schedule(now=utc_now())
        worker.work(queues=queues, until_idle=until_idle)
