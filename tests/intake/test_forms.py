from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadlight.intake.rules import forms
from leadlight.intake.rules.mapping import Mapping, from_toml, to_toml
from leadlight.intake.rules.records import LeadRow
from leadlight.intake.rules.same import Candidate, find_same

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


def learn(record: dict[str, str], known: Mapping | None = None) -> Mapping:
    return forms.mapping_for(record, system="api", known=known, country="US", time_zone="America/New_York")


def fields(record: dict[str, str], known: Mapping | None = None) -> dict[str, str]:
    return {column.name: column.field for column in learn(record, known).columns if column.name in record}


@pytest.mark.parametrize(
    ("name", "text", "field"),
    [
        ("Full Name", "Ana Silva", "name"),
        ("your-email", "ana@example.com", "email"),
        ("Price Range", "$400k to $500k", "budget"),
        ("Timeframe to buy", "3-6 months", "timeframe"),
        ("What do you want to ask?", "Is it still there?", "attribute"),
        ("lead.email", "ana@example.com", "email"),
        ("data.contact.first_name", "Ana", "first_name"),
        ("agent.email", "dana@team.com", "attribute"),
        ("Notify", "team@team.com", "attribute"),
        ("submission_id", "17", "attribute"),
        ("submission.id", "17", "attribute"),
        ("contact.id", "17", "lead_id"),
        ("id", "17", "lead_id"),
        ("do_not_text", "yes", "do_not_text"),
        ("Date of birth", "1/2/1980", "left_out"),
        ("contact.gender", "f", "left_out"),
        ("Beds", "3", "attribute"),
    ],
)
def test_what_a_field_holds(name: str, text: str, field: str) -> None:
    assert fields({name: text}) == {name: field}


def test_an_address_that_only_looks_like_one_gives_way_to_a_field_that_says_so() -> None:
    assert fields({"Email": "a@example.com", "Extra": "b@example.com"})["Extra"] == "attribute"
    assert fields({"Extra": "b@example.com"})["Extra"] == "email"


def test_names_that_only_wrappers_tell_apart_keep_them() -> None:
    record = {"lead.email": "a@example.com", "contact.email": "b@example.com"}
    assert set(learn(record).columns[0].name.split(".")) == {"lead", "email"}
    assert [column.name for column in learn(record).columns] == list(record)


def test_own_columns_stay_text_whatever_the_first_value_looks_like() -> None:
    assert learn({"Beds": "3"}).columns[0].type == "text"


def test_what_is_known_holds_and_grows() -> None:
    first = learn({"Name": "Ana", "Email": "a@example.com"})
    assert learn({"Email": "b@example.com"}, first) is first
    grown = learn({"Full Name": "Ben", "Email": "b@example.com", "Stage": "New"}, first)
    assert grown.columns[:2] == first.columns
    assert [column.field for column in grown.columns] == ["name", "email", "name", "stage"]
    both = learn({"Name": "Ben", "Contact Name": "Ben B", "Email": "b@example.com"}, first)
    assert [column.field for column in both.columns] == ["name", "email", "attribute"]
    assert from_toml(to_toml(grown)) == grown


records = st.dictionaries(
    st.text(min_size=1, max_size=20).map(str.strip).filter(bool), st.text(max_size=30), max_size=8
)


@given(records, records)
def test_any_fields_give_a_mapping_that_can_be_kept(first: dict[str, str], second: dict[str, str]) -> None:
    known = learn(first)
    grown = learn(second, known)
    assert grown.columns[: len(known.columns)] == known.columns
    assert {column.name for column in grown.columns} == {*first, *second}
    assert from_toml(to_toml(grown)) == grown
    forms.read_record(second, grown, now=NOW)


def candidate(by: str = "EMAIL", value: str = "a@x.com", **more: object) -> Candidate:
    told = {"lead_id": 1, "person_id": 1, "system": "crm", "external_id": "1", "name": "Ana", "has_email": True}
    return Candidate(**{**told, **more}, by=by, value=value)  # type: ignore[arg-type]


def same(found: Candidate, name: str = "", *, email: bool = True, own_id: bool = False, system: str = "api") -> bool:
    row = LeadRow("x", name=name, emails=("a@x.com",) if email else ())
    return find_same(row, system=system, has_own_id=own_id, candidates=[found]) is not None


def test_who_is_the_same() -> None:
    assert same(candidate())
    assert same(candidate(), "Ben", own_id=True)
    assert not same(candidate(), "Ben", own_id=True, system="crm")
    assert same(candidate(), "ana", own_id=True, system="crm")
    assert same(candidate(external_id="a@x.com|ana"), "Ben", own_id=True, system="crm")


def test_a_shared_phone_is_not_enough_for_people_with_emails_and_names_of_their_own() -> None:
    assert not same(candidate("PHONE", "+1"), "Ben")
    assert same(candidate("PHONE", "+1"), "ANA")
    assert same(candidate("PHONE", "+1"), "Ben", email=False)
    assert same(candidate("PHONE", "+1", has_email=False), "Ben")
    assert not same(candidate("PHONE", "+1", name=""), "")
    assert not same(candidate("PHONE", "+1"), "Ben", email=False, own_id=True)
    assert same(candidate("PHONE", "+1"), "", email=False, own_id=True)


def test_a_person_whom_the_same_system_knows_under_another_id_is_another() -> None:
    row = LeadRow("2", name="Ben", emails=("a@x.com",))
    both = [candidate(system="web", lead_id=1), candidate(lead_id=2)]
    assert find_same(row, system="crm", has_own_id=True, candidates=both) is None
    assert find_same(row, system="crm", has_own_id=False, candidates=both) == both[0]
