"""Which homes may be shown or sent to anybody, and with which address."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadlight.listings.rules import OPTIONAL, Need, Status, is_showable, match, shown_address
from tests.listings.build import DAY, NOW, home, homes

TODAY = NOW.date()


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.ACTIVE])
def test_only_what_is_active_is_shown(status: Status) -> None:
    assert is_showable(home(), NOW)
    assert not is_showable(home(status), NOW)
    assert match(Need(), [home(status)], NOW) == []


@pytest.mark.parametrize("status", [*Status])
def test_a_team_may_add_what_is_under_contract_pending_or_coming_and_nothing_else(status: Status) -> None:
    assert {"ActiveUnderContract", "Pending", "ComingSoon"} == OPTIONAL
    allowed = home(status, internet_entire_listing_display=True)
    assert is_showable(allowed, NOW, also=list(Status)) is (status is Status.ACTIVE or status in OPTIONAL)
    assert not is_showable(home(status, internet_entire_listing_display=False), NOW, also=list(Status))


def test_what_is_coming_soon_needs_the_sellers_own_yes() -> None:
    also = [Status.COMING_SOON]
    assert not is_showable(home(Status.COMING_SOON), NOW, also=also)
    assert is_showable(home(Status.COMING_SOON, internet_entire_listing_display=True), NOW, also=also)
    assert not is_showable(home(Status.COMING_SOON, internet_entire_listing_display=True), NOW)
    # Its day lies ahead, which is what coming means.
    later = home(Status.COMING_SOON, internet_entire_listing_display=True, on_market_date=TODAY + DAY)
    assert is_showable(later, NOW, also=also)


def test_days_go_before_the_status() -> None:
    assert is_showable(home(on_market_date=TODAY), NOW)
    assert not is_showable(home(on_market_date=TODAY + DAY), NOW)
    assert not is_showable(home(close_date=TODAY), NOW)
    assert is_showable(home(close_date=TODAY + DAY), NOW)
    assert is_showable(home(on_market_date=None), NOW)


@given(homes, st.frozensets(st.sampled_from([*Status])))
def test_nothing_that_may_not_be_shown_is_ever_matched(some, also) -> None:
    for found in match(Need(), some, NOW, also=also):
        assert found.listing.standard_status in {Status.ACTIVE, *(OPTIONAL & also)}
        assert found.listing.internet_entire_listing_display is not False


def test_an_address_is_hidden_where_the_seller_wants_it() -> None:
    parts = {"street_number": "14", "street_name": "Elm", "street_suffix": "St", "unit_number": "3"}
    assert shown_address(home(**parts)) == "14 Elm St #3, Seattle"
    assert shown_address(home(**parts, state_or_province="WA", internet_address_display=True)) == (
        "14 Elm St #3, Seattle, WA"
    )
    whole = "14 Elm St, Seattle, WA 98107"
    assert shown_address(home(unparsed_address=whole)) == whole
    assert shown_address(home(unparsed_address="14 Elm St")) == "14 Elm St, Seattle"
    for hidden in (home(**parts, internet_address_display=False), home(unparsed_address=whole, **_hidden)):
        assert shown_address(hidden) == "Seattle"
    assert shown_address(home(city="", **_hidden)) == "Ballard"
    assert shown_address(home(city="", area="", **_hidden)) == ""


_hidden = {"internet_address_display": False}


def test_since_when_a_home_is_offered() -> None:
    assert home(on_market_date=date(2026, 5, 2), listing_contract_date=date(2026, 4, 1)).listed_on == date(2026, 5, 2)
    assert home(on_market_date=None, listing_contract_date=date(2026, 4, 1)).listed_on == date(2026, 4, 1)
    assert home(on_market_date=None).listed_on == (NOW - DAY).date()
    assert home(list_price=Decimal(1)).is_lease is False
    assert home(property_type="CommercialLease").is_lease is True
