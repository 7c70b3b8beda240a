"""Rows of a table of listings become what a feed told of them. The reader is made once per file. Pure."""

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from leadlight.intake import normalise
from leadlight.intake.normalise import clean
from leadlight.intake.rules.cells import Cells, DatesOf, Places, cell, shortened
from leadlight.intake.rules.mapping import Mapping
from leadlight.intake.rules.records import ListingRow, Rejected
from leadlight.listings.rules import Status, Told
from leadlight.listings.rules.vocabulary import property_type_of, status_of, sub_type_of

_MOST_PRICE = Decimal(10) ** 11
_MOST_ROOMS = 1_000
#: A bedroom of less may not be built (International Residential Code, R304.1): the number is a slip of the pen.
_LEAST_BEDROOM = 70
_MOST_AREA = Decimal(10) ** 8
_SQUARE_FEET_OF_METER = Decimal("10.7639")
_PLAIN_NUMBER = re.compile(r"\d{1,15}(?:\.\d{1,10})?(?:[eE]\+?\d{1,2})?")
#: One amount and its currency; "400,000 - 450,000" and "call for price" are none.
_AMOUNT = re.compile(
    r"(?:us)?\s?[$€£]?\s?[\d.,'\u00a0\u202f ]*\d\s?(?:k|m|mm|mio|million)?\s?(?:usd|dollars|€|eur)?", re.I
)
_METERS = re.compile(r"\b(?:sq(?:uare)?\.?\s?m(?:eters?|etres?)?|m2|m²)\b", re.IGNORECASE)
_LOST_ZERO = re.compile(r"(\d{3,5})(?:\.0+)?")
_TEXTS = (
    "listing_id", "unparsed_address", "street_number", "street_name", "street_suffix", "unit_number", "city",
    "state_or_province",
)  # fmt: skip
_LINKS = ("url", "photo_url")
_DAYS = ("listing_contract_date", "on_market_date", "purchase_contract_date", "close_date")
_MOMENTS = ("open_house_starts_at", "open_house_ends_at")
#: Not those of opt-outs (`normalise.yes_no`), whose "opted out" is a yes.
_YES, _NO = frozenset({"yes", "y", "true", "t", "1", "1.0"}), frozenset({"no", "n", "false", "f", "0", "0.0"})
_FLAGS = ("internet_entire_listing_display", "internet_address_display")


class _Unreadable(Exception):
    """A value without which the row would say something false."""


@lru_cache(maxsize=16_384)
def price(text: str) -> Decimal | None:
    """Return an amount of money; None for what is not one amount above zero."""
    if _PLAIN_NUMBER.fullmatch(text):
        amount: Decimal | None = Decimal(text)
    else:
        amount = normalise.money(text) if _AMOUNT.fullmatch(text) else None
    # Both ends as they are stored, to the cent.
    return amount if amount is not None and Decimal("0.005") < amount < _MOST_PRICE else None


def listing_reader(
    mapping: Mapping, columns: Sequence[str], *, now: datetime
) -> Callable[[Cells], ListingRow | Rejected]:
    """
    Return the function that makes of a row what was told of a listing.

    A row is rejected that names no listing, or whose status, price or moment of change cannot be read: it would say
    something false, or hide what is newer. Any other value that cannot be read is left out with a note. An empty cell
    says that there is none; a column that the file lacks leaves what is known. Without a column of statuses the rows
    are sales (`listing_tables.settled`), named by the home's key and the day.
    """
    found, zone = Places(mapping, columns), ZoneInfo(mapping.time_zone)
    key_at, id_at, system_at = found.one("listing_key"), found.one("listing_id"), found.one("listing_system")
    status_at = found.one("standard_status")
    prices = [(field, place) for field in ("list_price", "close_price") for place in found.places(field)]
    texts = [(field, place) for field in _TEXTS for place in found.places(field)]
    links = [(field, place) for field in _LINKS for place in found.places(field)]
    flags = [(field, place) for field in _FLAGS for place in found.places(field)]
    dated = {
        field: (place, DatesOf(column, zone, now, future=field in (*_DAYS, *_MOMENTS)))
        for field in (*_DAYS, *_MOMENTS, "modified_at", "price_changed_at", "status_changed_at")
        for place, column in found.all(field)
    }
    rooms = _RoomsOf(found, columns)
    places = _PlacesOf(found, country=mapping.country)
    kinds = _KindsOf(found, columns)
    remarks_at = found.one("public_remarks")

    def key_of(cells: tuple[str, ...]) -> str:
        key = cell(cells, key_at) or cell(cells, id_at)
        if not key:
            raise _Unreadable("no column says which listing it is: a ListingKey or MLS number is needed")
        return key.removesuffix(".0") if key[:-2].isdigit() else key

    def status_and_prices(cells: tuple[str, ...], values: dict[str, Any]) -> None:
        if status_at >= 0:
            text = clean(cells[status_at])
            status = status_of(text)
            if status is None:
                said = f"{text[:40]!r} is no status" if text else "empty"
                raise _Unreadable(f"{columns[status_at]}: {said}; it can be {', '.join(Status)}")
            values["standard_status"] = status
        else:
            values["standard_status"] = Status.CLOSED
        for field, place in prices:
            text = clean(cells[place])
            values[field] = price(text) if text else None
            if text and values[field] is None:
                raise _Unreadable(f"{columns[place]}: {text[:40]!r} is no price")

    def moments(cells: tuple[str, ...], values: dict[str, Any], notes: list[str]) -> dict[str, datetime]:
        told: dict[str, datetime] = {}
        for field, (place, dates) in dated.items():
            text = clean(cells[place])
            at, why = dates(text) if text else (None, "")
            if field == "modified_at" and why:
                raise _Unreadable(why)
            if field in _DAYS or field in _MOMENTS:
                if why:
                    notes.append(why)
                else:
                    values[field] = _day(at, zone) if at and field in _DAYS else at
            elif at is not None:
                told[field] = at
        return told

    def read(row: Cells) -> ListingRow | Rejected:
        cells, notes, values = row.cells, list[str](), dict[str, Any]()
        try:
            key = key_of(cells)
            status_and_prices(cells, values)
            told = moments(cells, values, notes)
            if status_at < 0:
                sold_on = values.get("close_date")
                if sold_on is None or values.get("close_price") is None:
                    raise _Unreadable(
                        "no column says whether it is for sale, and not both what it sold for and when are told"
                    )
                key = f"{key}:{sold_on.isoformat()}"
        except _Unreadable as error:
            return Rejected(str(error))
        for field, place in texts:
            values[field] = normalise.one_line(clean(cells[place]))
        for field, place in links:
            text = clean(cells[place])
            if text and not text.lower().startswith(("https://", "http://")):
                notes.append(f"{columns[place]}: {text[:40]!r} is no address of a page")
            else:
                values[field] = text
        if remarks_at >= 0:
            values["public_remarks"] = clean(cells[remarks_at])
        for field, place in flags:
            if text := clean(cells[place]):
                # What cannot be read must not show what a seller hides.
                values[field] = text.lower() in _YES
                if text.lower() not in {*_YES, *_NO}:
                    notes.append(f"{columns[place]}: {text[:40]!r} is neither yes nor no, and is read as no")
        kinds(cells, values, notes)
        rooms(cells, values, notes)
        places(cells, values)
        system = (cell(cells, system_at) or mapping.system)[:80]
        return ListingRow(Told(system, shortened(key, 255), values, **told), tuple(notes))

    return read


def _day(at: datetime, zone: ZoneInfo) -> date:
    # Feeds write days as midnight in UTC, which would be the day before here.
    return at.date() if at.time() == time.min else at.astimezone(zone).date()


class _KindsOf:
    """Reads what kind of home it is."""

    def __init__(self, found: Places, columns: Sequence[str]) -> None:
        self._columns = columns
        self._type_at, self._sub_at = found.one("property_type"), found.one("property_sub_type")

    def __call__(self, cells: tuple[str, ...], values: dict[str, Any], notes: list[str]) -> None:
        if self._sub_at >= 0:
            values["property_sub_type"] = sub_type_of(normalise.one_line(clean(cells[self._sub_at])))
        if self._type_at < 0:
            return
        text = normalise.one_line(clean(cells[self._type_at]))
        kind = property_type_of(text)
        if text and kind is None and not values.get("property_sub_type"):
            # Plain files say "Condo" where RESO has a type and a sub-type.
            values["property_sub_type"] = sub_type_of(text)
        elif text and kind is None:
            notes.append(f"{self._columns[self._type_at]}: {text[:40]!r} is no property type")
            return
        values["property_type"] = kind.value if kind else ""


class _RoomsOf:
    """Reads how large a home is."""

    def __init__(self, found: Places, columns: Sequence[str]) -> None:
        self._columns = columns
        self._beds_at, self._baths_at = found.one("bedrooms_total"), found.one("bathrooms_total")
        self._full_at, self._half_at = found.one("bathrooms_full"), found.one("bathrooms_half")
        self._area_at, self._units_at = found.one("living_area"), found.one("living_area_units")
        self._days_at = found.one("days_on_market")

    def __call__(self, cells: tuple[str, ...], values: dict[str, Any], notes: list[str]) -> None:
        area = self._number(cells, self._area_at, _MOST_AREA, notes)
        if area is not None and self._area_at >= 0:
            units = cell(cells, self._units_at) or self._columns[self._area_at]
            area = area * _SQUARE_FEET_OF_METER if _METERS.search(units) else area
        self._keep(values, "living_area", self._area_at, area or None, cells)
        beds = self._number(cells, self._beds_at, _MOST_ROOMS, notes, whole=True)
        if beds and area and beds * _LEAST_BEDROOM > area:
            notes.append(
                f"{self._columns[self._beds_at]}: {beds:.0f} bedrooms do not fit into {area:,.0f} square feet"
            )
        else:
            self._keep(values, "bedrooms_total", self._beds_at, None if beds is None else int(beds), cells)
        baths_at = self._baths_at if self._baths_at >= 0 else self._full_at
        baths = self._number(cells, baths_at, _MOST_ROOMS, notes)
        if self._baths_at < 0 and baths is not None:
            baths += (self._number(cells, self._half_at, _MOST_ROOMS, notes) or 0) / Decimal(2)
        self._keep(values, "bathrooms_total", baths_at, baths, cells)
        days = self._number(cells, self._days_at, 100_000, notes, whole=True)
        self._keep(values, "days_on_market", self._days_at, None if days is None else int(days), cells)

    @staticmethod
    def _keep(values: dict[str, Any], field: str, place: int, value: Any, cells: tuple[str, ...]) -> None:
        """Set a value; one that cannot be read is left out, an empty cell says that there is none."""
        if place >= 0 and (value is not None or not clean(cells[place])):
            values[field] = value

    def _number(
        self, cells: tuple[str, ...], place: int, most: Decimal | int, notes: list[str], *, whole: bool = False
    ) -> Decimal | None:
        text = cell(cells, place)
        if not text:
            return None
        number = normalise.number(text)
        if number is None or not 0 <= number <= most or (whole and number != int(number)):
            kind = "whole number" if whole else "number"
            notes.append(f"{self._columns[place]}: {text[:40]!r} is no {kind} that can be")
            return None
        return Decimal(str(number))


class _PlacesOf:
    """Reads where a home is."""

    def __init__(self, found: Places, *, country: str) -> None:
        self._area_at, self._city_at = found.places("area"), found.one("city")
        self._postal_at, self._country = found.one("postal_code"), country

    def __call__(self, cells: tuple[str, ...], values: dict[str, Any]) -> None:
        postal = cell(cells, self._postal_at)
        lost = _LOST_ZERO.fullmatch(postal)
        if lost:
            # Spreadsheets take 02134 for a number.
            postal = lost[1].zfill(5) if self._country == "US" else lost[1]
        if self._postal_at >= 0:
            values["postal_code"] = postal
        told = [normalise.one_line(text) for place in self._area_at if (text := clean(cells[place]))]
        known = [*told, cell(cells, self._city_at), postal]
        if self._area_at or self._city_at >= 0 or self._postal_at >= 0:
            values["area"] = next((text for text in known if text), "")
