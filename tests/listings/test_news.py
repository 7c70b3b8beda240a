"""What of a listing is worth telling somebody."""

from decimal import Decimal

import pytest

from leadlight.listings.rules import DROP_AMOUNT, DROP_SHARE, NewsKind, Status, news
from tests.listings.build import DAY, HOUR, NOW, home

A = Decimal(100_000)
M = Decimal(1_000_000)


def kinds(before, after) -> list[NewsKind]:
    return [one.kind for one in news(before, after, NOW)]


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (A, A * 97 / 100, True),
        (A, A * 97 / 100 + Decimal("0.01"), False),
        (M, M - 10_000, True),
        (M, M - Decimal("9999.99"), False),
        (A, A, False),
        (A, A + 50_000, False),
        (None, A, False),
        (A, None, False),
    ],
)
def test_a_price_that_fell_by_three_percent_or_ten_thousand(before, after, told: bool) -> None:
    assert f"{DROP_SHARE:.0%} or {DROP_AMOUNT:,}" == "3% or 10,000"
    assert kinds(home(list_price=before), home(list_price=after)) == [NewsKind.PRICE_DROP] * told


def test_a_drop_says_by_how_much() -> None:
    [drop] = news(home(list_price=A * 5), home(list_price=A * 5 - 25_000), NOW)
    assert (drop.amount, drop.share, drop.words) == (25_000, Decimal("0.05"), "$25,000 less than before (5.0%)")
    rent = {"property_type": "ResidentialLease"}
    assert kinds(home(list_price=A), home(list_price=Decimal(2_000), **rent)) == []
    assert kinds(home(list_price=Decimal(2_000), **rent), home(list_price=Decimal(1_900), **rent)) == [
        NewsKind.PRICE_DROP
    ]


@pytest.mark.parametrize("status", [*Status])
def test_a_home_appears_or_comes_back(status: Status) -> None:
    told = {
        Status.ACTIVE: [],
        Status.CLOSED: [],
        Status.COMING_SOON: [NewsKind.APPEARED],
        Status.INCOMPLETE: [NewsKind.APPEARED],
    }.get(status, [NewsKind.BACK_ON_MARKET])
    assert kinds(home(status), home()) == told
    assert kinds(None, home()) == [NewsKind.APPEARED]


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.ACTIVE])
def test_of_what_may_not_be_shown_there_is_no_news(status: Status) -> None:
    cheaper = {"list_price": A, "open_house_starts_at": NOW + DAY}
    assert kinds(home(Status.PENDING), home(status, **cheaper)) == []
    assert kinds(None, home(status, **cheaper)) == []
    assert kinds(home(Status.PENDING), home(**cheaper, internet_entire_listing_display=False)) == []


def test_an_open_house_that_is_new_and_not_over() -> None:
    ahead = {"open_house_starts_at": NOW + DAY, "open_house_ends_at": NOW + DAY + 2 * HOUR}
    [told] = news(home(), home(**ahead), NOW)
    assert (told.kind, told.starts_at, told.ends_at) == (NewsKind.OPEN_HOUSE, NOW + DAY, NOW + DAY + 2 * HOUR)
    assert kinds(None, home(**ahead)) == [NewsKind.APPEARED, NewsKind.OPEN_HOUSE]
    assert kinds(home(**ahead), home(**ahead)) == []
    assert kinds(home(open_house_starts_at=NOW - DAY), home(**ahead)) == [NewsKind.OPEN_HOUSE]
    assert kinds(home(), home(open_house_starts_at=NOW - HOUR, open_house_ends_at=NOW + HOUR)) == [
        NewsKind.OPEN_HOUSE
    ]
    assert kinds(home(), home(open_house_starts_at=NOW - 3 * HOUR, open_house_ends_at=NOW)) == []
    assert kinds(home(), home(open_house_starts_at=NOW)) == []


def test_several_things_at_once() -> None:
    both = news(home(Status.PENDING, list_price=A), home(list_price=A * 9 / 10), NOW)
    assert [one.kind for one in both] == [NewsKind.BACK_ON_MARKET, NewsKind.PRICE_DROP]
