"""What homes of an area sold for in a month, and how that compares with a year before. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from statistics import median

#: Fewer sales than this have a median that one home can move by more than a market does.
LEAST_SALES = 10


@dataclass(frozen=True)
class Sale:
    """A home that was sold."""

    area: str
    closed_on: date
    price: Decimal
    #: Days until it was under contract; None where nobody said.
    days_on_market: int | None = None


@dataclass(frozen=True)
class MarketFigures:
    """An area's sales of one month. A figure from too few sales is None; how many there were is always said."""

    area: str
    #: The first day of the month.
    month: date
    n: int
    median_price: Decimal | None
    #: Of how many sales the days are known.
    n_days: int
    median_days_on_market: Decimal | None
    #: Sales of the same month a year before, and the median's change on theirs (0.05 is 5 % more).
    n_year_before: int
    change_on_year: Decimal | None


def market_figures(sales: Iterable[Sale], *, area: str, month: date, least: int = LEAST_SALES) -> MarketFigures:
    """
    Return an area's figures of the month in which the day `month` lies, from sales of any areas and times.

    Each figure needs at least `least` sales of its own, the change on the year as many in both months.
    """
    first = month.replace(day=1)
    before = first.replace(year=first.year - 1)
    here = [sale for sale in sales if sale.area == area]
    now = [sale for sale in here if sale.closed_on.replace(day=1) == first]
    then = [sale for sale in here if sale.closed_on.replace(day=1) == before]
    price, price_then = (_median([sale.price for sale in some], least) for some in (now, then))
    days = [Decimal(sale.days_on_market) for sale in now if sale.days_on_market is not None]
    return MarketFigures(
        area,
        first,
        len(now),
        price,
        len(days),
        _median(days, least),
        len(then),
        price / price_then - 1 if price is not None and price_then else None,
    )


def _median(values: Sequence[Decimal], least: int) -> Decimal | None:
    return median(values) if len(values) >= max(least, 1) else None
