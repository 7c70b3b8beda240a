"""How much a message tells."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadlight.events.text import message_quality

PIECES = [
    "hello",
    "I like it",
    "Can I see it?",
    "tomorrow at 3 pm",
    "el próximo mes",
    "12 Elm St",
    "$450,000",
    "MLS 12345",
    "I am pre-approved",
    "tengo una hipoteca",
    "we pay cash",
    "my wife and kids",
    "section 8",
    "?",
    "",
]
messages = st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join)


@pytest.mark.parametrize(
    ("text", "at_least"),
    [
        ("Can I see it?", 0.15),
        ("¿Puedo verla?", 0.15),
        ("On Saturday", 0.2),
        ("el sábado", 0.2),
        ("mañana a las 5", 0.2),
        ("5 de mayo", 0.2),
        ("within 3 months", 0.2),
        ("dentro de dos meses", 0.2),
        ("About 12 N Elm St", 0.2),
        ("la casa en la calle Ocho", 0.2),
        ("up to $450,000", 0.2),
        ("hasta 450 mil", 0.2),
        ("MLS number A1", 0.2),
        ("we are pre-approved", 0.2),
        ("paying cash", 0.2),
        ("tengo preaprobada la hipoteca", 0.2),
        ("Can we see 12 Elm St on Saturday at 3 pm? We are pre-approved for $450,000", 0.75),
        ("¿Podemos ver 12 Elm St el sábado? Tenemos hipoteca", 0.75),
    ],
)
def test_what_a_message_tells_counts(text: str, at_least: float):
    assert message_quality(text) >= at_least
    assert message_quality(text) <= at_least + 0.25


@pytest.mark.parametrize("text", ["", "   ", "\n", "!!!"])
def test_nothing_said_is_nothing(text: str):
    assert message_quality(text) == 0


def test_words_alone_earn_a_quarter_at_most():
    assert message_quality("word") == pytest.approx(0.25 / 40)
    assert message_quality("word " * 40) == 0.25
    assert message_quality("word " * 400) == 0.25


def test_everything_said_at_length_is_one():
    text = "Can we see 12 Elm St on Saturday? We are pre-approved. " + "It looks right for us. " * 10
    assert message_quality(text) == 1


@given(messages, messages)
def test_saying_more_never_lowers_it(one: str, other: str):
    together = message_quality(f"{one} {other}")
    assert together >= max(message_quality(one), message_quality(other))
    assert together <= 1


@given(st.text(max_size=300))
def test_any_text_is_rated(text: str):
    assert 0 <= message_quality(text) <= 1


@pytest.mark.parametrize(
    "name", ["Bo", "Maria", "Nguyen", "Sun", "Domingo", "Cash", "Loan", "Calle", "April", "Julio", "Mohammed", "Wei"]
)
def test_names_are_not_looked_at(name: str):
    assert message_quality(f"I am {name} and I like the house") == message_quality("I am Ann and I like the house")


@pytest.mark.parametrize(
    "who", ["my wife", "my kids", "my family", "mis hijos", "as a widow", "with a wheelchair", "as a Catholic"]
)
def test_words_for_who_people_are_tell_nothing(who: str):
    filler, word = who.rsplit(" ", 1)
    assert message_quality(f"A home {filler} {word}") == message_quality(f"A home {filler}")


def test_a_pasted_document_is_read_only_so_far():
    assert message_quality("a " * 50_000 + "Can we see 12 Elm St?") == 0.25
