"""The database finds what the rule finds; markets are told from what was sold."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from leadlight.listings import queries
from leadlight.listings.models import Listing
from leadlight.listings.rules import OPTIONAL, Need, PropertyType, Status, match, need_of
from leadlight.listings.rules.facts import names
from tests.listings.build import DAY, FEED, NOW, criteria, homes, store, told


class TestMatching(TestCase):
    @settings(max_examples=120, deadline=None)
    @given(homes, criteria, st.integers(1, 6), st.frozensets(st.sampled_from(sorted(OPTIONAL))))
    def test_the_database_finds_the_first_that_the_rule_finds(self, some, asked, limit, also) -> None:
        feed = [
            told(
                one.listing_key,
                at=NOW,
                status=one.standard_status,
                **{name: getattr(one, name) for name in names()[1:]},
            )
            for one in some
        ]
        store(*feed)
        stored = list(queries.by_keys((one.system, one.listing_key) for one in some).values())
        assert len(stored) == len(some)
        need = need_of(asked)
        found = queries.matching(need, limit=limit, now=NOW, also=also)
        assert found == match(need, stored, NOW, also=also)[:limit]
        assert len(found) == min(limit, len(match(need, some, NOW, also=also)))


TODAY = NOW.date()
#: Homes at every edge of what the rule asks.
EDGES: list[dict[str, Any]] = [
    {},
    *({"status": status} for status in Status),
    *({"status": status, "internet_entire_listing_display": True} for status in OPTIONAL),
    {"internet_entire_listing_display": True},
    {"internet_entire_listing_display": False},
    *({"on_market_date": TODAY + n * DAY} for n in (-1, 0, 1)),
    *({"close_date": TODAY + n * DAY} for n in (-1, 0, 1)),
    *({"list_price": price} for price in (None, Decimal("499999.99"), Decimal(500_000), Decimal("500000.01"))),
    *({"bedrooms_total": n} for n in (None, 1, 2, 3)),
    *({"bathrooms_total": n} for n in (None, Decimal("1.5"), Decimal("1.75"), Decimal(2))),
    *({"area": area} for area in ("", "FREMONT", "Årsta")),
    *({"city": city, "area": ""} for city in ("", "kent")),
    *({"postal_code": code, "area": "", "city": ""} for code in ("", "98103", "V6B 1A1")),
    *({"property_type": kind} for kind in ("", "ResidentialLease", "CommercialLease", "Land")),
    *({"property_sub_type": kind} for kind in ("", "Condominium", "Yurt")),
]
WISHES: list[dict[str, Any]] = [
    {},
    {"transaction": "rent"},
    {"least_price": 500_000},
    {"most_price": 500_000},
    {"least_bedrooms": 2},
    {"least_bedrooms": 0},
    {"least_bathrooms": "1.75"},
    {"areas": ["fremont", "arsta"]},
    {"cities": ["Kent"]},
    {"postal_codes": ["v6b 1a1"]},
    {"areas": ["ballard"], "cities": ["kent"], "postal_codes": ["98103"]},
    {"property_types": ["Land"]},
    {"property_types": ["Condominium", "Residential"]},
    {"least_price": 500_000, "most_price": 500_000, "cities": ["seattle"], "property_types": ["Residential"]},
]


@pytest.mark.django_db
@pytest.mark.parametrize("also", [frozenset(), *({status} for status in OPTIONAL), OPTIONAL])
def test_at_every_edge_the_database_asks_what_the_rule_asks(also) -> None:
    common = {"list_price": Decimal(488_000), "bedrooms_total": 2, "bathrooms_total": Decimal(2), "area": "Ballard"}
    common |= {"city": "Seattle", "postal_code": "98107", "property_type": "Residential"}
    store(*(told(str(n), **{**common, **edge}) for n, edge in enumerate(EDGES)))
    stored = list(queries.by_keys((FEED, str(n)) for n in range(len(EDGES))).values())
    assert len(stored) == len(EDGES)
    for wish in WISHES:
        need = need_of(wish)
        right = match(need, stored, NOW, also=also)
        assert 0 < len(right) < len(EDGES), wish
        for limit in range(1, len(right) + 2):
            # A row too many that the rule drops afterwards would leave one too few.
            assert queries.matching(need, limit=limit, now=NOW, also=also) == right[:limit], wish


@pytest.mark.django_db
def test_matching_is_one_query_that_reads_no_more_than_it_tells() -> None:
    store(*(told(str(n), list_price=Decimal(100_000 + n), area="Kent") for n in range(50)))
    need = need_of({"areas": ["KENT", "Ballard"], "most_price": 100_020})
    with CaptureQueriesContext(connection) as captured:
        found = queries.matching(need, limit=3, now=NOW)
    assert len(captured) == 1
    assert "LIMIT 3" in captured[0]["sql"]
    assert [one.reason for one in found] == [f"${n} under your ceiling, in Kent" for n in (20, 19, 18)]
    assert queries.matching(Need(least_bedrooms=1), limit=3, now=NOW) == []


def sold(key: str, on: date, price: int | None, **more) -> None:
    told_price = None if price is None else Decimal(price)
    area = more.pop("area", "Kent")
    store(told(key, Status.CLOSED, area=area, close_date=on, close_price=told_price, **more))


@pytest.mark.django_db
def test_market_figures_are_of_homes_that_were_sold() -> None:
    may, then = date(2026, 5, 31), date(2025, 5, 1)
    for n in range(3):
        sold(f"a{n}", may, 500_000 + n, days_on_market=5)
        sold(f"b{n}", then, 400_000, property_type=PropertyType.RESIDENTIAL.value)
        sold(f"c{n}", may, 1, property_type=PropertyType.LAND.value)
        sold(f"d{n}", may, 1, property_type=PropertyType.RESIDENTIAL_LEASE.value)
        sold(f"e{n}", may, 1, area="Ballard")
        sold(f"f{n}", date(2026, 6, 1), 1)
        sold(f"g{n}", date(2026, 4, 30), 1)
        sold(f"h{n}", may, None)
        store(told(f"i{n}", Status.PENDING, area="Kent", close_date=may, close_price=Decimal(1)))
    with CaptureQueriesContext(connection) as captured:
        found = queries.market(areas=["Kent", "Ballard", "Nowhere"], month=date(2026, 5, 9), least=3)
    assert len(captured) == 1
    kent = found["Kent"]
    assert (kent.month, kent.n, kent.median_price, kent.median_days_on_market) == (date(2026, 5, 1), 3, 500_001, 5)
    assert (kent.n_year_before, kent.change_on_year) == (3, Decimal(500_001) / 400_000 - 1)
    assert (found["Ballard"].n, found["Nowhere"].n) == (3, 0)
    assert queries.market(areas=["Kent"], month=may)["Kent"].median_price is None


@pytest.mark.django_db
def test_days_on_market_run_from_the_market_to_the_agreement() -> None:
    days = {
        "said": {"days_on_market": 9, "on_market_date": date(2026, 4, 1), "purchase_contract_date": date(2026, 4, 5)},
        "market": {"on_market_date": date(2026, 4, 2), "purchase_contract_date": date(2026, 4, 5)},
        "listed": {"listing_contract_date": date(2026, 4, 3), "purchase_contract_date": date(2026, 4, 5)},
        "backwards": {"on_market_date": date(2026, 4, 6), "purchase_contract_date": date(2026, 4, 5)},
        "unknown": {"on_market_date": date(2026, 4, 1)},
    }
    for key, told_days in days.items():
        sold(key, date(2026, 5, 3), 500_000, **told_days)
    kent = queries.market(areas=["Kent"], month=date(2026, 5, 1), least=1)["Kent"]
    assert (kent.n, kent.n_days, kent.median_days_on_market) == (5, 3, 3)
    assert Listing.objects.filter(standard_status="Closed").count() == 5
