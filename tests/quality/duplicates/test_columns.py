import pytest

from leadlight.quality.duplicates.columns import field_of, recognise
from leadlight.quality.duplicates.errors import UnableToFindDuplicates


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("First Name", "given"),
        ("given_name", "given"),
        ("LastName", "surname"),
        ("Full Name", "name"),
        ("E-mail 2", "email"),
        ("Mobile Phone", "phone"),
        ("date_of_birth", "born"),
        ("DOB", "born"),
        ("soc_sec_id", "id"),
        ("SSN", "id"),
        ("street_number", "number"),
        ("address_1", "street"),
        ("address_2", "line2"),
        ("Apt #", "unit"),
        ("suburb", "city"),
        ("ZIP Code", "postcode"),
        ("Vorname", "given"),
        ("Preferred Name", "nickname"),
        ("rec_id", ""),
        ("cluster", ""),
        ("Agent Name", ""),
        ("Co First Name", ""),
        ("Spouse Email", ""),
        ("Property Address", ""),
        ("Email Opt Out", ""),
        ("Phone 1 - Type", ""),
        ("Created", ""),
        ("Price", ""),
    ],
)
def test_what_a_header_means(header: str, field: str) -> None:
    assert field_of(header) == field


def test_values_speak_where_names_are_silent() -> None:
    filled = {"Contact": ["(512) 555-0100", "512-555-0101"], "x": ["a@example.com", "b@example.com", "-"], "n": ["7"]}
    assert recognise(filled) == {"phone": ("Contact",), "email": ("x",)}
    assert recognise({"Name": ["Ann Lee"], "price": ["5125550100"]}) == {"name": ("Name",)}
    assert recognise({"Name": ["Ann Lee"], "Assigned to": ["a@example.com"]}) == {"name": ("Name",)}


def test_contacts_come_from_all_columns_and_other_fields_from_the_fullest() -> None:
    filled = {"mobile": ["1"], "phone": ["2"], "city": ["A"], "town": ["A", "B"]}
    assert recognise(filled) == {"phone": ("mobile", "phone"), "city": ("town",)}


def test_a_table_without_people_is_refused_in_plain_words() -> None:
    with pytest.raises(UnableToFindDuplicates, match=r"names, e-mail addresses.*city, Price"):
        recognise({"city": ["Bolton"], "Price": ["1"]})
    with pytest.raises(UnableToFindDuplicates, match="none"):
        recognise({})
