"""What somebody looks for: as they said it, or as what they looked at says. Pure."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from leadlight.kit.errors import DomainError
from leadlight.leads.rules import fold
from leadlight.listings.rules.facts import Facts, zip5
from leadlight.listings.rules.vocabulary import KINDS_OF_HOME


class Transaction(StrEnum):
    """Whether they would buy or rent."""

    SALE = "sale"
    RENT = "rent"


@dataclass(frozen=True)
class Need:
    """
    A home that somebody looks for; what is None or empty is all the same to them.

    Of the home alone: who they are, whom they live with and how they speak have no place in it, so that two people
    with the same need are shown the same homes (fair housing). Places are folded (`leads.rules.fold`), and any one of
    them will do.
    """

    transaction: Transaction = Transaction.SALE
    least_price: Decimal | None = None
    #: Of a rent: a month's.
    most_price: Decimal | None = None
    least_bedrooms: int | None = None
    least_bathrooms: Decimal | None = None
    #: What people call parts of town.
    areas: frozenset[str] = frozenset()
    cities: frozenset[str] = frozenset()
    postal_codes: frozenset[str] = frozenset()
    #: Words of `vocabulary.KINDS_OF_HOME`.
    property_types: frozenset[str] = frozenset()
    #: They said so themselves; else it was read from what they looked at. Changes the words, never the homes.
    is_stated: bool = True


class UnableToReadNeed(DomainError):
    """What a saved search says cannot be followed."""

    code = "bad_need"


_AMOUNTS = ("least_price", "most_price", "least_bathrooms")
_PLACES = ("areas", "cities", "postal_codes")
_CRITERIA = tuple(field.name for field in fields(Need) if field.name != "is_stated")
#: No home costs more, and databases refuse infinity.
_MOST_AMOUNT = Decimal(10) ** 12
_MOST_PLACES = 100
_MOST_BEDROOMS = 100


def need_of(criteria: Mapping[str, Any]) -> Need:
    """
    Return the need that a saved search's criteria say: keys as the fields of `Need`, amounts as text or numbers.

    Raises:
        UnableToReadNeed: a key is none that we know, a value is not of its kind, or the bounds cross each other.
    """
    strange = sorted(set(criteria) - set(_CRITERIA))
    if strange:
        raise UnableToReadNeed(f"A search cannot ask for {strange[0]}. It can ask for {', '.join(_CRITERIA)}.")
    told: dict[str, Any] = {}
    for name, value in criteria.items():
        if value is None or value == "" or value == []:
            continue
        told[name] = _read(name, value)
    need = Need(**told)
    if need.least_price is not None and need.most_price is not None and need.least_price > need.most_price:
        raise UnableToReadNeed(
            f"The lowest price, {need.least_price:,}, is above the highest, {need.most_price:,}. Swap them."
        )
    return need


def criteria_of(need: Need) -> dict[str, Any]:
    """Return a need as the one form in which searches are stored: what is not asked for is left out, lists sorted."""
    told: dict[str, Any] = {"transaction": need.transaction.value}
    for name in _CRITERIA[1:]:
        value = getattr(need, name)
        if value is None or value == frozenset():
            continue
        if isinstance(value, frozenset):
            told[name] = sorted(value)
        else:
            told[name] = f"{value.normalize():f}" if isinstance(value, Decimal) else value
    return told


def _read(name: str, value: Any) -> Any:
    if name == "transaction":
        if value not in set(Transaction):
            raise UnableToReadNeed(f"A search is for a sale or a rent, not for {value!r}.")
        return Transaction(value)
    if name in _AMOUNTS:
        return _amount(name, value)
    if name == "least_bedrooms":
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _MOST_BEDROOMS:
            raise UnableToReadNeed(f"The number of bedrooms is a whole number up to {_MOST_BEDROOMS}, not {value!r}.")
        return value
    return _words(name, value)


def _amount(name: str, value: Any) -> Decimal:
    words = name.replace("_", " ")
    try:
        amount = Decimal(str(value))
    except InvalidOperation as error:
        raise UnableToReadNeed(f"The {words} is a number such as 450000, not {value!r}.") from error
    if isinstance(value, bool) or not amount.is_finite() or not 0 <= amount < _MOST_AMOUNT:
        raise UnableToReadNeed(f"The {words} is a number such as 450000, not {value!r}.")
    return amount


def _words(name: str, value: Any) -> frozenset[str]:
    if not isinstance(value, (list, tuple, set, frozenset)) or not all(isinstance(word, str) for word in value):
        raise UnableToReadNeed(f"The {name.replace('_', ' ')} are a list of texts, not {value!r}.")
    if len(value) > _MOST_PLACES:
        raise UnableToReadNeed(f"A search names at most {_MOST_PLACES} {name.replace('_', ' ')}.")
    if name in _PLACES:
        return frozenset(folded for word in value if (folded := fold(zip5(word) if name == "postal_codes" else word)))
    strange = sorted(set(value) - KINDS_OF_HOME)
    if strange:
        raise UnableToReadNeed(
            f"There is no property type {strange[0]!r}. Known are {', '.join(sorted(KINDS_OF_HOME))}."
        )
    return frozenset(value)


# --- what they looked at ----------------------------------------------------------------------------------------

#: Fewer different homes say nothing of a taste.
LEAST_HOMES = 5
#: The cheapest and the dearest tenth are homes that people look at for other reasons.
_TAIL = Decimal("0.1")
_QUARTER = Decimal("0.25")
#: A place or kind of home counts that so many of the homes share.
_LEAST_SHARE = Decimal("0.2")


@dataclass(frozen=True)
class ReadNeed:
    """A need that was read from what somebody looked at, with how much there was to read."""

    need: Need
    #: Different homes.
    n_homes: int
    n_saved: int

    @property
    def words(self) -> str:
        """From what it was read, in plain words."""
        saved = f", {self.n_saved} of them saved" if self.n_saved else ""
        return f"read from {self.n_homes} homes they looked at{saved}"


def need_from(
    viewed: Iterable[Facts], saved: Iterable[Facts] = (), *, least: int = LEAST_HOMES, stated: Need | None = None
) -> ReadNeed | None:
    """
    Return the need that homes viewed and saved say; None from fewer than `least` different ones.

    A home counts once however often it was viewed, so that one that somebody keeps coming back to does not speak for
    all. It is of the transaction that most of them are (of two equals: sale). Prices reach from the first to the last
    decile of the homes' own, bedrooms and bathrooms begin at the lower quartile; places and kinds of homes are those
    that a fifth of the homes share, at least two. What a saved search `stated` beats what was read, field by field.
    """
    kept = {home.pk: home for home in saved}
    homes = {home.pk: home for home in viewed} | kept
    if len(homes) < least:
        return None
    leases = [home for home in homes.values() if home.is_lease]
    sales = [home for home in homes.values() if not home.is_lease]
    some = sales if len(sales) >= len(leases) else leases
    if stated is not None:
        some = leases if stated.transaction is Transaction.RENT else sales
    if len(some) < least:
        return None
    prices = sorted(price for home in some if (price := home.list_price) is not None)
    bedrooms = sorted(beds for home in some if (beds := home.bedrooms_total) is not None)
    baths = sorted(n for home in some if (n := home.bathrooms_total) is not None)
    enough = len(prices) >= least
    need = Need(
        transaction=Transaction.RENT if some is leases else Transaction.SALE,
        least_price=_quantile(prices, _TAIL) if enough else None,
        most_price=_quantile(prices, 1 - _TAIL) if enough else None,
        least_bedrooms=_quantile(bedrooms, _QUARTER) if len(bedrooms) >= least else None,
        least_bathrooms=_quantile(baths, _QUARTER) if len(baths) >= least else None,
        property_types=_shared(some, _kind_of_home),
        is_stated=False,
        **_where(some),
    )
    if stated is not None:
        need = _beaten(need, stated)
    return ReadNeed(need, len(some), sum(home.pk in kept for home in some))


def _where(homes: Sequence[Facts]) -> dict[str, frozenset[str]]:
    """Return the narrowest kind of place that the homes share; any of wider ones would only widen it."""
    for name, of in (
        ("areas", lambda home: fold(home.area)),
        ("postal_codes", lambda home: fold(home.postal_code)),
        ("cities", lambda home: fold(home.city)),
    ):
        if shared := _shared(homes, of):
            return {name: shared}
    return {}


def _kind_of_home(home: Facts) -> str:
    kind = home.property_sub_type or home.property_type
    return kind if kind in KINDS_OF_HOME else ""


def _shared(homes: Sequence[Facts], of: Callable[[Facts], str]) -> frozenset[str]:
    counted = Counter(word for home in homes if (word := of(home)))
    return frozenset(word for word, n in counted.items() if n >= 2 and n >= _LEAST_SHARE * len(homes))


def _quantile(ordered: Sequence[Any], share: Decimal) -> Any:
    """Return a value of the sorted ones themselves, below which no more than that share lies."""
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def _beaten(read: Need, stated: Need) -> Need:
    """Return what was read with what was stated over it; the places stated stand alone, and bounds never cross."""
    told = {name: value for name in _CRITERIA if (value := getattr(stated, name)) not in (None, frozenset())}
    if told.keys() & set(_PLACES):
        read = replace(read, areas=frozenset(), cities=frozenset(), postal_codes=frozenset())
    both = replace(read, **told, is_stated="most_price" in told)
    if both.least_price is not None and both.most_price is not None and both.least_price > both.most_price:
        gone = "least_price" if "most_price" in told else "most_price"
        cleared: dict[str, Any] = {gone: None}
        both = replace(both, **cleared)
    return both


def wanted_places(need: Need) -> Collection[str]:
    """Return all places that a need names; empty where any will do."""
    return need.areas | need.cities | need.postal_codes
