"""Tiers that somebody set by hand, and for whom they hold."""

from collections.abc import Collection

from leadlight.kit.db import is_empty
from leadlight.leads.models import MovedLead
from leadlight.scoring.models import TierOverride


def tiers_by_hand(person_ids: Collection[int]) -> dict[int, list[TierOverride]]:
    """
    Return the tiers set by hand of persons, the one in force first; persons without any are left out.

    A person's own is in force before those of whoever went into them by a merge, and of these the latest. One query,
    and two more where anybody went into anybody.
    """
    overrides = TierOverride.objects.select_related("set_by")
    found = {own.person_id: [own] for own in overrides.filter(person__in=person_ids)}
    if is_empty(MovedLead):
        return found
    moved = MovedLead.objects.filter(lead__person__in=person_ids).order_by()
    holders = dict(moved.values_list("person_id", "lead__person_id").distinct())
    for brought in overrides.filter(person__in=holders).order_by("-set_at", "person"):
        found.setdefault(holders[brought.person_id], []).append(brought)
    return found
