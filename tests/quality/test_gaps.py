from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from leadlight.events.models import Event
from leadlight.kit.clock import utc_now
from leadlight.leads.models import Lead
from leadlight.quality import operations
from leadlight.quality.models import FilledGap
from leadlight.quality.rules.gaps import (
    RULES,
    Home,
    Known,
    budget,
    cities_by_postcode,
    country,
    fill,
    read_home,
    said,
)
from tests.web.build import person, tell, user

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("phones", "expected"),
    [
        (["+18135550142"], "US"),
        (["+14165550142"], "CA"),
        (["+442071838750"], "GB"),
        (["nonsense", "+18135550142"], "US"),
        # A number of no country, and none at all.
        (["+80012345678"], None),
        ([""], None),
        ([], None),
    ],
)
def test_the_country_of_a_phone(phones: list[str], expected: str | None) -> None:
    assert country(phones) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12 Elm St, Tampa, FL, 33606", Home("33606", "Tampa", "12 Elm St")),
        ("12 Elm St, Tampa FL 33606-1234", Home("33606", "Tampa", "12 Elm St")),
        ("33606, Tampa, 12 Elm St, USA", Home("33606", "Tampa", "12 Elm St")),
        ("St. Petersburg, FL, 33701", Home("33701", "St. Petersburg")),
        ("33606", Home("33606", "")),
        ("FL, 33606", Home("33606", "")),
        # A house number of five figures is no postcode; two names are no city.
        ("12345 Main Street, Tampa", Home("", "Tampa", "12345 Main Street")),
        ("Tampa, Hillsborough County, 33606", Home("33606", "")),
        ("33606, 33607", Home("", "")),
        ("", Home()),
        (" , ,", Home()),
    ],
)
def test_an_address_in_one_line(text: str, expected: Home) -> None:
    assert read_home(text) == expected


def test_a_postcode_has_a_city_when_enough_agree() -> None:
    homes = [Home("33606", city) for city in ("Tampa", "TAMPA", "Tampa")] + [Home("33701", "St. Pete")] * 2
    homes += [Home("33602", city) for city in ("Tampa", "Tampa", "Ybor City")] + [
        Home("", "Tampa"),
        Home("33606", ""),
    ]
    assert cities_by_postcode(homes) == {"33606": "Tampa"}
    assert cities_by_postcode([]) == {}


@pytest.mark.parametrize(
    ("prices", "expected"),
    [([], None), ([1e5, 2e5], None), ([1e5, 9e5, 3.004e5], 300_000), ([1e5, 2e5, 3e5, 4e5], 250_000)],
)
def test_a_budget_is_the_middle_of_the_homes_viewed(prices: list[float], expected: int | None) -> None:
    assert budget(prices) == expected


_known = st.builds(
    Known,
    lead_id=st.integers(1, 9),
    home=st.sampled_from(["", "33606", "12 Elm St, Tampa, 33606", "1 A St, Miami"]),
    phones=st.lists(st.sampled_from(["+18135550142", "+447911123456", "x"]), max_size=2).map(tuple),
    viewed=st.dictionaries(st.sampled_from("abcd"), st.floats(1, 1e7)),
    has_budget=st.booleans(),
)


@given(st.lists(_known, max_size=5, unique_by=lambda known: known.lead_id))
def test_nothing_is_filled_that_was_told(leads: list[Known]) -> None:
    filled = fill(leads, {"33606": "Tampa"})
    by_id = {lead.lead_id: lead for lead in leads}
    assert len({(gap.lead_id, gap.name) for gap in filled}) == len(filled)
    for gap in filled:
        assert gap.rule in RULES
        assert all(said(gap.name, gap.value, gap.rule))
        lead = by_id[gap.lead_id]
        assert gap.name != "city" or lead.home == "33606"
        assert gap.name != "budget" or (not lead.has_budget and len(lead.viewed) >= 3)


def gaps() -> set[tuple[str, str, str]]:
    return set(FilledGap.objects.values_list("name", "value", "rule"))


@pytest.mark.django_db
class TestFilling:
    def test_what_is_said_later_takes_back_what_was_filled(self) -> None:
        ann = person("Ann", phones=(), home="33606").leads.get()
        for k in range(3):
            person(f"P{k}", phones=(), home="1 A St, Tampa, FL, 33606")
            tell(ann.pk, ("listing_view", DAY), listing=f"{k} Elm St", value=300_000.0 + k)
        assert operations.fill_gaps(now=utc_now()) == 2
        assert gaps() == {("city", "Tampa", "postcode_city"), ("budget", "300000", "viewed_budget")}
        kept = FilledGap.objects.get(name="city").pk
        tell(ann.pk, ("budget_stated", DAY), value=450_000.0)
        assert operations.fill_gaps(now=utc_now()) == 1
        assert FilledGap.objects.get().pk == kept
        Lead.objects.filter(pk=ann.pk).update(home="Clearwater, 33606")
        assert operations.fill_gaps(now=utc_now()) == 0
        assert not gaps()

    def test_old_views_and_what_was_taken_back_say_nothing(self) -> None:
        ann = person("Ann", phones=()).leads.get()
        for k, ago in enumerate((1, 1, 91)):
            tell(ann.pk, ("listing_view", ago * DAY), listing=f"{k} Elm St", value=300_000.0)
        tell(ann.pk, ("listing_view", DAY), listing="9 Elm St", value=300_000.0)
        Event.objects.filter(listing="9 Elm St").update(retracted_at=utc_now())
        assert operations.fill_gaps(now=utc_now()) == 0

    def test_the_number_of_queries_does_not_grow(self, django_assert_max_num_queries: Any) -> None:
        for k in range(10):
            person(f"P{k}")
        # Cities, leads; then for each batch a savepoint and its end, four reads, what is held, what is new.
        with django_assert_max_num_queries(2 + 8):
            operations.fill_gaps(now=utc_now())

    def test_a_lead_shows_it_apart(self, client: Client) -> None:
        client.force_login(user())
        ann = person("Ann")
        operations.fill_gaps(now=utc_now())
        page = client.get(f"/leads/{ann.pk}/").content.decode()
        assert "Filled in, never said" in page
        assert "from the phone number" in page
