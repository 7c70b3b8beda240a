"""What a card says of a lead before somebody calls: what they looked at, the last words, what they ask. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from leadlight.events.rules import ANSWERS, REQUESTS
from leadlight.web.rules.timeline import Told

#: Homes that a card names, and what was looked at longer ago is another story.
MOST_HOMES = 3
_LOOKED_WITHIN = timedelta(days=30)
_LOOKS = frozenset(
    {"listing_view", "listing_save", "listing_share", "showing_request", "inquiry", "open_house_visit"}
)
_REPLIES = frozenset({"email_replied", "sms_replied", "call_received"})
_THEIR_WORDS = frozenset({*REQUESTS, *_REPLIES, "form_submit", "opted_out"})
#: What of ours reached them or was to; a note is said to nobody.
_OUR_WORDS = frozenset({"email_sent", "sms_sent", "call_attempted", "voicemail_left", "call_answered"})


@dataclass(frozen=True)
class Home:
    """A home that somebody looked at."""

    listing: str
    times: int
    latest_at: datetime
    #: As it stood when they looked last; None when nobody told.
    price: float | None


def looked_at(events: Iterable[Told], *, now: datetime) -> list[Home]:
    """Return the homes that somebody looked at of late, those of most looks first; `events` the latest first."""
    found: dict[str, Home] = {}
    for event in events:
        if event.kind not in _LOOKS or not event.listing or now - event.occurred_at > _LOOKED_WITHIN:
            continue
        home = found.get(event.listing)
        price = event.value if event.kind.startswith("listing_") else None
        if home is None:
            found[event.listing] = Home(event.listing, event.count, event.occurred_at, price)
        else:
            known = home.price if home.price is not None else price
            found[event.listing] = Home(home.listing, home.times + event.count, home.latest_at, known)
    # Sorting keeps the order of equals, the latest first.
    return sorted(found.values(), key=lambda home: -home.times)[:MOST_HOMES]


@dataclass(frozen=True)
class LastWords:
    """What either side said last; None for who has said nothing."""

    #: With their own words.
    theirs: Told | None
    #: Our latest try to reach them, whether or not its words are known.
    ours: Told | None


def last_words(events: Iterable[Told]) -> LastWords:
    """Return what either side said last; `events` the latest first."""
    theirs = ours = None
    for event in events:
        if event.is_machine:
            continue
        if event.kind in _OUR_WORDS:
            ours = ours or event
        elif event.kind in _THEIR_WORDS and event.text and not event.is_automatic:
            theirs = theirs or event
    return LastWords(theirs, ours)


def asked(events: Iterable[Told]) -> Told | None:
    """
    Return what somebody asked or answered last and nobody has reacted to; None when it is our turn no more.

    An acknowledgment that goes out by itself is no reaction. `events` the latest first.
    """
    for event in events:
        if event.is_machine or event.is_automatic:
            continue
        if event.kind in ANSWERS:
            return None
        if event.kind in REQUESTS or event.kind in _REPLIES:
            return event
    return None
