"""Feeds become rows: once, whatever is told again, late or at once; with facts for whoever listens."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from leadlight.jobs.models import Job
from leadlight.listings import operations, queries
from leadlight.listings.models import Listing, ListingChange
from leadlight.listings.operations import Stored, store_listings
from leadlight.listings.rules import PropertyType, Status, Told
from tests.listings.build import DAY, FEED, HOUR, NOW, store, told

pytestmark = pytest.mark.django_db
AT = NOW - 30 * DAY

WHOLE: dict[str, Any] = {
    "listing_id": "NWM-1",
    "property_type": PropertyType.RESIDENTIAL.value,
    "property_sub_type": "Townhouse",
    "list_price": Decimal("488000.00"),
    "close_price": None,
    "bedrooms_total": 3,
    "bathrooms_total": Decimal("1.75"),
    "living_area": Decimal("1620.50"),
    "unparsed_address": "14 Elm St, Seattle, WA 98107",
    "street_number": "14",
    "street_name": "Elm",
    "street_suffix": "St",
    "unit_number": "3",
    "city": "Seattle",
    "state_or_province": "WA",
    "postal_code": "98107",
    "area": "Årsta Hill",
    "listing_contract_date": date(2026, 4, 1),
    "on_market_date": date(2026, 4, 3),
    "purchase_contract_date": None,
    "close_date": None,
    "days_on_market": 12,
    "open_house_starts_at": NOW + DAY,
    "open_house_ends_at": NOW + DAY + HOUR,
    "internet_entire_listing_display": True,
    "internet_address_display": False,
    "public_remarks": "Light.\nNear the water.",
    "url": "https://example.com/1",
    "photo_url": "https://example.com/1.jpg",
}


def rows() -> list[Any]:
    return sorted(
        map(str, [*Listing.objects.values(), *ListingChange.objects.values("listing", "kind", "old", "new")])
    )


def changes() -> list[tuple[str, str, str]]:
    return list(ListingChange.objects.order_by("id").values_list("kind", "old", "new"))


def test_a_listing_is_stored_as_it_was_told() -> None:
    assert store(told(at=AT, **WHOLE)) == Stored(new=1)
    found = queries.by_keys([(FEED, "1")])[FEED, "1"]
    assert {name: getattr(found, name) for name in WHOLE} == WHOLE
    assert (found.standard_status, found.modified_at) == (Status.ACTIVE, AT)
    stored = Listing.objects.get()
    assert (stored.area_key, stored.city_key, stored.listed_on) == ("arsta hill", "seattle", date(2026, 4, 3))
    assert str(stored) == "14 Elm St, Seattle, WA 98107"
    assert queries.by_ids([stored.pk, stored.pk + 1]) == {stored.pk: found}
    assert queries.by_keys([("other", "1"), (FEED, "2")]) == {}


def test_told_again_nothing_changes() -> None:
    feed = [told(str(n), at=AT, **WHOLE) for n in range(3)]
    store(*feed)
    before = rows()
    assert store(*feed) == Stored(unchanged=3)
    assert store(*feed, *feed) == Stored(unchanged=6)
    assert rows() == before


def test_one_feed_in_any_order_and_any_batches_leaves_the_same_listings() -> None:
    feed = [
        told(str(n), status, AT + k * HOUR, list_price=Decimal(400_000 + 1_000 * k), area="Kent")
        for n in range(5)
        for k, status in enumerate([Status.COMING_SOON, Status.ACTIVE, Status.PENDING, Status.ACTIVE])
    ]
    store(*feed)
    one, history = list(Listing.objects.order_by("listing_key").values()), ListingChange.objects.count()
    assert history == 5 * (1 + 3 + 3)
    Listing.objects.all().delete()
    mixed = [*feed, *feed]
    Random(7).shuffle(mixed)
    counts = [store(*mixed[start : start + 6]) for start in range(0, len(mixed), 6)]
    assert sum(one.new + one.changed + one.unchanged + one.outdated for one in counts) == len(mixed)
    other = list(Listing.objects.order_by("listing_key").values())
    assert [{**row, "id": 0} for row in other] == [{**row, "id": 0} for row in one]


def test_what_came_late_is_counted_and_leaves_no_trace() -> None:
    store(told(at=AT, list_price=Decimal(2)))
    before = rows()
    assert store(told(at=AT - HOUR, list_price=Decimal(1))) == Stored(outdated=1)
    assert rows() == before


def test_what_a_row_does_not_tell_stays() -> None:
    store(told(at=AT, **WHOLE))
    assert store(told("1", Status.CLOSED, AT + DAY, close_price=Decimal(470_000))) == Stored(changed=1)
    found = queries.by_keys([(FEED, "1")])[FEED, "1"]
    assert (found.list_price, found.close_price, found.area) == (488_000, 470_000, "Årsta Hill")
    assert changes() == [("APPEARED", "", "Active"), ("STATUS", "Active", "Closed"), ("CLOSE_PRICE", "", "470000")]
    assert store(told("1", Status.CLOSED, AT + 2 * DAY, bedrooms_total=4, city="Kent")) == Stored(changed=1)
    found = queries.by_keys([(FEED, "1")])[FEED, "1"]
    assert (found.bedrooms_total, found.city, Listing.objects.get().city_key) == (4, "Kent", "kent")
    [history] = queries.history([found.pk]).values()
    assert [change.kind for change in history] == ["APPEARED", "STATUS", "CLOSE_PRICE"]


def test_one_key_of_two_systems_is_two_listings() -> None:
    assert store(told(), told(system="other")) == Stored(new=2)
    assert len(queries.by_keys([(FEED, "1"), ("other", "1")])) == 2


def test_history_is_kept_once_by_the_database_too() -> None:
    store(told())
    [change] = ListingChange.objects.all()
    change.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        change.save(force_insert=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Listing.objects.update(list_price=0)


def statements(feed: Sequence[Told]) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        store(*feed)
    return [query["sql"].split()[0] for query in captured if "SAVEPOINT" not in query["sql"]]


def test_a_batch_is_a_fixed_number_of_queries() -> None:
    # The turn is one more, which SQLite gives to every writer anyway.
    turn = int(connection.vendor == "postgresql")
    for n in (3, 400):
        Listing.objects.all().delete()
        first = [told(str(k), at=AT, **WHOLE) for k in range(n)]
        assert len(statements(first)) == 4 + turn
        half = [told(str(k), at=AT + DAY, list_price=Decimal(1)) for k in range(n // 2, n + n // 2)]
        assert len(statements(half)) == 5 + turn
        assert len(statements(half)) == 1 + turn
    assert len(statements([])) == 0


def test_facts_are_told_with_their_cause(settings: Any) -> None:
    heard = "scoring.rescore_person"
    names = ("listings.appeared", "listings.price_dropped", "listings.back_on_market")
    settings.LEDGER_SUBSCRIPTIONS = dict.fromkeys(names, ())
    store(told("1", list_price=Decimal(500_000)), told("2", Status.PENDING), told("3", Status.CLOSED))
    settings.LEDGER_SUBSCRIPTIONS = {name: (heard,) if name == names[1] else () for name in names}
    later = [told("1", at=NOW, list_price=Decimal(450_000)), told("2", at=NOW)]
    store(*later, cause="IMPORT")
    number = Listing.objects.get(listing_key="1").pk
    assert list(Job.objects.values_list("payload", flat=True)) == [{"listing_id": number, "cause": "IMPORT"}]
    settings.LEDGER_SUBSCRIPTIONS = {name: (heard,) if name == names[2] else () for name in names}
    store(*later)
    assert Job.objects.count() == 1
    store(told("1", Status.PENDING, at=NOW + HOUR))
    store(told("1", at=NOW + 2 * HOUR))
    assert Job.objects.count() == 2
    settings.LEDGER_SUBSCRIPTIONS = {name: (heard,) if name == names[0] else () for name in names}
    store(told("4"), told("5", Status.PENDING), told("6", internet_entire_listing_display=False))
    assert Job.objects.count() == 3


def test_nothing_is_half_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any, **__: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(operations, "publish", fails)
    with pytest.raises(RuntimeError):
        store(told())
    assert not Listing.objects.exists()
    monkeypatch.undo()
    with pytest.raises(ValueError, match="has no pool"):
        store(told("1"), told("2", pool=True))
    assert not Listing.objects.exists()
    assert store_listings(rows=[], as_of=NOW, cause="LIVE", now=NOW) == Stored()
