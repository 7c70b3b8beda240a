"""The National Do Not Call list: read as it is given, kept as bits, replaced whole."""

import io
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from leadlight.accounts.models import AuditEntry
from leadlight.consent.models import ListedArea, ListedBlock
from leadlight.consent.operations import UnableToImportList, import_national_list
from leadlight.consent.operations import national_list as module
from leadlight.consent.queries import national_list
from leadlight.consent.rules.national_list import (
    Bits,
    UnableToReadList,
    add_numbers,
    blocks,
    is_listed,
    n_listed,
    read_numbers,
    split,
)
from tests.consent.people import NOW

TODAY = NOW.date()
numbers = st.builds(
    lambda area, exchange, line: (area * 1_000 + exchange) * 10_000 + line,
    st.sampled_from([213, 813, 989]),
    st.integers(200, 999),
    st.integers(0, 9_999),
)


@given(
    st.lists(numbers, max_size=40),
    st.sampled_from(["{:03},{:07}", "{:03}{:07}", '"{:03}","{:07}"', "({:03}) {:07}\r"]),
)
def test_numbers_are_read_as_they_are_written(told: list[int], form: str) -> None:
    text = "\n".join(form.format(*divmod(number, 10_000_000)) for number in told)
    assert read_numbers(text.encode()).tolist() == told
    assert read_numbers((text + "\n\n").encode()).tolist() == told
    assert read_numbers(b"area code,number\n" + text.encode()).tolist() == told


@given(st.lists(numbers, max_size=60), numbers)
def test_bits_know_just_the_numbers_that_were_set(told: list[int], other: int) -> None:
    bits: Bits = {}
    for part in (told[::2], told[1::2], told):
        add_numbers(bits, read_numbers("\n".join(map(str, part)).encode()))
    found = {prefix: block for area, whole in bits.items() for prefix, block in blocks(area, whole)}
    assert sum(n_listed(whole) for whole in bits.values()) == len(set(told))
    for number in {*told, other}:
        prefix, line = divmod(number, 10_000)
        assert (prefix in found and is_listed(found[prefix], line)) == (number in told)
    assert all(any(block) and len(block) == 1_250 for block in found.values())


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("813,5550142\n813,555014\n", 2),
        ("813,5550142\n813,55501421\n", 2),
        ("813,5550142\n\n813,5550142,A\n", 3),
        ("813,5550142\n013,5550142\n", 2),
        ("813,5550142\n\n\n813,0550142\n", 4),
        ("813,5550142\n813,1990142\n", 2),
        ("area,number\n813;x\n", 2),
        ("<list>813</list>\n", 1),
        ("813,5550142\n# end\n", 2),
    ],
)
def test_a_wrong_line_is_named(text: str, line: int) -> None:
    with pytest.raises(UnableToReadList, match=rf"^Line {line} is no telephone number: .*full list"):
        read_numbers(text.encode())


def test_a_heading_stands_in_the_first_line_alone() -> None:
    with pytest.raises(UnableToReadList, match=r"^Line 101 "):
        read_numbers(b"area code,number\n", first_line=101)
    assert read_numbers(b"area code,number").tolist() == []
    assert read_numbers(b"").tolist() == []


@pytest.mark.parametrize(
    ("phone", "place"),
    [
        ("+18135550142", (813555, 142)),
        ("+442079460958", None),
        ("+4420794609", None),
        ("8135550142", None),
        ("+1813555014", None),
        ("+1813555014\u0662", None),
        ("", None),
    ],
)
def test_only_north_american_numbers_have_a_place(phone: str, place: tuple[int, int] | None) -> None:
    assert split(phone) == place


def take(text: str, drawn_on: date = TODAY) -> dict[int, int]:
    return import_national_list(file=io.BytesIO(text.encode()), drawn_on=drawn_on, actor=None, now=NOW)


def listed(*phones: str) -> list[bool | None]:
    found = national_list(phones)
    return [found[phone].is_listed if phone in found else None for phone in phones]


@pytest.mark.django_db
def test_a_copy_takes_the_place_of_what_was_here_of_its_area_codes() -> None:
    day = timedelta(days=1)
    assert take("813,5550142\n813,5550143\n813,6660000\n303,5550100\n813,5550142\n", TODAY - 3 * day) == {
        813: 3,
        303: 1,
    }
    assert listed("+18135550142", "+18136660000", "+18135550144", "+13035550100", "+12125550100") == [
        True, True, False, True, None,
    ]  # fmt: skip
    assert take("813,5550144\n", TODAY - day) == {813: 1}
    assert listed("+18135550142", "+18136660000", "+18135550144", "+13035550100") == [False, False, True, True]
    days = {area.area_code: (area.drawn_on, area.n_numbers) for area in ListedArea.objects.all()}
    assert days == {813: (TODAY - day, 1), 303: (TODAY - 3 * day, 1)}
    assert national_list(["+18135550142"])["+18135550142"].drawn_on == TODAY - day
    assert ListedBlock.objects.count() == 2
    assert list(AuditEntry.objects.values_list("action", flat=True)) == ["national_list.imported"] * 2


@pytest.mark.django_db
def test_neighbouring_area_codes_are_left_alone() -> None:
    take("812,9999999\n813,2000000\n813,9999999\n814,2000000\n")
    take("813,5550142\n")
    assert listed("+18129999999", "+18132000000", "+18139999999", "+18142000000") == [True, False, False, True]


@pytest.mark.django_db
def test_the_same_copy_may_come_again_and_an_older_one_may_not() -> None:
    take("813,5550142\n")
    assert take("813,5550142\n813,5550143\n") == {813: 2}
    with pytest.raises(UnableToImportList, match="A newer copy of area code 813 is here"):
        take("303,5550100\n813,5550142\n", TODAY - timedelta(days=1))
    assert listed("+18135550143", "+13035550100") == [True, None]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "drawn_on", "words"),
    [
        ("", TODAY, "no number in this file"),
        ("area code,number\n", TODAY, "no number in this file"),
        ("813,5550142\n", TODAY + timedelta(days=1), "has not come yet"),
    ],
)
def test_what_is_no_copy_changes_nothing(text: str, drawn_on: date, words: str) -> None:
    with pytest.raises(UnableToImportList, match=words):
        take(text, drawn_on)
    assert not ListedArea.objects.exists()


@pytest.mark.django_db
def test_a_wrong_line_far_below_changes_nothing_and_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_CHUNK", 100)
    take("813,5550000\n")
    lines = [f"813,{number:07}" for number in range(5550001, 5550901)]
    with pytest.raises(UnableToReadList, match=r"^Line 901 "):
        take("\n".join([*lines, "813,x"]))
    assert listed("+18135550000", "+18135550001") == [True, False]
    assert take("\n".join(lines)) == {813: 900}
    with pytest.raises(UnableToReadList, match="millions of characters"):
        take("8" * 300)


@pytest.mark.django_db
def test_asking_takes_two_queries_however_many() -> None:
    take("813,5550142\n303,5550100\n")
    phones = [f"+1813555{line:04}" for line in range(300)] + ["+13035550100", "+442079460958"]
    with CaptureQueriesContext(connection) as caught:
        found = national_list(phones)
    assert len(caught) == 2
    assert len(found) == 301


@pytest.mark.django_db
def test_the_command_says_how_many(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "list.txt"
    path.write_text("813,5550142\n303,5550100\n")
    call_command("import_dnc", str(path), "--drawn-on", "2026-11-01")
    assert capsys.readouterr().out == "303\t1\n813\t1\n2 numbers of 2 area codes, of 2026-11-01.\n"
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_dnc", str(tmp_path / "none"), "--drawn-on", "2026-11-01")
    with pytest.raises(CommandError, match="'yesterday' is no day: write it as 2026-11-25"):
        call_command("import_dnc", str(path), "--drawn-on", "yesterday")
    with pytest.raises(CommandError, match="--drawn-on"):
        call_command("import_dnc", str(path))
