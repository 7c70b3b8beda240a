"""`leadlight import-dnc`: take in a copy of the National Do Not Call list."""

from argparse import ArgumentParser, ArgumentTypeError
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from leadlight.consent.operations import import_national_list
from leadlight.kit.clock import utc_now


class Command(BaseCommand):
    help = (
        "Take in a copy of the National Do Not Call list, as the FTC gives it: text, a number a line, as area code,"
        " comma, seven figures. It takes the place of what is here of its area codes. A copy is good for 31 days."
    )
    # The checks would load the pages and the model: seconds that a list has no use for.
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument(
            "--drawn-on",
            type=_day,
            required=True,
            metavar="YYYY-MM-DD",
            help="the day on which the list was downloaded",
        )

    def handle(self, *args: Any, file: Path, drawn_on: date, **options: Any) -> None:
        try:
            with file.open("rb") as opened:
                found = import_national_list(file=opened, drawn_on=drawn_on, actor=None, now=utc_now())
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.", returncode=2) from error
        for area_code, n in found.items():
            self.stdout.write(f"{area_code}\t{n:,}")
        self.stdout.write(f"{sum(found.values()):,} numbers of {len(found)} area codes, of {drawn_on}.")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r} is no day: write it as 2026-11-25") from error
