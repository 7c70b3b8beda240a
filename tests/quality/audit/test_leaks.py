"""Planted leaks are found, honest columns are left in peace."""

import itertools
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from leadlight.quality.audit import Audit, audit, audit_files
from leadlight.simulator import simulate, write_exports
from tests.quality.audit.build import HONEST, LEAKS, Made, clean, with_noisy_label
from tests.simulator.conftest import UNTIL

ALARMS = {
    "only_for_one_outcome", "predicts_too_well", "written_after", "overwritten", "written_together",
    "missing_predicts", "id_sorts_by_quality", "dates_after_outcome", "calendar_proxy",
}  # fmt: skip


def alarms(found: Audit) -> dict[str, str]:
    return {f.column: f.action for f in found.findings if f.kind in ALARMS and f.action != "kept"}


SHAPES = [(500, 0.2, 0.5), (2_000, 0.05, 1.7), (3_000, 0.5, 1.5), (6_000, 0.01, 1.0), (12_000, 0.1, 2.0)]


@pytest.mark.parametrize(("n", "rate", "strength"), SHAPES)
def test_every_planted_leak_is_found_and_no_honest_column(n: int, rate: float, strength: float) -> None:
    made = clean(n, rate, seed=n, strength=strength)
    for plant in LEAKS.values():
        made = plant(made)
    found = alarms(audit(made.frame, outcome="Converted"))
    assert {name: found.get(name) for name in LEAKS} == dict.fromkeys(LEAKS, "left_out")
    assert set(found) == set(LEAKS)


@pytest.mark.parametrize("leak", LEAKS)
def test_each_leak_is_found_alone(leak: str) -> None:
    made = LEAKS[leak](clean(1_500, 0.15, seed=7))
    assert alarms(audit(made.frame, outcome="Converted")) == {leak: "left_out"}


def test_false_alarms_on_clean_tables_are_rare() -> None:
    n_columns = n_alarms = 0
    for seed, (n, rate, strength) in enumerate(itertools.product((500, 2_500), (0.05, 0.2, 0.5), (0.7, 1.7))):
        found = alarms(audit(clean(n, rate, seed, strength=strength).frame, outcome="Converted"))
        n_columns += len(HONEST)
        n_alarms += len(found)
    assert n_columns > 150
    assert n_alarms <= 0.02 * n_columns


def test_a_strong_honest_column_is_pointed_at_and_kept() -> None:
    found = audit(clean(5_000, 0.2, seed=3, strength=2.2).frame, outcome="Converted")
    assert found.left_out == ()
    pointed = [f for f in found.findings if f.kind == "strong_column"]
    assert [(f.column, f.action) for f in pointed] == [("Time on website", "kept")]
    assert pointed[0].evidence["auc"] > pointed[0].evidence["auc_of_others"]


def test_leaks_of_the_simulated_brokerage_are_found(tmp_path: Path) -> None:
    (people, *_) = write_exports(simulate(n_leads=3_000, seed=9, until=UNTIL), tmp_path, leaks=True)
    found = audit_files([people], outcome="Booked")
    # The stage of the export itself is one as it stands at the end.
    assert set(found.left_out) == {"Fit Check", "Pipeline Step", "Record No", "Stage"}
    assert alarms(found).keys() - set(found.left_out) <= {"Last Activity", "Is Contacted", "Tags"}


def named(name: str, made: Made, strength: float) -> pl.DataFrame:
    """Add a number that says `strength` of the outcome, under a name."""
    return made.frame.with_columns(pl.Series(name, made.y * strength + made.rng.normal(0.0, 1.0, len(made.y))))


def test_a_name_convicts_only_together_with_the_data() -> None:
    made = clean(4_000, 0.2, seed=5)
    for name in ("Call duration", "Stage", "Lead quality", "Last activity", "Score"):
        assert alarms(audit(named(name, made, 0.0), outcome="Converted")) == {}
    assert alarms(audit(named("Call duration", made, 1.6), outcome="Converted")) == {"Call duration": "left_out"}
    assert alarms(audit(named("Site depth", made, 1.2), outcome="Converted")) == {}
    assert alarms(audit(named("Lead quality", made, 1.2), outcome="Converted")) == {"Lead quality": "left_out"}
    assert alarms(audit(named("Marital status", made, 1.2), outcome="Converted")) == {}
    assert alarms(audit(named("Last contact score", made, 1.0), outcome="Converted")) == {"Last contact score": "ask"}


def test_a_column_that_each_edit_rewrites_is_left_out() -> None:
    made = clean(4_000, 0.3, seed=6)
    kind = np.where(made.rng.random(4_000) < np.where(made.y, 0.2, 0.65), "Modified", "Called")
    frame = made.frame.with_columns(pl.Series("Last Activity", kind))
    found = [f for f in audit(frame, outcome="Converted").findings if f.column == "Last Activity"]
    assert [(f.kind, f.action) for f in found] == [("written_after", "left_out")]
    found = [
        f
        for f in audit(
            frame.with_columns(pl.col("Last Activity").replace("Modified", "Called twice")), outcome="Converted"
        ).findings
        if f.column == "Last Activity"
    ]
    assert [(f.kind, f.action) for f in found] == [("overwritten", "ask")]


def test_scores_given_in_one_go_are_judged_as_one() -> None:
    made = clean(3_000, 0.3, seed=8)
    there = made.rng.random(3_000) < 0.5
    strong = np.where(there, np.round(made.y * 1.5 + made.rng.normal(0, 1, 3_000), 1), np.nan)
    weak = np.where(there, made.rng.integers(1, 4, 3_000), np.nan)
    frame = made.frame.with_columns(
        pl.Series("Activity Index", strong).fill_nan(None), pl.Series("Profile Index", weak).fill_nan(None)
    )
    assert set(audit(frame, outcome="Converted").left_out) == {"Activity Index", "Profile Index"}


def test_a_loss_reason_is_filled_for_lost_leads_only() -> None:
    made = clean(3_000, 0.3, seed=10)
    reason = [None if won or made.rng.random() < 0.4 else "price" for won in made.y.tolist()]
    found = audit(made.frame.with_columns(pl.Series("Why", reason, dtype=pl.String)), outcome="Converted")
    (one,) = [f for f in found.findings if f.column == "Why" and f.action == "left_out"]
    assert one.kind == "only_for_one_outcome"
    assert one.evidence["side"] == "not converted"
    assert one.evidence["n_converted"] == 0


def test_gaps_that_tell_something_are_asked_about_and_random_gaps_are_not() -> None:
    made = clean(3_000, 0.3, seed=12)
    some = made.rng.random(3_000) < np.where(made.y, 0.9, 0.5)
    frame = made.frame.with_columns(
        pl.Series("Move month", ["soon" if one else None for one in some.tolist()]),
        pl.Series("Hair", ["brown" if one else None for one in (made.rng.random(3_000) < 0.7).tolist()]),
    )
    assert alarms(audit(frame, outcome="Converted")) == {"Move month": "ask"}


def test_the_same_table_gives_the_same_audit() -> None:
    frame = with_noisy_label(clean(2_000, 0.2, seed=1)).frame
    assert audit(frame, outcome="Converted").to_json() == audit(frame, outcome="Converted").to_json()
