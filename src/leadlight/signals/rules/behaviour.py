"""Specials of behaviour: what people do on the website and with listings."""

import numpy as np

from leadlight.signals.rules.batch import ANSWERS, DAY, HOUR, MILLISECONDS, WEB, Batch
from leadlight.signals.rules.clocks import HOMES, MONEY, REQUESTS, SITE
from leadlight.signals.rules.exact import (
    MINOR_BITS,
    MINOR_LIMIT,
    Floats,
    Ints,
    count,
    largest,
    pack,
    quantile,
    share,
    smallest,
    starts_of,
    total,
    whole,
)
from leadlight.signals.rules.shapes import Family, Unit
from leadlight.signals.rules.special import AboutListing, Specials

behaviour = Specials(Family.BEHAVIOURAL)

LATELY = "How lately they were active"
WINDOW_MS = int(48 * HOUR * MILLISECONDS)
QUIET = 14 * DAY


def _most(batch: Batch, n: Ints) -> AboutListing:
    """Return by row the greatest n (n is by pair of row and listing) and its listing, the one viewed last."""
    views = batch.views
    best = np.zeros(batch.m, dtype=np.int64)
    listing = np.full(batch.m, -1, dtype=np.int32)
    if n.size == 0:
        return AboutListing(best, listing)
    rank = pack(n, views.last_ms)
    first = np.flatnonzero(starts_of(views.row))
    top = np.maximum.reduceat(rank, first)
    row = views.row[first]
    best[row] = top >> MINOR_BITS
    winner = np.flatnonzero(rank == np.repeat(top, np.diff(first, append=rank.size)))
    winner = winner[starts_of(views.row[winner])]
    winner = winner[n[winner] > 0]
    listing[views.row[winner]] = views.listing[winner]
    return AboutListing(best, listing)


@behaviour.signal(
    unit=Unit.COUNT,
    group=HOMES,
    template="Viewed {listing} {times} in two days",
    zero="No listing viewed in the last two days",
)
def most_views_one_listing_48h(batch: Batch) -> AboutListing:
    """Most views of one listing within the 48 hours before the moment."""
    views = batch.views
    now_ms = whole(batch.as_of, scale=MILLISECONDS)
    near = now_ms[views.row[views.pair]] - views.at_ms < WINDOW_MS
    return _most(batch, np.bincount(views.pair[near], minlength=views.row.size))


@behaviour.signal(
    unit=Unit.COUNT,
    group=HOMES,
    template="Viewed {listing} {times} within two days, their most so far",
    zero="No listing viewed yet",
)
def peak_views_one_listing_48h(batch: Batch) -> AboutListing:
    """Most views of one listing within any 48 hours so far."""
    views = batch.views
    peak = np.minimum(views.n, 1)
    again = np.flatnonzero(views.n[views.pair] > 1)
    key = pack(views.pair[again], views.at_ms[again])
    begin = np.searchsorted(key, key - WINDOW_MS, side="right")
    np.maximum.at(peak, views.pair[again], np.arange(key.size) - begin + 1)
    return _most(batch, peak)


@behaviour.signal(
    unit=Unit.SHARE,
    group=HOMES,
    template="{percent} of their listing views were of {listing}",
    unknown="No listing viewed yet",
)
def listing_focus(batch: Batch) -> AboutListing:
    """Share of listing views that went to the listing viewed most; unknown without views."""
    views = batch.views
    most = _most(batch, views.n)
    return AboutListing(share(most.values, count(views.row[views.pair], batch.m)), most.listing)


@behaviour.signal(
    unit=Unit.SHARE,
    group=HOMES,
    template="{percent} of their listing views were of one area",
    unknown="No listing viewed yet",
)
def area_focus(batch: Batch) -> Floats:
    """Share of listing views with a known area that went to the area viewed most, whichever it is."""
    some = batch.of("listing_view")
    area = some.area.astype(np.int64)
    row, area = some.row[area >= 0], area[area >= 0]
    width = int(area.max(initial=0)) + 1
    both, n = np.unique(row * width + area, return_counts=True)
    return share(np.maximum(largest(both // width, n.astype(np.float64), batch.m), 0), count(row, batch.m))


@behaviour.signal(
    unit=Unit.SHARE,
    group=HOMES,
    template="Half of the homes viewed were priced within {rest} of each other",
    unknown="No priced listing viewed twice yet",
)
def price_focus(batch: Batch) -> Floats:
    """Lower quartile of the prices viewed divided by the upper one; unknown under two prices."""
    row, cents = batch.viewed_cents
    price = cents.astype(np.float64)
    low, high = (quantile(row, price, batch.m, at=at) for at in (0.25, 0.75))
    return np.where(count(row, batch.m) > 1, low / high, np.nan)


@behaviour.signal(
    unit=Unit.SHARE,
    group=HOMES,
    template="{percent} of their listing views were of a home they had viewed before",
    zero="No listing viewed twice",
    unknown="No listing viewed yet",
)
def repeat_view_share(batch: Batch) -> Floats:
    """Share of listing views that returned to a listing already viewed; unknown without views."""
    views = batch.views
    n = count(views.row[views.pair], batch.m)
    return share(n - count(views.row, batch.m), n)


@behaviour.signal(
    unit=Unit.COUNT,
    group=HOMES,
    template="Viewed {n} {listing|different listings} in the last 30 days",
    zero="No listing viewed in the last 30 days",
)
def distinct_listings_30d(batch: Batch) -> Ints:
    """Number of different listings viewed in the last 30 days."""
    views = batch.views
    now_ms = whole(batch.as_of, scale=MILLISECONDS)
    near = now_ms[views.row] - views.last_ms < 30 * DAY * MILLISECONDS
    return count(views.row[near], batch.m)


@behaviour.signal(
    unit=Unit.SHARE,
    group=HOMES,
    template="{n} {saved listing|saved listings} per 100 views",
    zero="No listing saved",
    unknown="No listing viewed yet",
)
def saves_per_view(batch: Batch) -> Floats:
    """Listings saved per listing view, at most 1; unknown without views."""
    return share(batch.count("listing_save"), batch.count("listing_view"))


@behaviour.signal(
    unit=Unit.COUNT,
    group=MONEY,
    template="Used the calculator {times} near the price of a home they viewed",
    zero="Calculator not used near a price they viewed",
    unknown="No calculator use and viewed price to compare",
)
def calculator_near_viewed_price(batch: Batch) -> Floats:
    """
    Calculator uses with a price within 10 % of one they viewed.

    Unknown without both a priced use and a viewed price.
    """
    some = batch.of("calculator_use")
    has = some.value > 0
    row, cents = some.row[has], whole(some.value[has], scale=100.0)
    viewed = pack(*batch.viewed_cents)
    low = pack(row, cents - cents // 10)
    high = pack(row, np.minimum(cents + cents // 10, MINOR_LIMIT - 1))
    near = np.searchsorted(viewed, high, side="right") > np.searchsorted(viewed, low, side="left")
    both = (count(row, batch.m) > 0) & (count(batch.viewed_cents[0], batch.m) > 0)
    return np.where(both, count(row[near], batch.m), np.nan)


@behaviour.signal(
    unit=Unit.COUNT,
    group=SITE,
    template="{n} {visit|visits} to the website",
    zero="No visit to the website yet",
)
def visits(batch: Batch) -> Ints:
    """Number of visits to the website so far; a pause of more than 30 minutes begins another."""
    return count(batch.visits.row[batch.visits.begins], batch.m)


@behaviour.signal(
    unit=Unit.COUNT,
    group=SITE,
    template="{n} {visit|visits} to the website in the last 30 days",
    zero="No visit to the website in the last 30 days",
)
def sessions_30d(batch: Batch) -> Ints:
    """Number of visits to the website with any event in the last 30 days."""
    seen = batch.visits
    last = np.flatnonzero(np.append(seen.begins[1:], True)) if seen.row.size else np.empty(0, np.int64)
    return count(seen.row[last[seen.recent[last]]], batch.m)


@behaviour.signal(
    unit=Unit.SECONDS,
    group=SITE,
    template="{duration} on the website in the last 30 days",
    zero="No time on the website in the last 30 days",
    unknown="No visit to the website yet",
)
def seconds_on_site_30d(batch: Batch) -> Floats:
    """
    Time on the website in the last 30 days, the largest of three accounts of it.

    They are: from the first to the last event of each visit, the pages' own durations, and the visits' own
    durations. They overlap, so they are not added. Unknown without any website event.
    """
    seen, m = batch.visits, batch.m
    inside = np.flatnonzero(seen.recent & ~seen.begins)
    inside = inside[seen.recent[inside - 1]]
    between = total(seen.row[inside], (seen.at_ms[inside] - seen.at_ms[inside - 1]).astype(np.float64), m)

    def told(kind: str) -> Floats:
        some = batch.of(kind).within(30 * DAY)
        has = some.seconds > 0
        return total(some.row[has], whole(some.seconds[has], scale=MILLISECONDS).astype(np.float64), m)

    pages = sum((told(kind) for kind in WEB if kind != "site_visit"), np.zeros(m))
    longest = np.maximum(np.maximum(between, pages), told("site_visit")) / MILLISECONDS
    return np.where(count(seen.row, m) > 0, longest, np.nan)


@behaviour.signal(
    unit=Unit.DAYS,
    group=LATELY,
    template="Active on {n} of the last 30 days",
    zero="Not active in the last 30 days",
)
def days_active_30d(batch: Batch) -> Ints:
    """On how many of the last 30 days, each 24 hours counted back from the moment, they did anything."""
    some = batch.activity.within(30 * DAY)
    day = np.floor(some.age / DAY).astype(np.int64)
    active = np.zeros(batch.m * 30, dtype=np.bool_)
    active[some.row * 30 + day] = True
    return count(np.flatnonzero(active) // 30, batch.m)


@behaviour.signal(
    unit=Unit.DAYS,
    group=LATELY,
    template="Came back after {n} {quiet day|quiet days}",
    zero="No return after two quiet weeks",
    unknown="Nothing done yet",
)
def back_after_quiet_days(batch: Batch) -> Floats:
    """
    Days of the pause, two weeks or longer, that ended with something they did in the last 7 days.

    0 when there was none, unknown when they did nothing yet.
    """
    some, m = batch.activity, batch.m
    # A pause that long ends with the oldest thing of the last 7 days: a later one has a neighbour there.
    lately = some.age < 7 * DAY
    pause = smallest(some.row[~lately], some.age[~lately], m) - largest(some.row[lately], some.age[lately], m)
    days = np.where(np.isfinite(pause) & (pause >= QUIET), pause / DAY, 0.0)
    return np.where(count(some.row, m) > 0, days, np.nan)


@behaviour.signal(
    unit=Unit.COUNT,
    group=LATELY,
    template="{n} more {action|actions} in the last 7 days than in the 7 days before",
    zero="As many actions in the last 7 days as in the 7 days before",
    below=(0.0, "{n} fewer {action|actions} in the last 7 days than in the 7 days before"),
)
def activity_trend_7d(batch: Batch) -> Ints:
    """Number of things they did in the last 7 days, less the number in the 7 days before."""
    two_weeks = batch.activity.within(14 * DAY)
    return 2 * count(two_weeks.within(7 * DAY).row, batch.m) - count(two_weeks.row, batch.m)


@behaviour.signal(
    unit=Unit.HOURS,
    group=LATELY,
    template="Quiet for {duration}",
    unknown="Nothing heard from them yet",
    below=(24.0, "Last active {duration} ago"),
)
def hours_since_active(batch: Batch) -> Floats:
    """Hours since they last did or answered anything; unknown when they never did."""
    did, answered = batch.activity, batch.of("email_clicked", *ANSWERS)
    age = np.minimum(smallest(did.row, did.age, batch.m), smallest(answered.row, answered.age, batch.m))
    return np.where(np.isinf(age), np.nan, age / HOUR)


@behaviour.signal(
    unit=Unit.COUNT,
    group=REQUESTS,
    template="Asked for a showing or a valuation {times} in the last 30 days",
    zero="No showing or valuation asked for in the last 30 days",
)
def showing_or_valuation_30d(batch: Batch) -> Ints:
    """Number of requests for a showing or a valuation in the last 30 days."""
    return count(batch.of("showing_request", "valuation_request").within(30 * DAY).row, batch.m)
