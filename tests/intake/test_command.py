"""`leadlight import` and `undo-import`: exit codes, what is printed, what is left behind."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from leadlight.intake.models import Import
from leadlight.intake.reading import UnableToReadFile
from leadlight.leads.models import Lead
from tests.intake.helpers import HEAD, activities, dump, numbers, people

pytestmark = pytest.mark.django_db

ANN = "1,2024-03-01 10:00,Ann,Lee,Lead,Zillow,Dana Ruiz,ann@example.com,(813) 555-0142,450000,Buyer,1980-01-01,no,2"


def run(*arguments: object) -> dict[str, Any]:
    out = io.StringIO()
    call_command("import", *map(str, arguments), "--json", stdout=out)
    told: dict[str, Any] = json.loads(out.getvalue())
    return told


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_json_tells_all_counts_and_how_the_file_was_read(tmp_path: Path) -> None:
    bad = ",2024-03-01,,,Lead,,,,,,,,,"
    happened = ("=1+1,7,Viewed Property,2024-03-04 10:00,@evil,,", "a2,1,Sang a song,2024-03-04 10:00,,,")
    told = run(
        write(tmp_path / "people.csv", people(ANN, bad)),
        write(tmp_path / "acts.csv", activities(*happened)),
        "--came", "own-inquiry",
    )  # fmt: skip
    names = "created updated unchanged duplicates events events_known suppressions rejected"
    assert numbers(told, names) == [1, 0, 0, 0, 1, 0, 0, 3]
    assert told["left_out"] == {"Birthday": 1}
    assert told["unmapped_activities"] == ["Sang a song"]
    assert told["has_opt_outs"] is True
    assert set(told["mapping"]) == {"people.csv", "acts.csv"}
    assert told["rows_per_second"] > 0
    rows = list(csv.reader(Path(told["rejected_file"]).read_text(encoding="utf-8").splitlines()))
    assert rows[1][:3] == ["people.csv", "3", "no"]
    assert "nobody in particular" in rows[1][3]
    injected = next(row for row in rows if row[:2] == ["acts.csv", "2"])
    assert (injected[3], injected[4], injected[8]) == ("no lead 7", "'=1+1", "'@evil")
    assert Lead.objects.get().provenance == "OWN_INQUIRY"


def test_a_file_without_opt_outs_is_said_to_have_none(tmp_path: Path) -> None:
    path = write(tmp_path / "list.csv", "Name,Email\nAnn Lee,ann@example.com\nBob Ray,bob@example.com\n")
    assert run(path)["has_opt_outs"] is False
    out = io.StringIO()
    call_command("import", str(path), stdout=out)
    assert "No opt-outs are in these files" in out.getvalue()


def test_an_outcome_and_an_order_are_taken_by_name(tmp_path: Path) -> None:
    rows = "".join(f"{n},{'yes' if n % 3 else 'no'},{n % 4},r\n" for n in range(40))
    told = run(
        write(tmp_path / "table.csv", "Number,Won,Visits,Rep\n" + rows),
        "--outcome",
        "Won",
        "--order",
        "Number",
        "--exclude",
        "Rep",
    )
    assert told["created"] == 40
    lead = Lead.objects.get(sequence=5)
    assert (lead.converted, lead.attributes) == (True, {"Visits": 1})


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    before = dump()
    folder = sorted(Path(settings.HOME).rglob("*"))
    told = run(write(tmp_path / "people.csv", people(ANN, ",2024-03-01,,,Lead,,,,,,,,,")), "--dry-run")
    assert (told["rows"], told["rejected"]) == (2, 1)
    assert told["rejected_rows"][0].startswith("people.csv, line 3:")
    assert dump() == before
    assert sorted(Path(settings.HOME).rglob("*")) == folder


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"Name,Email\n\0\0\0\0binary\0",
        b"Dear team\nplease find enclosed our list of people. It is long.\nYours Dana\n",
        b"Name,Email\nAnn," + b"x" * 50_000_000 + b"\n",
        HEAD.encode() + b'\n1,2024-03-01,"Ann',
        b"PK\x03\x04 this is no workbook",
    ],
    ids=["empty", "NUL bytes", "prose", "a cell of 50 MB", "truncated in a quoted field", "broken workbook"],
)
def test_an_unreadable_file_is_refused_and_leaves_nothing(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_bytes(content)
    good = write(tmp_path / "people.csv", people(ANN))
    before, folder = dump(), sorted(Path(settings.HOME).rglob("*.csv"))
    with pytest.raises(UnableToReadFile, match="export"):
        run(good, path)
    assert dump() == before
    assert sorted(Path(settings.HOME).rglob("*.csv")) == folder


def test_the_command_line_ends_with_code_2_and_words_on_stderr(tmp_path: Path, monkeypatch, capsys) -> None:
    from leadlight.config import cli

    path = tmp_path / "export.csv"
    path.write_bytes(b"")
    monkeypatch.setattr("sys.argv", ["leadlight", "import", str(path)])
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    told = capsys.readouterr()
    assert (stopped.value.code, told.out) == (2, "")
    assert "export.csv is empty" in told.err


def test_what_is_named_wrongly_is_told(tmp_path: Path) -> None:
    path = write(tmp_path / "people.csv", people(ANN))
    for arguments, words in (
        (("--outcome", "Wonn"), "No file has a column Wonn"),
        (("--preset", "nobody"), "There is no preset nobody"),
        (("--table", "cats"), "people, activities, deals and listings"),
        (("--exported-at", "soon"), "2026-03-31"),
        (("--mapping", str(tmp_path / "none.toml")), "cannot be opened"),
    ):
        with pytest.raises(Exception, match=words):
            run(path, *arguments)
    with pytest.raises(CommandError, match="cannot be opened"):
        run(tmp_path / "missing.csv")
    assert not Import.objects.exists()


def test_good_rows_are_stored_and_bad_ones_listed_with_line_and_reason(tmp_path: Path) -> None:
    rows = people(
        ANN,
        "2,2024-03-01,Bob",
        "3,yesterday,Cy,Doe,Lead,,,cy@example,,,,,,",
        "4,2024-03-02 10:00,Dee,Poe,Lead,,,dee@example.com,,,,,,",
    )
    told = run(write(tmp_path / "people.csv", rows))
    assert (told["created"], told["rejected"], told["noted"]) == (3, 1, 2)
    found = list(csv.reader(Path(told["rejected_file"]).read_text(encoding="utf-8").splitlines()))[1:]
    assert [(row[1], row[2]) for row in found] == [("3", "no"), ("4", "yes, without it"), ("4", "yes, without it")]
    assert Lead.objects.filter(external_id="3", contacted_at=None).exists()


def test_undo_import_says_what_it_took_back(tmp_path: Path) -> None:
    told = run(write(tmp_path / "people.csv", people(ANN)))
    out = io.StringIO()
    call_command("undo_import", str(told["import"]), stdout=out)
    assert "1 people and 1 events removed" in out.getvalue()
    with pytest.raises(CommandError, match="no import 999"):
        call_command("undo_import", "999")
