"""Leads by month and source: what is counted, and which months stand out."""

from datetime import UTC, datetime

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadlight.quality.audit import audit
from leadlight.quality.audit.clock import Clock
from leadlight.quality.audit.columns import understand
from leadlight.quality.audit.months import unusual_months
from leadlight.quality.audit.sources import volume_figures
from tests.quality.audit.build import DAY, START, clean


def clock(*months: int) -> Clock:
    """Return the moments of leads that came in months, counted from January 2024; a negative one is not known."""
    at = [datetime(2024 + m // 12, m % 12 + 1, 15, tzinfo=UTC).timestamp() if m >= 0 else np.nan for m in months]
    return Clock("Created", np.array(at), is_dated=True)


def unusual(*n: int) -> list[tuple[int, int]]:
    return [(int(one["month"]), one["n"]) for one in unusual_months([str(k) for k in range(len(n))], n)]


class TestVolume:
    def test_months_without_leads_are_not_passed_over(self) -> None:
        labels = understand(pl.Series("Source", ["A", "B", "B", None]))
        told = volume_figures(labels, clock(0, 0, 3, 3))
        assert told["months"] == ["2024-01", "2024-02", "2024-03", "2024-04"]
        assert told["n"] == [2, 0, 0, 2]
        assert told["sources"] == [
            {"source": "B", "n": [1, 0, 0, 1]},
            {"source": None, "n": [0, 0, 0, 1]},
            {"source": "A", "n": [1, 0, 0, 0]},
        ]

    def test_the_latest_two_years_count_and_rows_without_a_date_do_not(self) -> None:
        labels = understand(pl.Series("Source", ["A", "A", "B", "B"]))
        told = volume_figures(labels, clock(0, 24, 1, -1))
        assert (told["months"][0], told["months"][-1], len(told["months"])) == ("2024-02", "2026-01", 24)
        assert {one["source"]: sum(one["n"]) for one in told["sources"]} == {"A": 1, "B": 1}
        assert sum(told["n"]) == 2

    def test_ten_sources_are_told(self) -> None:
        labels = understand(pl.Series("Source", [f"S{k}" for k in range(12)] * 2 + ["S11"]))
        told = volume_figures(labels, clock(*[0] * 25))
        assert [one["source"] for one in told["sources"]][:2] == ["S11", "S0"]
        assert len(told["sources"]) == 10

    def test_without_a_source_or_a_date_there_is_less_to_tell(self) -> None:
        assert volume_figures(None, clock(0, 1)) == {
            "months": ["2024-01", "2024-02"],
            "n": [1, 1],
            "sources": [],
            "unusual": [],
        }
        assert volume_figures(None, clock(-1))["months"] == []

    def test_a_file_is_told_of_too(self) -> None:
        made = clean(600, 0.2, seed=1)
        told = audit(made.frame, outcome="Converted", now=datetime(2026, 6, 1, tzinfo=UTC)).figures["volume"]
        late = made.at >= datetime.fromisoformat(f"{told['months'][0]}-01T00:00+00:00").timestamp()
        assert sum(told["n"]) == int(late.sum())
        assert {one["source"] for one in told["sources"]} <= set(made.frame["Lead Source"])
        numbered = audit(pl.DataFrame({"no": [1, 2, 3], "Source": ["A", "B", "A"]}), order="no")
        assert "volume" not in numbered.figures

    @given(st.lists(st.tuples(st.integers(-1, 40), st.sampled_from("ABC")), min_size=1, max_size=60))
    def test_sources_add_up_to_all(self, leads: list[tuple[int, str]]) -> None:
        months, labels = zip(*leads, strict=True)
        told = volume_figures(understand(pl.Series("Source", labels)), clock(*months))
        for k, n in enumerate(told["n"]):
            assert sum(one["n"][k] for one in told["sources"]) == n
        known = [m for m in months if m >= 0]
        assert sum(told["n"]) == sum(m > max(known, default=0) - 24 for m in known)


class TestUnusual:
    USUAL = (100, 104, 96, 101, 99, 103, 97)

    def test_a_month_below_half_or_above_twice_the_usual_stands_out(self) -> None:
        assert unusual(*self.USUAL, 20, *self.USUAL) == [(7, 20)]
        assert unusual(*self.USUAL, 300, *self.USUAL) == [(7, 300)]
        assert unusual(*self.USUAL, 0, *self.USUAL) == [(7, 0)]
        assert unusual_months([str(k) for k in range(15)], [100] * 7 + [20] + [100] * 7)[0]["usual"] == 100.0

    @pytest.mark.parametrize("n", [51, 199])
    def test_what_is_less_far_off_does_not(self, n: int) -> None:
        assert unusual(*self.USUAL, n, *self.USUAL) == []

    def test_the_first_and_the_last_month_may_be_parts_but_not_too_full(self) -> None:
        assert unusual(5, *self.USUAL, *self.USUAL, 5) == []
        assert unusual(500, *self.USUAL, *self.USUAL, 500) == [(0, 500), (15, 500)]

    def test_few_leads_and_few_months_say_nothing(self) -> None:
        assert unusual(*[19] * 7, 80, *[19] * 7) == []
        assert unusual(*[20] * 7, 80, *[20] * 7) == [(7, 80)]
        assert unusual(*[100] * 3, 0, *[100] * 2) == []
        assert unusual(*[100] * 3, 0, *[100] * 3) == [(3, 0)]

    def test_the_seasons_do_not_stand_out(self) -> None:
        year = (60, 70, 90, 110, 120, 120, 115, 110, 95, 85, 70, 60)
        assert unusual(*year, *year) == []

    def test_months_that_always_swing_do_not_stand_out(self) -> None:
        swing = (30, 170, 60, 140, 90, 110, 100)
        assert unusual(*swing, *swing) == []

    def test_half_of_a_small_number_may_be_chance(self) -> None:
        assert unusual(*[20] * 7, 9, *[20] * 7) == []
        assert unusual(*[20] * 7, 8, *[20] * 7) == [(7, 8)]

    def test_what_is_usual_is_said_by_the_months_around_alone(self) -> None:
        (found,) = unusual_months([*"abcdefg"], [100, 110, 120, 400, 130, 140, 150])
        assert found == {"month": "d", "n": 400, "usual": pytest.approx(((120**0.5 + 130**0.5) / 2) ** 2)}

    def test_growth_is_nothing_unusual(self) -> None:
        assert unusual(*(round(50 * 1.08**k) for k in range(24))) == []

    def test_chance_alone_hardly_ever_stands_out(self) -> None:
        rng = np.random.default_rng(1)
        found = sum(len(unusual(*rng.poisson(40, 24).tolist())) for _ in range(200))
        assert found <= 10

    def test_moments_of_a_month_are_counted_in_utc(self) -> None:
        at = np.array([START - 1.0, START, START + 30.9 * DAY])
        told = volume_figures(None, Clock("Created", at, is_dated=True))
        assert (told["months"], told["n"]) == (["2023-12", "2024-01"], [1, 2])
