"""How what a feed tells becomes the state of a listing and its dated history, in whatever order it is told. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from leadlight.listings.rules.facts import Facts, tidied
from leadlight.listings.rules.vocabulary import Status


@dataclass(frozen=True)
class Told:
    """One row of a feed: a listing as its source had it at one moment."""

    system: str
    listing_key: str
    #: Facts by their names; what a row does not tell stays as it is. A status is among them, always.
    values: Mapping[str, Any] = field(hash=False)
    #: The source's own moment (`ModificationTimestamp`); None where it keeps none.
    modified_at: datetime | None = None
    #: `PriceChangeTimestamp` and `StatusChangeTimestamp`.
    price_changed_at: datetime | None = None
    status_changed_at: datetime | None = None


class ChangeKind(StrEnum):
    """What of a listing its history keeps."""

    APPEARED = "APPEARED"
    STATUS = "STATUS"
    PRICE = "PRICE"
    CLOSE_PRICE = "CLOSE_PRICE"
    OPEN_HOUSE = "OPEN_HOUSE"


#: Kind → the fact that it is about.
_OF = {
    ChangeKind.STATUS: "standard_status",
    ChangeKind.PRICE: "list_price",
    ChangeKind.CLOSE_PRICE: "close_price",
    ChangeKind.OPEN_HOUSE: "open_house_starts_at",
}


@dataclass(frozen=True)
class Change:
    """Something of a listing that became another."""

    kind: ChangeKind
    #: As text: amounts plain, moments in ISO form, "" for none.
    old: str
    new: str
    #: When it changed, as far as the source says.
    at: datetime
    #: The moment of the state by which the source told of it.
    known_at: datetime


@dataclass(frozen=True)
class Settled:
    """What came of the rows that tell of one listing."""

    before: Facts | None
    after: Facts
    changes: tuple[Change, ...]
    #: How many of the rows changed it, told what was known, or came later than something newer.
    n_changed: int
    n_unchanged: int
    n_outdated: int


def settle(before: Facts | None, told: Sequence[Told], *, as_of: datetime) -> Settled:
    """
    Apply the rows that tell of one listing, at least one, to its state (None: not known yet).

    The newest modification wins, whatever the order: rows that are older than the state are passed over, and rows
    told again change nothing. Rows without a moment of their own count as of `as_of`, the later told over the other.
    Of two unlike rows with one moment of the source's the same one wins always, so that no order can tell.
    """
    dated = sorted(_once(row for row in told if row.modified_at), key=lambda row: row.modified_at or as_of)
    rows = [*dated, *(row for row in told if row.modified_at is None)]
    # Stable: of one moment, what has no moment of its own comes last and wins.
    rows.sort(key=lambda row: row.modified_at or as_of)
    state, changes = before, list[Change]()
    n_changed = n_outdated = 0
    for row in rows:
        at, values = row.modified_at or as_of, tidied(row.values)
        if state is None:
            state = Facts(**values, system=row.system, listing_key=row.listing_key, modified_at=at)
            n_changed += 1
            changes.append(Change(ChangeKind.APPEARED, "", state.standard_status.value, at, at))
            continue
        differs = any(getattr(state, name) != value for name, value in values.items())
        if differs and not _wins(row, values, state, at):
            n_outdated += 1
            continue
        after = replace(state, **values, modified_at=_later(state.modified_at, at))
        if differs:
            n_changed += 1
            changes += _changes(row, state, after, at)
        state = after
    assert state is not None, "told of by no row"
    return Settled(before, state, tuple(changes), n_changed, len(told) - n_changed - n_outdated, n_outdated)


def _once(rows: Iterable[Told]) -> Iterable[Told]:
    """Of the rows with one moment of the source's, keep the one that wins."""
    best: dict[datetime | None, Told] = {}
    for row in rows:
        rival = best.get(row.modified_at)
        if rival is None or _canonical(tidied(row.values)) > _canonical(tidied(rival.values)):
            best[row.modified_at] = row
    return best.values()


def _wins(row: Told, values: Mapping[str, Any], state: Facts, at: datetime) -> bool:
    if state.modified_at is None or at != state.modified_at:
        return state.modified_at is None or at > state.modified_at
    if row.modified_at is None:
        return True
    return _canonical(values) > _canonical({name: getattr(state, name) for name in values})


def _canonical(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(name, text(values[name])) for name in sorted(values)]


def _later(one: datetime | None, other: datetime) -> datetime:
    return other if one is None else max(one, other)


def _changes(row: Told, before: Facts, after: Facts, at: datetime) -> list[Change]:
    when = {ChangeKind.PRICE: row.price_changed_at, ChangeKind.STATUS: row.status_changed_at}
    found = []
    for kind, name in _OF.items():
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            found.append(Change(kind, text(old), text(new), min(when.get(kind) or at, at), at))
    return found


def text(value: Status | Decimal | datetime | date | str | int | bool | None) -> str:
    """Return a fact as history keeps it: one text for one value."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value.isoformat() if isinstance(value, date) else str(value)
