"""The mapping of a file's columns to what Leadlight knows, as data that people can read and change (TOML)."""

import tomllib
from collections.abc import Collection, Sequence
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

import tomli_w

from leadlight.events.rules import KIND_BY_NAME, Group
from leadlight.intake.rules.dates import WORDS
from leadlight.intake.rules.fields import FIELDS, TABLES
from leadlight.intake.rules.labels import IGNORE
from leadlight.kit.errors import DomainError
from leadlight.leads.rules import MEANINGS


@dataclass(frozen=True)
class Column:
    """What becomes of one column."""

    #: The header as written.
    name: str
    #: A word of `fields.FIELDS` ("email", "contacted_at", "attribute", "left_out", …).
    field: str
    #: How its dates are read ("iso", "month_first", "day_first", "excel", "epoch"), settled once per column.
    dates: str = ""
    #: Whether its values were known at first contact ("creation") or only when the export was made ("export").
    known: str = "export"
    #: Why it is read so: "preset", "name", "values", "fair housing", "chosen".
    why: str = ""
    #: Of an attribute: "number", "yes_no", "category"; "text" and "date" are kept but are nothing for a model.
    type: str = ""


@dataclass(frozen=True)
class Mapping:
    """How one file is read."""

    #: LEADS, ACTIVITIES, DEALS or LISTINGS.
    table: str
    #: Which system the ids belong to: "followupboss", "hubspot", "salesforce", or a name made from the file's.
    system: str
    preset: str = ""
    columns: tuple[Column, ...] = ()
    #: Stage label → meaning, a word of `leads.rules.MEANINGS`; "" is not yet said.
    stages: dict[str, str] = field(default_factory=dict)
    #: Activity label → event kind; "" is not yet said, "ignore" passes such rows over.
    activities: dict[str, str] = field(default_factory=dict)
    #: Source label → canonical source.
    sources: dict[str, str] = field(default_factory=dict)
    #: Zone of moments without an offset (IANA name).
    time_zone: str = "America/New_York"
    #: Country of phone numbers without a prefix (two letters).
    country: str = "US"
    #: Kinds that the team adds to the vocabulary: name → (group, sentence).
    kinds: dict[str, tuple[str, str]] = field(default_factory=dict)


class UnableToMapFile(DomainError):
    """The file's columns do not allow what was asked for."""

    code = "unable_to_map"


class UnableToReadMapping(DomainError):
    """A mapping in TOML says something that cannot be followed."""

    code = "unreadable_mapping"


@dataclass(frozen=True)
class Guess:
    """How a file will be read unless somebody changes it, and what that somebody should know."""

    mapping: Mapping
    #: Sentences for the mapping page.
    notes: tuple[str, ...] = ()
    #: Labels whose meaning nobody has said yet, most frequent first.
    unmapped_stages: tuple[str, ...] = ()
    unmapped_activities: tuple[str, ...] = ()
    #: Whether the file says of anybody, or could say, that they must not be contacted.
    has_opt_outs: bool = False
    #: Columns that are not stored, with the reason.
    left_out: dict[str, str] = field(default_factory=dict)


def guess(
    name: str,
    columns: Sequence[str],
    sample: Sequence[tuple[str, ...]],
    *,
    country: str,
    time_zone: str,
    outcome: str | None = None,
    order: str | None = None,
    exclude: Collection[str] = (),
    remembered: "AnyMapping[str, Any] | Mapping | None" = None,
    table: str | None = None,
) -> Guess:
    """
    Guess how a file is read, from its name, its headers and a sample of its rows spread over the file.

    `outcome`, `order` and `exclude` name columns, in any case; `table` overrides the kind of table. What was
    `remembered` of an earlier file (a `Mapping`, or what `from_toml` would make of the table) beats guesses.

    Raises:
        UnableToMapFile: a named column does not exist or cannot be read as what it was named for.
    """
    # Here, not at the top: the guesser needs the types of this module.
    from leadlight.intake.rules.guessing import Guesser

    known = remembered if isinstance(remembered, Mapping) or remembered is None else _from_data(remembered)
    return Guesser(
        name,
        tuple(columns),
        sample,
        country=country,
        time_zone=time_zone,
        outcome=outcome,
        order=order,
        exclude=exclude,
        remembered=known,
        table=table,
    ).guess()


# --- TOML -------------------------------------------------------------------------------------------------------

_TYPES = ("", "number", "yes_no", "category", "text", "date")
_KNOWN = ("creation", "export")
_TEXTS = ("table", "system", "preset", "time_zone", "country")
_TABLES_OF_TEXT = ("stages", "activities", "sources")


def to_toml(mapping: Mapping) -> str:
    """Write a mapping as TOML that people can read and change; `from_toml` gives the same mapping back."""
    data: dict[str, Any] = {key: getattr(mapping, key) for key in _TEXTS}
    data["columns"] = [
        {
            key: value
            for key in Column.__dataclass_fields__
            if (value := getattr(column, key)) or key in {"name", "field"}
        }
        for column in mapping.columns
    ]
    data |= {key: dict(getattr(mapping, key)) for key in _TABLES_OF_TEXT}
    data["kinds"] = {
        name: {"group": group, "sentence": sentence} for name, (group, sentence) in mapping.kinds.items()
    }
    return tomli_w.dumps(data)


def from_toml(text: str) -> Mapping:
    """
    Read a mapping from TOML.

    Raises:
        UnableToReadMapping: it is no TOML, or a word in it is none that Leadlight knows.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UnableToReadMapping(f"The mapping is not valid TOML: {error}.") from error
    return _from_data(data)


def _from_data(data: AnyMapping[str, Any]) -> Mapping:
    known = {*_TEXTS, *_TABLES_OF_TEXT, "columns", "kinds"}
    strange = sorted(set(data) - known)
    if strange:
        raise UnableToReadMapping(
            f"The mapping has an unknown entry, {strange[0]!r}. Known are: {', '.join(sorted(known))}."
        )
    texts = {key: _text(data, key) for key in _TEXTS if key in data}
    for needed in ("table", "system"):
        if not texts.get(needed):
            raise UnableToReadMapping(f"The mapping does not say its {needed!r}.")
    table = texts["table"]
    if table not in TABLES:
        raise UnableToReadMapping(f"The table is {table!r}; it must be one of {', '.join(TABLES)}.")
    country = texts.get("country", "US")
    if len(country) != 2 or not country.isalpha() or not country.isupper():
        raise UnableToReadMapping(f"The country is {country!r}; write two capital letters, such as US.")
    try:
        ZoneInfo(texts.get("time_zone", "America/New_York"))
    except (ValueError, OSError, KeyError) as error:
        raise UnableToReadMapping(
            f"There is no time zone {texts['time_zone']!r}; write a name such as America/New_York."
        ) from error
    kinds = _kinds(data.get("kinds", {}))
    tables = {key: _labels(data.get(key, {}), key) for key in _TABLES_OF_TEXT}
    _check_words(tables["stages"], "stage", MEANINGS)
    _check_words(tables["activities"], "activity", {**KIND_BY_NAME, **kinds, IGNORE: ""})
    return Mapping(
        table=table,
        system=texts["system"],
        preset=texts.get("preset", ""),
        columns=_columns(data.get("columns", []), table),
        stages=tables["stages"],
        activities=tables["activities"],
        sources=tables["sources"],
        time_zone=texts.get("time_zone", "America/New_York"),
        country=country,
        kinds=kinds,
    )


def _text(data: AnyMapping[str, Any], key: str) -> str:
    value = data[key]
    if not isinstance(value, str):
        raise UnableToReadMapping(f"{key!r} must be a text, not {value!r}.")
    return value


def _labels(value: Any, key: str) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(meaning, str) for meaning in value.values()):
        raise UnableToReadMapping(f"{key!r} must be a table of label = meaning, both texts.")
    return dict(value)


def _check_words(labels: AnyMapping[str, str], what: str, known: Collection[str]) -> None:
    for label, word in labels.items():
        if word and word not in known:
            raise UnableToReadMapping(f"The {what} {label!r} is said to be {word!r}; known are: {', '.join(known)}.")


def _kinds(value: Any) -> dict[str, tuple[str, str]]:
    if not isinstance(value, dict):
        raise UnableToReadMapping("'kinds' must be a table of name = { group, sentence }.")
    result = {}
    for name, entry in value.items():
        group = entry.get("group") if isinstance(entry, dict) else None
        sentence = entry.get("sentence") if isinstance(entry, dict) else None
        if group not in Group.__members__ or not isinstance(sentence, str):
            raise UnableToReadMapping(
                f"The kind {name!r} needs a group ({', '.join(Group.__members__)}) and a sentence."
            )
        result[str(name)] = (str(group), sentence)
    return result


def _columns(value: Any, table: str) -> tuple[Column, ...]:
    if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
        raise UnableToReadMapping("'columns' must be a list of tables, each with a name and a field.")
    columns = []
    for entry in value:
        strange = sorted(set(entry) - set(Column.__dataclass_fields__))
        if (
            strange
            or not all(isinstance(word, str) for word in entry.values())
            or not {"name", "field"} <= set(entry)
        ):
            raise UnableToReadMapping(f"A column needs a name and a field, both texts; this one is {dict(entry)!r}.")
        column = Column(**entry)
        where = f"The column {column.name!r}"
        known = FIELDS.get(column.field)
        if known is None or table not in known.tables:
            fitting = ", ".join(word for word, entry in FIELDS.items() if table in entry.tables)
            raise UnableToReadMapping(
                f"{where} is said to hold {column.field!r}; in this table it can hold: {fitting}."
            )
        for key, words in (("dates", ("", *WORDS)), ("known", _KNOWN), ("type", _TYPES)):
            if getattr(column, key) not in words:
                choices = ", ".join(word for word in words if word)
                raise UnableToReadMapping(f"{where} has {key} = {getattr(column, key)!r}; it can be: {choices}.")
        columns.append(column)
    return tuple(columns)
