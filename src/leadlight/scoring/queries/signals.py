"""Signals of persons: the one way from stored events to the table that a model reads, for training and serving."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars
from numpy.typing import NDArray

from leadlight.events.queries import event_arrays
from leadlight.events.rules import EventArrays
from leadlight.leads.models import Lead, Person, Source
from leadlight.scoring.learners import encoding
from leadlight.scoring.learners.encoding import Table
from leadlight.signals.rules import SignalMatrix, Snapshots, Unit, compute

#: Persons whose events are held in memory at once.
BATCH = 2_000


@dataclass(frozen=True)
class PersonSignals:
    """Signals of some persons, with the events they were computed from."""

    matrix: SignalMatrix
    events: EventArrays


def signals_of(
    person_ids: Sequence[int],
    *,
    entity: NDArray[np.int64] | None = None,
    as_of: NDArray[np.float64],
    events: EventArrays | None = None,
) -> PersonSignals:
    """
    Return the signals of persons, one row for each moment in `as_of` (seconds).

    `entity` says whose moment each is, as a place in `person_ids`; by default the n-th moment is the n-th
    person's. `events` are those of `event_arrays(person_ids)`, for whoever has read them already. Four queries at
    most, however many persons.
    """
    profile = {
        person_id: (first, source)
        for person_id, first, source in Person.objects.filter(pk__in=person_ids).values_list(
            "id", "first_contact_at", "source_id"
        )
    }
    names = dict(Source.objects.values_list("id", "name"))
    codes = {source_id: code for code, source_id in enumerate(names)}
    created_at = np.full(len(person_ids), np.nan)
    source = np.full(len(person_ids), -1, dtype=np.int32)
    for place, person_id in enumerate(person_ids):
        first, source_id = profile.get(person_id, (None, None))
        if first is not None:
            created_at[place] = first.timestamp()
        if source_id is not None:
            source[place] = codes[source_id]
    whose = np.arange(len(person_ids)) if entity is None else entity
    if events is None:
        events = event_arrays(person_ids)
    snapshots = Snapshots(
        entity=whose,
        as_of=as_of,
        created_at=created_at[whose],
        source=source[whose],
        sources=tuple(names.values()),
    )
    return PersonSignals(compute(events, snapshots), events)


def table_of(matrix: SignalMatrix) -> Table:
    """Return the signals that a model may learn from; categories as words."""
    numeric = [k for k, s in enumerate(matrix.signals) if s.in_model and s.unit is not Unit.CATEGORY]
    categories: dict[str, NDArray[np.object_]] = {}
    for k, signal in enumerate(matrix.signals):
        if signal.in_model and signal.unit is Unit.CATEGORY:
            words = np.array([*signal.category_names, None], dtype=object)
            codes = np.nan_to_num(matrix.values[:, k], nan=-1.0).astype(np.int64)
            categories[signal.name] = words[codes]
    return Table(
        tuple(matrix.signals[k].name for k in numeric),
        np.ascontiguousarray(matrix.values[:, numeric]),
        categories,
    )


def attributes_table(person_ids: Sequence[int], *, names: frozenset[str]) -> Table:
    """
    Return the attributes of persons' leads as a table: columns that the team's own export holds.

    Those in `names`: what was asked at first contact, and is no afterthought.
    Of a person with several leads, the earliest that has a value speaks. One query.
    """
    place = {person_id: k for k, person_id in enumerate(person_ids)}
    columns: dict[str, list[object]] = {}
    for person_id, attributes in (
        Lead.objects.filter(person__in=person_ids).order_by("id").values_list("person_id", "attributes")
    ):
        for name, value in attributes.items():
            if name not in names:
                continue
            column = columns.setdefault(name, [None] * len(person_ids))
            if column[place[person_id]] is None:
                column[place[person_id]] = value
    if not columns:
        return Table((), np.zeros((len(person_ids), 0), dtype=np.float32))
    return encoding.table_of(polars.DataFrame(columns, strict=False))
