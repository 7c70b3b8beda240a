"""The kernel over data frames."""

from datetime import UTC, date, datetime, timedelta
from types import ModuleType

import numpy as np
import pandas as pd
import polars as pl
import pytest

from leadlight.events.rules import KINDS, Group, Kind
from leadlight.signals.rules import catalogue
from leadlight.signals.table import UnableToBuildSignalTable, signal_table

NOW = datetime(2026, 1, 1, tzinfo=UTC)
both = pytest.mark.parametrize("frames", [pl, pd], ids=["polars", "pandas"])


def ago(hours: float) -> datetime:
    return NOW - timedelta(hours=hours)


def example(frames: ModuleType):
    events = frames.DataFrame(
        {
            "entity": ["b", "a", "a", "x", "a", "a"],
            "kind": ["inquiry", "listing_view", "listing_view", "inquiry", "area_stated", "listing_view"],
            "occurred_at": [ago(1), ago(2), ago(50), ago(1), ago(9), ago(3)],
            "known_at": [ago(1), None, ago(50), ago(1), ago(9), ago(-1)],
            "listing": [None, "12 Elm St", "12 Elm St", None, None, "12 Elm St"],
            "area": [None, None, None, None, "Hyde Park", None],
            "value": [0.5, None, None, None, None, None],
        }
    )
    snapshots = frames.DataFrame(
        {
            "entity": ["a", "b", "c"],
            "as_of": [NOW, NOW, NOW],
            "created_at": [ago(48), None, None],
            "source": ["Portal", None, "Website"],
        }
    )
    return events, snapshots


@both
def test_the_same_kind_of_frame_comes_out(frames: ModuleType):
    table = signal_table(*example(frames))
    assert isinstance(table, frames.DataFrame)
    assert list(table.columns) == ["entity", "as_of", *(signal.name for signal in catalogue())]
    assert list(table["entity"]) == ["a", "b", "c"]
    assert list(table["listing_view_total"]) == [2, 0, 0]
    assert list(table["listing_view_48h"]) == [1, 0, 0]
    assert list(table["inquiry_total"]) == [0, 1, 0]
    assert table["days_known"][0] == 2
    assert table["stated_area"][0] == "Hyde Park"
    assert [s if isinstance(s, str) else None for s in table["source"]] == ["Portal", None, "Website"]


@both
def test_unknown_is_empty(frames: ModuleType):
    column = signal_table(*example(frames))["inquiry_hours_since"]
    empty = column.is_null() if frames is pl else column.isna()
    assert empty.to_list() == [True, False, True]


def test_pandas_rows_keep_their_index_and_order():
    events, snapshots = example(pd)
    snapshots = snapshots.set_index(pd.Index([7, 3, 5]))
    table = signal_table(events.sample(frac=1.0, random_state=1), snapshots)
    assert table.index.tolist() == [7, 3, 5]
    assert table["listing_view_total"].tolist() == [2, 0, 0]


@both
def test_seconds_dates_and_naive_moments_are_read_alike(frames: ModuleType):
    for moment in (
        NOW.timestamp(),
        int(NOW.timestamp()),
        NOW.replace(tzinfo=None),
        NOW.astimezone(None),
        date(2026, 1, 1) if frames is pl else NOW,
    ):
        events = frames.DataFrame({"entity": [1], "kind": ["inquiry"], "occurred_at": [ago(30).timestamp()]})
        table = signal_table(events, frames.DataFrame({"entity": [1, 2], "as_of": [moment, moment]}))
        assert table["inquiry_hours_since"][0] == 30


@both
def test_no_rows(frames: ModuleType):
    events, snapshots = example(frames)
    assert len(signal_table(events, snapshots.head(0))) == 0
    assert list(signal_table(events.head(0), snapshots)["inquiry_total"]) == [0, 0, 0]


@both
def test_missing_columns_are_named(frames: ModuleType):
    events, snapshots = example(frames)
    with pytest.raises(UnableToBuildSignalTable, match="events table has no column kind"):
        signal_table(frames.DataFrame({"entity": [1], "occurred_at": [NOW]}), snapshots)
    with pytest.raises(UnableToBuildSignalTable, match=r"snapshots table has no column as_of.*it has entity\."):
        signal_table(events, frames.DataFrame({"entity": [1]}))


@both
def test_what_cannot_be_read_is_refused(frames: ModuleType):
    events, snapshots = example(frames)
    with pytest.raises(UnableToBuildSignalTable, match="as_of of the snapshots table is empty in 1 rows"):
        signal_table(events, frames.DataFrame({"entity": [1, 2], "as_of": [NOW, None]}))
    with pytest.raises(UnableToBuildSignalTable, match="not moments"):
        signal_table(events, frames.DataFrame({"entity": [1], "as_of": ["yesterday"]}))
    bad = frames.DataFrame({"entity": ["a"], "kind": ["inquiry"], "occurred_at": [NOW], "value": ["lots"]})
    with pytest.raises(UnableToBuildSignalTable, match="value holds something that is not a number"):
        signal_table(bad, snapshots)
    strange = frames.DataFrame({"entity": ["a"], "kind": ["webinar"], "occurred_at": [NOW]})
    with pytest.raises(UnableToBuildSignalTable, match="webinar"):
        signal_table(strange, snapshots)
    own = Kind("webinar", Group.BEHAVIOUR, "They attended a webinar.", "webinar", "webinars")
    table = signal_table(strange, snapshots, kinds=(*KINDS, own))
    assert np.array_equal(np.asarray(table["webinar_total"]), [1, 0, 0])
