from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from leadlight.quality.duplicates.households import MOST_RECORDS, MOST_SURNAMES, Dweller, households, what_joins

HOME = Dweller("berg", "12", "oak st", "", "62704")
few = st.sampled_from
dwellers = st.builds(
    Dweller,
    surname=few(["", "berg", "lee"]),
    number=few(["", "12"]),
    street=few(["", "oak st", "elm st"]),
    unit=few(["", "1", "2"]),
    place=few(["", "62704"]),
    emails=few([frozenset(), frozenset({"a@example.com"})]),
    phones=few([frozenset(), frozenset({"+15125550100"})]),
)


def test_a_surname_at_an_address_is_a_household() -> None:
    assert what_joins(HOME, replace(HOME, place=""))
    assert not what_joins(HOME, replace(HOME, place="10001"))


def test_a_building_is_no_household_and_a_unit_is() -> None:
    assert not what_joins(HOME, replace(HOME, surname="lee"))
    assert not what_joins(replace(HOME, surname=""), replace(HOME, surname=""))
    assert what_joins(replace(HOME, unit="4"), replace(HOME, surname="lee", unit="4"))
    assert not what_joins(replace(HOME, unit="4"), replace(HOME, unit="5"))


def test_a_shared_contact_needs_the_name_or_the_home() -> None:
    phone = frozenset({"+15125550100"})
    one = Dweller("berg", phones=phone)
    assert what_joins(one, Dweller("berg", phones=phone, number="7", street="elm st"))
    assert not what_joins(one, Dweller("lee", phones=phone))
    assert what_joins(replace(HOME, phones=phone), replace(HOME, surname="lee", phones=phone))
    assert not what_joins(Dweller("berg"), Dweller("berg"))


@given(dwellers, dwellers)
def test_it_goes_both_ways(one: Dweller, other: Dweller) -> None:
    assert what_joins(one, other) == what_joins(other, one)


@given(st.lists(dwellers, max_size=8))
def test_households_join_all_that_are_of_one_and_no_others(people: list[Dweller]) -> None:
    found = households(people)
    assert all(found[place] <= place and found[found[place]] == found[place] for place in range(len(people)))
    for a, one in enumerate(people):
        for b in range(a):
            if what_joins(one, people[b]):
                assert found[a] == found[b]
        if found[a] != a:
            assert any(what_joins(one, people[b]) for b in range(len(people)) if b != a)


def test_what_many_surnames_share_joins_nobody() -> None:
    office = [Dweller(f"name{k}", "1", "main st", phones=frozenset({"+1"})) for k in range(MOST_SURNAMES + 1)]
    assert households(office[:-1]) == [0] * MOST_SURNAMES
    assert households(office) == list(range(len(office)))


def test_what_many_records_share_joins_nobody() -> None:
    people = [Dweller("berg", f"{k}", "oak st", phones=frozenset({"+1"})) for k in range(MOST_RECORDS + 1)]
    assert households(people[:-1]) == [0] * MOST_RECORDS
    assert households(people) == list(range(len(people)))
