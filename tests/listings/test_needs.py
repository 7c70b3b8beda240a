"""Needs as people state them, and as what they looked at says."""

from decimal import Decimal

import pytest
from hypothesis import given

from leadlight.listings.rules import (
    LEAST_HOMES,
    Need,
    Transaction,
    UnableToReadNeed,
    criteria_of,
    fits,
    need_from,
    need_of,
)
from tests.listings.build import criteria, home


@given(criteria)
def test_a_need_is_stored_in_one_form(asked) -> None:
    need = need_of(asked)
    assert need_of(criteria_of(need)) == need
    assert criteria_of(need_of(criteria_of(need))) == criteria_of(need)


def test_what_is_not_asked_for_is_left_out() -> None:
    told = {"transaction": "sale", "most_price": 450000.0, "areas": [" Queen  Anne", "ballard"], "cities": []}
    assert criteria_of(need_of(told)) == {
        "transaction": "sale",
        "most_price": "450000",
        "areas": ["ballard", "queen anne"],
    }
    assert need_of({}) == Need()


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"schools": ["good"]}, "cannot ask for schools"),
        ({"is_stated": False}, "cannot ask for is_stated"),
        ({"transaction": "swap"}, "sale or a rent"),
        ({"most_price": "much"}, "most price is a number such as 450000, not 'much'"),
        ({"most_price": "NaN"}, "is a number"),
        ({"most_price": -1}, "is a number"),
        ({"most_price": True}, "is a number"),
        ({"most_price": 10**12}, "is a number"),
        ({"least_price": 2, "most_price": 1}, "Swap them"),
        ({"least_bedrooms": "3"}, "whole number"),
        ({"least_bedrooms": True}, "whole number"),
        ({"least_bedrooms": 101}, "whole number"),
        ({"areas": "Ballard"}, "list of texts"),
        ({"areas": [1]}, "list of texts"),
        ({"areas": ["x"] * 101}, "at most 100"),
        ({"property_types": ["Castle"]}, "no property type 'Castle'. Known are"),
    ],
)
def test_what_cannot_be_followed_is_refused_in_words(told, words: str) -> None:
    with pytest.raises(UnableToReadNeed, match=words):
        need_of(told)


def looked_at(*prices: int, **facts):
    return [home(pk=n + 1, list_price=Decimal(price), **facts) for n, price in enumerate(prices)]


def test_a_need_is_read_from_enough_different_homes() -> None:
    some = looked_at(*range(400_000, 400_000 + LEAST_HOMES * 10_000, 10_000))
    assert need_from(some[1:]) is None
    assert need_from(some[1:] * 7) is None
    assert need_from([]) is None
    found = need_from(some, some[:2])
    assert found is not None
    assert (found.n_homes, found.n_saved) == (LEAST_HOMES, 2)
    assert found.words == "read from 5 homes they looked at, 2 of them saved"
    assert found.need == Need(
        least_price=Decimal(400_000),
        most_price=Decimal(440_000),
        least_bedrooms=3,
        least_bathrooms=Decimal("1.75"),
        areas=frozenset({"ballard"}),
        property_types=frozenset({"SingleFamilyResidence"}),
        is_stated=False,
    )
    alone = need_from(some)
    assert alone is not None
    assert alone.words == "read from 5 homes they looked at"


def test_a_palace_that_somebody_keeps_opening_says_nothing_of_their_budget() -> None:
    some = looked_at(*[450_000] * 9, 500_000, 9_000_000)
    found = need_from([*some, *[some[-1]] * 40])
    assert found is not None
    assert (found.need.least_price, found.need.most_price) == (450_000, 500_000)


def test_places_and_kinds_count_that_a_fifth_of_the_homes_share() -> None:
    ballard = looked_at(*[450_000] * 7)
    fremont = [home(pk=20 + n, area="Fremont", property_sub_type="Condominium") for n in range(2)]
    kent = [home(pk=30, area="Kent", property_sub_type="Cabin")]
    found = need_from([*ballard, *fremont, *kent])
    assert found is not None
    assert found.need.areas == {"ballard", "fremont"}
    assert found.need.property_types == {"SingleFamilyResidence", "Condominium"}
    more = need_from([*ballard, *[home(pk=50 + n) for n in range(2)], *fremont])
    assert more is not None
    assert more.need.areas == {"ballard"}


def test_one_home_alone_makes_no_place_and_rooms_begin_at_the_lower_quartile() -> None:
    areas = ("Ballard", "Ballard", "Fremont", "Kent", "Arsta")
    rooms = (1, 2, 3, 4, 4)
    baths = ("1", "1.5", "2", "2.5", "3")
    some = [
        home(pk=n + 1, area=area, bedrooms_total=beds, bathrooms_total=Decimal(bath))
        for n, (area, beds, bath) in enumerate(zip(areas, rooms, baths, strict=True))
    ]
    found = need_from(some)
    assert found is not None
    assert found.need.areas == {"ballard"}
    assert (found.need.least_bedrooms, found.need.least_bathrooms) == (2, Decimal("1.5"))


def test_without_areas_the_postal_code_or_the_city_is_the_place() -> None:
    for facts, place in (
        ({"area": ""}, "postal_codes"),
        ({"area": "", "postal_code": ""}, "cities"),
    ):
        found = need_from(looked_at(*[450_000] * 5, **facts))
        assert found is not None
        assert [name for name in ("areas", "postal_codes", "cities") if getattr(found.need, name)] == [place]


def test_renters_are_told_by_what_they_look_at() -> None:
    rents = [home(pk=n, property_type="ResidentialLease", list_price=Decimal(2_000)) for n in range(1, 7)]
    sales = [home(pk=10 + n) for n in range(5)]
    found = need_from([*rents, *sales])
    assert found is not None
    assert (found.need.transaction, found.need.most_price, found.n_homes) == (Transaction.RENT, 2_000, 6)
    even = need_from([*rents[1:], *sales])
    assert even is not None
    assert even.need.transaction is Transaction.SALE
    assert need_from([*rents[:4], *sales[:3]]) is None


def test_what_was_stated_beats_what_was_read() -> None:
    some = looked_at(*range(400_000, 500_000, 10_000))
    stated = need_of({"most_price": 390_000, "cities": ["Kent"], "least_bedrooms": 1})
    found = need_from(some, stated=stated)
    assert found is not None
    assert (found.need.most_price, found.need.least_price, found.need.is_stated) == (390_000, None, True)
    assert (found.need.cities, found.need.areas, found.need.least_bedrooms) == (frozenset({"kent"}), frozenset(), 1)
    assert found.need.least_bathrooms == Decimal("1.75")
    floor = need_from(some, stated=need_of({"least_price": 900_000}))
    assert floor is not None
    assert (floor.need.least_price, floor.need.most_price, floor.need.is_stated) == (900_000, None, False)
    assert need_from(some, stated=need_of({"transaction": "rent"})) is None


def test_most_of_what_was_looked_at_fits_what_was_read() -> None:
    some = looked_at(*range(400_000, 600_000, 10_000))
    found = need_from(some)
    assert found is not None
    assert sum(fits(found.need, one) for one in some) == 17
