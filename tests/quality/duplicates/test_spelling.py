import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from leadlight.quality.duplicates import spelling
from leadlight.quality.duplicates.nicknames import full_names
from leadlight.quality.duplicates.spelling import Address, Name


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dr. Anna M. van der Berg, Jr.", Name("anna", "vanderberg", "jr")),
        ("King, Stephen (Steve)", Name("stephen", "king", "", "steve")),
        ("John and Mary Smith", Name("john", "smith")),
        ("John Smith & Mary Jones", Name("john", "smith")),
        ("SMITH, JOHN III", Name("john", "smith", "3")),
        ("José O'Brien", Name("jose", "obrien")),
        ("Cher", Name("cher", "")),
        ("N/A", Name()),
    ],
)
def test_the_parts_of_a_name_written_as_one(text: str, expected: Name) -> None:
    assert spelling.full_name(text) == expected
    assert spelling.full_name(text) == expected  # reading it twice changes nothing


@given(st.text(max_size=60))
@example("0100000000")
def test_no_text_breaks_the_reading_of_names_and_addresses(text: str) -> None:
    name, address = spelling.full_name(text), spelling.address(text)
    for part in (*name, *address):
        assert part == part.strip()
    assert all(email == email.lower() and " " not in email for email in spelling.emails(text))
    assert spelling.postcode(text) == spelling.postcode(spelling.postcode(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12-B Oak Street, Apt 4", Address("12b", "oak st", "4")),
        ("12 Oak St. #4", Address("12", "oak st", "4")),
        ("123 Main St., Springfield, IL 62704", Address("123", "main st", "")),
        ("Hauptstr. 5a", Address("5a", "hauptstr", "")),
        ("Oak Avenue", Address("", "oak av", "")),
    ],
)
def test_the_parts_of_an_address_written_as_one(text: str, expected: Address) -> None:
    assert spelling.address(text) == expected


def test_a_last_name_with_what_tells_father_from_son() -> None:
    assert spelling.surname("King, Jr.") == "king"
    assert spelling.surname_suffix("King, Jr.") == "jr"
    assert spelling.surname_suffix("King") == ""
    assert spelling.suffix("Senior") == "sr"


def test_contacts_that_are_one_are_written_as_one() -> None:
    assert spelling.emails("Anna.Berg+homes@GMail.com, none@none.com") == ("annaberg@gmail.com",)
    assert spelling.emails("anna.example.com") == ("anna.example.com",)
    read = spelling.phone_reader("US")
    assert read("(512) 555-0100") == read("+1 512.555.0100") == read("5125550100") == ("+15125550100",)
    assert read("000-000-0000") == read("1234567890") == read("12") == ()


def test_places_and_ids() -> None:
    assert spelling.postcode("02115-1234") == spelling.postcode("2115") == "2115"
    assert spelling.postcode("SW1A 1AA") == "sw1a1aa"
    assert spelling.unit("Apt. 4B") == spelling.unit_of_line("Unit 4b") == "4b"
    assert spelling.unit_of_line("Brentwood Village") == ""
    assert spelling.personal_id("123-45-6789") == "123456789"
    assert spelling.personal_id("000-00-0000") == ""


@pytest.mark.parametrize("text", ["1980-03-04", "19800304", "1980/03/04", "March 4, 1980"])
def test_birth_dates_in_many_writings(text: str) -> None:
    from zoneinfo import ZoneInfo

    from leadlight.intake.rules.dates import compile_dates

    read = spelling.born_reader(compile_dates("month_first", ZoneInfo("UTC")))
    assert read(text) == "19800304"
    assert read("19801399") == "19801399"
    assert read("soon") == ""


def test_nicknames_meet_in_the_full_name() -> None:
    assert full_names("bob") & full_names("rob")
    assert full_names("bill") & full_names("william")
    assert not full_names("bob") & full_names("bill")
    assert full_names("wei") == {"wei"}
    assert "" not in full_names("bob")
