"""Files become rows of text, or are refused as a whole with a sentence; nothing else ever happens."""

import csv
import io
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leadlight.intake.reading import MAX_CELL, BadRow, Row, TableFile, UnableToReadFile, open_table


def opened(folder: Path, content: bytes | str, name: str = "leads.csv") -> TableFile:
    path = folder / "upload"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return open_table(path, name=name)


def good(table: TableFile) -> list[tuple[str, ...]]:
    return [row.cells for row in table.rows() if isinstance(row, Row)]


def bad(table: TableFile) -> list[tuple[int, str]]:
    return [(row.line, row.reason) for row in table.rows() if isinstance(row, BadRow)]


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_delimiters_and_encodings(tmp_path: Path, sign: str, encoding: str) -> None:
    rows = [
        ("Name", "Email", "City"),
        ("Zoë Müller", "zoe@example.com", "Orléans"),
        ("José", "jose@example.com", "Ávila \u2013 Ost"),
    ]
    table = opened(tmp_path, "\r\n".join(sign.join(row) for row in rows).encode(encoding))
    assert table.columns == rows[0]
    assert good(table) == rows[1:]
    assert table.delimiter == sign
    assert table.n_rows == 2


def test_one_late_accent_in_utf_8_and_in_windows_1252(tmp_path: Path) -> None:
    body = "Name,Email\n" + "Jo,jo@example.com\n" * 40_000
    assert good(opened(tmp_path, (body + "Renée,r@example.com\n").encode()))[-1][0] == "Renée"
    assert good(opened(tmp_path, (body + "Renée,r@example.com\n").encode("cp1252")))[-1][0] == "Renée"


def test_cyrillic_text_of_windows_1251_is_read_as_such(tmp_path: Path) -> None:
    people = "Анна Петрова;Москва\nИван Сидоров;Казань\nЕлена Смирнова;Новосибирск\n"  # noqa: RUF001 (Russian is the point)
    body = "Имя;Город\n" + people * 20
    table = opened(tmp_path, body.encode("cp1251"))
    assert table.columns == ("Имя", "Город")
    assert good(table)[0] == ("Анна Петрова", "Москва")


def test_quoted_line_breaks_keep_true_line_numbers(tmp_path: Path) -> None:
    table = opened(tmp_path, 'Name,Note\nAnn,"one\ntwo\nthree"\n\nBob,x\n')
    assert [(row.line, row.cells) for row in table.rows()] == [(2, ("Ann", "one\ntwo\nthree")), (6, ("Bob", "x"))]


def test_ragged_rows_are_set_aside_and_stop_nothing(tmp_path: Path) -> None:
    table = opened(tmp_path, "A,B,C\n1,2,3\n1,2\n,,\n1,2,3,,\n1,2,3,4\n7,8,9\n")
    assert good(table) == [("1", "2", "3"), ("1", "2", "3"), ("7", "8", "9")]
    assert [line for line, _ in bad(table)] == [3, 6]
    assert "2 cells" in bad(table)[0][1]


def test_a_stray_quote_costs_its_own_row_only(tmp_path: Path) -> None:
    lines = [f"Person {n},{n}@example.com,note {n}" for n in range(60)]
    lines[10] = 'Person 10,10@example.com,"5 bed home'
    lines[30] = 'Person 30,30@example.com,"near" the lake'
    lines[40] = 'Person 40,40@example.com,7" door'
    table = opened(tmp_path, "Name,Email,Note\n" + "\n".join(lines) + "\n")
    assert [line for line, _ in bad(table)] == [12]
    assert table.n_rows == 60
    assert [cells[1] for cells in good(table)] == [f"{n}@example.com" for n in range(60) if n != 10]


def test_two_stray_quotes_that_pair_up_over_rows(tmp_path: Path) -> None:
    table = opened(tmp_path, 'A,B,C\n1,"x,2\n3,4,5\n6,"y,7\n8,9,10\n')
    assert ("3", "4", "5") in good(table)
    assert ("8", "9", "10") in good(table)
    assert [line for line, _ in bad(table)] == [2, 4]


def test_headers_are_made_unique_and_named(tmp_path: Path) -> None:
    table = opened(tmp_path, "Phone,Phone, Lead  Source ,\n1,2,3,4\n")
    assert table.columns == ("Phone", "Phone (2)", "Lead Source", "Column 4")
    assert opened(tmp_path, "A,B,\n1,2,\n3,4,\n").columns == ("A", "B")


def test_a_hint_of_the_separator_and_a_list_of_addresses(tmp_path: Path) -> None:
    table = opened(tmp_path, "sep=;\nA;B\n1;2\n")
    assert (table.columns, [row.line for row in table.rows()]) == (("A", "B"), [3])
    assert good(opened(tmp_path, "Email\nann@example.com\nbob@example.com\n")) == [
        ("ann@example.com",),
        ("bob@example.com",),
    ]


def test_skip_goes_on_where_an_import_stopped(tmp_path: Path) -> None:
    table = opened(tmp_path, "A,B\n1,2\n1\n3,4\n5,6\n")
    assert list(table.rows(skip=2)) == list(table.rows())[2:]
    assert list(table.rows(skip=9)) == []


def test_the_sample_is_spread_over_the_whole_file(tmp_path: Path) -> None:
    table = opened(tmp_path, "A,B\n" + "".join(f"{n},x\n" for n in range(30_000)))
    places = [int(row.cells[0]) for row in table.sample(500)]
    assert len(places) == 500
    assert places == sorted(places)
    assert places[0] == 0
    assert places[-1] > 29_000
    assert len(opened(tmp_path, "A,B\n1,2\n3,4\n").sample()) == 2


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "a.csv", "empty"),
        (b" \r\n \n", "a.csv", "empty"),
        (b"Name,Email\n", "a.csv", "no rows"),
        (b"Name,Email\nAnn,\x00\n", "a.csv", "NUL"),
        (b"Name,Email\n" + b"Ann,a\n" * 60_000 + b"Bob,\x00\n", "a.csv", "NUL"),
        (
            b"Once upon a time, long ago.\nThere was a house; nobody knew, why, it stood\nthere.\n" * 20,
            "a.csv",
            "separates",
        ),
        (bytes(range(1, 256)) * 50, "a.bin", ""),
        (b'Name,Note\nAnn,ok\nBob,"it was a dark', "a.csv", "cut off"),
        (b"Name,Note\nAnn," + b"x" * (MAX_CELL + 1) + b"\nBob,y\n", "a.csv", "more than"),
        (b'Name,Note\nAnn,"' + b"x\n" * (25 * MAX_CELL) + b'"\nBob,y\n', "a.csv", "more than"),
        (b"Name,Note\nAnn," + b"x" * 50_000_000 + b"\n", "a.csv", "more than"),
        (b"PK\x03\x04not really", "a.xlsx", "damaged"),
        (b"hello,there\n1,2\n", "a.xlsx", "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "a.xlsx", "password"),
        (b"hello,there\n1,2\n", "a.parquet", "Parquet"),
        (b"PAR1garbagePAR1", "a.parquet", "damaged"),
        (b"\x1f\x8b\x08\x00abc", "a.csv.gz", "Unpack"),
        (b"ann@example.com,Ann\nbob@example.com,Bob\n", "a.csv", "instead of names of columns"),
    ],
    ids=lambda value: None if isinstance(value, bytes) else value,
)
def test_unreadable_structure_refuses_the_whole_file(tmp_path: Path, content: bytes, name: str, words: str) -> None:
    with pytest.raises(UnableToReadFile) as refused:
        opened(tmp_path, content, name)
    assert words in refused.value.message
    assert refused.value.message.endswith(".")


def test_a_workbook(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Name", "Phone", "Created", "Seen", "Score", "Hot", None])
    sheet.append(["Ann", 5125550101, date(2025, 3, 4), datetime(2025, 3, 4, 14, 30), 0.25, True, None])  # noqa: DTZ001
    sheet.append([None] * 7)
    sheet.append(["Bob", 8135550123.0, None, None, 3.0, False, "x"])
    book.save(tmp_path / "book.xlsx")
    table = open_table(tmp_path / "book.xlsx", name="book.xlsx")
    assert table.columns == ("Name", "Phone", "Created", "Seen", "Score", "Hot", "Column 7")
    assert [(row.line, row.cells) for row in table.rows()] == [
        (2, ("Ann", "5125550101", "2025-03-04", "2025-03-04 14:30:00", "0.25", "true", "")),
        (4, ("Bob", "8135550123", "", "", "3", "false", "x")),
    ]


def test_a_zip_bomb_is_refused_without_unpacking(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"\0" * 150_000_000)
    with pytest.raises(UnableToReadFile, match="unpacks to"):
        open_table(tmp_path / "bomb.xlsx", name="bomb.xlsx")


def test_parquet(tmp_path: Path) -> None:
    pl.DataFrame(
        {
            "Email": ["ann@example.com", None],
            "At": [datetime(2025, 3, 4, 14, 30, tzinfo=UTC), None],
            "N": [3.0, 2.5],
            "Id": [1, 2],
            "Tags": [["a", "b"], []],
            "Yes": [True, False],
        }
    ).write_parquet(tmp_path / "leads.parquet")
    table = open_table(tmp_path / "leads.parquet", name="leads.parquet")
    assert table.columns == ("Email", "At", "N", "Id", "Tags", "Yes")
    assert good(table) == [
        ("ann@example.com", "2025-03-04 14:30:00+00:00", "3", "1", "a; b", "true"),
        ("", "", "2.5", "2", "", "false"),
    ]


CELL = st.text(
    st.characters(codec="cp1252", exclude_characters="\r\x00", exclude_categories=["Cc"]), max_size=12
).map(str.strip)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    rows=st.integers(2, 5).flatmap(
        lambda width: st.lists(st.tuples(*[CELL] * width).filter(lambda row: any(row)), min_size=1, max_size=25)
    ),
    sign=st.sampled_from(",;\t|"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_a_written_table_is_read_back_exactly(tmp_path: Path, rows, sign, encoding) -> None:
    header = [f"Header {n}" for n in range(len(rows[0]))]
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=sign, quoting=csv.QUOTE_ALL).writerows([header, *rows])
    table = opened(tmp_path, buffer.getvalue().encode(encoding))
    assert table.columns == tuple(header)
    assert good(table) == rows
    assert not bad(table)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    content=st.one_of(
        st.binary(max_size=400),
        st.text(st.sampled_from('ab,;"\n\r\t|\x00é1 '), max_size=200).map(str.encode),
        st.text(st.sampled_from('ab,"\n'), max_size=120).map(lambda text: b"a,b\n1,2\n" + text.encode()),
        st.binary(max_size=100).map(lambda data: b"PK\x03\x04" + data),
        st.binary(max_size=100).map(lambda data: b"PAR1" + data),
    ),
    name=st.sampled_from(["a.csv", "a.txt", "a.xlsx", "a.parquet"]),
)
def test_any_bytes_give_rows_or_a_refusal(tmp_path: Path, content: bytes, name: str) -> None:
    try:
        table = opened(tmp_path, content, name)
    except UnableToReadFile:
        return
    rows = list(table.rows())
    assert len(rows) == table.n_rows > 0
    assert all(len(row.cells) == len(table.columns) for row in rows if isinstance(row, Row))
    assert [row.line for row in rows] == sorted({row.line for row in rows})


@pytest.mark.parametrize(
    "letter",
    [
        "Dear team,\nplease find the leads below\nYours, Dana\n",
        "Hello,\n\nthe export did not work, sorry.\nI will try again on Monday\nBest, Tom\n",
    ],
)
def test_a_letter_is_no_table(tmp_path: Path, letter: str) -> None:
    path = tmp_path / "letter.txt"
    path.write_text(letter)
    with pytest.raises(UnableToReadFile, match="No sign separates the columns"):
        open_table(path, name="letter.txt")
