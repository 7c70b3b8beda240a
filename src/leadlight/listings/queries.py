"""Reads of the room: listings by what names them, those that fit a need, searches, what a market sold for."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet

from leadlight.listings.models import Listing, ListingChange, SavedSearch
from leadlight.listings.rules import (
    LEASES,
    LEAST_SALES,
    OPTIONAL,
    Facts,
    MarketFigures,
    Match,
    Need,
    PropertyType,
    Sale,
    Status,
    Transaction,
    market_figures,
    match,
    need_of,
)
from leadlight.listings.rules.facts import names

_COLUMNS = ("pk", "system", "listing_key", "modified_at", *names())
_STATUS = _COLUMNS.index("standard_status")


def _facts(rows: QuerySet[Listing]) -> list[Facts]:
    return [_of(row) for row in rows.values_list(*_COLUMNS)]


def _of(row: Sequence[Any]) -> Facts:
    told = dict(zip(_COLUMNS, row, strict=True))
    told["standard_status"] = Status(row[_STATUS])
    return Facts(**told)


def by_ids(listing_ids: Collection[int]) -> dict[int, Facts]:
    """Return listings by their ids; those that are gone are left out. One query."""
    return {found.pk: found for found in _facts(Listing.objects.filter(pk__among=listing_ids))}


def by_keys(keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Facts]:
    """Return listings by the system and key that name them outside; those unknown are left out. One query."""
    wanted = set(keys)
    named = Listing.objects.filter(listing_key__among=sorted({key for _, key in wanted}))
    return {
        (found.system, found.listing_key): found
        for found in _facts(named)
        if (found.system, found.listing_key) in wanted
    }


def history(listing_ids: Collection[int]) -> dict[int, list[ListingChange]]:
    """Return how listings changed, by id, the earliest first. One query."""
    found: dict[int, list[ListingChange]] = {listing_id: [] for listing_id in listing_ids}
    for change in ListingChange.objects.filter(listing__in=found).order_by("known_at", "id"):
        found[change.listing_id].append(change)
    return found


def matching(need: Need, *, limit: int, now: datetime, also: Collection[Status] = ()) -> list[Match]:
    """
    Return the first listings that `rules.match` would find among all, at most `limit`. One query.

    The database asks what the rule asks, in its order, so that no more rows are read than are told; whether each
    fits, and why, is the rule's word.
    """
    rows = Listing.objects.filter(_showable(now, also), _fitting(need))
    order = (F("listed_on").desc(), F("list_price").asc(nulls_last=True), "system", "listing_key")
    return match(need, _facts(rows.order_by(*order)[:limit]), now, also=also)


def _showable(now: datetime, also: Collection[Status]) -> Q:
    """Return the condition that `rules.is_showable` is."""
    shown = {Status.ACTIVE, *OPTIONAL.intersection(also)} - {Status.COMING_SOON}
    today = now.date()
    on_market = Q(on_market_date=None) | Q(on_market_date__lte=today)
    offered = Q(standard_status__in=sorted(shown)) & (Q(close_date=None) | Q(close_date__gt=today)) & on_market
    offered &= Q(internet_entire_listing_display=None) | Q(internet_entire_listing_display=True)
    if Status.COMING_SOON in also:
        offered |= Q(standard_status=Status.COMING_SOON, internet_entire_listing_display=True)
    return offered


def _fitting(need: Need) -> Q:
    """Return the condition that `rules.fits` is."""
    leases = Q(property_type__in=sorted(LEASES))
    wanted = leases if need.transaction is Transaction.RENT else ~leases
    for bound, value in (
        ("list_price__gte", need.least_price),
        ("list_price__lte", need.most_price),
        ("bedrooms_total__gte", need.least_bedrooms),
        ("bathrooms_total__gte", need.least_bathrooms),
    ):
        if value is not None:
            wanted &= Q(**{bound: value})
    places = Q()
    for column, words in (
        ("area_key", need.areas),
        ("city_key", need.cities),
        ("postal_code", {code.upper() for code in need.postal_codes}),
    ):
        if words:
            places |= Q(**{f"{column}__in": sorted(words)})
    if places:
        wanted &= places
    if need.property_types:
        kinds = sorted(need.property_types)
        wanted &= Q(property_type__in=kinds) | Q(property_sub_type__in=kinds)
    return wanted


@dataclass(frozen=True)
class Search:
    """A saved search of somebody, as the need that it says."""

    id: int
    name: str
    need: Need
    saved_at: datetime


def searches_of(person_ids: Collection[int]) -> dict[int, list[Search]]:
    """Return the searches that persons have in force, whichever of their leads saved them. One query."""
    found: dict[int, list[Search]] = {person_id: [] for person_id in person_ids}
    rows = SavedSearch.objects.filter(lead__person__in=found, ended_at=None).order_by("saved_at", "id")
    for pk, person_id, name, criteria, saved_at in rows.values_list(
        "pk", "lead__person_id", "name", "criteria", "saved_at"
    ):
        found[person_id].append(Search(pk, name, need_of(criteria), saved_at))
    return found


#: Of what homes a market is told: land and offices would move a median that people take for that of homes.
_HOMES = ("", PropertyType.RESIDENTIAL.value, PropertyType.RESIDENTIAL_INCOME.value)


def market(*, areas: Collection[str], month: date, least: int = LEAST_SALES) -> dict[str, MarketFigures]:
    """Return the figures of areas for the month in which the day `month` lies, by area. One query."""
    first = month.replace(day=1)
    before = first.replace(year=first.year - 1)
    rows = Listing.objects.filter(
        _within_month(first) | _within_month(before),
        standard_status=Status.CLOSED.value,
        area__in=sorted(areas),
        property_type__in=_HOMES,
    ).values_list(
        "area",
        "close_date",
        "close_price",
        "days_on_market",
        "purchase_contract_date",
        "on_market_date",
        "listing_contract_date",
    )
    sales: dict[str, list[Sale]] = {area: [] for area in areas}
    for area, closed_on, price, days, agreed_on, on_market_on, listed_on in rows:
        since = on_market_on or listed_on
        if days is None and agreed_on is not None and since is not None and agreed_on >= since:
            days = (agreed_on - since).days
        if closed_on is not None and price is not None:
            sales[area].append(Sale(area, closed_on, price, days))
    return {area: market_figures(sold, area=area, month=first, least=least) for area, sold in sales.items()}


def _within_month(first: date) -> Q:
    return Q(close_date__gte=first, close_date__lt=(first + timedelta(days=31)).replace(day=1))
