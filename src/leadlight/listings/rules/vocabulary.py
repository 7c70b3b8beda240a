"""The words of the RESO Data Dictionary 2.0 that listings are told in, as people write them too. Pure."""

import re
from enum import StrEnum


class Status(StrEnum):
    """`StandardStatus`: whether a home can be had."""

    ACTIVE = "Active"
    ACTIVE_UNDER_CONTRACT = "ActiveUnderContract"
    CANCELED = "Canceled"
    CLOSED = "Closed"
    COMING_SOON = "ComingSoon"
    DELETE = "Delete"
    EXPIRED = "Expired"
    HOLD = "Hold"
    INCOMPLETE = "Incomplete"
    PENDING = "Pending"
    WITHDRAWN = "Withdrawn"


class PropertyType(StrEnum):
    """`PropertyType`: what is offered, a lease or a sale, and of what."""

    RESIDENTIAL = "Residential"
    RESIDENTIAL_INCOME = "ResidentialIncome"
    RESIDENTIAL_LEASE = "ResidentialLease"
    LAND = "Land"
    FARM = "Farm"
    MANUFACTURED_IN_PARK = "ManufacturedInPark"
    COMMERCIAL_SALE = "CommercialSale"
    COMMERCIAL_LEASE = "CommercialLease"
    BUSINESS_OPPORTUNITY = "BusinessOpportunity"


#: `PropertySubType` as far as needs may name it; feeds may hold others, which are kept as told.
SUB_TYPES = (
    "SingleFamilyResidence", "Condominium", "Townhouse", "Duplex", "Triplex", "Quadruplex", "Apartment", "Cabin",
    "ManufacturedHome", "MobileHome", "MultiFamily", "StockCooperative", "Timeshare", "UnimprovedLand",
)  # fmt: skip

#: What is rented; everything else is for sale.
LEASES = frozenset({PropertyType.RESIDENTIAL_LEASE.value, PropertyType.COMMERCIAL_LEASE.value})

#: Words of a need for a kind of home: a type or a sub-type.
KINDS_OF_HOME = frozenset({*(kind.value for kind in PropertyType), *SUB_TYPES})

_NOT_LETTERS = re.compile(r"[^a-z0-9]+")
#: What feeds and people write beside RESO's own words, plain.
_STATUS_WORDS = {
    "forsale": Status.ACTIVE,
    "available": Status.ACTIVE,
    "new": Status.ACTIVE,
    "newlisting": Status.ACTIVE,
    "backonmarket": Status.ACTIVE,
    "pricechange": Status.ACTIVE,
    "contingent": Status.ACTIVE_UNDER_CONTRACT,
    "activecontingent": Status.ACTIVE_UNDER_CONTRACT,
    "activewithcontract": Status.ACTIVE_UNDER_CONTRACT,
    "undercontract": Status.PENDING,
    "saleinprogress": Status.PENDING,
    "sold": Status.CLOSED,
    "leased": Status.CLOSED,
    "rented": Status.CLOSED,
    "cancelled": Status.CANCELED,
    "terminated": Status.CANCELED,
    "deleted": Status.DELETE,
    "temporarilyoffmarket": Status.HOLD,
    "tempoffmarket": Status.HOLD,
    "onhold": Status.HOLD,
    "offmarket": Status.WITHDRAWN,
    "draft": Status.INCOMPLETE,
}
_RENTING = re.compile(r"lease|\brent(?:als?)?\b", re.IGNORECASE)
_TYPE_WORDS = {
    "lotsandland": PropertyType.LAND,
    "vacantland": PropertyType.LAND,
    "multifamilysale": PropertyType.RESIDENTIAL_INCOME,
}
_SUB_TYPE_WORDS = {
    "singlefamily": "SingleFamilyResidence",
    "singlefamilyhome": "SingleFamilyResidence",
    "singlefamilydetached": "SingleFamilyResidence",
    "detached": "SingleFamilyResidence",
    "house": "SingleFamilyResidence",
    "sfr": "SingleFamilyResidence",
    "condo": "Condominium",
    "townhome": "Townhouse",
    "rowhouse": "Townhouse",
    "fourplex": "Quadruplex",
    "coop": "StockCooperative",
    "manufactured": "ManufacturedHome",
    "lot": "UnimprovedLand",
}


def plain(text: str) -> str:
    """Return a word as it is compared: "Active Under Contract" and "ActiveUnderContract" are one."""
    return _NOT_LETTERS.sub("", text.casefold())


_STATUSES = {plain(status): status for status in Status} | _STATUS_WORDS
_TYPES = {plain(kind): kind for kind in PropertyType} | _TYPE_WORDS
_SUB_TYPES = {plain(kind): kind for kind in SUB_TYPES} | _SUB_TYPE_WORDS


def status_of(text: str) -> Status | None:
    """Return the status that a word says, in display strings, enum names or common words; None for any other."""
    return _STATUSES.get(plain(text))


def property_type_of(text: str) -> PropertyType | None:
    """
    Return the property type that a word says; None for any other.

    Whatever speaks of renting is a lease: a month's rent must never stand among prices.
    """
    found = _TYPES.get(plain(text))
    if found is None and _RENTING.search(text):
        commercial = "commercial" in text.lower()
        return PropertyType.COMMERCIAL_LEASE if commercial else PropertyType.RESIDENTIAL_LEASE
    return found


def sub_type_of(text: str) -> str:
    """Return the sub-type that a word says; one that RESO may have and we do not know is returned as told."""
    return _SUB_TYPES.get(plain(text), text)


def words_of(name: str) -> str:
    """Return a RESO name as people read it: "ActiveUnderContract" is "active under contract"."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()
