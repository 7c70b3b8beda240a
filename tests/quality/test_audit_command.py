"""`leadlight audit`: what it prints and writes, its exit codes, and that it stores nothing."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from leadlight.intake.reading import UnableToReadFile
from tests.quality.audit.build import clean, with_noisy_label


@pytest.fixture
def leads(tmp_path: Path) -> Path:
    path = tmp_path / "leads.csv"
    with_noisy_label(clean(1_500, 0.2, seed=31)).frame.write_csv(path)
    return path


def run(*arguments: object) -> str:
    out = io.StringIO()
    call_command("audit", *map(str, arguments), stdout=out)
    return out.getvalue()


def test_json_holds_findings_and_figures(leads: Path) -> None:
    told = json.loads(run(leads, "--outcome", "Converted", "--order", "Created", "--json"))
    assert told.keys() == {"findings", "figures"}
    (leak,) = [one for one in told["findings"] if one["action"] == "left_out"]
    assert leak.keys() >= {"kind", "column", "severity", "action", "evidence"}
    assert (leak["column"], leak["severity"]) == ("Check", "high")
    assert told["figures"]["outcome"]["n"] == 1_500


def test_text_says_it_in_sentences(leads: Path) -> None:
    told = run(leads, "--outcome", "Converted")
    assert "1,500 rows, 19 columns" in told
    assert "[predicts_too_well] Check alone ranks" in told.split("Good to know")[0]


def test_html_is_written_to_a_file(leads: Path, tmp_path: Path) -> None:
    page = tmp_path / "audit.html"
    assert str(page) in run(leads, "--outcome", "Converted", "--html", page)
    assert "Nothing should be learned from Check." in page.read_text(encoding="utf-8")
    with pytest.raises(CommandError, match="cannot be written") as refused:
        run(leads, "--html", tmp_path / "none" / "x.html")
    assert refused.value.returncode == 2


def test_what_is_no_table_is_refused(tmp_path: Path) -> None:
    photo = tmp_path / "photo.csv"
    photo.write_bytes(bytes(range(256)) * 40)
    with pytest.raises(UnableToReadFile, match=r"photo\.csv"):
        run(photo)
    with pytest.raises(UnableToReadFile, match="cannot be opened"):
        run(tmp_path / "none.csv")


def test_the_command_ends_with_2_and_a_sentence(tmp_path: Path) -> None:
    words = tmp_path / "words.csv"
    words.write_text("hello\n")
    done = subprocess.run(
        [sys.executable, "-m", "leadlight", "audit", str(words)],
        env={"LEADLIGHT_HOME": str(tmp_path / "home"), "PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert "Export it as CSV or XLSX" in done.stderr
    assert "Traceback" not in done.stderr
