"""Reads of the National Do Not Call list."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from leadlight.consent.models import ListedArea, ListedBlock
from leadlight.consent.rules.national_list import is_listed, split


class Listing(NamedTuple):
    """What our copy of the list says of a number."""

    is_listed: bool
    #: The day of the copy.
    drawn_on: date


def national_list(phones: Iterable[str]) -> dict[str, Listing]:
    """Return what is known of numbers (E.164); those of whose area code we have no copy are left out. Two queries."""
    places = {phone: place for phone in phones if (place := split(phone)) is not None}
    areas = {prefix // 1_000 for prefix, _ in places.values()}
    drawn_on = dict(ListedArea.objects.filter(pk__in=areas).values_list("area_code", "drawn_on"))
    prefixes = {prefix for prefix, _ in places.values()}
    blocks = dict(ListedBlock.objects.filter(pk__in=prefixes).values_list("prefix", "bits"))
    return {
        phone: Listing(prefix in blocks and is_listed(bytes(blocks[prefix]), line), drawn_on[prefix // 1_000])
        for phone, (prefix, line) in places.items()
        if prefix // 1_000 in drawn_on
    }
