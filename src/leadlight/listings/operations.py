"""Writes of the room: listings as feeds tell of them, and the searches that people save."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from leadlight.jobs.operations import publish
from leadlight.kit.db import allocate_ids, insert_rows, lock_until_commit, update_rows
from leadlight.kit.errors import DomainError
from leadlight.leads.models import Lead
from leadlight.leads.rules import fold
from leadlight.listings import queries
from leadlight.listings.models import Listing, ListingChange, SavedSearch
from leadlight.listings.rules import Change, Facts, NewsKind, Settled, Told, criteria_of, need_of, news, settle
from leadlight.listings.rules.facts import names

_FACTS = (*names(), "modified_at", "area_key", "city_key", "listed_on")

#: What happened → the fact by which others hear of it. Open houses are found by their hours, not by their telling.
_FACT_OF = {
    NewsKind.APPEARED: "listings.appeared",
    NewsKind.PRICE_DROP: "listings.price_dropped",
    NewsKind.BACK_ON_MARKET: "listings.back_on_market",
}


@dataclass(frozen=True)
class Stored:
    """What came of rows of a feed; their sum is the number of rows."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    #: Told later than something newer, and passed over.
    outdated: int = 0


@transaction.atomic
def store_listings(*, rows: Sequence[Told], as_of: datetime, cause: str, now: datetime) -> Stored:
    """
    Store what a feed tells of listings, with how each changed; told again, nothing changes (`rules.settle`).

    `as_of` is the moment of rows that name none: that of the export. `cause` is a word of `events.rules.Cause`, which
    stands above this room, and goes with the facts that are published: whoever hears them decides by it whether
    anybody may be told. Six queries for a batch of up to 500 listings, however many change.
    """
    if not rows:
        return Stored()
    # Whoever comes second sees what the first has stored: the newest wins also between two feeds of one system.
    lock_until_commit("listings")
    told: dict[tuple[str, str], list[Told]] = defaultdict(list)
    for row in rows:
        told[row.system, row.listing_key].append(row)
    stored = queries.by_keys(told)
    settled = [settle(stored.get(key), own, as_of=as_of) for key, own in told.items()]
    new = [one for one in settled if one.before is None]
    changed = [one for one in settled if one.before is not None and one.after != one.before]
    ids = allocate_ids(Listing, len(new))
    insert_rows(
        Listing,
        ("id", "system", "listing_key", *_FACTS),
        [(pk, one.after.system, one.after.listing_key, *_row(one.after)) for pk, one in zip(ids, new, strict=True)],
    )
    update_rows(Listing, _FACTS, [(one.after.pk, *_row(one.after)) for one in changed])
    numbered = [*zip(ids, new, strict=True), *((one.after.pk, one) for one in changed)]
    insert_rows(
        ListingChange,
        ("listing", "kind", "old", "new", "at", "known_at"),
        [_change(pk, change) for pk, one in numbered for change in one.changes],
        ignore_conflicts=True,
    )
    publish(facts=_facts(numbered, cause, now), now=now)
    return Stored(
        new=len(new),
        changed=sum(one.n_changed for one in settled) - len(new),
        unchanged=sum(one.n_unchanged for one in settled),
        outdated=sum(one.n_outdated for one in settled),
    )


def _row(facts: Facts) -> list[Any]:
    told = [getattr(facts, name) for name in names()]
    return [*told, facts.modified_at, fold(facts.area)[:200], fold(facts.city)[:200], facts.listed_on]


def _change(listing_id: int, change: Change) -> tuple[Any, ...]:
    return listing_id, change.kind.value, change.old[:40], change.new[:40], change.at, change.known_at


def _facts(
    numbered: Sequence[tuple[int, Settled]], cause: str, now: datetime
) -> Mapping[str, Sequence[dict[str, Any]]]:
    facts: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for pk, one in numbered:
        for found in news(one.before, one.after, now):
            if fact := _FACT_OF.get(found.kind):
                facts[fact].append({"listing_id": pk, "cause": cause})
    return facts


class UnableToSaveSearch(DomainError):
    """A search cannot be saved."""

    code = "bad_search"


@transaction.atomic
def save_search(*, lead_id: int, criteria: Mapping[str, Any], name: str = "", now: datetime) -> SavedSearch:
    """
    Save what somebody searches for; under a name that they have in force already, in the place of that one.

    Raises:
        UnableToReadNeed: the criteria say something that cannot be followed.
        UnableToSaveSearch: there is no such lead.
    """
    told = criteria_of(need_of(criteria))
    # The row of the lead is the turn of whoever saves: two searches of one name become one.
    if not Lead.objects.select_for_update().filter(pk=lead_id).exists():
        raise UnableToSaveSearch("There is no such lead; it may have been erased.")
    same = SavedSearch.objects.filter(lead=lead_id, name=name, ended_at=None).first()
    if same is None:
        return SavedSearch.objects.create(lead_id=lead_id, name=name, criteria=told, saved_at=now)
    if same.criteria != told:
        same.criteria, same.saved_at = told, now
        same.save(update_fields=["criteria", "saved_at"])
    return same


@transaction.atomic
def end_search(*, search_id: int, now: datetime) -> None:
    """End a search: nobody is told of its homes any more. One that has ended, or is not there, is left alone."""
    SavedSearch.objects.filter(pk=search_id, ended_at=None).update(ended_at=now)
