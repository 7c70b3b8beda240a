"""What holds for every signal: point in time, one lead alone, any order, and the clocks against a plain reference."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadlight.events.rules import KINDS, EventArrays, Group, Kind
from leadlight.signals.rules import SignalMatrix, Snapshots, catalogue, compute, kernel
from leadlight.signals.rules.clocks import HALF_LIVES, WINDOWS, clocked
from tests.signals.build import AREAS, DAY, HOUR, LISTINGS, NOW, Happening, asked, log, matrix, value

E = Happening
ARRAYS = ("entity", "kind", "occurred_at", "known_at", "listing", "area", "value", "seconds")
VALUES = [np.nan, 0.0, 0.25, 0.9, 2.0, 90.0, 449_999.99, 450_000.0, 500_000.0]

# Ages meet often, and lie at the edges of windows, so that ties and boundaries are common and not rare.
ages = st.one_of(
    st.sampled_from([0.0, HOUR, 30 * 60.0, 48 * HOUR, 3 * DAY, 7 * DAY, 14 * DAY, 30 * DAY, 400 * DAY]),
    st.integers(-3 * 86400, 60 * 86400).map(float),
    st.floats(0, 3 * DAY),
)


@st.composite
def happenings(draw: st.DrawFn, n_entities: int = 4) -> Happening:
    age = draw(ages)
    return Happening(
        kind=draw(st.sampled_from([kind.name for kind in KINDS])),
        age=age,
        known_age=age - draw(st.sampled_from([0.0, 0.0, 0.0, HOUR, 40 * DAY])),
        entity=draw(st.integers(0, n_entities - 1)),
        listing=draw(st.integers(-1, len(LISTINGS) - 1)),
        area=draw(st.integers(-1, len(AREAS) - 1)),
        value=draw(st.sampled_from(VALUES)),
        seconds=draw(st.sampled_from([np.nan, 0.0, 12.5, 900.0])),
    )


logs = st.lists(happenings(), max_size=60)
moments = st.lists(
    st.tuples(st.integers(0, 5), st.sampled_from([0.0, HOUR, 3 * DAY, 20 * DAY])), min_size=1, max_size=8
)


def snapshots_of(rows: list[tuple[int, float]]) -> Snapshots:
    return asked(
        [entity for entity, _ in rows],
        as_of=[NOW - age for _, age in rows],
        created_at=[NOW - 50 * DAY] * len(rows),
        source=[entity % 2 for entity, _ in rows],
    )


def chosen(events: EventArrays, which: np.ndarray) -> EventArrays:
    return replace(events, **{name: getattr(events, name)[which] for name in ARRAYS})


def bits(result: SignalMatrix, rows: slice | np.ndarray = slice(None)) -> tuple[bytes, ...]:
    """Return everything that a result says of some rows, to the last bit."""
    return (
        np.ascontiguousarray(result.values[rows]).tobytes(),
        *(result.witness[name][rows].tobytes() for name in sorted(result.witness)),
    )


@given(logs, moments)
def test_events_after_the_moment_change_nothing(events: list[Happening], rows: list[tuple[int, float]]):
    everything = log(events)
    for entity, age in rows:
        one = snapshots_of([(entity, age)])
        past = np.maximum(everything.occurred_at, everything.known_at) <= NOW - age
        assert bits(compute(chosen(everything, past), one)) == bits(compute(everything, one))


@given(logs, moments)
def test_one_lead_alone_says_the_same_as_among_others(events: list[Happening], rows: list[tuple[int, float]]):
    everything = log(events)
    together = compute(everything, snapshots_of(rows))
    for i, row in enumerate(rows):
        alone = compute(chosen(everything, everything.entity == row[0]), snapshots_of([row]))
        assert bits(alone) == bits(together, slice(i, i + 1))


@given(logs, moments, st.randoms(use_true_random=False))
def test_the_order_of_events_changes_nothing(events, rows, random):
    shuffled = events[:]
    random.shuffle(shuffled)
    snapshots = snapshots_of(rows)
    assert bits(compute(log(shuffled), snapshots)) == bits(compute(log(events), snapshots))


@given(logs, moments, st.integers(1, 12))
def test_passes_cut_rows_and_change_nothing(events, rows, size):
    everything, snapshots = log(events), snapshots_of(rows)
    whole = compute(everything, snapshots)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kernel, "BATCH_SIZE", size)
        slices = kernel._passes(everything, snapshots)
        assert bits(compute(everything, snapshots)) == bits(whole)
    assert [i for s in slices for i in range(s.start, s.stop)] == list(range(len(rows)))
    assert size > 1 or len(slices) == len(rows)


def test_rows_without_events_fill_a_pass_too(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(kernel, "BATCH_SIZE", 2)
    assert len(kernel._passes(log([]), asked(range(5)))) == 3


def test_one_lead_alone_says_the_same_as_among_100_000():
    rng = np.random.default_rng(7)
    m, n = 100_000, 300_000
    occurred_at = NOW - rng.exponential(20 * DAY, n)
    everything = EventArrays(
        entity=rng.integers(0, m, n),
        kind=rng.integers(0, len(KINDS), n).astype(np.int16),
        occurred_at=occurred_at,
        known_at=occurred_at,
        listing=rng.integers(-1, 5, n).astype(np.int32),
        area=rng.integers(-1, 3, n).astype(np.int32),
        value=rng.choice([np.nan, 0.3, 450_000.0], n),
        seconds=rng.choice([np.nan, 31.7], n),
        listings=LISTINGS,
        areas=AREAS,
    )
    together = compute(everything, snapshots_of([(i, 0.0) for i in range(m)]))
    for entity in (0, 1, 54_321, m - 1):
        alone = compute(chosen(everything, everything.entity == entity), snapshots_of([(entity, 0.0)]))
        assert bits(alone) == bits(together, slice(entity, entity + 1))


@settings(max_examples=60)
@given(logs, moments)
def test_clocks_agree_with_a_plain_reference(events: list[Happening], rows: list[tuple[int, float]]):
    result = compute(log(events), snapshots_of(rows))
    for i, (entity, snapshot_age) in enumerate(rows):
        for kind in clocked(KINDS):
            past = [
                h.age - snapshot_age
                for h in events
                if h.entity == entity
                and h.kind == kind.name
                and h.age >= snapshot_age
                and (h.known_age is None or h.known_age >= snapshot_age)
            ]

            def got(clock: str, i: int = i, kind: Kind = kind) -> float:
                return float(result.column(f"{kind.name}_{clock}")[i])

            assert got("total") == len(past)
            for clock, window in WINDOWS.items():
                assert got(clock) == sum(age < window for age in past)
            for clock, half_life in HALF_LIVES.items():
                exact = sum(0.5 ** (age / half_life) for age in past)
                assert got(f"decay_{clock}") == pytest.approx(exact, rel=1e-6, abs=1e-8)
            if past:
                assert got("hours_since") == pytest.approx(min(past) / HOUR, rel=1e-6, abs=1e-6)
            else:
                assert np.isnan(got("hours_since"))


@pytest.mark.parametrize(("clock", "window"), WINDOWS.items())
def test_windows_are_half_open(clock: str, window: float):
    name = f"listing_view_{clock}"
    assert value(name, E("listing_view", window)) == 0
    assert value(name, E("listing_view", window - 1)) == 1
    assert value(name, E("listing_view", 0.0)) == 1
    assert value(name, E("listing_view", -1.0)) == 0


def test_an_event_counts_from_when_it_was_known():
    late = E("inquiry", 5 * DAY, known_age=DAY)
    then = asked([0, 0], as_of=[NOW - 2 * DAY, NOW])
    result = matrix(late, snapshots=then)
    assert result.column("inquiry_total").tolist() == [0, 1]
    assert result.column("inquiry_48h").tolist() == [0, 0]
    early = E("inquiry", -DAY, known_age=DAY)
    assert value("inquiry_total", early) == 0


def test_decays_halve_each_half_life():
    assert value("search_decay_7d", E("search", 7 * DAY), E("search", 14 * DAY), E("search", 0.0)) == 1.75
    assert value("search_decay_1d", E("search", 33 * DAY)) == 0
    assert value("search_decay_30d", E("search", 60 * DAY)) == 0.25


def test_several_snapshots_of_one_entity_see_their_own_past():
    views = [E("listing_view", age * DAY) for age in (1, 5, 9)]
    result = matrix(*views, snapshots=asked([0, 1, 0, 0], as_of=[NOW, NOW, NOW - 4 * DAY, NOW - 20 * DAY]))
    assert result.column("listing_view_total").tolist() == [3, 0, 2, 0]


def test_no_events_and_no_snapshots():
    nothing = matrix()
    assert nothing.column("listing_view_7d")[0] == 0
    assert np.isnan(nothing.column("listing_view_hours_since")[0])
    assert compute(log([E("inquiry", DAY)]), asked([])).values.shape == (0, len(catalogue()))


def test_the_matrix_is_float32_with_contiguous_columns():
    result = matrix(E("inquiry", DAY), snapshots=asked([0, 1]))
    assert result.values.dtype == np.float32
    assert result.values.T.flags.c_contiguous
    assert result.names == tuple(signal.name for signal in catalogue())
    with pytest.raises(KeyError, match="nonsense"):
        result.column("nonsense")


def test_a_team_s_own_kind_joins_the_clocks_and_the_general_activity():
    own = Kind("webinar_attended", Group.BEHAVIOUR, "They attended a webinar.", "webinar", "webinars")
    events = log([E("webinar_attended", DAY), E("webinar_attended", 9 * DAY)], kinds=(*KINDS, own))
    result = compute(events, asked())
    assert result.column("webinar_attended_7d")[0] == 1
    assert result.column("days_active_30d")[0] == 2
    assert result.column("hours_since_active")[0] == 24
    assert result.column("visits")[0] == 0


def test_negative_entities_are_refused():
    with pytest.raises(ValueError, match="from 0"):
        matrix(E("inquiry", DAY, entity=-1))
