"""The hidden truth is a truth: calibrated, better than what can be seen, and the planted pattern comes out."""

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from leadlight.simulator import Brokerage, booked_within, judge, oracle_p, planted_ratio, write_truth
from leadlight.simulator.activities import Kind
from leadlight.simulator.activities import rows as activity_rows
from leadlight.simulator.clock import DAY, share_of_day, time_of_day
from leadlight.simulator.process import HAZARD, PERSONA_HAZARD, State, transition_matrices
from leadlight.simulator.truth import third_view_at
from tests.simulator.conftest import UNTIL


def snapshot(brokerage: Brokerage, age_days: float) -> tuple[list[str], np.ndarray]:
    """All primary files of people, each at an age."""
    real = np.flatnonzero(brokerage.records.person >= 0)
    _, first = np.unique(brokerage.records.person[real], return_index=True)
    rows = real[first]
    ids = [brokerage.records.lead_id[row] for row in rows]
    person = brokerage.records.person[rows]
    return ids, brokerage.people.drivers.created_at[person] + age_days * DAY


@pytest.mark.parametrize("age", [0, 7, 30])
def test_oracle_is_calibrated(town: Brokerage, age: int) -> None:
    ids, at = snapshot(town, age)
    p, y = oracle_p(town, ids, at), booked_within(town, ids, at)
    known = ~np.isnan(y)
    p, y = p[known], y[known]
    assert len(p) > 10_000
    assert abs(y.mean() - p.mean()) < 3.0 * np.sqrt((p * (1.0 - p)).sum()) / len(p)
    # And in each fifth of the leads, from the coldest to the hottest.
    for part in np.array_split(np.argsort(p), 5):
        spread = np.sqrt((p[part] * (1.0 - p[part])).sum()) / len(part)
        assert abs(y[part].mean() - p[part].mean()) < 4.0 * spread


def test_oracle_sees_what_counting_cannot(town: Brokerage) -> None:
    ids, at = snapshot(town, 7.0)
    person = town.persons_of(ids)
    seen = town.activities.at < at[np.searchsorted(person, np.minimum(town.activities.person, len(person) - 1))]
    views = np.bincount(town.activities.person[seen & (town.activities.kind == Kind.VIEW)], minlength=len(person))
    verdict = judge(town, ids, at, views[person].astype(float))
    assert 0.55 < verdict.auc < 0.80
    assert verdict.auc_oracle > 0.82
    assert verdict.gap == pytest.approx(verdict.auc_oracle - verdict.auc)


def test_judging_the_oracle_by_itself_leaves_no_gap(village: Brokerage) -> None:
    ids, at = snapshot(village, 1.0)
    verdict = judge(village, ids, at, np.nan_to_num(oracle_p(village, ids, at)))
    assert verdict.gap == 0.0
    assert judge(village, ids, at, np.zeros(len(ids))).auc == 0.5


def test_judge_needs_both_outcomes(village: Brokerage) -> None:
    with pytest.raises(ValueError, match="nothing to compare"):
        judge(village, [], np.array([]), np.array([]))


def test_base_rate_is_that_of_a_real_desk(town: Brokerage) -> None:
    ids, at = snapshot(town, 0.0)
    y = booked_within(town, ids, at)
    assert 0.10 <= np.nanmean(y) <= 0.22


def test_referrals_book_far_more_often_than_social_leads(town: Brokerage) -> None:
    ids, at = snapshot(town, 0.0)
    y, source = booked_within(town, ids, at), town.people.source[town.persons_of(ids)]
    assert 0.30 < np.nanmean(y[source == 7]) < 0.60
    assert np.nanmean(y[source == 4]) < 0.10


def test_three_views_of_one_home_book_about_five_times_as_often(town: Brokerage) -> None:
    planted = planted_ratio(town)
    assert 4.0 < planted.ratio < 6.5
    assert planted.low < planted.ratio < planted.high
    assert planted.n_with > 500


def test_the_pattern_comes_from_the_hidden_state(town: Brokerage) -> None:
    """Those who view one home again without having fallen for it book no more often for that."""
    third = third_view_at(town)
    booked = town.ladder.booked_at
    people = np.flatnonzero(np.isfinite(third) & ~(booked <= third) & (third + 60 * DAY < town.calendar.until))
    state = town.paths.state_at(people, town.calendar.day_of(third[people]))
    converts = booked[people] <= third[people] + 60 * DAY
    assert converts[state == State.SMITTEN].mean() > 0.5
    assert converts[np.isin(state, (State.DREAMING, State.SEARCHING))].mean() < 0.25


def test_nothing_is_at_stake_outside_a_leads_life(village: Brokerage) -> None:
    ids, arrived = snapshot(village, 0.0)
    assert np.isnan(oracle_p(village, ids, arrived - 1.0)).all()
    assert not np.isnan(oracle_p(village, ids, arrived)).any()
    booked = village.ladder.booked_at[village.persons_of(ids)]
    after = np.where(np.isnan(booked), arrived, booked)
    assert np.isnan(oracle_p(village, ids, after)[~np.isnan(booked)]).all()
    test_entries = [i for i, p in zip(village.records.lead_id, village.records.person, strict=True) if p < 0]
    assert test_entries
    assert np.isnan(oracle_p(village, test_entries, UNTIL)).all()
    with pytest.raises(ValueError, match="time zone"):
        oracle_p(village, ids, UNTIL.replace(tzinfo=None))
    with pytest.raises(KeyError):
        oracle_p(village, ["nobody"], UNTIL)


def test_oracle_by_brute_force(village: Brokerage) -> None:
    """The backward equation agrees with ten thousand walks of one lead."""
    ids, at = snapshot(village, 3.0)
    p = oracle_p(village, ids, at)
    chosen = int(np.nanargmin(np.abs(p - 0.3)))
    person = int(village.persons_of(ids)[chosen])
    today = int(village.calendar.day_of(at)[chosen])
    drivers, rng = village.people.drivers, np.random.default_rng(0)
    cumulative = transition_matrices()[drivers.persona[person]].cumsum(axis=1)
    state = np.full(10_000, village.paths.state_at(np.array([person]), np.array([today]))[0], dtype=np.int64)
    alive = np.ones(10_000)
    passed = share_of_day(np.array([(at[chosen] - village.calendar.start) / DAY - today]))[0]
    for step in range(61):
        if step:
            state = np.minimum((rng.random(10_000)[:, None] >= cumulative[state]).sum(axis=1), len(State) - 1)
        weight = 1.0 - passed if step == 0 else passed if step == 60 else 1.0
        answered = 1.0 if today + step >= drivers.answered_day[person] else 0.15
        rate = HAZARD[state] * drivers.multiplier[person] * answered * village.calendar.booking[today + step]
        alive *= np.exp(-rate * weight)
    assert p[chosen] == pytest.approx(1.0 - alive.mean(), abs=0.02)


def test_one_day_from_midnight_is_one_days_hazard(village: Brokerage) -> None:
    ids, at = snapshot(village, 2.0)
    at = village.calendar.start + np.ceil((at - village.calendar.start) / DAY) * DAY
    p, person = oracle_p(village, ids, at, days=1), village.persons_of(ids)
    day = village.calendar.day_of(at)
    rate = HAZARD[village.paths.state_at(person, day)] * village.people.drivers.multiplier[person]
    rate = (
        rate * village.calendar.booking[day] * np.where(day >= village.people.drivers.answered_day[person], 1, 0.15)
    )
    known = ~np.isnan(p)
    np.testing.assert_allclose(p[known], 1.0 - np.exp(-rate[known]), rtol=1e-9)


def test_three_views_must_be_of_one_home_within_48_hours(village: Brokerage) -> None:
    hour = 3_600.0
    seen = {
        0: [(7, 0.0), (7, 20.0), (7, 48.0)],  # in time, to the hour
        1: [(7, 0.0), (7, 20.0), (7, 48.1)],  # too late
        2: [(7, 0.0), (8, 1.0), (7, 2.0)],  # two homes
        3: [(7, 0.0), (7, 100.0), (7, 101.0), (7, 102.0)],  # the last three
    }
    looked = [(person, home, at * hour) for person, views in seen.items() for home, at in views]
    activities = activity_rows(
        np.array([row[0] for row in looked]),
        np.array([row[2] for row in looked]),
        Kind.VIEW,
        home=[row[1] for row in looked],
    )
    third = third_view_at(replace(village, activities=activities))
    assert third[0] == 48.0 * hour
    assert np.isnan(third[1:3]).all()
    assert third[3] == 102.0 * hour
    assert np.isnan(third[4:]).all()


def test_chains_are_chances() -> None:
    matrices = transition_matrices()
    assert (matrices >= 0.0).all()
    np.testing.assert_allclose(matrices.sum(axis=2), 1.0)
    assert HAZARD[State.GONE] == 0.0
    assert HAZARD[State.SMITTEN] == HAZARD.max()
    assert (PERSONA_HAZARD > 0.0).all()


def test_hours_of_the_day_invert() -> None:
    share = np.linspace(0.0, 1.0, 97)
    np.testing.assert_allclose(share_of_day(time_of_day(share)), share, atol=1e-12)


def test_truth_file_holds_every_lead(village: Brokerage, tmp_path: Path) -> None:
    path = write_truth(village, tmp_path / "truth.csv")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["lead_id"] for row in rows] == list(village.records.lead_id)
    chances = [float(row["p_appointment_60d_at_day_0"]) for row in rows if row["p_appointment_60d_at_day_0"]]
    assert len(chances) > 1_400
    assert all(0.0 <= p <= 1.0 for p in chances)
    assert any("SMITTEN@" in row["path_of_intent"] for row in rows)
