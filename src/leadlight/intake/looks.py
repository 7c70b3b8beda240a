"""What the pages before an import look at: a sample of each file, kept beside it so that no page reads the whole."""

import json
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from leadlight.intake.models import ImportFile
from leadlight.intake.reading import Row, TableFile
from leadlight.intake.rules.mapping import Guess, Mapping, from_toml, guess

_ROWS = 2_000


@dataclass(frozen=True)
class Sample:
    """Rows spread over a file."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    def examples(self, column: str) -> tuple[str, ...]:
        """Return up to two different values of a column."""
        place = self.columns.index(column)
        found = dict.fromkeys(" ".join(row.cells[place].split()) for row in self.rows[:200])
        return tuple(text for text in found if text)[:2]

    def filled(self, column: str) -> float:
        """Return the share of rows, 0 to 1, in which a column holds something."""
        place = self.columns.index(column)
        return sum(bool(row.cells[place].strip()) for row in self.rows) / max(1, len(self.rows))


def keep(path: Path, table: TableFile) -> None:
    """Write a sample of a file down."""
    rows = table.sample(_ROWS)
    # A column of long texts shows itself in its beginnings too; a kept sample must not grow with its cells.
    cut = [[row.line, [cell[:400] for cell in row.cells]] for row in rows]
    path.write_text(json.dumps({"columns": table.columns, "rows": cut}), encoding="utf-8")


def sample_of(file: ImportFile) -> Sample:
    """Return the sample that was kept of a file."""
    folder = (Path(settings.HOME) / file.path).parent
    kept = json.loads((folder / f"sample-{file.position}.json").read_text(encoding="utf-8"))
    return Sample(tuple(kept["columns"]), tuple(Row(line, tuple(cells)) for line, cells in kept["rows"]))


def look(file: ImportFile, sample: Sample, mapping: Mapping | None = None) -> Guess:
    """Return how a file will be read and what should be known about it; with a `mapping`, by that one."""
    chosen = mapping or from_toml(file.mapping)
    return guess(
        file.name,
        sample.columns,
        [row.cells for row in sample.rows],
        country=chosen.country,
        time_zone=chosen.time_zone,
        remembered=chosen,
        table=chosen.table,
    )
