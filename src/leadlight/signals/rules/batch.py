"""The events that count for each snapshot, by kind, and the arrangements of them that signals share."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from leadlight.events.rules import EventArrays, Group
from leadlight.signals.rules.exact import (
    MINOR_BITS,
    Floats,
    Ints,
    Mask,
    count,
    ends_of,
    largest,
    pack,
    smallest,
    starts_of,
    unpack,
    whole,
)
from leadlight.signals.rules.shapes import Snapshots

HOUR = 3600.0
DAY = 86400.0
MILLISECONDS = 1000.0

#: What people do on the website; a run of it without a pause of 30 minutes is one visit.
WEB = (
    "page_view",
    "site_visit",
    "listing_view",
    "listing_save",
    "listing_share",
    "search",
    "search_save",
    "calculator_use",
    "registered",
)
PAUSE_MS = 30 * 60 * 1000

#: What we do that asks for an answer. A voicemail follows a call, which counts already.
TOUCHES = ("email_sent", "sms_sent", "call_attempted")
#: What counts as an answer.
ANSWERS = ("email_replied", "sms_replied", "call_answered", "call_received", "inquiry")


@dataclass(frozen=True)
class Some:
    """Some of the events that count: event by event, the snapshot's row and the age at its moment."""

    events: EventArrays
    #: Place in `events`.
    event: Ints
    row: Ints
    #: Seconds before the snapshot's moment.
    age: Floats

    def where(self, mask: Mask) -> "Some":
        """Return those for which the mask holds."""
        return Some(self.events, self.event[mask], self.row[mask], self.age[mask])

    def within(self, seconds: float) -> "Some":
        """Return those of the last so many seconds: younger than that, not as old."""
        return self.where(self.age < seconds)

    @property
    def value(self) -> Floats:
        """What the kind's vocabulary says; NaN for none."""
        return self.events.value[self.event]

    @property
    def seconds(self) -> Floats:
        """Durations; NaN for none."""
        return self.events.seconds[self.event]

    @property
    def known_at(self) -> Floats:
        """When each could first be known."""
        return self.events.known_at[self.event]

    @property
    def listing(self) -> NDArray[np.int32]:
        """Place of the listing, -1 for none."""
        return self.events.listing[self.event]

    @property
    def area(self) -> NDArray[np.int32]:
        """Place of the area, -1 for none."""
        return self.events.area[self.event]

    @property
    def at_ms(self) -> Ints:
        """The moment in whole milliseconds."""
        return whole(self.events.occurred_at[self.event], scale=MILLISECONDS)


@dataclass(frozen=True)
class Visits:
    """The website events of all rows in order of time, cut into visits."""

    row: Ints
    at_ms: Ints
    #: Whether the event begins a visit.
    begins: Mask
    #: Whether the event lies in the last 30 days.
    recent: Mask


@dataclass(frozen=True)
class Views:
    """Listing views, each counted to its pair of row and listing."""

    #: By view, sorted by pair and time.
    pair: Ints
    at_ms: Ints
    #: By pair, sorted by row and listing.
    row: Ints
    listing: Ints
    n: Ints
    last_ms: Ints


@dataclass(frozen=True)
class Talk:
    """Our touches in order of time, and what became of each."""

    row: Ints
    at_ms: Ints
    #: Milliseconds to their next answer; -1 when there was none yet.
    answer_ms: Ints
    #: Whether that answer came before our next touch, so that it answers this one.
    answers_this: Mask


class Batch:
    """Snapshots with the events that count for each: known and happened at its moment or before."""

    def __init__(self, events: EventArrays, snapshots: Snapshots) -> None:
        self.events = events
        self.snapshots = snapshots
        self.m = snapshots.entity.size
        self.as_of = snapshots.as_of
        self._code = {kind.name: code for code, kind in enumerate(events.kinds)}
        event, row, age = _visible(events, snapshots)
        kind = events.kind[event]
        # Small numbers sort by counting, many times faster than by comparing.
        by_kind = np.argsort(kind.astype(np.uint8 if len(events.kinds) <= 256 else np.uint16), kind="stable")
        self._event, self._row, self._age = event[by_kind], row[by_kind], age[by_kind]
        n = np.bincount(kind, minlength=len(events.kinds))
        self._end = np.cumsum(n)
        self._begin = self._end - n

    def of(self, *kinds: str) -> Some:
        """Return the events of these kinds; kinds unknown to the vocabulary have none."""
        codes = [self._code[name] for name in kinds if name in self._code]
        spans = [slice(self._begin[c], self._end[c]) for c in codes if self._end[c] > self._begin[c]]
        if len(spans) == 1:
            span = spans[0]
            return Some(self.events, self._event[span], self._row[span], self._age[span])
        parts = spans or [slice(0, 0)]
        return Some(
            self.events,
            np.concatenate([self._event[span] for span in parts]),
            np.concatenate([self._row[span] for span in parts]),
            np.concatenate([self._age[span] for span in parts]),
        )

    def count(self, *kinds: str) -> Ints:
        """Return how many events of these kinds each row has."""
        return count(self.of(*kinds).row, self.m)

    def latest(self, some: Some, values: Floats) -> Floats:
        """
        Return the value of each row's latest event that has one, NaN for none.

        Of events of one moment the one known last counts, then the greatest value, so order cannot matter.
        """
        has = ~np.isnan(values)
        row, age, known, values = some.row[has], some.age[has], some.known_at[has], values[has]
        keep = age == smallest(row, age, self.m)[row]
        row, known, values = row[keep], known[keep], values[keep]
        keep = known == largest(row, known, self.m)[row]
        out = largest(row[keep], values[keep], self.m)
        return np.where(np.isneginf(out), np.nan, out)

    @cached_property
    def activity(self) -> Some:
        """Everything they did, a team's own kinds of behaviour included."""
        return self.of(*(kind.name for kind in self.events.kinds if kind.group is Group.BEHAVIOUR))

    @cached_property
    def visits(self) -> Visits:
        """Website events cut into visits (a pause over 30 minutes parts them)."""
        web = self.of(*WEB)
        row, at_ms = unpack(np.sort(pack(web.row, web.at_ms)))
        begins = starts_of(row)
        begins[1:] |= np.diff(at_ms) > PAUSE_MS
        now_ms = whole(self.as_of, scale=MILLISECONDS)
        recent = now_ms[row] - at_ms < 30 * DAY * MILLISECONDS
        return Visits(row, at_ms, begins, recent)

    @cached_property
    def views(self) -> Views:
        """Views of known listings by pair of row and listing."""
        some = self.of("listing_view")
        listing = some.listing.astype(np.int64)
        some, listing = some.where(listing >= 0), listing[listing >= 0]
        width = max(len(self.events.listings), int(listing.max(initial=-1)) + 1, 1)
        both = some.row * width + listing
        order = np.argsort(both)
        both = both[order]
        first = starts_of(both)
        pair, at_ms = unpack(np.sort(pack(np.cumsum(first) - 1, some.at_ms[order])))
        row, listing = np.divmod(both[first], width)
        return Views(pair, at_ms, row, listing, np.bincount(pair, minlength=row.size), at_ms[ends_of(pair)])

    @cached_property
    def viewed_cents(self) -> tuple[Ints, Ints]:
        """The prices of listings viewed, in cents: rows and prices, sorted by both."""
        some = self.of("listing_view")
        price = some.value
        has = price > 0
        return unpack(np.sort(pack(some.row[has], whole(price[has], scale=100.0))))

    @cached_property
    def talk(self) -> Talk:
        """Our touches with their answers; an answer of the same moment comes after the touch."""
        touches, answers = self.of(*TOUCHES), self.of(*ANSWERS)
        ours = np.sort(pack(touches.row, touches.at_ms))
        end = np.array([np.iinfo(np.int64).max])
        theirs = np.concatenate([np.sort(pack(answers.row, answers.at_ms)), end])
        answer = theirs[np.searchsorted(theirs, ours, side="left")]
        row, at_ms = unpack(ours)
        has = answer >> MINOR_BITS == row
        following = np.concatenate([ours[1:], end]) if ours.size else ours
        return Talk(row, at_ms, np.where(has, answer - ours, -1), has & (answer < following))


def _visible(events: EventArrays, snapshots: Snapshots) -> tuple[Ints, Ints, Floats]:
    """Return event, row of snapshot and age in seconds, wherever the event counts for the snapshot."""
    m, n = snapshots.entity.size, events.entity.size
    if m == 0 or n == 0:
        return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0)
    size = max(int(events.entity.max()), int(snapshots.entity.max())) + 1
    row_of = np.full(size, -1, dtype=np.int64)
    row_of[snapshots.entity] = np.arange(m)
    if np.array_equal(row_of[snapshots.entity], np.arange(m)):
        # One snapshot of each: moments by entity; no event counts for an entity without one (NaN).
        moment = np.full(size, np.nan)
        moment[snapshots.entity] = snapshots.as_of
        as_of = moment[events.entity]
        visible = (events.occurred_at <= as_of) & (events.known_at <= as_of)
        if events.retracted_at is not None:
            visible &= events.retracted_at > as_of
        event = np.flatnonzero(visible)
        return event, row_of[events.entity[event]], as_of[event] - events.occurred_at[event]
    by_entity = np.argsort(snapshots.entity, kind="stable")
    n_rows = np.bincount(snapshots.entity, minlength=size)
    first = np.cumsum(n_rows) - n_rows
    copies = n_rows[events.entity]
    event = np.repeat(np.arange(n), copies)
    nth = np.arange(event.size) - np.repeat(np.cumsum(copies) - copies, copies)
    row = by_entity[first[events.entity[event]] + nth]
    as_of, occurred_at = snapshots.as_of[row], events.occurred_at[event]
    visible = (occurred_at <= as_of) & (events.known_at[event] <= as_of)
    if events.retracted_at is not None:
        visible &= events.retracted_at[event] > as_of
    counts = np.flatnonzero(visible)
    return event[counts], row[counts], as_of[counts] - occurred_at[counts]
