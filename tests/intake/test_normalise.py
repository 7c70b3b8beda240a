"""What people type becomes one form: e-mails, phones, names, money, yes and no, stated needs."""

from decimal import Decimal

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadlight.intake import normalise


@pytest.mark.parametrize(
    "cell", ["N/A", "-", " null ", "None", "Select", "please select", "", "  ", "\u2014", "#N/A", "(not set)"]
)
def test_what_means_nothing(cell: str) -> None:
    assert normalise.clean(cell) == ""


@pytest.mark.parametrize("cell", ["No", "0", "Nona", "Selection", "please", "set"])
def test_what_means_something(cell: str) -> None:
    assert normalise.clean(cell) == cell


def test_control_characters_go() -> None:
    assert normalise.clean("\ufeffAnn\x00 Lee\x07 ") == "Ann Lee"


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("Ann@Example.COM", ("ann@example.com",)),
        (
            "a@example.com, b@example.com; a@example.com c@example.com",
            ("a@example.com", "b@example.com", "c@example.com"),
        ),
        ("Ann Lee <mailto:ann.lee+home@example.co.uk>", ("ann.lee+home@example.co.uk",)),
        ("MAILTO:ann@example.com.", ("ann@example.com",)),
        ("none@none.com", ()),
        ("test@gmail.com", ()),
        ("noemail@example.com", ()),
        ("jörg@example.com", ("jörg@example.com",)),
        ("ann@example", ()),
        ("ann at example.com", ()),
        ("ann@@example.com", ()),
        ("testa@example.com", ("testa@example.com",)),
    ],
)
def test_emails(cell: str, expected: tuple[str, ...]) -> None:
    assert normalise.emails(cell) == expected


@pytest.mark.parametrize(
    ("cell", "country", "expected"),
    [
        ("(512) 555-0101", "US", ("+15125550101",)),
        ("1-512-555-0101 ext. 42", "US", ("+15125550101",)),
        ("512.555.0101 / 512 555 0102", "US", ("+15125550101", "+15125550102")),
        ("5125550101;+44 20 7946 0958", "US", ("+15125550101", "+442079460958")),
        ("020 7946 0958", "GB", ("+442079460958",)),
        ("8135550123.0", "US", ("+18135550123",)),
        ("8.135550123E+09", "US", ("+18135550123",)),
        ("8.13555E+09", "US", ()),
        ("1.23E+10", "US", ()),
        ("4.930123456E+11", "DE", ()),
        ("4.93012345678E+11", "DE", ("+493012345678",)),
        ("9999999999", "US", ()),
        ("000-000-0000", "US", ()),
        ("1 (111) 111-1111", "US", ()),
        ("123-456-7890", "US", ()),
        ("555-0101", "US", ()),
        ("12", "US", ()),
        ("call me", "US", ()),
    ],
)
def test_phones(cell: str, country: str, expected: tuple[str, ...]) -> None:
    assert normalise.phones(cell, country) == expected


@given(
    prefix=st.sampled_from(["", "1", "+1", "1-", "+1 ", "1.", "001", "011"]),
    area=st.from_regex(r"[0-9]{3}", fullmatch=True),
    exchange=st.from_regex(r"[0-9]{3}", fullmatch=True),
    line=st.from_regex(r"[0-9]{4}", fullmatch=True),
    form=st.sampled_from(["{}{}{}", "({}) {}-{}", "{}-{}-{}", "{}.{}.{}", "{} {} {}", "({}){}-{}", "{} {}-{}"]),
)
def test_the_fast_path_for_phones_equals_the_library(
    prefix: str, area: str, exchange: str, line: str, form: str
) -> None:
    text = prefix + form.format(area, exchange, line)
    assert normalise.phone(text, "US") == normalise._any_phone(text, "US")


@given(st.sampled_from([*"+-.() 0123456789x", "ext"]).flatmap(lambda _: st.text("+-.() 0123456789x", max_size=18)))
def test_a_phone_is_e164_of_a_possible_number_or_nothing(text: str) -> None:
    found = normalise.phone(text, "US")
    if found:
        assert phonenumbers.is_possible_number(phonenumbers.parse(found, None))
        assert normalise.phone(found, "US") == found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("JANE O'BRIEN-SMITH", "Jane O'Brien-Smith"),
        ("jane doe", "Jane Doe"),
        ("LeAnn McDonald", "LeAnn McDonald"),
        ("DOE, JANE", "Doe, Jane"),
        ("Doe, Jane", "Doe, Jane"),
        ("maria DE la cruz", "maria DE la cruz"),
        ("MARIA DE LA CRUZ", "Maria de la Cruz"),
        ("JD", "JD"),
        ("OAK HOLDINGS LLC", "Oak Holdings LLC"),
        ("  Ann \n Lee ", "Ann Lee"),
        ("Unknown", ""),
    ],
)
def test_names(text: str, expected: str) -> None:
    assert normalise.name(text) == expected


def test_first_and_last_name() -> None:
    assert normalise.joined_name("ANN", "LEE") == "Ann Lee"
    assert normalise.joined_name("Ann Lee", "Lee") == "Ann Lee"
    assert normalise.joined_name("Ann", "") == "Ann"
    assert normalise.joined_name("Lee", "Lee") == "Lee Lee"


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("$450,000", "450000"),
        ("450k", "450000"),
        ("1.2M", "1200000"),
        ("450.000,00 €", "450000.00"),
        ("400-500k", "500000"),
        ("$400K - $500K", "500000"),
        ("450000", "450000"),
        ("$1,250,000.50", "1250000.50"),
        ("450.000", "450000"),
        ("1.250.000", "1250000"),
        ("1,2 Mio", "1200000"),
        ("450 000", "450000"),
        ("under 300k", "300000"),
        ("12.5", "12.5"),
        ("CHF 1'250'000", "1250000"),
        ("$300,000+", "300000"),
    ],
)
def test_money(cell: str, expected: str) -> None:
    assert normalise.money(cell) == Decimal(expected)


@pytest.mark.parametrize("cell", ["", "call me", "-5", "($200)", "abc123def"])
def test_no_money(cell: str) -> None:
    assert normalise.money(cell) is None


@given(st.integers(0, 99_999_999))
def test_money_written_with_thousands_is_read_back(amount: int) -> None:
    assert normalise.money(f"${amount:,}") == amount
    assert normalise.money(f"{amount:,}".replace(",", ".") + ",00 €") == amount


@given(st.text(max_size=30))
def test_nothing_that_people_type_breaks_a_reader(text: str) -> None:
    for read in (
        normalise.clean,
        normalise.emails,
        normalise.money,
        normalise.number,
        normalise.yes_no,
        normalise.outcome,
        normalise.days_until,
        normalise.readiness,
        normalise.person_kind,
        normalise.name,
    ):
        read(text)
    normalise.phones(text, "US")


def test_numbers() -> None:
    assert normalise.number("1,204") == 1204.0
    assert normalise.number("-3.5") == -3.5
    assert normalise.number("12%") == 12.0
    assert normalise.number("nan") is None
    assert normalise.number("inf") is None
    assert normalise.number("2024-01-01") is None


def test_yes_and_no() -> None:
    assert [normalise.yes_no(word) for word in ("Yes", "TRUE", "1", "x", "Opted out", "y")] == [True] * 6
    assert [normalise.yes_no(word) for word in ("No", "false", "0", "opted in")] == [False] * 4
    assert normalise.yes_no("maybe") is None
    assert [normalise.outcome(word) for word in ("Converted", "won", "LOST", "0", "later")] == [
        True,
        True,
        False,
        False,
        None,
    ]


def test_stated_needs() -> None:
    assert normalise.days_until("0-3 Months") == 90
    assert normalise.days_until("3 to 6 months") == 180
    assert normalise.days_until("within 2 weeks") == 14
    assert normalise.days_until("ASAP!") == 0
    assert normalise.days_until("a year") == 365
    assert normalise.days_until("No plans") is None
    assert [
        normalise.readiness(text)
        for text in ("Cash", "Pre-Approved", "not pre-approved", "need a lender", "Yes", "none")
    ] == [
        3.0,
        2.0,
        0.0,
        1.0,
        2.0,
        0.0,
    ]
    assert normalise.readiness("hm") is None
    assert [normalise.person_kind(text) for text in ("Buyer", "SELLER", "Buyer/Seller", "tenant")] == [
        "buyer",
        "seller",
        "buyer and seller",
        "renter",
    ]
