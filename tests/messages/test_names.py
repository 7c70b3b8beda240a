"""Names as a greeting may use them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadlight.messages.rules.templates import parse, render
from leadlight.messages.rules.templates.names import first_name, full_name


@pytest.mark.parametrize(
    ("written", "first", "full"),
    [
        ("Marisol", "Marisol", "Marisol"),
        ("MARISOL ORTEGA", "Marisol", "Marisol Ortega"),
        ("marisol ortega", "Marisol", "Marisol Ortega"),
        ("mARISOL", "Marisol", "Marisol"),
        ("  Marisol \t Ortega ", "Marisol", "Marisol Ortega"),
        ("ORTEGA, MARISOL", "Marisol", "Marisol Ortega"),
        ("Ortega, Jr", "Ortega", "Ortega Jr"),
        ("McKenna", "McKenna", "McKenna"),
        ("MCKENNA MCDONALD", "McKenna", "McKenna McDonald"),
        ("Mckenna", "Mckenna", "Mckenna"),
        ("DeShawn", "DeShawn", "DeShawn"),
        ("O'Neil", "O'Neil", "O'Neil"),
        ("O'NEIL", "O'Neil", "O'Neil"),
        ("d’angelo", "D’Angelo", "D’Angelo"),
        ("JEAN-PAUL", "Jean-Paul", "Jean-Paul"),
        ("María José", "María José", "María José"),
        ("JOSÉ LUIS PÉREZ", "José Luis", "José Luis Pérez"),
        ("Maria Jose Diaz", "Maria Jose", "Maria Jose Diaz"),
        ("Mary Ann Smith", "Mary Ann", "Mary Ann Smith"),
        ("Maria Lopez", "Maria", "Maria Lopez"),
        ("John & Mary Smith", "John & Mary", "John & Mary Smith"),
        ("john/mary", "John & Mary", "John & Mary"),
        ("Ana y Luis", "Ana y Luis", "Ana y Luis"),
        ("JOHN AND MARY", "John and Mary", "John and Mary"),
        ("Maria Y Lopez", "Maria", "Maria Y Lopez"),
        ("John &", "John", "John"),
        ("John && Mary", "John & Mary", "John & Mary"),
        ("MARIA Y", "Maria", "Maria Y"),
        ("Mr. John Smith", "John", "Mr. John Smith"),
        ("Dra Lopez", "Dra", "Dra Lopez"),
        ("Mr. Smith", "", "Mr. Smith"),
        ("Sra. Ortega", "", "Sra. Ortega"),
        ("JUAN DE LA CRUZ", "Juan", "Juan de la Cruz"),
        ("Ludwig van Beethoven", "Ludwig", "Ludwig van Beethoven"),
        ("Ludwig Van Beethoven", "Ludwig", "Ludwig Van Beethoven"),
        ("de la Cruz", "", "De la Cruz"),
        ("St. John", "", "St. John"),
        ("Van", "Van", "Van"),
        ("JOHN SMITH III", "John", "John Smith III"),
        ("JOHN SMITH JR", "John", "John Smith Jr"),
        ("john smith iii", "John", "John Smith III"),
        ("Mr. Smith Jr", "", "Mr. Smith Jr"),
        ("mc", "Mc", "Mc"),
        ("MCA", "Mca", "Mca"),
        ("J", "", "J"),
        ("J. Smith", "", "J. Smith"),
        ("J.R. Ewing", "", "J.R. Ewing"),
        ("AJ", "AJ", "AJ"),
        ("JT", "JT", "JT"),
        ("ED", "Ed", "Ed"),
        ("AL", "Al", "Al"),
        ("Na", "Na", "Na"),
        ("Marisol 🌸", "Marisol", "Marisol"),
        ("Marisol.", "Marisol", "Marisol"),
        ("Dana.", "Dana", "Dana"),
        ('Robert "Bob" Smith', "Robert", "Robert Smith"),
        ("Bob (buyer)", "Bob", "Bob"),
        ("李明", "李明", "李明"),
        ("明", "明", "明"),
        ("محمد علي", "محمد", "محمد علي"),
        ("Ñusta", "Ñusta", "Ñusta"),
        ("ΜΑΡΊΑ", "Μαρία", "Μαρία"),
        ("Smith Family Trust", "", "Smith Family Trust"),
        ("Bayline LLC", "", "Bayline LLC"),
    ],
)  # fmt: skip
def test_names_are_written_as_people_write_them(written: str, first: str, full: str) -> None:
    assert (first_name(written), full_name(written)) == (first, full)


@pytest.mark.parametrize(
    "written",
    [
        "", " ", "-", "''", "...", "🌸", "&", "test", "TEST", "Test", "Test Lead", "tester", "n/a", "N/A", "NA", "nan", "none", "NULL", "unknown", "Unknown Caller",
        "undefined", "first name", "Guest", "Zillow User", "Website Visitor", "Lead", "asdf", "xxx", "aaaa", "marisol@example.com", "marisol.ortega@example.com",
        "Marisol1987", "8135550142", "Visit http://x.example", "www.example", "example.com", "no name", "No name.", "Do Not Call", "(none)", "test!",
    ],
)  # fmt: skip
def test_what_is_no_name_is_none(written: str) -> None:
    assert (first_name(written), full_name(written)) == ("", "")
    assert render(parse("Hi {first_name|there}"), {"first_name": written}).text == "Hi there"


names = st.text(st.sampled_from("aAbBéÉñÑzZ '’-.&,/()\"1@{}\n\t🌸明م"), max_size=20) | st.text(max_size=60)


@given(names)
def test_a_name_is_letters(text: str) -> None:
    for read in (first_name, full_name):
        name = read(text)
        assert name == " ".join(name.split())
        assert not set(name) & set('{}@<>:"\n\t0123456789')
        assert name == "" or any(map(str.isalpha, name))


@given(names)
def test_a_name_that_was_read_is_read_the_same(text: str) -> None:
    assert full_name(full_name(text)) in (full_name(text), "")
    assert first_name(first_name(text)) in (first_name(text), "")
