"""What the room's tests begin with: homes, needs, and what feeds tell of them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from leadlight.listings.operations import Stored, store_listings
from leadlight.listings.rules import Facts, Need, Status, Told, Transaction

NOW = datetime(2026, 6, 1, 16, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
FEED = "nwmls"


def home(status: Status = Status.ACTIVE, **facts: Any) -> Facts:
    """Return a home in Ballard, on the market for a month."""
    known: dict[str, Any] = {
        "list_price": Decimal(488_000),
        "bedrooms_total": 3,
        "bathrooms_total": Decimal("1.75"),
        "area": "Ballard",
        "city": "Seattle",
        "postal_code": "98107",
        "property_type": "Residential",
        "property_sub_type": "SingleFamilyResidence",
        "on_market_date": date(2026, 5, 1),
        "system": FEED,
        "listing_key": "1",
        "modified_at": NOW - DAY,
    }
    return Facts(standard_status=status, **{**known, **facts})


def told(
    key: str = "1",
    status: Status = Status.ACTIVE,
    at: datetime | None = NOW - DAY,
    *,
    system: str = FEED,
    **more: Any,
) -> Told:
    """Return a row of a feed; moments of changes are its own, all else are facts."""
    moments = {name: more.pop(name) for name in ("price_changed_at", "status_changed_at") if name in more}
    return Told(system, key, {"standard_status": status, **more}, modified_at=at, **moments)


def store(*rows: Told, as_of: datetime = NOW, cause: str = "LIVE", now: datetime = NOW) -> Stored:
    return store_listings(rows=rows, as_of=as_of, cause=cause, now=now)


AREAS, CITIES, CODES = ("Ballard", "Fremont", "Årsta"), ("Seattle", "Kent"), ("98107", "98103", "V6B 1A1")
TYPES, SUB_TYPES = (
    ("", "Residential", "ResidentialLease", "Land"),
    ("", "SingleFamilyResidence", "Condominium", "Yurt"),
)
prices = st.integers(1, 12).map(lambda n: Decimal(n * 100_000))
baths = st.sampled_from([Decimal("1"), Decimal("1.75"), Decimal("2.5")])
days = st.integers(0, 60).map(lambda n: date(2026, 5, 1) + n * DAY)


def _maybe(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | values


facts = st.fixed_dictionaries(
    {
        "standard_status": st.sampled_from([Status.ACTIVE] * 8 + list(Status)),
        "property_type": st.sampled_from(TYPES),
        "property_sub_type": st.sampled_from(SUB_TYPES),
        "list_price": _maybe(prices),
        "bedrooms_total": _maybe(st.integers(0, 5)),
        "bathrooms_total": _maybe(baths),
        "area": st.sampled_from(("", *AREAS)),
        "city": st.sampled_from(("", *CITIES)),
        "postal_code": st.sampled_from(("", *CODES)),
        "on_market_date": _maybe(days),
        "listing_contract_date": _maybe(days),
        "close_date": st.none() | st.none() | days,
        "internet_entire_listing_display": st.sampled_from([None, True, True, False]),
    }
)
homes = st.lists(facts, max_size=12).map(
    lambda some: [
        Facts(**told, pk=n + 1, system=FEED, listing_key=str(n), modified_at=NOW) for n, told in enumerate(some)
    ]
)


def _some(words: tuple[str, ...]) -> st.SearchStrategy[list[str]]:
    return st.just([]) | st.lists(st.sampled_from(words), max_size=2, unique=True)


#: As people write them; `rules.need_of` reads them.
criteria = st.fixed_dictionaries(
    {
        "transaction": st.sampled_from([*Transaction, Transaction.SALE]).map(lambda word: word.value),
        "least_price": _maybe(st.integers(1, 5).map(lambda n: str(n * 100_000))),
        "most_price": _maybe(st.integers(5, 12).map(lambda n: n * 100_000)),
        "least_bedrooms": _maybe(st.integers(0, 4)),
        "least_bathrooms": _maybe(st.sampled_from(["1", "1.5", 2])),
        "areas": _some(("ballard", "FREMONT", "arsta")),
        "cities": _some(("Seattle", " kent ")),
        "postal_codes": _some(("98107-1234", "98103", "v6b 1a1")),
        "property_types": _some(("Residential", "Condominium", "Land")),
    }
)


def wanted(**more: Any) -> Need:
    return Need(**more)
