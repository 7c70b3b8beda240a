"""Templates: what is written, what is wrong with it, and what goes out."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadlight.messages.rules.templates import (
    FIELD_BY_NAME,
    FIELDS,
    Segments,
    Slot,
    Template,
    UnableToParse,
    UnableToRender,
    parse,
    render,
    segments,
)
from leadlight.messages.rules.templates.parsing import read
from leadlight.messages.rules.templates.rendering import value_of

plain = st.text(st.characters(exclude_characters="{}"), max_size=40)
fields = st.sampled_from([field.name for field in FIELDS])
fallbacks = st.none() | plain.map(str.strip)
slots = st.builds(Slot, fields, fallbacks)
values = st.dictionaries(
    fields, st.none() | st.text(max_size=120) | st.sampled_from(["{first_name}", "{", "}}", "a\nb", "\0"])
)


@st.composite
def templates(draw: st.DrawFn) -> Template:
    parts = draw(st.lists(plain.filter(bool) | slots, max_size=8))
    return Template(
        tuple(
            part
            for before, part in pairwise([None, *parts])
            if not (isinstance(before, str) and isinstance(part, str))
        )
    )


# -- reading and writing


@given(templates())
def test_a_template_is_read_as_it_was_written(template: Template) -> None:
    assert parse(str(template)) == template
    assert str(parse(str(template))) == str(template)


@given(st.text(st.sampled_from("{}|ab \nfirst_name"), max_size=60) | st.text(max_size=60))
def test_any_text_is_a_template_or_says_what_is_wrong(text: str) -> None:
    template, faults = read(text)
    for fault in faults:
        assert 0 <= fault.start < len(text)
        assert fault.words.endswith((".", "?"))
    if faults:
        with pytest.raises(UnableToParse):
            parse(text)
    else:
        assert parse(text) == template
        assert str(template).count("{") == text.count("{") == len(template.slots)


def test_a_field_knows_where_it_stands() -> None:
    (slot,) = parse("Hi { first_name | there }!").slots
    assert (slot.name, slot.fallback, slot.start, slot.end, slot.said_at) == ("first_name", "there", 3, 25, 18)
    assert parse("{listing}").slots[0].fallback is None
    assert parse("{brokerage|}").slots[0].fallback == ""
    assert parse("{area|a|b}").slots[0].fallback == "a|b"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Hi {first_name", "not closed"),
        ("Hi {first_name, about {listing}", "not closed"),
        ("Hi first_name}", "no { before it"),
        ("Hi {{first_name}}", "one brace on each side"),
        ("Hi {}", "name no field"),
        ("Hi {|there}", "name no field"),
        ("Hi {firstname}", "Did you mean {first_name}?"),
        ("Hi {FIRST_NAME}", "Did you mean {first_name}?"),
        ("Hi {frist_name|there}", "Did you mean {first_name}?"),
        ("Hi {agent.name}", "Did you mean {agent_name}?"),
        ("Hi {zzz}", "is no field. There are {first_name}, {full_name}"),
    ],
)
def test_what_is_written_wrong_says_what_to_write(text: str, words: str) -> None:
    with pytest.raises(UnableToParse) as error:
        parse(text)
    assert words in str(error.value)


# -- values


@given(templates(), values)
def test_what_goes_out_holds_no_field_and_no_sign_of_a_value_that_is_not_shown(
    template: Template, values: dict[str, str | None]
) -> None:
    bare = [slot.name for slot in template.slots if slot.fallback is None]
    if any(not value_of(FIELD_BY_NAME[name], values.get(name)) for name in bare):
        with pytest.raises(UnableToRender) as error:
            render(template, values)
        assert error.value.field in bare
        assert error.value.field in str(error.value)
        return
    rendered = render(template, values)
    assert "{" not in rendered.text
    assert "}" not in rendered.text
    own = "".join(part if isinstance(part, str) else part.fallback or "" for part in template.parts)
    assert all(c in own or c.isprintable() or c in "\u200c\u200d" for c in rendered.text)
    assert rendered.text.count("\n") <= own.count("\n")
    assert set(rendered.missing) <= {slot.name for slot in template.slots}
    assert len(rendered.text) <= len(own) + sum(FIELD_BY_NAME[slot.name].longest for slot in template.slots)


@given(templates())
def test_the_examples_of_the_fields_go_out_as_they_are(template: Template) -> None:
    rendered = render(template, {field.name: field.example for field in FIELDS})
    assert rendered.missing == ()
    assert rendered.text == "".join(
        part if isinstance(part, str) else FIELD_BY_NAME[part.name].example for part in template.parts
    )


def test_values_are_put_in_once() -> None:
    template = parse("Hi {agent_name|us}: {listing|it}.")
    assert (
        render(template, {"agent_name": "{listing}", "listing": "{agent_name}\n\nBcc: x"}).text
        == "Hi listing: agent_name Bcc: x."
    )
    assert render(template, {"agent_name": "Da\u202ena\0 \u200bW", "listing": None}).text == "Hi Dana W: it."


def test_letters_of_many_languages_are_kept() -> None:
    persian = "\u0639\u0644\u06cc\u200c\u0631\u0636\u0627"
    assert (
        render(parse("{full_name}, {area}"), {"full_name": persian, "area": persian}).text == f"{persian}, {persian}"
    )
    assert render(parse("{area}"), {"area": "San Jose\u0301"}).text == "San José"


def test_a_value_that_is_missing_leaves_its_fallback_and_says_so() -> None:
    template = parse("{first_name|there}, {first_name|friend}, {area|your area}, {brokerage|}")
    rendered = render(template, {"first_name": " ", "area": "Ybor"})
    assert rendered.text == "there, friend, Ybor, "
    assert rendered.missing == ("first_name", "brokerage")
    with pytest.raises(
        UnableToRender, match=r"\{listing\} has no value.*\{listing\|the home you asked about\}"
    ) as error:
        render(parse("About {listing}"), {"listing": "—"})
    assert error.value.field == "listing"


def test_long_values_are_cut_at_a_word() -> None:
    long = "one two three four five six seven eight nine ten eleven twelve thirteen"
    assert render(parse("{area}"), {"area": long}).text == "one two three four five six seven eight nine ten eleven"
    for fits in ("x" * 29 + " " + "y" * 30, "x" * 58 + " y"):
        assert render(parse("{area}"), {"area": fits}).text == fits
        assert render(parse("{area}"), {"area": fits + " z"}).text == fits
    assert render(parse("{area}"), {"area": "x" * 50 + ", " + "y" * 30}).text == "x" * 50
    assert render(parse("{area}"), {"area": "x" * 99}).text == "x" * 60
    assert render(parse("{area}"), {"area": "x" * 60}).text == "x" * 60
    assert render(parse("{area}"), {"area": "x" * 60 + " y"}).text == "x" * 60


def test_links_in_what_leads_tell_are_no_value() -> None:
    for field in ("listing", "area"):
        for value in ("Win at https://spam.example/x", "WWW.spam.example"):
            assert render(parse(f"{{{field}|it}}"), {field: value}).text == "it"
    assert render(parse("{website}"), {"website": "https://bayline.example"}).text == "https://bayline.example"


# -- parts of a text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Segments("GSM-7", 0, 160, 160)),
        ("a", Segments("GSM-7", 1, 160, 159)),
        ("a" * 160, Segments("GSM-7", 1, 160, 0)),
        ("a" * 161, Segments("GSM-7", 2, 153, 145)),
        ("a" * 306, Segments("GSM-7", 2, 153, 0)),
        ("a" * 307, Segments("GSM-7", 3, 153, 152)),
        ("€" * 80, Segments("GSM-7", 1, 160, 0)),
        ("€" * 81, Segments("GSM-7", 2, 153, 143)),
        # A letter of two places goes to the next part whole.
        ("a" * 152 + "€" + "a" * 10, Segments("GSM-7", 2, 153, 141)),
        ("ñ¿Ñü à", Segments("GSM-7", 1, 160, 154)),
        ("ç", Segments("UCS-2", 1, 70, 69)),
        ("’" * 70, Segments("UCS-2", 1, 70, 0)),
        ("’" * 71, Segments("UCS-2", 2, 67, 63)),
        ("🏡" * 35, Segments("UCS-2", 1, 70, 0)),
        ("🏡" * 36, Segments("UCS-2", 2, 67, 61)),
        ("🏡" * 33 + "a" + "🏡" * 2, Segments("UCS-2", 2, 67, 63)),
    ],
)  # fmt: skip
def test_how_many_parts_a_text_has(text: str, expected: Segments) -> None:
    assert segments(text) == expected


@given(st.text(max_size=500))
def test_a_text_fits_its_parts(text: str) -> None:
    size = segments(text)
    places = sum(2 if (c in "\f^{}\\[~]|€" if size.encoding == "GSM-7" else ord(c) > 0xFFFF) else 1 for c in text)
    assert 0 <= size.left <= size.per
    assert (size.n == 0) == (text == "")
    if size.n <= 1:
        assert size.left == size.per - places
    else:
        assert places > {"GSM-7": 160, "UCS-2": 70}[size.encoding]
        wasted = size.n * size.per - size.left - places
        assert 0 <= wasted < size.n
    longer = segments(text + "a")
    assert (longer.n, longer.encoding) >= (size.n, size.encoding)


# -- the table of fields


def test_fields_say_what_they_are() -> None:
    assert [field.name for field in FIELDS] == [
        "first_name", "full_name", "agent_name", "agent_first_name", "agent_phone", "brokerage", "brokerage_phone", "website", "listing", "area",
        "appointment_time", "today",
    ]  # fmt: skip
    for field in FIELDS:
        assert field.meaning.endswith(".")
        assert 0 < len(field.example) <= field.longest
        assert bool(field.fallback) == field.may_be_empty


def test_the_docs_list_the_fields() -> None:
    page = (Path(__file__).parents[2] / "docs" / "words.md").read_text()
    listed = re.findall(r"^\| `\{(\w+)\}` \| (.*?) \| (yes|no) \|", page, re.M)
    assert listed == [(field.name, field.meaning, "yes" if field.may_be_empty else "no") for field in FIELDS]
