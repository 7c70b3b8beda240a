"""What a log may hold."""

import secrets
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadlight.kit.redaction import EMAIL, LONGEST, PHONE, SECRET, redact, redact_value

around = st.text(alphabet=string.ascii_letters + " .,:;()<>\"'=\n", max_size=20)
digit = st.sampled_from(string.digits)


@given(around, st.emails(), around)
def test_no_email_survives(before: str, email: str, after: str) -> None:
    said = redact(f"{before} {email} {after}")
    assert email not in said
    assert EMAIL in said or SECRET in said


@pytest.mark.parametrize(
    "text",
    [
        "Not Found: /leads/123/?q=ana@example.com",
        "q=ana%40example.com&page=2",
        "DETAIL:  Key (email)=(ana.o'neil+homes@example.co.uk) already exists.",
        "«José@exämple.com»",
        "<ana@localhost>",
    ],
)
def test_emails_as_they_turn_up(text: str) -> None:
    said = redact(text)
    assert "ana" not in said
    assert "Jos" not in said
    assert "example" not in said


@given(
    around,
    st.sampled_from(
        ["+1{}{}{}", "({}) {}-{}", "{}-{}-{}", "{}.{}.{}", "{} {} {}", "{}{}{}", "+1 ({}) {}-{}", "1-{}-{}-{}"]
    ),
    st.text(digit, min_size=3, max_size=3),
    st.text(digit, min_size=3, max_size=3),
    st.text(digit, min_size=4, max_size=4),
    around,
)
def test_no_phone_number_survives(before: str, shape: str, area: str, exchange: str, line: str, after: str) -> None:
    number = shape.format(area, exchange, line)
    said = redact(f"{before} {number} {after}")
    assert number not in said
    # After "bearer", ten digits are as likely a token.
    assert PHONE in said or SECRET in said


@pytest.mark.parametrize(
    "number", ["+48 22 123 45 67", "+4915112345678", "020 7946 0958", "555-0142", "0033 1 42 68 53 00"]
)
def test_phone_numbers_of_elsewhere(number: str) -> None:
    assert redact(f"call {number} today") == f"call {PHONE} today"


@given(around, st.sampled_from(["ll_", "whsec_", "Bearer ", "bearer ", ""]), st.integers(min_value=24, max_value=64))
def test_no_token_survives(before: str, prefix: str, size: int) -> None:
    secret = "a1" + secrets.token_urlsafe(size)
    said = redact(f"{before} {prefix}{secret} end")
    assert secret[-12:] not in said
    assert SECRET in said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("redis://leadlight:hunter2@cache:6379/0", f"redis://{SECRET}@cache:6379/0"),
        ("Authorization: Bearer abc", f"Authorization: Bearer {SECRET}"),
        ("key sk-proj-abcdefgh1234", f"key {SECRET}"),
    ],
)
def test_what_opens_a_door(text: str, said: str) -> None:
    assert redact(text) == said


@given(st.text(max_size=300))
def test_redacting_twice_changes_nothing(text: str) -> None:
    once = redact(text)
    assert redact(once) == once


@pytest.mark.parametrize(
    "text",
    [
        "leads/<int:person_id>/live/",
        "2026-11-17T14:20:00Z",
        "between 2026-11-17 and 2026-12-24",
        "scored 100,000 leads in 12.5 s",
        "leadlight.scoring.operations.train",
        "/usr/lib/python3.11/site-packages/django/db/backends/utils.py:105",
        "127.0.0.1:5432",
        "event import:12 of queue long",
        "attributes_known_at_creation_and_never_after",
    ],
)
def test_plain_words_stay(text: str) -> None:
    assert redact(text) == text


def test_a_line_is_no_document() -> None:
    assert len(redact("word " * 10_000)) <= LONGEST + 1


@given(st.text(alphabet="a1-+=_@. ()%40", min_size=2_000, max_size=4_000))
def test_no_text_takes_long(text: str) -> None:
    redact(text)  # hypothesis' own deadline is the assertion


class Person:
    def __repr__(self) -> str:
        return "Ana Ortega"


def test_values_at_any_depth() -> None:
    given = {"who": [{"mail": "ana@example.com"}], "n": 3, "ok": True, "api_key": "x", "person": Person(), 5: None}
    assert redact_value(given) == {
        "who": [{"mail": EMAIL}],
        "n": 3,
        "ok": True,
        "api_key": SECRET,
        "person": "<Person>",
        "5": None,
    }
