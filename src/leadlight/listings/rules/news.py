"""What happened to a listing that somebody may want to hear of. Pure."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from leadlight.listings.rules.facts import Facts, is_showable
from leadlight.listings.rules.matching import dollars
from leadlight.listings.rules.vocabulary import Status

#: A price that fell by either is worth a message; less is noise.
DROP_SHARE = Decimal("0.03")
DROP_AMOUNT = Decimal(10_000)


class NewsKind(StrEnum):
    """What happened."""

    PRICE_DROP = "price_drop"
    BACK_ON_MARKET = "back_on_market"
    APPEARED = "appeared"
    OPEN_HOUSE = "open_house"


@dataclass(frozen=True)
class News:
    """One thing that happened to one listing."""

    kind: NewsKind
    #: Plain words.
    words: str
    #: Of a price drop: by how much, and which share of the price before (0 to 1).
    amount: Decimal | None = None
    share: Decimal | None = None
    #: Of an open house: when it begins and ends.
    starts_at: datetime | None = None
    ends_at: datetime | None = None


#: Where a home was that is offered again. A sale that is undone is not among them: that is told by people.
_AWAY = frozenset(
    {
        Status.ACTIVE_UNDER_CONTRACT,
        Status.PENDING,
        Status.WITHDRAWN,
        Status.HOLD,
        Status.CANCELED,
        Status.EXPIRED,
        Status.DELETE,
    }
)
#: Where a home was that was never offered yet.
_UNBORN = frozenset({Status.COMING_SOON, Status.INCOMPLETE})


def news(before: Facts | None, after: Facts, now: datetime) -> tuple[News, ...]:
    """
    Return what happened between two states of a listing; `before` is None of one that was not known.

    Of a listing that may not be shown there is none (`is_showable`), and none of an open house that is over. A new
    price is no drop where the listing went from sale to rent or back. The same states give the same news, however
    often and in whatever order a feed told of what lies between them.
    """
    if not is_showable(after, now):
        return ()
    found = []
    if before is None or before.standard_status in _UNBORN:
        found.append(News(NewsKind.APPEARED, "new on the market"))
    elif before.standard_status in _AWAY:
        found.append(News(NewsKind.BACK_ON_MARKET, "back on the market"))
    if before is not None and before.is_lease == after.is_lease:
        found += _drop(before.list_price, after.list_price)
    starts_at, ends_at = after.open_house_starts_at, after.open_house_ends_at
    is_new = before is None or before.open_house_starts_at != starts_at
    if starts_at is not None and is_new and (ends_at or starts_at) > now:
        found.append(News(NewsKind.OPEN_HOUSE, "open house", starts_at=starts_at, ends_at=ends_at))
    return tuple(found)


def _drop(before: Decimal | None, after: Decimal | None) -> list[News]:
    if not before or not after:
        return []
    amount = before - after
    share = amount / before
    if amount < DROP_AMOUNT and share < DROP_SHARE:
        return []
    words = f"{dollars(amount)} less than before ({share:.1%})"
    return [News(NewsKind.PRICE_DROP, words, amount=amount, share=share)]
