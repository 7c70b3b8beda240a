"""Mixed columns (numbers, words, missing) to one float32 matrix, by name. Learned on train rows only."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from .errors import UnableToScore

#: What exports write where nothing is known (lower case). "unknown" is kept: somebody chose it.
MISSING_WORDS = frozenset({"", "select", "n/a", "na", "-", "--", "null", "nan", "none selected", "<na>"})

#: A level must hold this many rows to be told apart; rarer ones are pooled.
LEAST_LEVEL_ROWS = 5
MOST_LEVELS = 100

_LARGEST_FLOAT32 = 3.0e38
_IDENTIFIER_NAME = re.compile(r"(^|[\W_])(id|uuid|guid|key|number|no|nr)$", re.IGNORECASE)


@dataclass(frozen=True)
class Table:
    """
    Rows ready to be encoded.

    `values` is float32, one column per name in `names`, finite or NaN for missing; `categories` holds words
    or None; `left_out` says which columns of the source could not be used, and why.
    """

    names: tuple[str, ...]
    values: NDArray[np.float32]
    categories: Mapping[str, NDArray[np.object_]] = field(default_factory=dict)
    left_out: Mapping[str, str] = field(default_factory=dict)

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return len(self.values)

    def take(self, rows: NDArray[np.int64]) -> "Table":
        """Return the given rows."""
        chosen = {name: column[rows] for name, column in self.categories.items()}
        return Table(self.names, self.values[rows], chosen, self.left_out)


def table_of(rows: Any) -> Table:
    """
    Return a table from a pandas or polars data frame, a numeric numpy matrix, or a `Table` as it is.

    Raises:
        UnableToScore: it is none of these.
    """
    if isinstance(rows, Table):
        return rows
    if isinstance(rows, np.ndarray):
        if rows.ndim != 2:
            raise UnableToScore(f"A matrix of rows and columns is needed, not an array of {rows.ndim} dimensions.")
        return Table(tuple(f"x{k}" for k in range(rows.shape[1])), _float32(rows))
    try:
        frame = nw.from_native(rows, eager_only=True)
    except TypeError as error:
        raise UnableToScore(
            f"A pandas or polars data frame or a numpy matrix is needed, not a {type(rows).__name__}."
        ) from error
    names: list[str] = []
    numbers: list[NDArray[np.float32]] = []
    categories: dict[str, NDArray[np.object_]] = {}
    left_out: dict[str, str] = {}
    for column in frame.iter_columns():
        name, dtype = str(column.name), column.dtype
        if dtype.is_numeric() or dtype == nw.Boolean:
            names.append(name)
            numbers.append(_float32(_numbers(column)))
        elif dtype.is_temporal():
            left_out[name] = "a date or duration: give the days since then as a number if it matters"
        elif dtype.is_nested():
            left_out[name] = "a list or structure, not one value per row"
        else:
            words = _words(column.to_list())
            parsed = _parsed(words)
            if parsed is None:
                categories[name] = words
            else:
                names.append(name)
                numbers.append(parsed)
    values = np.column_stack(numbers) if numbers else np.zeros((len(frame), 0), dtype=np.float32)
    return Table(tuple(names), values, categories, left_out)


def _float32(values: NDArray[Any]) -> NDArray[np.float32]:
    """Return float32 with infinities as missing; numbers that are too large are kept as the largest."""
    wide = np.asarray(values, dtype=np.float64)
    near = np.clip(wide, -_LARGEST_FLOAT32, _LARGEST_FLOAT32)
    return np.where(np.isfinite(wide), near, np.nan).astype(np.float32)


def _numbers(column: "nw.Series[Any]") -> NDArray[np.float64]:
    values = column.cast(nw.Float64).to_numpy()
    if values.dtype == object:
        return np.array([np.nan if v is None or v != v else v for v in column.to_list()], dtype=np.float64)
    return np.asarray(values, dtype=np.float64)


def _words(values: Sequence[Any]) -> NDArray[np.object_]:
    words = np.empty(len(values), dtype=object)
    words[:] = [_word(value) for value in values]
    return words


def _word(value: Any) -> str | None:
    if isinstance(value, str):
        word = value.strip()
    elif value is None:
        return None
    elif isinstance(value, int | float | np.number):
        return f"{value:.15g}" if value == value else None
    else:
        word = str(value).strip()
    return None if word.lower() in MISSING_WORDS else word


def _number(word: str | None) -> float:
    if word is None:
        return np.nan
    try:
        number = float(word)
    except ValueError:
        return np.nan
    return number if np.isfinite(number) else np.nan


def _parsed(words: NDArray[np.object_]) -> NDArray[np.float32] | None:
    """Return a column of words as numbers if every word is one, as a "Select" among numbers leaves it."""
    levels = {word for word in words if word is not None}
    numbers = {word: _number(word) for word in levels}
    if not levels or any(np.isnan(number) for number in numbers.values()):
        return None
    return _float32(np.array([numbers.get(word, np.nan) for word in words], dtype=np.float64))


@dataclass(frozen=True)
class Levels:
    """How one column of words is spread over the matrix: a column per level, then pooled, then missing."""

    levels: tuple[str, ...]
    pooled: bool
    missing: bool

    @property
    def width(self) -> int:
        """Number of matrix columns."""
        return len(self.levels) + self.pooled + self.missing


@dataclass(frozen=True)
class Encoder:
    """A learned encoding: the same columns in the same places whatever order they come in later."""

    numeric: tuple[str, ...]
    words: Mapping[str, Levels]
    left_out: Mapping[str, str]

    @cached_property
    def sources(self) -> tuple[str, ...]:
        """The input column of each matrix column."""
        spread = [name for name, levels in self.words.items() for _ in range(levels.width)]
        return (*self.numeric, *spread)

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """The name of each matrix column, as in "Lead Source = Google"."""
        names = list(self.numeric)
        for name, levels in self.words.items():
            names += [f"{name} = {level}" for level in levels.levels]
            names += [f"{name} = other"] * levels.pooled + [f"{name} missing"] * levels.missing
        return tuple(names)

    @property
    def n_numeric(self) -> int:
        """Numeric columns stand first; the rest are 0 or 1."""
        return len(self.numeric)

    def encode(self, table: Table) -> NDArray[np.float32]:
        """
        Return the matrix (rows x columns); NaN is a missing number.

        Columns that were never seen are passed over, columns that lack count as missing, and so do words
        where numbers were learned.
        """
        matrix = np.zeros((table.n_rows, len(self.sources)), dtype=np.float32)
        matrix[:, : self.n_numeric] = self.encode_matrix(table.values, table.names, table.categories)
        at = self.n_numeric
        for name, levels in self.words.items():
            column = table.categories.get(name)
            if column is None:
                column = _written(table, name)
            _spread(matrix[:, at : at + levels.width], column, levels)
            at += levels.width
        return matrix

    def encode_matrix(
        self,
        values: NDArray[np.float32],
        names: tuple[str, ...],
        categories: Mapping[str, NDArray[np.object_]] | None = None,
    ) -> NDArray[np.float32]:
        """Return the numeric columns in learned order; the very same matrix when it has that order."""
        if names == self.numeric:
            return np.asarray(values, dtype=np.float32)
        place = {name: k for k, name in enumerate(names)}
        chosen = [place.get(name, -1) for name in self.numeric]
        if chosen and min(chosen) >= 0:
            return np.asarray(values[:, chosen], dtype=np.float32)
        matrix = np.full((len(values), len(chosen)), np.nan, dtype=np.float32)
        for k, (name, at) in enumerate(zip(self.numeric, chosen, strict=True)):
            if at >= 0:
                matrix[:, k] = values[:, at]
            elif categories and name in categories:
                matrix[:, k] = [_number(word) for word in categories[name]]
        return matrix

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        words = {
            name: {"levels": list(v.levels), "pooled": v.pooled, "missing": v.missing}
            for name, v in self.words.items()
        }
        return {"numeric": list(self.numeric), "words": words, "left_out": dict(self.left_out)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Encoder":
        """Return what `to_dict` gave."""
        words = {
            name: Levels(tuple(v["levels"]), bool(v["pooled"]), bool(v["missing"]))
            for name, v in data["words"].items()
        }
        return cls(tuple(data["numeric"]), words, dict(data["left_out"]))


def _written(table: Table, name: str) -> NDArray[np.object_] | None:
    """Return a column of numbers as words, None when there is no such column."""
    return _words(table.values[:, table.names.index(name)].tolist()) if name in table.names else None


def _spread(target: NDArray[np.float32], column: NDArray[np.object_] | None, levels: Levels) -> None:
    n = len(levels.levels)
    # A place past the width means "nowhere": an unknown word where nothing was pooled stays all zeros.
    nowhere = levels.width
    if column is None:
        if levels.missing:
            target[:, n + levels.pooled] = 1.0
        return
    place: dict[str | None, int] = {level: k for k, level in enumerate(levels.levels)}
    place[None] = n + levels.pooled if levels.missing else nowhere
    pooled = n if levels.pooled else nowhere
    at = np.fromiter((place.get(word, pooled) for word in column), dtype=np.int64, count=len(column))
    rows = np.flatnonzero(at < nowhere)
    target[rows, at[rows]] = 1.0


def learn_encoding(table: Table) -> Encoder:
    """
    Learn an encoding from train rows.

    Left out, with the reason: dates, empty and constant columns, identifiers and free text.
    """
    left_out = dict(table.left_out)
    numeric: list[str] = []
    for k, name in enumerate(table.names):
        reason = _numeric_reason(name, table.values[:, k])
        if reason:
            left_out[name] = reason
        else:
            numeric.append(name)
    words: dict[str, Levels] = {}
    for name, column in table.categories.items():
        counts = Counter(word for word in column if word is not None)
        n_known = counts.total()
        reason = _words_reason(n_known, len(counts), table.n_rows)
        if reason:
            left_out[name] = reason
            continue
        least = LEAST_LEVEL_ROWS if n_known >= 20 * LEAST_LEVEL_ROWS else 2
        frequent = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:MOST_LEVELS]
        kept = tuple(level for level, n in frequent if n >= least)
        words[name] = Levels(kept, pooled=len(kept) < len(counts), missing=n_known < table.n_rows)
    return Encoder(tuple(sorted(numeric)), dict(sorted(words.items())), left_out)


def _numeric_reason(name: str, values: NDArray[np.float32]) -> str:
    known = values[~np.isnan(values)]
    if not len(known):
        return "empty"
    if len(known) == len(values) and known.min() == known.max():
        return "the same in every row"
    if (
        _IDENTIFIER_NAME.search(name)
        and len(known) >= 50
        and len(np.unique(known)) > 0.98 * len(known)
        and bool(np.all(known == np.round(known)))
    ):
        return "an identifier: nearly every row has its own"
    return ""


def _words_reason(n_known: int, n_levels: int, n_rows: int) -> str:
    if not n_known:
        return "empty"
    if n_levels == 1 and n_known == n_rows:
        return "the same in every row"
    if n_levels == n_known and n_known > 2 and n_known > n_rows / 10:
        return "an identifier: every row has its own"
    if n_known >= 50 and n_levels > 0.5 * n_known:
        return "an identifier or free text: hardly two rows share a value"
    return ""
