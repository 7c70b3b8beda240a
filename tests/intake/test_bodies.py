import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadlight.intake.rules import bodies
from leadlight.intake.rules.bodies import LONGEST_TEXT, MOST_FIELDS, UnreadableBody


def read(document: object) -> dict[str, str]:
    return bodies.from_json(json.dumps(document).encode()).record


def test_what_json_becomes() -> None:
    assert read({"a": "x", "b": 7, "c": 8135550142, "d": 1.50, "e": True, "f": False, "g": None, "h": " "}) == {
        "a": "x",
        "b": "7",
        "c": "8135550142",
        "d": "1.5",
        "e": "yes",
        "f": "no",
    }
    assert read({"a": {"b": {"c": "x"}}, "l": ["x", 2, None, True]}) == {"a.b.c": "x", "l": "x; 2; yes"}
    assert read({"answers": [{"field": "email", "value": "x"}, {"name": "tel", "values": ["1", "2"]}]}) == {
        "answers.email": "x",
        "answers.tel": "1; 2",
    }
    assert read({"emails": [{"value": "a", "type": "home"}, {"value": "b"}]}) == {"emails": "a; b"}


def test_what_is_passed_over_is_said() -> None:
    deep = {"a": {"b": {"c": {"d": {"e": {"f": "x"}}}}}}
    found = bodies.from_json(json.dumps({**deep, "l": [["x"]], "o": [{"x": 1}], "n" * 201: "x"}).encode())
    assert found.record == {}
    assert len(found.notes) == 4
    found = bodies.from_pairs([("a", "x" * (LONGEST_TEXT + 1))])
    assert len(found.record["a"]) == LONGEST_TEXT
    assert found.notes == ["a was cut: it is longer than 20,000 characters."]


def test_forms() -> None:
    pairs = [("contact[email]", "a"), ("tags[]", "x"), ("tags[]", "y"), ("tags[]", "x; y"), ("", "z"), ("e", "")]
    assert bodies.from_pairs(pairs).record == {"contact.email": "a", "tags": "x; y"}


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"1", b"{", b'{"a": Infinity}', b"\xff", b'{"a":1,"a":1}', b"[" * 99_999]
)
def test_bodies_without_fields(body: bytes) -> None:
    with pytest.raises(UnreadableBody):
        bodies.from_json(body)


def test_too_many_fields() -> None:
    bodies.from_pairs((str(n), "x") for n in range(MOST_FIELDS))
    with pytest.raises(UnreadableBody, match="more than 300"):
        bodies.from_pairs((str(n), "x") for n in range(MOST_FIELDS + 1))


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(st.text(max_size=12), values, max_size=6))
def test_every_text_can_be_stored(document: dict[str, object]) -> None:
    for name, text in read(document).items():
        assert name == name.strip()
        assert text.strip()
        for part in (name, text):
            assert "\0" not in part
            part.encode()


@given(st.text(alphabet=st.characters()), st.text(alphabet=st.characters(categories=["Cs"]), max_size=3))
def test_halves_of_characters_are_replaced(text: str, halves: str) -> None:
    found = bodies.from_json(json.dumps({"a": "x" + text + halves}).encode()).record["a"]
    found.encode()
    assert found.startswith("x")
