from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadlight.ui.rules import DASH, initials, phone, signed, span


@pytest.mark.parametrize(
    ("elapsed", "words"),
    [
        (timedelta(seconds=-5), "now"),
        (timedelta(seconds=59), "now"),
        (timedelta(minutes=3, seconds=59), "3 min"),
        (timedelta(minutes=60), "1 h"),
        (timedelta(hours=23, minutes=59), "23 h"),
        (timedelta(days=1), "1 d"),
        (timedelta(days=729), "729 d"),
        (timedelta(days=730), "2 y"),
    ],
)
def test_a_span_in_its_largest_unit(elapsed: timedelta, words: str) -> None:
    assert span(elapsed) == words


def test_signs() -> None:
    assert [signed(value) for value in (23, 0, -4, -1200)] == ["+23", "0", f"{DASH}4", f"{DASH}1,200"]


def test_phones() -> None:
    assert phone("+18135550142") == "(813) 555-0142"
    assert phone("+4930123456") == "+4930123456"
    assert phone("+181355501427") == "+181355501427"


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Marisol Ortega", "MO"),
        ("dana", "D"),
        ("a b c", "AC"),
        ("", "·"),
        ("<b>", "·"),
        ("who@example.com", "WC"),
        ("عبد الرحمن", "عا"),
    ],
)
def test_initials(name: str, letters: str) -> None:
    assert initials(name) == letters


@given(st.text(max_size=60))
def test_initials_are_short(name: str) -> None:
    assert 1 <= len(initials(name)) <= 6  # "ß" becomes "SS"
