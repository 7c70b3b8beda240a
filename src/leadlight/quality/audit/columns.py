"""What a column holds: numbers, dates, words, ids, text; what is empty, and what only looks filled."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
from numpy.typing import NDArray

from leadlight.intake import normalise
from leadlight.intake.rules.dates import compile_dates, settle
from leadlight.intake.rules.headers import words

Kind = Literal["number", "date", "words", "id", "text", "email", "phone", "constant", "empty"]
_Reader = Callable[[pl.Series], pl.Series]

#: Words that say nothing, beside those that the import already reads as nothing.
_NOTHING = frozenset({"unknown", "(unknown)", "unk", "not known", "not available", "unavailable", "tbd"})
#: Numbers that programs write where there is none.
_STAND_INS = (-1.0, 99.0, 999.0, 9_999.0, 99_999.0, 999_999.0, -99.0, -999.0, -9_999.0)
_SAMPLE = 1_000
_NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?$"
_GROUPED = r"^([$€£]\s?)?[+-]?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?\s?%?$"
_EMAIL = r"^[^@\s]+@[^@\s]+\.[^@\s]+$"
_PHONE = r"^\+?[\d\s().\-/x]{7,22}$"
_PHONE_NAMES = frozenset({"phone", "phones", "mobile", "cell", "tel", "telephone", "handy", "telefon", "whatsapp"})
_ID_NAMES = frozenset({"id", "ids", "number", "no", "nr", "key", "uuid", "guid", "code", "ref", "reference"})
_UTC = ZoneInfo("UTC")


@dataclass(frozen=True)
class Column:
    """One column, understood."""

    name: str
    kind: Kind
    #: Floats for numbers, seconds since the epoch for dates, else text; null where the cell is empty.
    values: pl.Series
    n_levels: int
    #: Placeholder → how often it stands there. In `values` a placeholder of text stays a level of its own.
    placeholders: dict[str, int]

    @property
    def empty(self) -> NDArray[np.bool_]:
        """Say for each row whether the cell is empty; a placeholder is not."""
        return self.values.is_null().to_numpy()

    @property
    def n_empty(self) -> int:
        """Return how many cells are empty; words that mean nothing, which among numbers become null, are not."""
        n = int(self.values.null_count())
        if self.values.dtype != pl.String:
            n -= sum(k for level, k in self.placeholders.items() if not re.fullmatch(r"-?9+|-1", level))
        return n

    def floats(self) -> NDArray[np.float64]:
        """Return numbers or moments, NaN where empty."""
        return self.values.cast(pl.Float64).fill_null(float("nan")).to_numpy()

    def at(self, rows: NDArray[np.int64]) -> "Column":
        """Return the same column for some of the rows."""
        return Column(self.name, self.kind, self.values.gather(rows), self.n_levels, self.placeholders)


def understand(raw: pl.Series) -> Column:
    """Settle what one column holds. Text is read as a person would: "1,200" is a number, "3/14/2025" a date."""
    if raw.dtype == pl.Duration:
        raw = raw.dt.total_seconds()
    if raw.dtype in (pl.Date, pl.Datetime):
        return _typed(raw.name, "date", raw.cast(pl.Datetime("us")).dt.timestamp("us").cast(pl.Float64) / 1e6)
    if raw.dtype.is_numeric():
        return _typed(raw.name, "number", raw.cast(pl.Float64).fill_nan(None))
    text = _text(raw)
    filled = text.drop_nulls()
    placeholders = _placeholders(filled)
    real = filled.filter(~filled.is_in(list(placeholders))) if placeholders else filled
    if not len(real):
        return _typed(raw.name, "empty" if not placeholders else "constant", text, placeholders)
    for kind, reader in (("number", _numbers(real)), ("date", _dates(real))):
        if reader is not None:
            return _typed(raw.name, "number" if kind == "number" else "date", reader(text), placeholders)
    return _typed(raw.name, _kind_of_text(raw.name, real), text, placeholders)


def moments(column: Column) -> Column:
    """Return a column of numbers as dates where they are days as Excel counts them, or seconds; else as it is."""
    if column.kind != "number":
        return column
    sample = _spread(column.values.drop_nulls())
    settled = settle([(0, repr(value)) for value in sample.to_list()], country="US")
    if settled is None or settled.word not in ("excel", "epoch") or settled.share < 0.9:
        return column
    if settled.word == "excel":
        seconds = (column.values - 25_569.0) * 86_400.0
    else:
        largest = float(np.nanmax(column.floats()))
        seconds = column.values / (1.0 if largest < 1e11 else 1e3 if largest < 1e14 else 1e6)
    return _typed(column.name, "date", seconds)


def _typed(name: str, kind: Kind, values: pl.Series, placeholders: dict[str, int] | None = None) -> Column:
    filled = values.drop_nulls()
    n_levels = filled.n_unique() if len(filled) else 0
    if kind == "number" and not placeholders:
        placeholders = _stand_in(filled)
        if n_levels > 30 and n_levels == len(filled) and _is_id(name, filled):
            kind = "id"
    if not len(filled):
        kind = "empty"
    elif n_levels == 1 and len(filled) == len(values):
        kind = "constant"
    return Column(name, kind, values, n_levels, placeholders or {})


def _text(raw: pl.Series) -> pl.Series:
    if raw.dtype.is_nested() or raw.dtype == pl.Object:
        raw = pl.Series(raw.name, [None if v is None else str(v) for v in raw.to_list()], dtype=pl.String)
    text = raw.cast(pl.String).str.strip_chars()
    return pl.select(pl.when(text != "").then(text).alias(raw.name)).to_series() if len(text) else text


def _placeholders(filled: pl.Series) -> dict[str, int]:
    counts = filled.filter(filled.str.len_chars() <= 24).value_counts(name="n")
    if len(counts) > _SAMPLE:
        counts = counts.top_k(_SAMPLE, by="n")
    return {
        str(level): int(n) for level, n in counts.rows() if not normalise.clean(level) or level.lower() in _NOTHING
    }


def _stand_in(filled: pl.Series) -> dict[str, int]:
    """Find a number at the edge that stands for none, such as 999: many rows hold it, and the rest stays far off."""
    found: dict[str, int] = {}
    if len(filled) < 50:
        return found
    for edge, rest in (
        (float(filled.max()), filled.filter(filled < filled.max())),  # type: ignore[arg-type]  # numbers
        (float(filled.min()), filled.filter(filled > filled.min())),  # type: ignore[arg-type]  # numbers
    ):
        n = len(filled) - len(rest)
        if edge not in _STAND_INS or n < max(20, 0.01 * len(filled)) or not len(rest):
            continue
        near, far = float(rest.max()), float(rest.min())  # type: ignore[arg-type]  # numbers
        apart = near + 2.0 * abs(near - far) < edge if edge > near else far >= 0.0 > edge
        if apart:
            found[f"{edge:g}"] = n
    return found


def _spread(filled: pl.Series) -> pl.Series:
    """Return values evenly spread over the column."""
    return filled.gather_every(max(1, len(filled) // _SAMPLE))


def _numbers(real: pl.Series) -> _Reader | None:
    sample = _spread(real)
    if not sample.str.contains(f"{_GROUPED}|{_NUMBER}").all():
        return None
    # What starts with a nought is a postcode, a phone or an id, and so is what has more digits than a number holds.
    if int(real.str.contains(r"^0\d|^\d{17,}$").sum()) > 0.01 * len(real):
        return None

    def read(text: pl.Series) -> pl.Series:
        values = text.cast(pl.Float64, strict=False)
        if values.null_count() > text.null_count():
            values = text.str.replace_all(r"[$€£,%\s]", "").cast(pl.Float64, strict=False)
        return values.fill_nan(None)

    return read if read(real).null_count() <= 0.01 * len(real) else None


def _dates(real: pl.Series) -> _Reader | None:
    sample = _spread(real)
    if float(sample.str.contains(r"\d").mean() or 0.0) < 0.95:  # type: ignore[arg-type]  # a mean of booleans
        return None
    settled = settle(list(enumerate(sample.to_list())), country="US")
    if settled is None or settled.share < 0.95 or settled.word in ("excel", "epoch"):
        return None
    read_one = compile_dates(settled.word, _UTC)

    def read(text: pl.Series) -> pl.Series:
        if settled.word == "iso":
            for form in ("%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S"):
                fast = text.str.to_datetime(form, strict=False, time_unit="us")
                if fast.null_count() == text.null_count():
                    return fast.dt.timestamp("us").cast(pl.Float64) / 1e6
        levels = text.drop_nulls().unique()
        known = {level: at.timestamp() for level in levels.to_list() if (at := read_one(level)) is not None}
        return text.replace_strict(list(known), list(known.values()), default=None, return_dtype=pl.Float64)

    return read


def _kind_of_text(name: str, real: pl.Series) -> Kind:
    sample = _spread(real)
    if float(sample.str.contains(_EMAIL).mean() or 0.0) > 0.6:  # type: ignore[arg-type]  # a mean of booleans
        return "email"
    if _PHONE_NAMES & set(words(name)) and float(sample.str.contains(_PHONE).mean() or 0.0) > 0.6:  # type: ignore[arg-type]  # a mean of booleans
        return "phone"
    n_levels = real.n_unique()
    if n_levels > 30 and n_levels == len(real) and _is_id(name, real):
        return "id"
    one_word = float((~sample.str.contains(r"\s")).mean() or 0.0) > 0.98  # type: ignore[arg-type]  # a mean of booleans
    if n_levels > max(50, 0.5 * len(real)):
        return "id" if one_word and bool(_ID_NAMES & set(words(name))) else "text"
    return "words"


def _is_id(name: str, filled: pl.Series) -> bool:
    """Say whether values that never repeat name the row: whole numbers or single words."""
    if filled.dtype.is_numeric():
        whole = bool((filled == filled.round(0)).all()) and float(filled.min()) >= 0.0  # type: ignore[arg-type]  # numbers
        return whole and (bool(_ID_NAMES & set(words(name))) or len(filled) > 200)
    return not bool(_spread(filled).str.contains(r"\s").any())


def day(seconds: float) -> str:
    """Return the day of a moment, as 2025-03-14."""
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()
