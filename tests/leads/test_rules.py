import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadlight.leads.models import Channel
from leadlight.leads.rules import (
    _SOURCES,
    MEANINGS,
    STATE_BY_MEANING,
    STATE_BY_OUTCOME,
    LeadFacts,
    canonical_source,
    channel_of,
    closest_source,
    fold,
    state,
    survivor,
)

NOW = datetime(2026, 11, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def facts(lead_id: int = 1, **more: object) -> LeadFacts:
    bare = LeadFacts(lead_id, "", "", None, "", "", "", None, NOW, (), ())
    return replace(bare, **more)  # type: ignore[arg-type]


def test_every_meaning_has_a_state() -> None:
    assert set(STATE_BY_MEANING) == {"", *MEANINGS}


@pytest.mark.parametrize(
    ("meanings", "outcomes", "expected"),
    [
        ([], [], "OPEN"),
        (["", "open"], [], "OPEN"),
        (["open"], ["appointment_booked"], "BOOKED"),
        (["appointment"], ["agreement_signed"], "CLIENT"),
        (["lost"], ["appointment_held"], "LOST"),
        (["lost"], ["closed"], "CLOSED"),
        (["do_not_contact"], [], "LOST"),
        (["past_client"], [], "CLOSED"),
        (["open"], ["appointment_missed", "listing_view"], "OPEN"),
    ],
)
def test_the_furthest_word_says_where_a_person_stands(
    meanings: list[str], outcomes: list[str], expected: str
) -> None:
    assert state(meanings, outcomes) == expected


@given(
    st.permutations([*STATE_BY_MEANING]).map(lambda words: words[:4]),
    st.permutations([*STATE_BY_OUTCOME]).map(lambda words: words[:3]),
)
def test_the_order_of_facts_never_matters(meanings: list[str], outcomes: list[str]) -> None:
    assert state(meanings, outcomes) == state(meanings[::-1], outcomes[::-1])


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("text", "expected"), [("  JOSÉ  Núñez ", "jose nunez"), ("Straße", "strasse"), ("", ""), ("محمد", "محمد")]
)
def test_folding_takes_case_accents_and_spaces_away(text: str, expected: str) -> None:
    assert fold(text) == expected


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("zillow.com", "Zillow"),
        (" ZILLOW ", "Zillow"),
        ("https://www.zillow.com", "Zillow"),
        ("ZG", "Zillow"),
        ("realtor com", "Realtor.com"),
        ("FB Ads", "Facebook"),
        ("Open-House", "Open house"),
        ("Zillow Offers  team", "Zillow Offers team"),
        ("Aunt Zillowina", "Aunt Zillowina"),
        ("", ""),
    ],
)
def test_source_labels_become_one_name_or_are_only_tidied(label: str, expected: str) -> None:
    assert canonical_source(label) == expected


@given(st.text(max_size=30))
def test_a_canonical_source_is_its_own_name(label: str) -> None:
    assert canonical_source(canonical_source(label)) == canonical_source(label)


KNOWN = ["Zillow", "Realtor.com", "Google", "Google Ads", "Open house", "Past client", "Referral", "Facebook", "FSBO"]


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("Zilow", "Zillow"),
        ("Zillow - Tampa", "Zillow"),
        ("Zillow/Trulia", "Zillow"),
        ("FACEBOOK MARKETPLACE", "Facebook"),
        ("Open House 12 Elm St", "Open house"),
        ("OpenHouse", "Open house"),
        ("Realtor.com Leads", "Realtor.com"),
        ("Google Ads Spring", "Google Ads"),
        ("zillow", "Zillow"),
        # Known words of the trade stay apart, and so do short names and different words.
        ("Google Ads", None),
        ("FRBO", None),
        ("Billboard", None),
        ("Ads", None),
        ("", None),
        ("!!!", None),
    ],
)
def test_a_label_is_proposed_to_the_source_that_it_most_likely_means(label: str, expected: str | None) -> None:
    assert closest_source(label, [name for name in KNOWN if name != label]) == expected


@given(st.text(max_size=20), st.lists(st.text(max_size=20), max_size=5), st.randoms())
def test_what_a_label_is_proposed_to_does_not_depend_on_order(
    label: str, others: list[str], chance: random.Random
) -> None:
    others = list({" ".join(other.casefold().split()): other for other in others}.values())
    shuffled = chance.sample(others, len(others))
    one, other = closest_source(label, others), closest_source(label, shuffled)
    assert (one is None) == (other is None)
    assert one is None or one in others


def test_known_sources_have_their_channel() -> None:
    assert (channel_of("Zillow"), channel_of("Sphere"), channel_of("Billboard")) == ("PORTAL", "KNOWN", "OTHER")
    assert {channel_of(name) for name in _SOURCES} <= set(Channel.values)
    assert "OTHER" not in {channel_of(name) for name in _SOURCES}


def test_the_survivor_takes_each_field_from_the_newest_lead_that_has_it() -> None:
    old = facts(
        1, name="Ann", kind="buyer", emails=("old@x.com",), phones=("+1",), stage="Lead", updated_at=NOW - DAY
    )
    new = facts(2, name="Ann Lee", owner_name="Dana", stage="Hot", emails=("new@x.com",))
    person = survivor([old, new])
    assert (person.name, person.kind, person.owner_name, person.stage) == ("Ann Lee", "buyer", "Dana", "Hot")
    assert (person.email, person.phone) == ("new@x.com", "+1")


def test_the_source_is_that_of_the_first_contact() -> None:
    first = facts(2, source_id=7, contacted_at=NOW - 9 * DAY)
    later = facts(1, source_id=8, contacted_at=NOW - DAY)
    person = survivor([later, first])
    assert (person.source_id, person.first_contact_at) == (7, NOW - 9 * DAY)
    assert survivor([facts(1, source_id=8), facts(2, source_id=7, contacted_at=NOW)]).source_id == 7
    assert survivor([facts(1, source_id=None, contacted_at=NOW), facts(2, source_id=7)]).source_id == 7


@given(st.permutations(range(4)))
def test_the_survivor_does_not_depend_on_the_order_of_leads(order: list[int]) -> None:
    leads = [
        facts(k, name=f"Name {k}", emails=(f"{k}@x.com",), source_id=k, contacted_at=NOW - k * DAY, updated_at=NOW)
        for k in range(4)
    ]
    assert survivor([leads[k] for k in order]) == survivor(leads)


def test_everything_that_names_a_person_can_be_searched() -> None:
    person = survivor([facts(1, name="José", emails=("j@x.com",)), facts(2, name="Pepe", phones=("+18135550142",))])
    for word in ("jose", "pepe", "j@x.com", "8135550142"):
        assert word in person.search_text
