"""Which rows of any table of people are one household. Data frames in. No Django, and no database in memory."""

import narwhals as nw
from narwhals.typing import IntoDataFrame

from .households import Dweller, households
from .people import read_people


def find_households(table: IntoDataFrame, *, country: str = "US") -> list[int]:
    """
    Return for each row of a table the position of the first row of its household; alone, its own.

    Columns are recognised as by `finding.find_duplicates`; what makes a household stands in `households`.

    Raises:
        UnableToFindDuplicates: no column tells one person from another.
    """
    return households(dwellers(table, country=country))


def dwellers(table: IntoDataFrame, *, country: str = "US") -> list[Dweller]:
    """
    Return what each row of a table says of where somebody lives.

    Raises:
        UnableToFindDuplicates: no column tells one person from another.
    """
    people, _ = read_people(nw.from_native(table, eager_only=True), country=country)
    return [
        Dweller(
            surname=row["surname"],
            number=row["number"],
            street=row["street"],
            unit=row["unit"],
            place=row["postcode"] or row["city"],
            emails=frozenset(row["emails"].split()),
            phones=frozenset(row["phones"].split()),
        )
        for row in people.iter_rows(named=True)
    ]
