"""RESO's words as feeds write them."""

import pytest

from leadlight.listings.rules import PropertyType, Status
from leadlight.listings.rules.vocabulary import property_type_of, status_of, sub_type_of, words_of


@pytest.mark.parametrize("status", [*Status])
def test_statuses_by_enum_name_and_display_string(status: Status) -> None:
    for text in (status.value, words_of(status), words_of(status).upper(), words_of(status).replace(" ", "_")):
        assert status_of(text) is status


def test_common_words_of_statuses() -> None:
    words = ("Sold", "CANCELLED", "Contingent", "Under Contract", "For Sale", "Temporarily Off-Market", "draft")
    assert [status_of(word) for word in words] == [
        *(Status.CLOSED, Status.CANCELED, Status.ACTIVE_UNDER_CONTRACT, Status.PENDING, Status.ACTIVE),
        *(Status.HOLD, Status.INCOMPLETE),
    ]
    assert [status_of(word) for word in ("", "A", "maybe", "not active")] == [None] * 4


def test_kinds_of_homes() -> None:
    assert property_type_of("Residential Lease") is PropertyType.RESIDENTIAL_LEASE
    for word in ("For rent", "Condo/Coop Lease", "Rentals", "residential rental"):
        assert property_type_of(word) is PropertyType.RESIDENTIAL_LEASE
    assert property_type_of("Commercial for Lease") is PropertyType.COMMERCIAL_LEASE
    assert property_type_of("Castle") is None
    assert [sub_type_of(word) for word in ("Condo", "single family residence", "Tiny House", "")] == [
        *("Condominium", "SingleFamilyResidence", "Tiny House", ""),
    ]
