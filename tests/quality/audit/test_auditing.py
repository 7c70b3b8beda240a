"""The audit on tables whose truth is known: what is planted is found, and what is honest is left alone."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

import leadlight
from leadlight.kit.errors import DomainError
from leadlight.quality.audit import KINDS, Audit, UnableToAudit, audit, audit_files
from leadlight.quality.audit.findings import OF_LEARNING
from tests.quality.audit.build import HONEST, LEAKS, Made, clean

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def audited(made: Made) -> Audit:
    return audit(made.frame, outcome="Converted", order="Created", now=NOW)


def alarms(found: Audit) -> set[tuple[str, str]]:
    """Return the honest columns that the audit would keep from being learned from."""
    kept_out = [f for f in found.findings if f.kind in OF_LEARNING and f.action != "kept"]
    return {(f.column, f.kind) for f in kept_out if f.column in HONEST}


def kinds(found: Audit) -> set[str]:
    return {f.kind for f in found.findings}


class TestLeaks:
    @pytest.mark.parametrize("name", LEAKS)
    @pytest.mark.parametrize(("n", "rate"), [(1_500, 0.3), (4_000, 0.05)])
    def test_what_was_written_afterwards_is_left_out(self, name: str, n: int, rate: float) -> None:
        plant: Callable[[Made], Made] = LEAKS[name]
        found = audited(plant(clean(n, rate, seed=len(name))))
        assert name in found.left_out
        assert not alarms(found)

    def test_all_of_them_at_once_are_found(self) -> None:
        made = clean(3_000, 0.2, seed=5)
        for plant in LEAKS.values():
            made = plant(made)
        assert set(LEAKS) <= set(audited(made).left_out)

    def test_clean_columns_are_left_alone(self) -> None:
        shapes = [(n, rate, strength) for n in (600, 2_000) for rate in (0.06, 0.4) for strength in (0.5, 2.0)]
        found = [alarms(audited(clean(n, rate, seed=k, strength=s))) for k, (n, rate, s) in enumerate(shapes)]
        assert sum(map(len, found)) <= 0.02 * len(shapes) * len(HONEST)

    def test_the_same_table_gives_the_same_audit_and_stays_as_it_was(self) -> None:
        frame = LEAKS["Check"](clean(400, 0.3, seed=1)).frame
        before = frame.clone()
        one, other = (audit(frame, outcome="Converted", now=NOW).to_json() for _ in range(2))
        assert one == other
        assert frame.equals(before)
        assert (
            audit(frame.to_pandas(), outcome="Converted", now=NOW).left_out
            == audit(frame, outcome="Converted").left_out
        )


class TestTime:
    def test_leads_from_before_the_first_outcome_are_named(self) -> None:
        made = clean(4_000, 0.2, seed=3)
        start = made.at[0] + 250 * 86_400
        frame = made.frame.with_columns(
            Converted=pl.when(pl.Series(made.at < start)).then(pl.lit("no")).otherwise("Converted")
        )
        assert "left_truncated" in kinds(audit(frame, outcome="Converted", order="Created", now=NOW))
        assert "left_truncated" not in kinds(audited(made))

    def test_drift_is_told_from_chance(self) -> None:
        made = clean(3_000, 0.2, seed=4)
        more = made.rng.random(3_000) < (made.at - made.at[0]) / (made.at[-1] - made.at[0]) * 0.5
        frame = made.frame.with_columns(Converted=pl.when(pl.Series(more)).then(pl.lit("yes")).otherwise("Converted"))
        assert "drift" in kinds(audit(frame, outcome="Converted", order="Created", now=NOW))
        assert "drift" not in kinds(audited(made))

    def test_a_number_that_grows_with_time_is_a_calendar(self) -> None:
        made = clean(2_000, 0.3, seed=6)
        grows = made.planted(**{"Mortgage rate": pl.Series((made.at - made.at[0]) // (30 * 86_400) * 0.1 + 3.0)})
        assert ("Mortgage rate", "calendar_proxy") in {(f.column, f.kind) for f in audited(grows).findings}


class TestPoorTables:
    @pytest.mark.parametrize(
        ("frame", "outcome", "kind"),
        [
            (pl.DataFrame(), None, "empty_table"),
            (pl.DataFrame({"A": [], "Won": []}), "Won", "empty_table"),
            (pl.DataFrame({"A": [1, 2, 3]}), None, "no_outcome"),
            (pl.DataFrame({"A": [1, 2, 3], "Won": [None, None, None]}), "Won", "outcome_empty"),
            (pl.DataFrame({"A": [1, 2, 3], "Won": ["yes"] * 3}), "Won", "one_outcome"),
            (pl.DataFrame({"A": [1, 2, 3], "Won": ["yes", "no", "no"]}), "Won", "too_few"),
            (pl.DataFrame({"A": [1, 2, 3], "Source": ["web"] * 3}), None, "one_source"),
            (pl.DataFrame({"A": [1] * 60, "Won on": ["2024-01-02"] * 20 + [None] * 40}), "Won on", "won_only"),
        ],
    )
    def test_what_lacks_is_said(self, frame: pl.DataFrame, outcome: str | None, kind: str) -> None:
        found = audit(frame, outcome=outcome, now=NOW)
        assert kind in kinds(found)
        json.loads(found.to_json())
        assert found.to_html().startswith("<!doctype html>")

    def test_a_column_that_is_not_there_is_an_error_that_names_those_that_are(self) -> None:
        with pytest.raises(UnableToAudit, match="The columns are: A"):
            audit(pl.DataFrame({"A": [1]}), outcome="Won")


def test_every_kind_has_words_and_every_finding_a_kind() -> None:
    made = clean(1_500, 0.3, seed=2)
    for plant in LEAKS.values():
        made = plant(made)
    found = audited(made)
    assert KINDS.keys() >= OF_LEARNING
    for finding in found.findings:
        assert finding.kind in KINDS
        assert finding.action in ("left_out", "kept", "ask")
        assert set(finding.as_dict()) >= {"kind", "column", "severity", "action", "evidence"}
        assert KINDS[finding.kind].split(".")[0] in finding.sentence


def test_the_page_trusts_no_cell() -> None:
    hostile = "<script>alert(1)</script>"
    frame = pl.DataFrame(
        {hostile: [hostile] * 60 + [None] * 40, "Source": [hostile] * 100, "Won": ["yes", "no"] * 50}
    )
    page = audit(frame, outcome="Won", now=NOW).to_html()
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_the_face_offers_it() -> None:
    assert leadlight.audit is audit


class TestFiles:
    def test_a_file_that_joins_the_first_says_who_converted(self, tmp_path: Path) -> None:
        made = clean(900, 0.2, seed=8)
        ids = [f"L{k:05d}" for k in range(900)]
        leads, deals = tmp_path / "leads.csv", tmp_path / "deals.csv"
        made.frame.drop("Converted").with_columns(lead_id=pl.Series(ids)).write_csv(leads)
        won = [lead for lead, y in zip(ids, made.y.tolist(), strict=True) if y]
        pl.DataFrame({"lead_id": won, "deal_value": [100_000 + k for k in range(len(won))]}).write_csv(deals)
        found = audit_files([leads, deals], now=NOW)
        assert "deal_value" in found.left_out
        assert not alarms(found)

    def test_the_command_prints_and_writes(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        path, page = tmp_path / "leads.csv", tmp_path / "audit.html"
        LEAKS["Check"](clean(800, 0.3, seed=1)).frame.write_csv(path, separator=";")
        call_command("audit", str(path), outcome="Converted", json=True)
        told = json.loads(capsys.readouterr().out)
        assert {"findings", "figures"} == set(told)
        assert "Check" in {f["column"] for f in told["findings"] if f["action"] == "left_out"}
        call_command("audit", str(path), outcome="converted")
        assert "Left out" in capsys.readouterr().out
        call_command("audit", str(path), outcome="Converted", html=page)
        assert "Check" in page.read_text()

    @pytest.mark.parametrize("content", [b"", b"\x00\x01\x02", b"just a sentence, and no table at all"])
    def test_what_is_no_table_is_an_error_in_words(self, content: bytes, tmp_path: Path) -> None:
        path = tmp_path / "x.csv"
        path.write_bytes(content)
        with pytest.raises((CommandError, DomainError)) as caught:
            call_command("audit", str(path), outcome="Won")
        assert str(caught.value)

    def test_a_file_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises((CommandError, DomainError)):
            call_command("audit", str(tmp_path / "none.csv"))
