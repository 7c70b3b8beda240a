"""What time does to labels and columns: truncation, censoring, drift, proxies, ids, imports."""

from datetime import UTC, datetime

import numpy as np
import polars as pl
import pytest

from leadlight.quality.audit import Audit, Finding, audit
from leadlight.quality.audit.clock import order_of_rows
from leadlight.quality.audit.columns import understand
from tests.quality.audit.build import DAY, START, Made, clean

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def of(found: Audit, kind: str) -> list[Finding]:
    return [f for f in found.findings if f.kind == kind]


def moments(seconds: np.ndarray) -> pl.Series:
    return (
        pl.Series((np.nan_to_num(seconds) * 1e6).astype("int64"))
        .cast(pl.Datetime("us"))
        .set(pl.Series(np.isnan(seconds)), None)
    )


def with_wins(made: Made, recorded_from: float) -> pl.DataFrame:
    """Add the moment of each win, some weeks after the lead; before `recorded_from` nobody wrote them down."""
    won = made.at + made.rng.gamma(2.0, 12.0, len(made.y)) * DAY
    won = np.where(made.y & (won >= recorded_from), won, np.nan)
    return made.frame.drop("Converted").with_columns(Won=moments(won))


def test_wins_that_were_not_recorded_at_first_are_noticed_with_the_date() -> None:
    first = START + 200 * DAY
    found = audit(with_wins(clean(3_000, 0.2, seed=2), first), outcome="Won", now=NOW)
    (one,) = of(found, "left_truncated")
    assert one.evidence["use_from"] == "2024-08-01"
    assert one.evidence["first_outcome"].startswith("2024-07-1")
    assert "2024-08-01" in one.sentence
    assert not of(audit(with_wins(clean(3_000, 0.2, seed=2), START), outcome="Won", now=NOW), "left_truncated")


def test_leads_too_young_to_have_converted_are_counted() -> None:
    made = clean(3_000, 0.2, seed=3)
    won = made.at + made.rng.gamma(2.0, 30.0, 3_000) * DAY
    end = START + 700 * DAY
    seen = np.where(made.y & (won < end), won, np.nan)
    frame = made.frame.drop("Converted").with_columns(Won=moments(seen))
    (one,) = of(audit(frame, outcome="Won", now=NOW), "right_censored")
    assert 60 < one.evidence["days"] < 120
    figures = audit(frame, outcome="Won", now=NOW).figures["time_to_outcome"]
    assert figures["share_by_day"]["30"] < figures["share_by_day"]["180"] <= 0.25


def test_without_outcome_dates_a_sudden_fall_at_the_end_is_noticed() -> None:
    made = clean(4_000, 0.3, seed=4)
    young = made.at > np.quantile(made.at, 0.9)
    y = made.y & ~(young & (made.rng.random(4_000) < 0.8))
    frame = made.frame.with_columns(Converted=pl.Series(np.where(y, "yes", "no")))
    assert of(audit(frame, outcome="Converted", now=NOW), "right_censored")
    assert not of(audit(made.frame, outcome="Converted", now=NOW), "right_censored")


def test_drift_is_told_from_chance() -> None:
    made = clean(6_000, 0.2, seed=5)
    assert not of(audit(made.frame, outcome="Converted", now=NOW), "drift")
    later = np.argsort(np.argsort(made.at)) / 6_000
    y = made.rng.random(6_000) < 0.05 + 0.3 * later
    frame = made.frame.with_columns(Converted=pl.Series(np.where(y, "yes", "no")))
    (one,) = of(audit(frame, outcome="Converted", now=NOW), "drift")
    assert one.evidence["rates"][0] < 0.1 < 0.25 < one.evidence["rates"][-1]


def test_a_win_before_the_lead_is_counted_and_the_same_day_is_not() -> None:
    made = clean(1_000, 0.3, seed=6)
    won = np.where(made.y, made.at + 20 * DAY, np.nan)
    rows = np.flatnonzero(made.y)
    won[rows[:3]] = made.at[rows[:3]] - 5 * DAY
    won[rows[3]] = np.floor(made.at[rows[3]] / DAY) * DAY
    frame = made.frame.drop("Converted").with_columns(Won=moments(won))
    (one,) = of(audit(frame, outcome="Won", now=NOW), "negative_lead_time")
    assert one.evidence["n"] == 3


def test_rates_of_the_economy_are_a_calendar_and_weekdays_are_not() -> None:
    made = clean(4_000, 0.2, seed=7)
    month = np.floor((made.at - START) / (30 * DAY))
    index = np.random.default_rng(0).normal(size=40)[month.astype(int)]
    weekday = np.array(["mon", "tue", "wed", "thu", "fri", "sat", "sun"])[(made.at // DAY).astype(int) % 7]
    frame = made.frame.with_columns(pl.Series("interest", index), pl.Series("weekday", weekday))
    dated = of(audit(frame, outcome="Converted", now=NOW), "calendar_proxy")
    assert [(f.column, f.action) for f in dated] == [("interest", "ask")]


def test_rows_in_the_order_of_time_are_noticed_without_a_date() -> None:
    made = clean(4_000, 0.2, seed=8)
    rng = np.random.default_rng(1)
    month = np.floor((made.at - START) / (30 * DAY)).astype(int)
    frame = made.frame.drop("Created").with_columns(
        pl.Series("interest", rng.normal(size=40)[month]), pl.Series("prices", rng.normal(size=40)[month])
    )
    found = audit(frame, outcome="Converted")
    assert found.figures["order"] == "the order of the rows"
    assert {f.column for f in of(found, "calendar_proxy")} == {"interest", "prices"}
    shuffled = audit(frame.sample(fraction=1.0, shuffle=True, seed=1), outcome="Converted")
    assert shuffled.figures["order"] is None
    assert [f.action for f in of(shuffled, "no_dates")] == ["ask"]


def test_a_file_sorted_by_columns_is_not_in_the_order_of_time() -> None:
    rng = np.random.default_rng(9)
    frame = pl.DataFrame({"office": rng.integers(0, 3, 3_000), "kind": rng.integers(0, 3, 3_000)}).sort(
        "office", "kind"
    )
    budget = np.sort(rng.normal(size=3_000))
    like_it = frame.with_columns(pl.Series("budget", budget), pl.Series("area", budget + rng.normal(0.0, 0.1, 3_000)))
    hidden_key = like_it.select("area", value=pl.col("budget") + rng.normal(0.0, 0.1, 3_000))
    for table in (frame, like_it, hidden_key):
        assert order_of_rows([understand(table[name]) for name in table.columns]) == []
    # Beside what rises and falls, a key says nothing against time.
    month = np.arange(3_000) // 250
    timely = frame.with_columns(pl.Series("interest", rng.normal(size=12)[month]))
    assert "interest" in order_of_rows([understand(timely[name]) for name in timely.columns])


def test_month_names_are_a_calendar_without_any_date() -> None:
    made = clean(2_000, 0.2, seed=10)
    names = np.array(["Feb", "Mar", "May", "June", "Nov"])[made.rng.integers(0, 5, 2_000)]
    frame = made.frame.drop("Created").with_columns(pl.Series("When", names))
    assert [f.column for f in of(audit(frame, outcome="Converted"), "calendar_proxy")] == ["When"]


@pytest.mark.parametrize("prefix", ["", "L-"])
def test_an_id_that_only_counts_is_named_and_kept(prefix: str) -> None:
    made = clean(2_000, 0.2, seed=11)
    frame = made.frame.with_columns(pl.Series("Lead id", [f"{prefix}{7000 + k}" for k in range(2_000)]))
    found = audit(frame, outcome="Converted", now=NOW)
    (one,) = of(found, "calendar_proxy")
    assert (one.column, one.action) == ("Lead id", "kept")
    assert found.left_out == ()


def test_a_day_of_import_stands_out() -> None:
    made = clean(2_000, 0.2, seed=12)
    at = made.at.copy()
    at[:400] = START + 100 * DAY + np.arange(400)
    (one,) = of(audit(made.frame.with_columns(Created=moments(at)), outcome="Converted", now=NOW), "bulk_import")
    assert one.evidence["days"] == ["2024-04-10"]
    assert not of(audit(made.frame, outcome="Converted", now=NOW), "bulk_import")


def test_a_random_test_that_flatters_is_told() -> None:
    made = clean(6_000, 0.3, seed=13)
    # What "cash" means turns round in the last third.
    late = np.argsort(np.argsort(made.at)) > 4_200
    sign = made.rng.random(6_000) < np.where(made.y ^ late, 0.85, 0.15)
    frame = made.frame.with_columns(pl.Series("Area", np.where(sign, "north", "south")))
    (one,) = of(audit(frame, outcome="Converted", now=NOW), "split_gap")
    assert one.evidence["gap"] > 0.1
    assert not of(audit(made.frame, outcome="Converted", now=NOW), "split_gap")


def test_a_date_to_come_is_named_unless_it_is_a_plan() -> None:
    made = clean(300, 0.3, seed=14)
    at = made.at.copy()
    at[:2] = NOW.timestamp() + 400 * DAY
    frame = made.frame.with_columns(Created=moments(at), **{"Next visit": moments(made.at + 900 * DAY)})
    assert [(f.column, f.evidence["n"]) for f in of(audit(frame, outcome="Converted", now=NOW), "future_dates")] == [
        ("Created", 2)
    ]
    assert {m["month"][:4] for m in audit(frame, outcome="Converted", now=NOW).figures["months"]} == {"2024", "2025"}
