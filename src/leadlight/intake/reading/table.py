"""A file of rows and columns that was found readable, and what refuses one."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from leadlight.kit.errors import DomainError

#: No cell of a lead export is longer; a longer one is a broken or hostile file.
MAX_CELL = 1_000_000
_MAX_COLUMNS = 2_000
_SAMPLE_ROWS = 4_000


class UnableToReadFile(DomainError):
    """The file as a whole cannot be read as a table."""

    code = "unreadable_file"


class Row(NamedTuple):
    """One row; as many cells as the file has columns, "" for an empty one."""

    #: Where it starts in the file, counted from 1, the header included.
    line: int
    cells: tuple[str, ...]


class BadRow(NamedTuple):
    """A row that does not fit the file's columns."""

    line: int
    cells: tuple[str, ...]
    reason: str


class TableFile:
    """A file that was found readable as a whole; its rows are read anew, in constant memory, each time."""

    def __init__(
        self,
        columns: tuple[str, ...],
        rows: Callable[[], Iterator[Row | BadRow]],
        *,
        encoding: str = "",
        delimiter: str = "",
    ) -> None:
        self.columns = columns
        self.encoding = encoding
        self.delimiter = delimiter
        self._rows = rows
        self._sample: list[Row] = []
        self.n_rows = 0

    def scan(self) -> None:
        """Read everything once: count, find what refuses the whole file, keep rows evenly spread over it."""
        step, kept, good = 1, [], 0
        for row in self._rows():
            self.n_rows += 1
            if isinstance(row, BadRow):
                continue
            if good % step == 0:
                kept.append(row)
                if len(kept) >= 2 * _SAMPLE_ROWS:
                    kept, step = kept[::2], step * 2
            good += 1
        if not self.n_rows:
            raise UnableToReadFile("The file has names of columns but no rows. Export it again with its records.")
        if not good:
            raise UnableToReadFile(
                "No row of the file has as many cells as there are column names. Export it again as CSV or XLSX."
            )
        self._sample = kept

    def rows(self, skip: int = 0) -> Iterator[Row | BadRow]:
        """Yield the rows in the order of the file, without the first `skip` (bad ones count)."""
        found = self._rows()
        for _ in range(skip):
            next(found, None)
        yield from found

    def sample(self, n: int = 2000) -> list[Row]:
        """Return up to `n` rows, evenly spread over the whole file."""
        if len(self._sample) <= n:
            return list(self._sample)
        return [self._sample[i * len(self._sample) // n] for i in range(n)]


def unique(names: Sequence[str]) -> tuple[str, ...]:
    """Return names of columns that are all different and not empty."""
    taken: set[str] = set()
    result = []
    for place, raw in enumerate(names, start=1):
        base = " ".join(raw.replace("\ufeff", "").split())[:200] or f"Column {place}"
        wanted, n = base, 1
        while wanted in taken:
            n += 1
            wanted = f"{base} ({n})"
        taken.add(wanted)
        result.append(wanted)
    return tuple(result)


def check_header(names: Sequence[str], name: str) -> None:
    """Refuse a first row that names no columns."""
    if len(names) > _MAX_COLUMNS:
        raise UnableToReadFile(f"{name} has {len(names):,} columns; a table of leads has at most {_MAX_COLUMNS:,}.")
    if any("@" in cell and "." in cell and " " not in cell.strip() for cell in names):
        raise UnableToReadFile(
            f"The first line of {name} holds data instead of names of columns. Add a line with the names "
            f"and try again."
        )
