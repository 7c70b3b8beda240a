"""What gaps are filled from, and what was filled."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from leadlight.events.models import Event
from leadlight.leads.models import Identity, IdentityKind, Lead
from leadlight.quality.models import FilledGap
from leadlight.quality.queries.history import CHUNK
from leadlight.quality.rules.gaps import Known, cities_by_postcode, read_home

#: Homes viewed within so many days say what somebody looks for.
_VIEWED_WITHIN = timedelta(days=90)


def known_for_gaps(lead_ids: Sequence[int], *, now: datetime) -> list[Known]:
    """Return what gaps of some leads are filled from, in four queries."""
    phones: dict[int, list[str]] = {}
    numbers = Identity.objects.filter(lead__in=lead_ids, kind=IdentityKind.PHONE).order_by("position", "id")
    for lead_id, value in numbers.values_list("lead_id", "value"):
        phones.setdefault(lead_id, []).append(value)
    counts = Event.objects.filter(lead__in=lead_ids, is_machine=False, retracted_at=None)
    views = counts.filter(kind="listing_view", occurred_at__gt=now - _VIEWED_WITHIN, value__gt=0).exclude(listing="")
    viewed: dict[int, dict[str, float]] = {}
    for lead_id, listing, price in views.order_by("occurred_at", "id").values_list("lead_id", "listing", "value"):
        if price is not None:
            viewed.setdefault(lead_id, {})[listing] = price
    said = set(counts.filter(kind="budget_stated").values_list("lead_id", flat=True))
    homes = Lead.objects.filter(pk__in=lead_ids).order_by("pk").values_list("pk", "home")
    return [
        Known(pk, home, tuple(phones.get(pk, ())), viewed.get(pk, {}), has_budget=pk in said) for pk, home in homes
    ]


def cities() -> dict[str, str]:
    """Return the city of each postcode as the team's own leads write it, in one query."""
    homes = Lead.objects.exclude(home="").values_list("home", flat=True)
    return cities_by_postcode(read_home(home) for home in homes.iterator(chunk_size=CHUNK))


def filled_gaps(person_id: int) -> list[FilledGap]:
    """Return what was filled in of a person's leads, one of each name."""
    found: dict[str, FilledGap] = {}
    for gap in FilledGap.objects.filter(lead__person=person_id).order_by("name", "-filled_at", "-pk"):
        found.setdefault(gap.name, gap)
    return list(found.values())
