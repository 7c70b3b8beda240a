"""Any table of people as one of known columns and one spelling. Knows data frames, no storage."""

import math
from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import narwhals as nw
import polars as pl

from leadlight.intake.normalise import clean
from leadlight.intake.rules.dates import compile_dates, settle

from . import spelling
from .columns import SEVERAL, Columns, recognise
from .nicknames import full_names

#: What a record says of a person: texts, empty where it says nothing. Spaces part e-mails, and phones.
FIELDS = (
    "given", "nickname", "surname", "suffix", "emails", "phones", "id", "born",
    "number", "street", "unit", "line2", "postcode", "city",
)  # fmt: skip
#: A contact or id that goes with more names than this belongs to an office, or to whoever filled the form in.
MOST_NAMES = 20
#: One person goes by so many names, what with slips of the pen, a nickname, a wedding.
ONES_OWN_NAMES = 3
#: How often a row has the same in these, as a share of the rows that have anything.
FREQUENT = ("given_share", "surname_share", "postcode_share", "city_share")
_OWN = ("emails", "phones", "id", "born")

#: Different values of a column that are looked at to recognise it, in round figures.
_SAMPLE = 1_000
_PLAIN: dict[str, Callable[[str], str]] = {
    "given": spelling.given,
    "nickname": spelling.letters,
    "surname": spelling.surname,
    "suffix": spelling.suffix,
    "id": spelling.personal_id,
    "number": lambda text: text.lower().replace(" ", "").lstrip("0"),
    "unit": spelling.unit,
    "postcode": spelling.postcode,
    "city": spelling.place,
    "state": spelling.place,
}


def read_people(table: nw.DataFrame[Any], *, country: str) -> tuple[pl.DataFrame, frozenset[str]]:
    """
    Return one row per row of the table with the columns of FIELDS, and which of these the table has at all.

    Raises:
        UnableToFindDuplicates: see `columns.recognise`.
    """
    texts = {str(column.name): _texts(column) for column in table.iter_columns()}
    filled = {name: column.unique().sort().replace("", None).drop_nulls() for name, column in texts.items()}
    columns = recognise({name: values.gather_every(1 + len(values) // _SAMPLE).to_list()
                         for name, values in filled.items()})  # fmt: skip
    parts = {field: _read(field, columns, texts, country) for field in columns if field not in ("name", "street")}
    if "name" in columns:
        names = _each(texts[columns["name"][0]], spelling.full_name)
        for place, field in enumerate(("given", "surname", "suffix", "nickname")):
            parts[field] = _or(parts.get(field), [name[place] for name in names])
    if "surname" in columns:
        parts["suffix"] = _or(parts.get("suffix"), _each(texts[columns["surname"][0]], spelling.surname_suffix))
    if "street" in columns:
        places = _each(texts[columns["street"][0]], spelling.address)
        for place, field in enumerate(("number", "street", "unit")):
            parts[field] = _or(parts.get(field), [found[place] for found in places])
    if "line2" in parts:
        parts["unit"] = _or(parts.get("unit"), _each(texts[columns["line2"][0]], spelling.unit_of_line))
    if "nickname" in parts:
        parts["given"] = _or(parts.get("given"), parts["nickname"])
    if "city" not in parts and "state" in parts:
        parts["city"] = parts["state"]
    known = {"emails": parts.get("email", []), "phones": parts.get("phone", []), **parts}
    people = pl.DataFrame({
        field: pl.Series(field, known.get(field) or [""] * len(table), pl.String) for field in FIELDS
    })  # fmt: skip
    people = _without_crowds(people)
    return people, frozenset(field for field in FIELDS if (people[field] != "").any())


def _texts(column: nw.Series[Any]) -> pl.Series:
    """Return cells as people would type them: what is missing is empty, and whole numbers have no ".0"."""
    cells = zip(column.to_list(), column.is_null().to_list(), strict=True)
    return pl.Series(["" if is_null else _text(value) for value, is_null in cells], dtype=pl.String)


def _text(value: Any) -> str:
    if isinstance(value, float):
        return "" if math.isnan(value) else str(int(value) if value.is_integer() else value)
    if isinstance(value, date):
        return (value.date() if isinstance(value, datetime) else value).isoformat()
    return clean(str(value))


def _each(column: pl.Series, read: Callable[[str], Any]) -> list[Any]:
    """Return what every text of a column reads as; each different text is read once."""
    read_as = {text: read(text) for text in column.unique().to_list()}
    return [read_as[text] for text in column.to_list()]


def _or(first: list[str] | None, second: list[str]) -> list[str]:
    return second if first is None else [one or other for one, other in zip(first, second, strict=True)]


def _read(field: str, columns: Columns, texts: dict[str, pl.Series], country: str) -> list[str]:
    if field in SEVERAL:
        read = spelling.emails if field == "email" else spelling.phone_reader(country)
        cells = zip(*(_each(texts[name], read) for name in columns[field]), strict=True)
        return [" ".join(dict.fromkeys(value for cell in row for value in cell)) for row in cells]
    column = texts[columns[field][0]]
    if field == "born":
        values = [(row, text) for row, text in enumerate(column.unique().sort().to_list()) if text]
        settled = settle(values, country=country)
        read_date = compile_dates(settled.word if settled else "iso", ZoneInfo("UTC"))
        return _each(column, spelling.born_reader(read_date))
    return _each(column, _PLAIN.get(field, spelling.street))


def _without_crowds(people: pl.DataFrame) -> pl.DataFrame:
    """Take out the e-mails, phones and ids that go with more than MOST_NAMES names; add how many others have each."""
    people = people.with_row_index("row").with_columns(name=_name_key(people))
    for field in _OWN:
        values = people.select("row", "name", value=pl.col(field).str.split(" ")).explode("value")
        values = values.filter(pl.col("value") != "").with_columns(
            n_names=pl.col("name").drop_nulls().n_unique().over("value").cast(pl.Int64)
        )
        if field != "born":
            values = values.filter(pl.col("n_names") <= MOST_NAMES)
        kept = values.group_by("row", maintain_order=True).agg(
            pl.col("value").str.join(" ").alias(field),
            (pl.col("n_names").min() - ONES_OWN_NAMES).clip(0).alias(f"{field}_others"),
        )
        people = people.drop(field).join(kept, on="row", how="left", maintain_order="left")
    others = [pl.col(f"{field}_others").fill_null(0) for field in _OWN]
    shares = [_share(name.removesuffix("_share")).alias(name) for name in FREQUENT]
    return people.select(*(pl.col(field).fill_null("") for field in FIELDS), *others, *shares)


def _share(field: str) -> pl.Expr:
    has = pl.col(field) != ""
    return pl.when(has).then(pl.len().over(field) / has.sum())


def _name_key(people: pl.DataFrame) -> pl.Series:
    """Return what counts as one name, in either order; in a table without names, whatever contact there is."""
    parts = ("given", "surname") if (people["given"] + people["surname"] != "").any() else ("emails", "phones")
    key = pl.concat_str(pl.min_horizontal(*parts), pl.max_horizontal(*parts), separator=" ")
    return people.select(key.replace(" ", None).alias("name"))["name"]


def faces(people: pl.DataFrame) -> pl.DataFrame:
    """
    Return the different records in an order of their own, each with its `rows`: equal rows say the same of anybody.

    The numbers that records get by this order are the same however the table was sorted.
    """
    content = people.columns
    return (
        people.with_row_index("row")
        .group_by(content)
        .agg(pl.col("row").sort().alias("rows"))
        .sort(content)
        .with_columns(n_rows=pl.col("rows").list.len(), full=_full_names(pl.col("given"), pl.col("nickname")))
    )


def _full_names(given: pl.Expr, nickname: pl.Expr) -> pl.Expr:
    """Return what the given name and the nickname can stand for, in one list."""

    def of(names: pl.Expr) -> pl.Expr:
        return names.map_batches(
            lambda column: pl.Series(_each(column, lambda name: sorted(full_names(name)) if name else [])),
            return_dtype=pl.List(pl.String),
        )

    return of(given).list.set_union(of(nickname)).list.sort()
