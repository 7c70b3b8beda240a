"""What is known of a listing, and whether anybody outside the team may be shown it. Pure."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from leadlight.leads.rules import fold
from leadlight.listings.rules.vocabulary import LEASES, Status, words_of

#: Longest text of a field; what is longer is cut.
LONGEST = {
    "listing_id": 255,
    "property_type": 24,
    "property_sub_type": 60,
    "unparsed_address": 300,
    "street_number": 25,
    "street_name": 100,
    "street_suffix": 25,
    "unit_number": 25,
    "city": 100,
    "state_or_province": 30,
    "postal_code": 10,
    "area": 100,
    "public_remarks": 4000,
    "url": 1000,
    "photo_url": 1000,
}
_CENT = Decimal("0.01")
_ZIP_PLUS_4 = re.compile(r"(\d{5})-\d{4}")


@dataclass(frozen=True, slots=True)
class Facts:
    """
    A listing as it stands; what was never told is None, or "" of texts.

    Facts of the home and its offer alone. Whom an area or a building is said to be for (`SeniorCommunityYN`),
    schools and scores of walking are not read from any feed, so that nothing can match on them.
    """

    standard_status: Status
    listing_id: str = ""
    property_type: str = ""
    property_sub_type: str = ""
    #: Of a lease: a month's rent.
    list_price: Decimal | None = None
    close_price: Decimal | None = None
    bedrooms_total: int | None = None
    #: Halves and quarters as decimals.
    bathrooms_total: Decimal | None = None
    #: Square feet.
    living_area: Decimal | None = None
    unparsed_address: str = ""
    street_number: str = ""
    street_name: str = ""
    street_suffix: str = ""
    unit_number: str = ""
    city: str = ""
    state_or_province: str = ""
    postal_code: str = ""
    #: What people call the part of town.
    area: str = ""
    listing_contract_date: date | None = None
    on_market_date: date | None = None
    purchase_contract_date: date | None = None
    close_date: date | None = None
    days_on_market: int | None = None
    open_house_starts_at: datetime | None = None
    open_house_ends_at: datetime | None = None
    #: The seller's word on the Internet; None where the feed says neither.
    internet_entire_listing_display: bool | None = None
    internet_address_display: bool | None = None
    public_remarks: str = ""
    url: str = ""
    photo_url: str = ""
    #: Our number, and whose key it has; none where it is not stored.
    pk: int = 0
    system: str = ""
    listing_key: str = ""
    modified_at: datetime | None = None

    @property
    def is_lease(self) -> bool:
        """Whether it is rented out, not sold."""
        return self.property_type in LEASES

    @property
    def status_words(self) -> str:
        """Its status as people read it."""
        return words_of(self.standard_status)

    @property
    def listed_on(self) -> date:
        """Since when it is offered, as far as anybody said: what is newer stands first."""
        known = self.on_market_date or self.listing_contract_date
        if known is not None:
            return known
        return self.modified_at.date() if self.modified_at else date.min


#: By what a listing is known, and when it was told of.
IDENTITY = ("pk", "system", "listing_key", "modified_at")


@cache
def names() -> tuple[str, ...]:
    """Return the names of the facts, in the order in which they are stored."""
    return tuple(field.name for field in fields(Facts) if field.name not in IDENTITY)


def tidied(values: Mapping[str, Any]) -> dict[str, Any]:
    """
    Return facts as they are stored: amounts to the cent, texts no longer than their columns.

    Raises:
        ValueError: there is no such fact, which is a mistake of the program that tells it.
    """
    strange = values.keys() - set(names())
    if strange:
        raise ValueError(f"a listing has no {', '.join(sorted(strange))}")
    return {name: _tidy(name, value) for name, value in values.items()}


def _tidy(name: str, value: Any) -> Any:
    if isinstance(value, Decimal):
        return value.quantize(_CENT)
    if name == "postal_code":
        value = zip5(value)
    return value[: LONGEST[name]] if name in LONGEST else value


def zip5(text: str) -> str:
    """Return a postal code as it is compared: in capitals, of a ZIP+4 the five digits that name a place."""
    plain = " ".join(text.upper().split())
    found = _ZIP_PLUS_4.fullmatch(plain)
    return found[1] if found else plain


#: What a team may choose to show beside homes that are simply for sale.
OPTIONAL = frozenset({Status.ACTIVE_UNDER_CONTRACT, Status.PENDING, Status.COMING_SOON})


def is_showable(listing: Facts, now: datetime, *, also: Collection[Status] = ()) -> bool:
    """
    Say whether a listing may be shown or sent to somebody outside the team.

    Active ones may; of `also`, those that are pending, under contract or coming soon. What is coming soon needs the
    seller's explicit yes to the Internet as well: until its day it may not be marketed unless they allow it. Nothing
    else ever may: sold, withdrawn, expired, canceled, deleted, incomplete, on hold. Neither may a home whose seller
    keeps it off the Internet, that came to its closing whatever its status says, or whose day is still to come.

    Days are compared with the UTC day of `now`.
    """
    if listing.standard_status is not Status.ACTIVE and listing.standard_status not in OPTIONAL.intersection(also):
        return False
    allowed = listing.internet_entire_listing_display
    if allowed is False:
        return False
    if listing.standard_status is Status.COMING_SOON:
        return allowed is True
    today = now.date()
    if listing.close_date is not None and listing.close_date <= today:
        return False
    return listing.on_market_date is None or listing.on_market_date <= today


def shown_address(listing: Facts) -> str:
    """Return the address as others may read it: the street only if the seller does not keep it off the Internet."""
    place = ", ".join(part for part in (listing.city, listing.state_or_province) if part) or listing.area
    if listing.internet_address_display is False:
        return place
    street = listing.unparsed_address or " ".join(
        part for part in (listing.street_number, listing.street_name, listing.street_suffix) if part
    )
    if street and not listing.unparsed_address and listing.unit_number:
        street = f"{street} #{listing.unit_number}"
    if listing.unparsed_address and fold(listing.city) in fold(street):
        return street
    return ", ".join(part for part in (street, place) if part)
