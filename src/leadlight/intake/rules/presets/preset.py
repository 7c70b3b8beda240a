"""What a preset is, and the short forms in which the presets are written."""

from dataclasses import dataclass, field

from leadlight.intake.rules.headers import key
from leadlight.intake.rules.labels import plain


@dataclass(frozen=True)
class Preset:
    """One kind of export of one system."""

    name: str
    #: The system that the ids belong to.
    system: str
    label: str
    table: str
    #: Where the headers and labels come from, one sentence.
    source: str
    #: Whether the headers stand in a public document of the vendor; else the page says "unverified".
    verified: bool
    #: Header as `headers.key` gives it → field.
    headers: dict[str, str]
    #: A file is of this kind when it has at least one header of every group.
    needs: tuple[frozenset[str], ...]
    #: Stage label as `labels.plain` gives it → meaning; beats the general words.
    stages: dict[str, str] = field(default_factory=dict)
    #: Activity label, likewise → event kind.
    activities: dict[str, str] = field(default_factory=dict)


def headers(fields: dict[str, str]) -> dict[str, str]:
    """Return header → field from field → headers, separated by semicolons."""
    return {key(name): field for field, names in fields.items() for name in names.split(";")}


def labels(meanings: dict[str, str]) -> dict[str, str]:
    """Return label → meaning from meaning → labels, separated by semicolons."""
    return {plain(label): meaning for meaning, labels in meanings.items() for label in labels.split(";")}


def needs(*groups: str) -> tuple[frozenset[str], ...]:
    """Return groups of headers, each given as headers separated by semicolons."""
    return tuple(frozenset(key(name) for name in group.split(";")) for group in groups)
