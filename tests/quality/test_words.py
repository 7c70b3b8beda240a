"""Volume and conversion as the Data page says them."""

from typing import Any

import pytest
from django.test import Client

from leadlight.kit.clock import utc_now
from leadlight.leads.models import Lead
from leadlight.quality import operations
from leadlight.quality.rules.words import rates, volume
from tests.quality.test_audit_here import history
from tests.web.build import user

THIS = "2026-11"


def told(n_months: int, **sources: list[int]) -> dict[str, Any]:
    months = [f"{2025 + k // 12}-{k % 12 + 1:02}" for k in range(n_months)]
    n = [sum(parts) for parts in zip(*sources.values(), strict=True)]
    rows = [{"source": name, "n": parts} for name, parts in sources.items()]
    return {"months": months, "n": n, "sources": rows, "unusual": []}


class TestVolume:
    def test_the_latest_eighteen_months_stand_first(self) -> None:
        shown = volume(told(24, A=[*range(24)]), this_month=THIS)
        assert shown is not None
        assert [month.name for month in shown.months][::17] == ["Dec 2026", "Jul 2025"]
        assert [month.n for month in shown.months] == [*range(23, 5, -1)]
        assert shown.sources == ["A"]

    def test_what_five_sources_leave_is_of_the_others(self) -> None:
        shown = volume(told(1, A=[9], B=[8], C=[7], D=[6], E=[5], F=[4], G=[3]), this_month=THIS)
        assert shown is not None
        assert shown.sources == ["A", "B", "C", "D", "E", "Others"]
        assert (shown.months[0].n, shown.months[0].of_sources) == (42, [9, 8, 7, 6, 5, 7])

    def test_others_are_not_shown_where_there_are_none_in_these_months(self) -> None:
        early = told(20, A=[1] * 20, B=[1] * 20, C=[1] * 20, D=[1] * 20, E=[1] * 20, F=[1] + [0] * 19)
        shown = volume(early, this_month=THIS)
        assert shown is not None
        assert "Others" not in shown.sources

    def test_a_month_that_stands_out_is_marked_and_said(self) -> None:
        figures = told(3, A=[10, 1, 400])
        figures["unusual"] = [
            {"month": "2025-02", "n": 1, "usual": 141.2},
            {"month": "2025-03", "n": 400, "usual": 141.2},
        ]
        shown = volume(figures, this_month="2025-03")
        assert shown is not None
        assert [month.mark for month in shown.months] == ["high", "low", ""]
        assert shown.notes == [
            "March 2025 brought 400 leads; about 141 are usual in the months around it.",
            "February 2025 brought 1 lead; about 141 are usual in the months around it.",
        ]
        figures["unusual"] = [{"month": "2025-01", "n": 0, "usual": 1_400.0}]
        figures["n"][0] = figures["sources"][0]["n"][0] = 0
        shown = volume(figures, this_month="2025-03")
        assert shown is not None
        assert shown.notes == ["January 2025 brought no lead; about 1,400 are usual in the months around it."]
        assert shown.months[0].mark == "so far"

    def test_nothing_to_tell(self) -> None:
        assert volume(None, this_month=THIS) is None
        assert volume({"months": [], "n": [], "sources": [], "unusual": []}, this_month=THIS) is None

    def test_without_sources_all_are_told(self) -> None:
        shown = volume({"months": ["2025-01"], "n": [3], "sources": [], "unusual": []}, this_month=THIS)
        assert shown is not None
        assert (shown.sources, shown.months[0].n, shown.months[0].of_sources) == ([], 3, [])


class TestRates:
    def test_a_rate_stands_with_its_n_and_interval(self) -> None:
        one = {"source": None, "n": 1_400, "n_converted": 99, "rate": 0.07, "rate_shrunken": 0.0712}
        (shown,) = rates([{**one, "interval": [0.05, 0.0964]}])
        assert (shown.source, shown.n, shown.n_converted) == ("No source", 1_400, 99)
        assert (shown.of_100, shown.low, shown.high) == ("7.1", "5.0", "9.6")
        assert len(rates([{**one, "interval": [0, 1]}] * 30)) == 12

    def test_without_outcomes_there_are_no_rates(self) -> None:
        assert rates([{"source": "A", "n": 3}]) == []


@pytest.mark.django_db
class TestPage:
    def test_volume_and_conversion_are_shown(self, client: Client) -> None:
        client.force_login(user())
        history(300)
        assert "Leads by month and source" not in client.get("/data/").content.decode()
        operations.audit_history(now=utc_now())
        page = client.get("/data/").content.decode()
        assert "Leads by month and source" in page
        assert "What becomes of them" in page
        assert '<th scope="row" class="stay" dir="auto">Zillow</th><td class="num">300</td>' in page
        Lead.objects.update(converted=None)
        operations.audit_history(now=utc_now())
        page = client.get("/data/").content.decode()
        assert "Leads by month and source" in page
        assert "What becomes of them" not in page
