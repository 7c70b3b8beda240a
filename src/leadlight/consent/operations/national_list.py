"""Writes of the National Do Not Call list."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import BinaryIO

from django.db import transaction

from leadlight.accounts.models import User
from leadlight.accounts.operations import record_audit
from leadlight.consent.models import ListedArea, ListedBlock
from leadlight.consent.rules.national_list import Bits, UnableToReadList, add_numbers, blocks, n_listed, read_numbers
from leadlight.kit.errors import DomainError

#: Bytes that are read at once.
_CHUNK = 8 * 1024 * 1024


class UnableToImportList(DomainError):
    """The copy cannot take the place of what is here."""

    code = "bad_national_list"


def import_national_list(*, file: BinaryIO, drawn_on: date, actor: User | None, now: datetime) -> dict[int, int]:
    """
    Put a copy of the list in the place of what was here of its area codes; return how many numbers each has.

    The file is read through first, in any order of numbers: one with a wrong line changes nothing. Each area code is
    replaced whole, in one transaction with the others. `drawn_on` is the day on which the copy was drawn.

    Raises:
        UnableToReadList: a line is no number.
        UnableToImportList: the file is empty, of the future, or older than what is here.
    """
    if drawn_on > now.date():
        raise UnableToImportList(f"{drawn_on} has not come yet. Give the day on which the list was downloaded.")
    bits: Bits = {}
    for lines, first_line in _whole_lines(file):
        add_numbers(bits, read_numbers(lines, first_line=first_line))
    if not bits:
        raise UnableToImportList("There is no number in this file.")
    found = {area_code: n_listed(whole) for area_code, whole in sorted(bits.items())}
    with transaction.atomic():
        newer = ListedArea.objects.filter(pk__in=found, drawn_on__gt=drawn_on).order_by("area_code").first()
        if newer is not None:
            raise UnableToImportList(
                f"A newer copy of area code {newer.area_code} is here, of {newer.drawn_on}: nothing was changed."
            )
        for area_code, whole in bits.items():
            ListedBlock.objects.filter(prefix__range=(area_code * 1_000, area_code * 1_000 + 999)).delete()
            rows = [ListedBlock(prefix=prefix, bits=block) for prefix, block in blocks(area_code, whole)]
            ListedBlock.objects.bulk_create(rows, batch_size=500)
        ListedArea.objects.filter(pk__in=found).delete()
        ListedArea.objects.bulk_create(
            ListedArea(area_code=area_code, drawn_on=drawn_on, n_numbers=n, imported_at=now)
            for area_code, n in found.items()
        )
        detail = {"drawn_on": str(drawn_on), "area_codes": sorted(found), "numbers": sum(found.values())}
        record_audit(action="national_list.imported", subject="national_list", now=now, actor=actor, detail=detail)
    return found


def _whole_lines(file: BinaryIO) -> Iterator[tuple[bytes, int]]:
    """Give the file in pieces that end with a line, each with the number of its first line."""
    rest, line = b"", 1
    while chunk := file.read(_CHUNK):
        whole, newline, tail = (rest + chunk).rpartition(b"\n")
        if newline:
            yield whole + newline, line
            line += whole.count(b"\n") + 1
        rest = tail
        if len(rest) > _CHUNK:
            raise UnableToReadList("This is no list of numbers: a line of it is millions of characters long.")
    if rest:
        yield rest, line
