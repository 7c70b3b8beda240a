from datetime import datetime
from pathlib import Path

import openpyxl
import polars as pl
import pytest

import leadlight
from leadlight.scoring.learners.errors import UnableToReadTable

TEXT = "Id;Created;Views;Won\n1;03/14/2024;4;yes\n2;01/02/2024;;no\n"


def test_a_csv_with_its_outcome_and_order(tmp_path: Path) -> None:
    path = tmp_path / "leads.csv"
    path.write_text(TEXT, encoding="utf-8-sig")
    X, y, order = leadlight.read_leads(path, outcome="won", order=" created ", exclude=["ID"])
    assert X.columns == ["Views"]
    assert X["Views"].to_list() == [4, None]
    assert y is not None
    assert order is not None
    assert y.to_list() == ["yes", "no"]
    assert order.to_list() == [datetime(2024, 3, 14), datetime(2024, 1, 2)]  # noqa: DTZ001 - files have no zone


def test_other_encodings_and_kinds_of_file(tmp_path: Path) -> None:
    frame = pl.DataFrame({"city": ["Cañon City", "Boise"], "views": [1, None]})
    (tmp_path / "old.csv").write_bytes("city,views\nCañon City,1\nBoise,\n".encode("cp1252"))
    frame.write_parquet(tmp_path / "new.parquet")
    book = openpyxl.Workbook()
    for row in (["city", "views"], ["Cañon City", 1], ["Boise", None]):
        book.active.append(row)
    book.save(tmp_path / "sheet.xlsx")
    for name in ("old.csv", "new.parquet", "sheet.xlsx"):
        found = leadlight.read_leads(tmp_path / name)
        assert found.X.to_dict(as_series=False) == {"city": ["Cañon City", "Boise"], "views": [1, None]}
        assert found.y is found.order is None


@pytest.mark.parametrize(
    ("name", "text", "arguments", "message"),
    [
        ("a.csv", TEXT, {"outcome": "Lost"}, "no column"),
        ("a.csv", TEXT, {"order": "Won"}, "no order in time"),
        ("a.csv", TEXT, {"exclude": ["Nothing"]}, "no column"),
        ("a.csv", "a,b\n", {}, "no rows"),
        ("a.csv", "", {}, "cannot be read"),
        ("a.csv", "a,b\n1,2,3\n", {}, "cannot be read"),
        ("a.doc", TEXT, {}, "not a CSV"),
        ("a.xlsx", TEXT, {}, "cannot be read"),
        ("a.parquet", TEXT, {}, "cannot be read"),
    ],
)
def test_what_cannot_be_read_says_why(tmp_path: Path, name: str, text: str, arguments: dict, message: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(UnableToReadTable, match=message):
        leadlight.read_leads(tmp_path / name, **arguments)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UnableToReadTable, match="There is no file"):
        leadlight.read_leads(tmp_path / "none.csv")
