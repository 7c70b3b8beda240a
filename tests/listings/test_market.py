"""What homes of an area sold for in a month."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from leadlight.listings.rules import LEAST_SALES, Sale, market_figures

MAY = date(2026, 5, 1)


def sales(
    n: int, price: int, on: date = date(2026, 5, 31), days: int | None = 7, area: str = "Ballard"
) -> list[Sale]:
    return [Sale(area, on, Decimal(price + k), days) for k in range(n)]


def figures(some, month: date = date(2026, 5, 17)):
    return market_figures(some, area="Ballard", month=month)


def test_the_figures_of_a_month_and_the_change_on_the_year() -> None:
    found = figures([*sales(11, 500_000), *sales(10, 400_000, date(2025, 5, 1), days=None)])
    assert (found.area, found.month, found.n, found.n_days, found.n_year_before) == ("Ballard", MAY, 11, 11, 10)
    assert (found.median_price, found.median_days_on_market) == (500_005, 7)
    assert found.change_on_year == Decimal(500_005) / Decimal("400004.5") - 1


def test_too_few_sales_give_no_figure_and_say_how_few() -> None:
    assert LEAST_SALES == 10
    found = figures([*sales(9, 500_000), *sales(10, 400_000, date(2025, 5, 2))])
    assert (found.n, found.median_price, found.median_days_on_market, found.change_on_year) == (9, None, None, None)
    assert found.n_year_before == 10
    then = figures([*sales(10, 500_000), *sales(9, 400_000, date(2025, 5, 2))])
    assert (then.median_price, then.change_on_year, then.n_year_before) == (Decimal("500004.5"), None, 9)
    days = figures([*sales(9, 500_000), *sales(1, 500_000, days=None)])
    assert (days.n, days.n_days, days.median_days_on_market) == (10, 9, None)
    assert days.median_price is not None
    nothing = figures([])
    assert (nothing.n, nothing.median_price, nothing.n_days) == (0, None, 0)


def test_other_months_and_areas_do_not_count() -> None:
    around = [
        *sales(10, 1, date(2026, 4, 30)),
        *sales(10, 1, date(2026, 6, 1)),
        *sales(10, 1, date(2025, 6, 1)),
        *sales(10, 1, date(2024, 5, 1)),
        *sales(10, 1, area="Fremont"),
    ]
    assert figures([*around, *sales(10, 500_000)]) == figures(sales(10, 500_000))
    assert figures(around).n == 0


@given(st.lists(st.integers(1, 10**7), min_size=LEAST_SALES), st.randoms(use_true_random=False))
def test_the_median_lies_among_the_prices_in_any_order(prices, chance) -> None:
    some = [Sale("Ballard", MAY, Decimal(price)) for price in prices]
    found = figures(some)
    chance.shuffle(some)
    assert figures(some) == found
    assert found.median_price is not None
    assert min(prices) <= found.median_price <= max(prices)
    assert sum(price <= found.median_price for price in prices) * 2 >= len(prices)
