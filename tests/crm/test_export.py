import csv
import io
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from leadlight.crm import queries
from leadlight.kit.errors import DomainError
from leadlight.leads.models import Lead, Person, State
from leadlight.scoring.models import ModelVersion, Score
from tests.web.build import person

pytestmark = pytest.mark.django_db


def lead(external_id: str, *, system: str = "hubspot", **fields: Any) -> Person:
    who = person(**fields)
    Lead.objects.filter(person=who).update(system=system, external_id=external_id)
    return who


def export(system: str = "hubspot", **options: Any) -> list[list[str]]:
    out = io.StringIO()
    call_command("export", "scores", system=system, stdout=out, stderr=io.StringIO(), **options)
    return list(csv.reader(io.StringIO(out.getvalue())))


def test_a_file_of_all_scores_by_the_crms_own_ids() -> None:
    version = ModelVersion.objects.create(
        target="appointment_60d", card={}, artefact="{}", artefact_sha256="", trained_at="2026-11-01T00:00Z",
        data_until="2026-11-01T00:00Z",
    )  # fmt: skip
    lead("51", score=85.4, reason="=HYPERLINK(1)")
    lead("=52", score=49.99)
    lead("53", system="salesforce", score=60.0)
    lead("54")
    settled = lead("55")
    Person.objects.filter(pk=settled.pk).update(state=State.CLOSED)
    Score.objects.update(version=version, as_of="2026-11-24T03:00:00Z")
    head, *rows = export()
    # Their order is the database's own.
    assert [head, *sorted(rows, key=lambda row: row[0].lstrip("'="))] == [
        ["Record ID", "Leadlight Score", "Leadlight Tier", "Leadlight Reason", "Leadlight Scored At", "Leadlight Model"],
        ["51", "85", "Hot", "'=HYPERLINK(1)", "2026-11-23", str(version.pk)],
        ["'=52", "49", "Cold", "Viewed 12 Elm St four times since Tuesday", "2026-11-23", str(version.pk)],
        ["55", "", "Settled", "Closed", "", ""],
    ]  # fmt: skip
    assert export("salesforce")[1][0::4] == ["53", "2026-11-24T03:00:00.000Z"]


def test_a_merged_person_speaks_for_all_its_records() -> None:
    who, other = lead("1", score=60.0), lead("2")
    Lead.objects.filter(person=other).update(person=who)
    assert [row[:2] for row in export()[1:]] == [["1", "60"], ["2", "60"]]


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lead("1", score=60.0)
    out = tmp_path / "scores.csv"
    call_command("export", "scores", system="hubspot", out=out, stderr=io.StringIO())
    assert out.read_text().splitlines()[1].startswith("1,60,Warm,")
    before = out.read_text()

    def broken(_system: str) -> Any:
        raise RuntimeError

    monkeypatch.setattr(queries, "export_rows", broken)
    with pytest.raises(RuntimeError):
        call_command("export", "scores", system="hubspot", out=out, stderr=io.StringIO())
    assert out.read_text() == before
    assert [path.name for path in tmp_path.iterdir()] == ["scores.csv"]
    with pytest.raises(DomainError, match="cannot be written"):
        call_command("export", "scores", system="hubspot", out=tmp_path / "none" / "x.csv", stderr=io.StringIO())


def test_what_cannot_be_exported_says_what_to_do() -> None:
    with pytest.raises(DomainError, match=r"'excel'\. CRMs are: followupboss, hubspot, salesforce"):
        export("excel")
    with pytest.raises(DomainError, match="There are no leads at all"):
        export()
    lead("1", system="salesforce")
    with pytest.raises(DomainError, match=r"no leads from HubSpot\. Leads here came from: salesforce"):
        export()
    with pytest.raises(DomainError, match="leadlight train"):
        export("salesforce")


@pytest.mark.parametrize("n", [1, 5, 10])
def test_each_chunk_is_one_query(n: int, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any) -> None:
    monkeypatch.setattr(queries, "CHUNK", 5)
    for k in range(n):
        lead(f"{k}", score=60.0)
    with django_assert_num_queries(n // 5 + (n % 5 > 0) + 1):
        assert len(list(queries.export_rows("hubspot"))) == n


def test_the_command_line_ends_with_2(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "leadlight", "export", "scores", "--for", "hubspot"]
    done = subprocess.run(
        command,
        env={"LEADLIGHT_HOME": str(tmp_path), "PATH": "", "PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert (
        done.stderr
        == "There are no leads from HubSpot. There are no leads at all. Import them first: leadlight import FILE.\n"
    )
