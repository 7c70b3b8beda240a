"""Reads of suppressions."""

from collections.abc import Sequence

from leadlight.consent.models import Suppression


def by_person(person_ids: Sequence[int]) -> dict[int, list[Suppression]]:
    """Return the closed channels of persons, over all their leads; persons without any are left out."""
    found: dict[int, list[Suppression]] = {}
    for suppression in Suppression.objects.filter(lead__person__in=person_ids).select_related("lead"):
        found.setdefault(suppression.lead.person_id, []).append(suppression)
    return found
