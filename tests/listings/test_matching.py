"""Which homes fit a need: the same for everybody who has it, in whatever order homes are told."""

from dataclasses import fields, replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadlight.listings.rules import Facts, Need, Status, Transaction, criteria_of, fits, match, need_of
from leadlight.listings.rules.matching import dollars
from tests.listings.build import NOW, criteria, home, homes, wanted

HOME = home()


def reason(need: Need, **facts) -> str:
    [found] = match(need, [home(**facts)], NOW, also=list(Status))
    return found.reason


def test_a_match_says_why_in_plain_words() -> None:
    need = wanted(most_price=Decimal(500_000), least_bedrooms=2, areas=frozenset({"ballard"}))
    assert reason(need) == "3 bedrooms, $12,000 under your ceiling, in Ballard"
    assert reason(need, list_price=Decimal(500_000), bedrooms_total=2) == (
        "2 bedrooms, just at your ceiling, in Ballard"
    )
    assert reason(Need(), bedrooms_total=1) == "1 bedroom, $488,000, in Ballard"
    assert reason(Need(), bedrooms_total=None, list_price=None, area="") == "in Seattle"
    assert reason(Need(), list_price=Decimal("488000.50"), area="", city="") == "3 bedrooms, $488,000.50, in 98107"
    assert reason(Need(), status=Status.PENDING) == "3 bedrooms, $488,000, pending, in Ballard"
    rent = wanted(transaction=Transaction.RENT, most_price=Decimal(2_000))
    lease = {"property_type": "ResidentialLease", "list_price": Decimal(1_850)}
    assert reason(rent, **lease) == "3 bedrooms, $150 a month under your ceiling, in Ballard"
    assert reason(replace(rent, most_price=None), **lease) == "3 bedrooms, $1,850 a month, in Ballard"


def test_what_was_only_read_from_views_is_not_called_a_ceiling() -> None:
    need = wanted(most_price=Decimal(500_000), is_stated=False)
    assert reason(need) == "3 bedrooms, $488,000, within what you looked at, in Ballard"


def test_a_place_is_named_as_it_was_asked_for() -> None:
    assert reason(wanted(cities=frozenset({"seattle"}))).endswith("in Seattle")
    assert reason(wanted(postal_codes=frozenset({"98107"}))).endswith("in 98107")
    everywhere = wanted(cities=frozenset({"seattle"}), areas=frozenset({"ballard"}))
    assert reason(everywhere).endswith("in Ballard")


@pytest.mark.parametrize(
    ("need", "facts"),
    [
        (wanted(least_price=Decimal(488_000)), {"list_price": Decimal(487_999)}),
        (wanted(most_price=Decimal(488_000)), {"list_price": Decimal("488000.01")}),
        (wanted(most_price=Decimal(488_000)), {"list_price": None}),
        (wanted(least_price=Decimal(1)), {"list_price": None}),
        (wanted(least_bedrooms=3), {"bedrooms_total": 2}),
        (wanted(least_bedrooms=1), {"bedrooms_total": None}),
        (wanted(least_bathrooms=Decimal("1.75")), {"bathrooms_total": Decimal("1.5")}),
        (wanted(least_bathrooms=Decimal(1)), {"bathrooms_total": None}),
        (wanted(areas=frozenset({"ballard"})), {"area": "Fremont"}),
        (wanted(cities=frozenset({"seattle"})), {"city": ""}),
        (wanted(postal_codes=frozenset({"98107"})), {"postal_code": "98103"}),
        (wanted(property_types=frozenset({"SingleFamilyResidence"})), {"property_sub_type": "Condominium"}),
        (wanted(property_types=frozenset({"Residential"})), {"property_type": "Land"}),
        (Need(), {"property_type": "ResidentialLease"}),
        (wanted(transaction=Transaction.RENT), {"property_type": "Residential", "list_price": Decimal(1)}),
    ],
)
def test_each_wish_is_a_bound(need: Need, facts: dict) -> None:
    lease = {"property_type": "ResidentialLease"} if need.transaction is Transaction.RENT else {}
    assert fits(need, home(**lease))
    assert not fits(need, home(**{**lease, **facts}))


def test_any_of_the_places_will_do_in_any_spelling() -> None:
    need = need_of({"areas": ["  ÅRSTA "], "cities": ["kent"], "postal_codes": ["98107-0001"]})
    for facts in ({"area": "Arsta"}, {"city": "KENT"}, {}):
        assert fits(need, home(**facts))
    assert not fits(need, home(postal_code="98103"))


def test_the_newest_stands_first_then_the_cheapest_then_by_key() -> None:
    some = [
        home(listing_key="old", on_market_date=date(2026, 4, 1)),
        home(listing_key="unpriced", list_price=None),
        home(listing_key="dear", list_price=Decimal(500_000)),
        home(listing_key="b"),
        home(listing_key="a"),
        home(listing_key="a", system="aaa"),
        home(listing_key="new", on_market_date=date(2026, 5, 9)),
    ]
    order = [(found.listing.system[0], found.listing.listing_key) for found in match(Need(), some, NOW)]
    assert [key for _, key in order] == ["new", "a", "a", "b", "dear", "unpriced", "old"]
    assert order[1][0] == "a"


@settings(max_examples=200)
@given(criteria, homes, st.randoms(use_true_random=False))
def test_the_order_of_listings_does_not_matter(asked, some, chance) -> None:
    need, shuffled = need_of(asked), list(some)
    chance.shuffle(shuffled)
    assert match(need, shuffled, NOW) == match(need, some, NOW)


@settings(max_examples=300)
@given(criteria, criteria, homes)
def test_asking_for_more_never_finds_more(asked, more, some) -> None:
    """A need narrowed in every way that one can be narrowed in."""
    wide, other = need_of(asked), need_of(more)

    def fewer(mine: frozenset[str], theirs: frozenset[str]) -> frozenset[str]:
        return (mine & theirs or mine) if mine else theirs

    narrow = replace(
        wide,
        least_price=max(filter(None, (wide.least_price, other.least_price)), default=None),
        most_price=min(filter(None, (wide.most_price, other.most_price)), default=None),
        least_bedrooms=max(filter(None, (wide.least_bedrooms, other.least_bedrooms)), default=wide.least_bedrooms),
        least_bathrooms=max(filter(None, (wide.least_bathrooms, other.least_bathrooms)), default=None),
        property_types=fewer(wide.property_types, other.property_types),
    )
    if wide.areas or wide.cities or wide.postal_codes:
        narrow = replace(narrow, areas=wide.areas & other.areas or wide.areas)
    else:
        narrow = replace(narrow, areas=other.areas)
    found = {one.listing.pk for one in match(narrow, some, NOW)}
    assert found <= {one.listing.pk for one in match(wide, some, NOW)}


@given(criteria, homes, st.text(max_size=20), st.text(max_size=20))
def test_who_asks_makes_no_difference(asked, some, name, language) -> None:
    """Two people whose searches differ by what they call them, their own name and their language alone."""
    with pytest.raises(Exception, match="cannot ask for"):
        need_of({**asked, "name": name, "language": language})
    ana, ben = need_of(asked), need_of(criteria_of(need_of(asked)))
    assert match(ana, some, NOW) == match(ben, some, NOW)


def test_no_need_and_no_fact_has_a_place_for_who_people_are() -> None:
    """Whatever is added here must be a fact of the home, its offer or its place, or how it is to be told."""
    assert {field.name for field in fields(Need)} == {
        *("transaction", "least_price", "most_price", "least_bedrooms", "least_bathrooms"),
        *("areas", "cities", "postal_codes", "property_types", "is_stated"),
    }
    words = " ".join(field.name for field in fields(Facts))
    for word in ("senior", "school", "walk", "language", "child", "famil", "age_", "demographic", "religi"):
        assert word not in words


@given(homes, criteria)
def test_whether_a_need_was_stated_changes_words_alone(some, asked) -> None:
    stated = need_of(asked)
    read = replace(stated, is_stated=False)
    assert [one.listing for one in match(stated, some, NOW)] == [one.listing for one in match(read, some, NOW)]


def test_amounts_are_written_without_needless_cents() -> None:
    assert (dollars(Decimal("1234567.00")), dollars(Decimal("0.5"))) == ("$1,234,567", "$0.50")
