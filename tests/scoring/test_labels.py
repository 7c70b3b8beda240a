from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadlight.scoring.rules.labels import (
    DAY_SECONDS,
    FINAL_OUTCOME,
    SNAPSHOT_AGES,
    Reached,
    Target,
    labelled_snapshots,
    nearest_target,
)

LADDER = ("appointment_booked", "appointment_held", "agreement_signed", "offer_made", "under_contract", "closed")
SIXTY = Target("appointment", 60)


@pytest.mark.parametrize(
    ("name", "kind", "days", "event_kind"),
    [
        ("appointment_60d", "appointment", 60, "appointment_booked"),
        ("agreement_180d", "agreement", 180, "agreement_signed"),
        ("closed_365d", "closed", 365, "closed"),
        ("listing_agreement_90d", "listing_agreement", 90, "listing_agreement"),
        ("final_outcome", "final_outcome", None, "final_outcome"),
    ],
)
def test_targets_are_read_and_written(name: str, kind: str, days: int | None, event_kind: str) -> None:
    target = Target.parse(name)
    assert (target.kind, target.horizon_days, target.event_kind) == (kind, days, event_kind)
    assert str(target) == name


@pytest.mark.parametrize("name", ["", "appointment", "appointment_0d", "appointment_60", "60d", "Appointment_60d"])
def test_what_is_no_target_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="is not a target"):
        Target.parse(name)


@given(st.from_regex(r"[a-z][a-z0-9]{0,8}(_[a-z]{1,8})?", fullmatch=True), st.integers(1, 9999))
def test_parse_undoes_str(kind: str, days: int) -> None:
    assert Target.parse(str(Target(kind, days))) == Target(kind, days)


def test_later_rungs_fulfil_a_target_too() -> None:
    assert SIXTY.rungs(LADDER) == LADDER
    assert Target("closed", 365).rungs(LADDER) == ("closed",)
    assert Target("won_back", 30).rungs(LADDER) == ("won_back",)


def test_the_nearest_target_that_the_history_can_teach_is_learned() -> None:
    agreement, closed, closed_sooner = Target("agreement", 180), Target("closed", 365), Target("closed", 90)
    full = Reached(n_own_kind=30, n_positive=30, share_ripe=0.5)
    assert nearest_target({SIXTY: full, closed: full}) == SIXTY
    assert nearest_target({SIXTY: replace(full, n_positive=29), agreement: full}) == agreement
    assert nearest_target({SIXTY: replace(full, n_own_kind=29), closed: full}) == closed
    assert nearest_target({closed: replace(full, share_ripe=0.49), closed_sooner: full}) == closed_sooner
    assert nearest_target({}) == FINAL_OUTCOME


def test_rows_by_hand() -> None:
    day = DAY_SECONDS
    first = np.array([0.0, 0.0, 0.0, 100.0 * day, np.nan])
    outcome = np.array([2.0 * day, np.nan, 61.5 * day, 101.0 * day, 5.0 * day])
    rows = labelled_snapshots(first, outcome, target=SIXTY, cutoff_at=63.0 * day, ages_days=(0, 1, 3, 7))
    found = [(int(p), int(a), bool(y)) for p, a, y in zip(rows.person, rows.age_days, rows.label, strict=True)]
    assert found == [
        # Converted on day 2: nothing left to foretell on day 3.
        (0, 0, True),
        (0, 1, True),
        (1, 0, False),
        (1, 1, False),
        (1, 3, False),
        # On day 0 the outcome lies past the horizon, on day 3 within it. Day 7 is immature.
        (2, 0, False),
        (2, 1, False),
        (2, 3, True),
        # Person 3 is immature although the outcome is there already; person 4 has no first contact.
    ]
    assert rows.weight.tolist() == [0.5, 0.5, 1 / 3, 1 / 3, 1 / 3, 1 / 3, 1 / 3, 1 / 3]


@given(
    st.lists(st.tuples(st.floats(0, 500), st.none() | st.floats(0, 500)), max_size=30),
    st.floats(0, 700),
    st.integers(1, 400),
)
def test_no_row_is_immature_or_after_its_outcome(
    leads: list[tuple[float, float | None]], cutoff: float, horizon: int
) -> None:
    first = np.array([lead[0] for lead in leads]) * DAY_SECONDS
    delay = np.array([np.nan if lead[1] is None else lead[1] for lead in leads], dtype=float) * DAY_SECONDS
    target = Target("closed", horizon)
    rows = labelled_snapshots(first, first + delay, target=target, cutoff_at=cutoff * DAY_SECONDS)
    assert (rows.t0 + target.horizon_seconds <= cutoff * DAY_SECONDS).all()
    assert (
        not (first + delay)[rows.person][rows.label].size
        or ((first + delay)[rows.person][rows.label] > rows.t0[rows.label]).all()
    )
    assert np.bincount(rows.person, rows.weight)[np.unique(rows.person)] == pytest.approx(1.0)


def test_a_final_outcome_has_no_horizon_to_label_by() -> None:
    with pytest.raises(ValueError, match="no horizon"):
        labelled_snapshots(np.zeros(1), np.zeros(1), target=FINAL_OUTCOME, cutoff_at=0.0)


def test_labelable_rows_are_unbiased_where_the_naive_rates_are_not() -> None:
    rng = np.random.default_rng(0)
    n, cutoff, p_closes = 40_000, 730.0, 0.2
    first = rng.uniform(0, cutoff, n)
    delay = np.where(rng.random(n) < p_closes, np.exp(np.log(120) + 0.9 * rng.normal(size=n)), np.nan)
    outcome = first + delay
    truth = float((delay <= 365).mean())
    seen = np.where(outcome <= cutoff, outcome, np.nan)
    target = Target("closed", 365)
    rows = labelled_snapshots(
        first * DAY_SECONDS, seen * DAY_SECONDS, target=target, cutoff_at=cutoff * DAY_SECONDS, ages_days=(0,)
    )
    assert float(rows.label.mean()) == pytest.approx(truth, rel=0.10)
    everybody = float((seen - first <= 365).mean())
    assert everybody < 0.9 * truth
    mature = first + 365 <= cutoff
    early = ~mature & (seen - first <= 365)
    mature_and_early_yeses = float((seen - first <= 365)[mature | early].mean())
    assert mature_and_early_yeses > 1.1 * truth


def test_ages_are_those_of_the_design() -> None:
    assert SNAPSHOT_AGES == (0, 1, 3, 7, 14, 30, 60)


def test_an_outcome_at_the_very_moment_of_looking_is_nothing_to_foretell() -> None:
    rows = labelled_snapshots(np.zeros(1), np.zeros(1), target=SIXTY, cutoff_at=99 * DAY_SECONDS, ages_days=(0,))
    assert len(rows.person) == 0
