"""The form of the mapping page: choices become a mapping, and a mapping becomes choices."""

from collections.abc import Mapping as Form
from dataclasses import dataclass, replace

from leadlight.events.queries import vocabulary
from leadlight.intake.looks import Sample
from leadlight.intake.models import ImportFile, Table
from leadlight.intake.rules.dates import WORDS
from leadlight.intake.rules.derived import NEED_OF
from leadlight.intake.rules.fields import FIELDS
from leadlight.intake.rules.labels import IGNORE
from leadlight.intake.rules.mapping import Column, Guess, Mapping
from leadlight.leads.rules import MEANINGS

_DATES = {
    "iso": "year first",
    "month_first": "month first",
    "day_first": "day first",
    "excel": "spreadsheet number",
    "epoch": "seconds since 1970",
}

_KNOWN = (("export", "written down some time"), ("creation", "asked at first contact"))
#: What a model may learn from, once it is known to be no afterthought.
_LEARNABLE = frozenset({"attribute", *NEED_OF})


@dataclass(frozen=True)
class Choice:
    """One label and what it may become."""

    #: Name of the form's field.
    name: str
    label: str
    chosen: str
    options: tuple[tuple[str, str], ...]
    #: Nobody has said yet.
    is_open: bool = False


@dataclass(frozen=True)
class ColumnChoice:
    """One column of the table on the page."""

    column: Column
    becomes: Choice
    dates: Choice | None
    #: Since when its values were known, for what a model could learn from.
    known: Choice | None
    examples: tuple[str, ...]
    filled: int
    note: str


@dataclass(frozen=True)
class FileChoices:
    """All that can be chosen for one file."""

    file: ImportFile
    table: Choice
    columns: tuple[ColumnChoice, ...]
    stages: tuple[Choice, ...]
    activities: tuple[Choice, ...]
    guess: Guess


def of_file(file: ImportFile, sample: Sample, found: Guess) -> FileChoices:
    """Return what can be chosen for a file; what nobody has said yet stands first."""
    mapping, at = found.mapping, file.position
    fields = tuple((field.name, field.label) for field in FIELDS.values() if mapping.table in field.tables)
    columns = tuple(
        ColumnChoice(
            column,
            Choice(f"{at}-column-{place}", column.name, column.field, fields),
            Choice(f"{at}-dates-{place}", column.name, column.dates, tuple((word, _DATES[word]) for word in WORDS))
            if FIELDS[column.field].is_date
            else None,
            Choice(f"{at}-known-{place}", column.name, column.known, _KNOWN) if column.field in _LEARNABLE else None,
            sample.examples(column.name) if column.name in sample.columns else (),
            round(100 * sample.filled(column.name)) if column.name in sample.columns else 0,
            found.left_out.get(column.name, ""),
        )
        for place, column in enumerate(mapping.columns)
    )
    meanings = (("", "Not said yet"), *MEANINGS.items())
    kinds = (
        ("", "Not said yet"),
        (IGNORE, "Pass over"),
        *((kind.name, kind.sentence.rstrip(".")) for kind in vocabulary()),
    )
    return FileChoices(
        file,
        Choice(f"{at}-table", "Its rows are", mapping.table, tuple((table.value, table.label) for table in Table)),
        columns,
        _labels(f"{at}-stage", mapping.stages, meanings, found.unmapped_stages),
        _labels(f"{at}-activity", mapping.activities, kinds, found.unmapped_activities),
        found,
    )


def _labels(
    name: str, labels: dict[str, str], options: tuple[tuple[str, str], ...], unmapped: tuple[str, ...]
) -> tuple[Choice, ...]:
    choices = [
        Choice(f"{name}-{place}", label, chosen, options, is_open=label in unmapped)
        for place, (label, chosen) in enumerate(labels.items())
    ]
    return tuple(sorted(choices, key=lambda choice: not choice.is_open))


def chosen(mapping: Mapping, form: Form[str, str], *, at: int) -> Mapping:
    """
    Return a mapping with what a form says of the file at position `at`; what it does not mention stays.

    Words that are not on offer are passed over: the page never sends them.
    """
    columns = []
    for place, column in enumerate(mapping.columns):
        field = form.get(f"{at}-column-{place}", column.field)
        if field not in FIELDS or mapping.table not in FIELDS[field].tables:
            field = column.field
        dates = form.get(f"{at}-dates-{place}", column.dates)
        dates = dates if FIELDS[field].is_date and dates in WORDS else ""
        if (field, dates) != (column.field, column.dates):
            column = replace(column, field=field, dates=dates, why="chosen", type="")
        known = form.get(f"{at}-known-{place}", column.known)
        columns.append(replace(column, known=known) if known in dict(_KNOWN) else column)
    kinds = {"", IGNORE, *(kind.name for kind in vocabulary())}
    return replace(
        mapping,
        columns=tuple(columns),
        stages=_said(mapping.stages, form, f"{at}-stage", {"", *MEANINGS}),
        activities=_said(mapping.activities, form, f"{at}-activity", kinds),
    )


def _said(labels: dict[str, str], form: Form[str, str], name: str, known: set[str]) -> dict[str, str]:
    said = {}
    for place, (label, before) in enumerate(labels.items()):
        word = form.get(f"{name}-{place}", before)
        said[label] = word if word in known else before
    return said
