"""Specials of the profile: what people told us they need, and how they came; never who they are."""

import numpy as np

from leadlight.signals.rules.batch import DAY, Batch
from leadlight.signals.rules.clocks import HOMES
from leadlight.signals.rules.exact import Floats, Ints, count, share
from leadlight.signals.rules.shapes import Family, Unit, Verdict
from leadlight.signals.rules.special import Specials

profile = Specials(Family.DEMOGRAPHIC)

TOLD = "What they told us"
ORIGIN = "Where they came from"
FINANCING = ("no financing yet", "looking for financing", "pre-approved", "paying cash")


@profile.signal(unit=Unit.MONEY, group=TOLD, template="Stated a budget of {n}", unknown="No budget stated")
def stated_budget(batch: Batch) -> Floats:
    """The latest budget they stated."""
    some = batch.of("budget_stated")
    return batch.latest(some, some.value)


@profile.signal(
    unit=Unit.DAYS,
    group=TOLD,
    template="Said the move was {n} {day|days} away",
    zero="Said the move is due now",
    unknown="No timeline stated",
)
def stated_timeline_days(batch: Batch) -> Floats:
    """Days until the move, as they last stated it, counted from when they said so."""
    some = batch.of("timeline_stated")
    return batch.latest(some, some.value)


@profile.signal(
    unit=Unit.LEVEL,
    group=TOLD,
    template="Financing stated: {word}",
    unknown="No financing stated",
    words=FINANCING,
)
def stated_financing(batch: Batch) -> Floats:
    """Readiness of their financing as they last stated it: 0 none, 1 looking, 2 pre-approved, 3 cash."""
    some = batch.of("financing_stated")
    return batch.latest(some, some.value)


def _code(batch: Batch, kind: str, *, of_area: bool) -> Floats:
    some = batch.of(kind)
    code = (some.area if of_area else some.listing).astype(np.float64)
    return batch.latest(some, np.where(code < 0, np.nan, code))


@profile.signal(unit=Unit.CATEGORY, group=TOLD, template="Looking for: {word}", unknown="No property type stated")
def stated_property_type(batch: Batch) -> Floats:
    """The kind of home they last said they want."""
    return _code(batch, "property_type_stated", of_area=False)


@profile.signal(
    unit=Unit.CATEGORY,
    group=TOLD,
    template="Wants to live in {word}",
    unknown="No area stated",
    verdict=Verdict.AUDIT,
    in_model=False,
)
def stated_area(batch: Batch) -> Floats:
    """The area they last said they want. Serves matching; in no score until the fairness audit clears it."""
    return _code(batch, "area_stated", of_area=True)


@profile.signal(
    unit=Unit.COUNT,
    group=TOLD,
    template="Told us {n} of 5 needs (budget, timeline, financing, property type, area)",
    zero="Told us no needs yet",
)
def needs_stated(batch: Batch) -> Ints:
    """How many needs are known of budget, timeline, financing, property type and area (that, not which)."""
    needs = (stated_budget, stated_timeline_days, stated_financing, stated_property_type, stated_area)
    return sum((~np.isnan(np.asarray(need(batch))) for need in needs), np.zeros(batch.m, dtype=np.int64))


@profile.signal(
    unit=Unit.SHARE,
    group=HOMES,
    template="{percent} of the priced homes they viewed lie within their stated budget",
    zero="No priced home they viewed lies within their stated budget",
    unknown="No stated budget and viewed price to compare",
)
def budget_fit(batch: Batch) -> Floats:
    """Share of priced listing views at or under the latest stated budget; unknown without both."""
    row, cents = batch.viewed_cents
    budget = np.asarray(stated_budget(batch), dtype=np.float64)
    fits = cents <= np.rint(budget * 100.0)[row]
    return np.where(np.isnan(budget), np.nan, share(count(row[fits], batch.m), count(row, batch.m)))


@profile.signal(
    unit=Unit.DAYS,
    group=ORIGIN,
    template="First contact {n} {day|days} ago",
    zero="First contact today",
    unknown="Date of first contact not known",
)
def days_known(batch: Batch) -> Floats:
    """Days since the first contact; unknown when its date is, or when it lies after the moment."""
    days = (batch.as_of - batch.snapshots.created_at) / DAY
    return np.where(days >= 0, days, np.nan)


@profile.signal(
    unit=Unit.CATEGORY,
    group=ORIGIN,
    template="Came from {word}",
    unknown="Source not known",
    verdict=Verdict.AUDIT,
)
def source(batch: Batch) -> Floats:
    """The source they came from."""
    code = batch.snapshots.source.astype(np.float64)
    return np.where(code < 0, np.nan, code)
