"""Data frames in, data frame out: the kernel for notebooks, over pandas or Polars. No Django, no storage."""

from collections.abc import Sequence
from typing import Any, cast

import narwhals as nw
import numpy as np
from narwhals.typing import IntoDataFrame, IntoDataFrameT
from numpy.typing import NDArray

from leadlight.events.rules import KINDS, EventArrays, Kind
from leadlight.kit.errors import DomainError
from leadlight.signals.rules import SignalMatrix, Snapshots, Unit, compute

EVENT_COLUMNS = ("entity", "kind", "occurred_at", "known_at", "listing", "area", "value", "seconds")
SNAPSHOT_COLUMNS = ("entity", "as_of", "created_at", "source")


class UnableToBuildSignalTable(DomainError):
    """The data frames lack something that signals are computed from."""

    code = "unable_to_build_signal_table"


def signal_table(
    events: IntoDataFrame, snapshots: IntoDataFrameT, *, kinds: Sequence[Kind] = KINDS
) -> IntoDataFrameT:
    """
    Return the signals of each snapshot as a data frame of the same make as `snapshots`, in the same order.

    `events` has the columns entity, kind, occurred_at and may have known_at (empty: as occurred_at), listing,
    area, value, seconds. `snapshots` has entity and as_of and may have created_at and source. An entity is
    any id, a moment a datetime (without a zone: UTC) or seconds since the epoch. The result has entity, as_of
    and a column per signal of `catalogue(kinds)`: numbers, empty where unknown, and text for categories.

    Raises: UnableToBuildSignalTable when a column is missing, a moment is empty or unreadable, or a kind is
    not one of `kinds`.
    """
    happened = nw.from_native(events, eager_only=True)
    asked = nw.from_native(snapshots, eager_only=True)
    _require(happened, ("entity", "kind", "occurred_at"), "events", EVENT_COLUMNS)
    _require(asked, ("entity", "as_of"), "snapshots", SNAPSHOT_COLUMNS)

    place_of: dict[Any, int] = {}
    entity = _codes(asked["entity"].to_list(), place_of, grow=True)
    arrays = _event_arrays(happened, place_of, tuple(kinds))
    table = _frame(asked, compute(arrays, _snapshots(asked, entity)))
    return cast(IntoDataFrameT, table.to_native())


def _event_arrays(frame: nw.DataFrame[Any], place_of: dict[Any, int], kinds: tuple[Kind, ...]) -> EventArrays:
    entity = _codes(frame["entity"].to_list(), place_of, grow=False)
    frame = frame[np.flatnonzero(entity >= 0), :]
    entity = entity[entity >= 0]
    code_of: dict[Any, int] = {kind.name: code for code, kind in enumerate(kinds)}
    names = frame["kind"].to_list()
    kind = _codes(names, code_of, grow=False)
    if unknown := sorted({str(names[i]) for i in np.flatnonzero(kind < 0)}):
        raise UnableToBuildSignalTable(
            f"These kinds of event are not in the vocabulary: {', '.join(unknown[:10])}. "
            "Rename them to one of leadlight.events.rules.KINDS, or pass your own vocabulary as kinds=."
        )
    occurred_at = _moments(frame, "occurred_at", "events", required=True)
    known_at = _moments(frame, "known_at", "events") if "known_at" in frame.columns else occurred_at
    listing, listings = _names(frame, "listing")
    area, areas = _names(frame, "area")
    return EventArrays(
        entity=entity,
        kind=kind.astype(np.int16),
        occurred_at=occurred_at,
        known_at=np.where(np.isnan(known_at), occurred_at, known_at),
        listing=listing,
        area=area,
        value=_numbers(frame, "value"),
        seconds=_numbers(frame, "seconds"),
        kinds=kinds,
        listings=listings,
        areas=areas,
    )


def _snapshots(frame: nw.DataFrame[Any], entity: NDArray[np.int64]) -> Snapshots:
    nothing = np.full(len(frame), np.nan)
    source, sources = _names(frame, "source")
    return Snapshots(
        entity=entity,
        as_of=_moments(frame, "as_of", "snapshots", required=True),
        created_at=_moments(frame, "created_at", "snapshots") if "created_at" in frame.columns else nothing,
        source=source,
        sources=sources,
    )


def _frame(asked: nw.DataFrame[Any], matrix: SignalMatrix) -> nw.DataFrame[Any]:
    columns = []
    for signal, values in zip(matrix.signals, matrix.values.T, strict=True):
        if signal.unit is Unit.CATEGORY:
            names = [None if np.isnan(code) else signal.category_names[int(code)] for code in values]
            columns.append(nw.new_series(signal.name, names, nw.String(), backend=asked.implementation))
        else:
            columns.append(nw.new_series(signal.name, values, nw.Float32(), backend=asked.implementation))
    empty = [nw.when(~nw.col(c.name).is_nan()).then(nw.col(c.name)) for c in columns if c.dtype == nw.Float32]
    return asked.select("entity", "as_of").with_columns(*columns).with_columns(*empty)


def _require(frame: nw.DataFrame[Any], needed: Sequence[str], name: str, known: Sequence[str]) -> None:
    missing = [column for column in needed if column not in frame.columns]
    if missing:
        raise UnableToBuildSignalTable(
            f"The {name} table has no column {' and no column '.join(missing)}. "
            f"It needs {', '.join(needed)} and "
            f"may have {', '.join(c for c in known if c not in needed)}; it has {', '.join(frame.columns)}."
        )


def _codes(values: Sequence[Any], place_of: dict[Any, int], *, grow: bool) -> NDArray[np.int64]:
    """Return the place of each value; a new value gets the next place, or -1 when the places may not grow."""
    if grow:
        for value in values:
            place_of.setdefault(value, len(place_of))
    return np.fromiter((place_of.get(value, -1) for value in values), dtype=np.int64, count=len(values))


def _names(frame: nw.DataFrame[Any], column: str) -> tuple[NDArray[np.int32], tuple[str, ...]]:
    """Return codes and sorted names of a text column; -1 where it is empty or not there."""
    if column not in frame.columns:
        return np.full(len(frame), -1, dtype=np.int32), ()
    texts = ["" if value is None or value != value else str(value) for value in frame[column].to_list()]
    names = tuple(sorted(set(texts) - {""}))
    return _codes(texts, {name: i for i, name in enumerate(names)}, grow=False).astype(np.int32), names


def _numbers(frame: nw.DataFrame[Any], column: str) -> NDArray[np.float64]:
    if column not in frame.columns:
        return np.full(len(frame), np.nan)
    series = frame[column]
    if series.dtype.is_numeric():
        return series.cast(nw.Float64()).to_numpy().astype(np.float64)
    try:
        return np.array([np.nan if v is None else float(v) for v in series.to_list()], dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise UnableToBuildSignalTable(
            f"The column {column} holds something that is not a number. Convert it to numbers first."
        ) from error


def _moments(frame: nw.DataFrame[Any], column: str, table: str, *, required: bool = False) -> NDArray[np.float64]:
    """Return seconds since the epoch, NaN where empty."""
    series = frame[column]
    if series.dtype == nw.Date:
        series = series.cast(nw.Datetime("us"))
    if isinstance(series.dtype, nw.Datetime):
        seconds = series.dt.timestamp("us").to_numpy().astype(np.float64) / 1e6
    elif series.dtype.is_numeric():
        seconds = series.cast(nw.Float64()).to_numpy().astype(np.float64)
    else:
        raise UnableToBuildSignalTable(
            f"The column {column} of the {table} table holds {series.dtype}, not moments. "
            "Convert it to datetimes or to seconds since the epoch."
        )
    n_empty = int(np.isnan(seconds).sum())
    if required and n_empty:
        raise UnableToBuildSignalTable(
            f"The column {column} of the {table} table is empty in {n_empty:,} rows. Fill these or drop them."
        )
    return seconds
