"""Which listings fit a need, in which order, and why, in words for whoever looks for a home. Pure."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from leadlight.leads.rules import fold
from leadlight.listings.rules.facts import Facts, is_showable
from leadlight.listings.rules.needs import Need, Transaction, wanted_places
from leadlight.listings.rules.vocabulary import Status, words_of


@dataclass(frozen=True)
class Match:
    """A listing that fits."""

    listing: Facts
    #: "3 bedrooms, $12,000 under your ceiling, in Ballard".
    reason: str


def match(need: Need, listings: Iterable[Facts], now: datetime, *, also: Collection[Status] = ()) -> list[Match]:
    """
    Return the listings that fit a need and may be shown (`is_showable`), each with its reason.

    What is newest on the market comes first, of one day the cheaper, then by key: the order in which they are given
    changes nothing. A fact that the need asks for and the listing does not tell is no fit.
    """
    fitting = [listing for listing in listings if is_showable(listing, now, also=also) and fits(need, listing)]
    fitting.sort(key=_order)
    return [Match(listing, _reason(need, listing)) for listing in fitting]


def fits(need: Need, listing: Facts) -> bool:
    """Say whether a listing is what is looked for, whoever looks."""
    return (
        listing.is_lease is (need.transaction is Transaction.RENT)
        and _at_least(listing.list_price, need.least_price)
        and (need.most_price is None or (listing.list_price is not None and listing.list_price <= need.most_price))
        and _at_least(listing.bedrooms_total, need.least_bedrooms)
        and _at_least(listing.bathrooms_total, need.least_bathrooms)
        and (not wanted_places(need) or bool(_place(need, listing)))
        and (not need.property_types or not need.property_types.isdisjoint(_kinds(listing)))
    )


def _at_least(value: Decimal | int | None, bound: Decimal | int | None) -> bool:
    return bound is None or (value is not None and value >= bound)


def _kinds(listing: Facts) -> tuple[str, str]:
    return listing.property_type, listing.property_sub_type


def _place(need: Need, listing: Facts) -> str:
    """Return the place that was asked for as the listing names it, the narrowest first; "" for none of them."""
    for name, wanted in (
        (listing.area, need.areas),
        (listing.postal_code, need.postal_codes),
        (listing.city, need.cities),
    ):
        if fold(name) in wanted:
            return name
    return ""


def _order(listing: Facts) -> tuple[int, bool, Decimal, str, str]:
    price = listing.list_price
    return -listing.listed_on.toordinal(), price is None, price or Decimal(0), listing.system, listing.listing_key


def _reason(need: Need, listing: Facts) -> str:
    parts = []
    if listing.bedrooms_total:
        parts.append(f"{listing.bedrooms_total} bedroom{'s' if listing.bedrooms_total > 1 else ''}")
    if listing.list_price is not None:
        parts.append(_about_price(need, listing.list_price, listing.is_lease))
    if listing.standard_status is not Status.ACTIVE:
        parts.append(words_of(listing.standard_status))
    place = _place(need, listing) or listing.area or listing.city or listing.postal_code
    return ", ".join([*parts, *([f"in {place}"] if place else [])])


def _about_price(need: Need, price: Decimal, is_lease: bool) -> str:
    per = " a month" if is_lease else ""
    if need.most_price is None:
        return f"{dollars(price)}{per}"
    if not need.is_stated:
        return f"{dollars(price)}{per}, within what you looked at"
    under = need.most_price - price
    return f"{dollars(under)}{per} under your ceiling" if under else "just at your ceiling"


def dollars(amount: Decimal) -> str:
    """Return an amount as people read it: cents only where there are some."""
    return f"${amount:,.0f}" if amount == amount.to_integral_value() else f"${amount:,.2f}"
