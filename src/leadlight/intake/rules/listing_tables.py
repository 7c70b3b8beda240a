"""Which files are tables of listings, and how their columns are read together. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from leadlight.intake.rules import headers
from leadlight.intake.rules.fields import ACTIVITIES, LEADS, LISTINGS
from leadlight.intake.rules.mapping import Column

#: What only people have; whoever's budget and bedrooms stand beside a name is a lead.
_OF_PEOPLE = {LEADS: ("first_name", "last_name", "email", "phone", "name"), ACTIVITIES: ("lead_id", "email", "phone")}
_OF_DEALS = frozenset({"deal", "opportunity"})
_OF_HOMES = ("bedrooms_total", "bathrooms_total", "living_area")
#: The weakest names of a price and a day: what they are of depends on the rest of the file.
_PRICE, _DAY = "price", "date"

NO_STATUS = "No column says a status: every row is read as a sale that closed on its day, one listing for each."
NO_FLAG = "No column says what sellers keep off the Internet: all that is on offer may be shown."


def is_listings(columns: Sequence[str]) -> bool:
    """
    Say whether the headers are those of listings.

    They tell of no person and no deal, and either name a listing and its status, or give a price beside two of
    bedrooms, bathrooms and living area.
    """
    for table, fields in _OF_PEOPLE.items():
        if any(headers.SYNONYMS[table].get(headers.key(name)) in fields for name in columns):
            return False
    if any(_OF_DEALS.intersection(headers.words(name)) for name in columns):
        return False
    held = {headers.by_name(name, LISTINGS): headers.key(name) for name in columns}
    if "standard_status" in held and "listing_key" in held and {"list_price", "close_price"} & held.keys():
        # Deals have an id, a status and a price too; a key that is called one is a listing's alone.
        return held["listing_key"] != "id" or sum(field in held for field in _OF_HOMES) >= 1
    return bool({"list_price", "close_price"} & held.keys()) and sum(field in held for field in _OF_HOMES) >= 2


def settled(columns: Sequence[Column]) -> tuple[list[Column], list[str]]:
    """
    Return the columns of a table of listings as they are read together, with what should be known of it.

    Where no column says a status, the rows are sales: their price is what was paid, and their day when it closed.
    """
    held = {column.field for column in columns}
    notes = []
    if "standard_status" in held:
        found = [_named(column, _DAY, "close_date", "ignored") for column in columns]
    else:
        field = "ignored" if "close_price" in held else "close_price"
        found = [_named(column, _PRICE, "list_price", field) for column in columns]
        notes.append(NO_STATUS)
    if "standard_status" in held and "internet_entire_listing_display" not in held:
        notes.append(NO_FLAG)
    return found, notes


def _named(column: Column, name: str, field: str, other: str) -> Column:
    """Return the column as `other` where its name alone made it a `field`."""
    weak = column.why == "name" and column.field == field and headers.key(column.name) == name
    return replace(column, field=other) if weak else column
