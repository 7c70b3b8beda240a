"""The audit of the stored history: what it finds, what the team decides, and that training obeys."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from leadlight.accounts.models import AuditEntry, Role
from leadlight.intake import operations as intake
from leadlight.intake.models import Import, ImportFile, ImportStatus, Table
from leadlight.intake.rules.vanished import Vanished
from leadlight.jobs import worker
from leadlight.kit.clock import utc_now
from leadlight.leads.models import Lead
from leadlight.leads.operations import ensure_sources, store_leads
from leadlight.leads.rules import NewLead
from leadlight.quality import operations, queries
from leadlight.quality.models import AuditRun, ColumnVerdict
from leadlight.quality.operations import UnableToDecide
from leadlight.quality.rules.exports import missing_leads
from leadlight.quality.rules.worse import got_worse
from leadlight.scoring.operations import train
from tests.web.build import user

PAGE = "/data/"
MAPPING = """
system = "test"
table = "LEADS"

[[columns]]
name = "Budget"
field = "attribute"
known = "creation"

[[columns]]
name = "Quality"
field = "attribute"
known = "creation"
"""


def history(n: int = 400, *, n_without: int = 0, seed: int = 1) -> None:
    """Store leads with an honest column, and one that somebody filled in for those who converted."""
    rng = np.random.default_rng(seed)
    now, source = utc_now(), ensure_sources(names=["Zillow"])["Zillow"]
    first = Lead.objects.count()
    leads = []
    for k in range(n):
        converted = bool(rng.random() < 0.3)
        budget = float(rng.normal(400 + 60 * converted, 100))
        own: dict[str, Any] = {} if k < n_without else {"Budget": round(budget)}
        if rng.random() < 0.95:
            own["Quality"] = "A" if converted else "C"
        leads.append(
            NewLead(
                system="test",
                external_id=str(first + k),
                name=f"Person {first + k}",
                source_id=source,
                contacted_at=now - timedelta(days=500 - k % 300, minutes=k),
                converted=converted,
                attributes=own,
                emails=(f"p{first + k}@example.com",),
            )
        )
    store_leads(leads=leads, now=now)


def imported() -> Import:
    """Say that an import brought the columns, asked at first contact."""
    now = utc_now()
    part_of = Import.objects.create(
        system="test", status=ImportStatus.DONE, created_at=now, exported_at=now, finished_at=now
    )
    ImportFile.objects.create(part_of=part_of, position=0, name="x.csv", table=Table.LEADS, mapping=MAPPING)
    return part_of


def finding(**more: Any) -> dict[str, Any]:
    return {"kind": "drift", "column": "", "severity": "high", "sentence": "It drifts.", **more}


def audit(n: int, *findings: dict[str, Any], **shares: float) -> dict[str, Any]:
    columns = [{"column": name, "share_filled": share} for name, share in shares.items()]
    return {"n_leads": n, "findings": list(findings), "figures": {"columns": columns}}


@pytest.mark.django_db
class TestTraining:
    def test_what_was_written_afterwards_is_left_out_until_somebody_says_otherwise(self) -> None:
        history()
        imported()
        version = train(now=utc_now(), model="logistic")
        verdict = ColumnVerdict.objects.get()
        assert (verdict.column, verdict.action, verdict.is_learned_from) == ("Quality", "left_out", False)
        assert "Quality" in " ".join(version.card["notes"])
        honest = version.card["by_time"]["auc"]
        assert honest < 0.9
        operations.decide_column(verdict_id=verdict.pk, decided="kept", actor=user(), now=utc_now())
        assert train(now=utc_now(), model="logistic").card["by_time"]["auc"] > 0.95
        # The next import brings another audit, and what was decided stays.
        imported()
        train(now=utc_now(), model="logistic")
        assert AuditRun.objects.count() == 2
        assert ColumnVerdict.objects.get().decided == "kept"

    def test_an_audited_history_is_not_audited_again(self) -> None:
        history(60)
        imported()
        for _ in range(2):
            operations.ensure_audited(now=utc_now())
        assert AuditRun.objects.count() == 1

    def test_a_verdict_goes_when_nothing_is_found_any_more_unless_somebody_decided(self) -> None:
        history()
        operations.audit_history(now=utc_now())
        kept = ColumnVerdict.objects.get()
        Lead.objects.update(attributes={})
        operations.decide_column(verdict_id=kept.pk, decided="left_out", actor=None, now=utc_now())
        operations.audit_history(now=utc_now())
        assert ColumnVerdict.objects.exists()
        operations.decide_column(verdict_id=kept.pk, decided="", actor=None, now=utc_now())
        operations.audit_history(now=utc_now())
        assert not ColumnVerdict.objects.exists()

    def test_what_cannot_be_decided_says_so(self) -> None:
        with pytest.raises(UnableToDecide, match="any more"):
            operations.decide_column(verdict_id=1, decided="kept", actor=None, now=utc_now())
        with pytest.raises(UnableToDecide, match="Leave the column out"):
            operations.decide_column(verdict_id=1, decided="maybe", actor=None, now=utc_now())


@pytest.mark.django_db
class TestHistory:
    def test_an_empty_history_and_one_without_outcomes_say_what_lacks(self) -> None:
        assert {found["kind"] for found in operations.audit_history(now=utc_now()).findings} == {"empty_table"}
        history(50)
        Lead.objects.update(converted=None)
        kinds = {found["kind"] for found in operations.audit_history(now=utc_now()).findings}
        assert "no_outcome" in kinds

    def test_the_number_of_queries_is_fixed(self, django_assert_num_queries: Any) -> None:
        history(30)
        with django_assert_num_queries(4):
            frame, outcome = queries.audit_table(now=utc_now())
        assert frame.height == 30
        assert outcome is not None
        assert set(frame.columns) == {*queries.TOLD, "Budget", "Quality"}


def export(n: int, *, days_ago: int) -> Import:
    """Import the first `n` leads of an export that was made so long ago."""
    at = utc_now() - timedelta(days=days_ago)
    head = "ID,Date Added,First Name,Last Name,Stage,Lead Source,Email 1"
    rows = (f"{k},2025-0{k % 6 + 1}-01 10:00,P,Q{k:03},Lead,Zillow,p{k}@example.com" for k in range(n))
    part_of, _ = intake.receive_files(
        files=[intake.Upload("people.csv", ["\n".join([head, *rows]).encode()])],
        wishes=intake.Wishes(system="crm"),
        actor=None,
        now=at,
        exported_at=at,
    )
    intake.start_import(import_id=part_of.pk, actor=None, now=at)
    intake.run_import(import_id=part_of.pk, clock=lambda: at)
    return part_of


def of_exports(run: AuditRun) -> list[dict[str, Any]]:
    return [found for found in run.findings if found["kind"] == "vanished_leads"]


@pytest.mark.django_db
class TestExports:
    @pytest.fixture(autouse=True)
    def home(self, settings: Any, tmp_path: Path) -> None:
        settings.HOME = tmp_path

    def test_whom_the_latest_export_lacks_is_found_and_told_on_the_page_and_the_command_line(
        self, client: Client, capsys: pytest.CaptureFixture[str]
    ) -> None:
        export(60, days_ago=9)
        assert of_exports(operations.audit_history(now=utc_now())) == []
        part_of = export(52, days_ago=2)
        (found,) = of_exports(operations.audit_history(now=utc_now()))
        figures = ("system", "import_id", "n", "n_before", "share")
        assert [found["evidence"][name] for name in figures] == ["crm", part_of.pk, 8, 60, pytest.approx(0.133333)]
        assert "8 of 60 leads (13.3 %) of the export before are not in that of" in found["sentence"]
        assert (found["severity"], found["action"]) == ("medium", "ask")
        client.force_login(user())
        page = client.get(PAGE).content.decode()
        assert page.count("8 of 60 leads (13.3 %)") == 2, "among what got worse, and among the findings"
        assert f'href="{reverse("intake:result", args=[part_of.pk])}#vanished">See who</a>' in page
        call_command("audit")
        assert "[vanished_leads] 8 of 60 leads" in capsys.readouterr().out

    def test_an_export_that_lacks_nobody_and_one_that_was_undone_leave_no_finding(self) -> None:
        export(60, days_ago=9)
        export(60, days_ago=8)
        assert of_exports(operations.audit_history(now=utc_now())) == []
        filtered = export(50, days_ago=7)
        assert of_exports(operations.audit_history(now=utc_now()))
        intake.undo_import(import_id=filtered.pk, actor=None, now=utc_now())
        intake.run_undo(import_id=filtered.pk, clock=utc_now)
        assert of_exports(operations.audit_history(now=utc_now())) == []

    @pytest.mark.parametrize(
        ("n", "n_before", "severity"),
        [(5, 500, "medium"), (5, 501, "low"), (4, 100, "low"), (1, 20, "low"), (212, 14_030, "medium")],
    )
    def test_single_leads_are_good_to_know_and_many_are_asked_about(
        self, n: int, n_before: int, severity: str
    ) -> None:
        latest = Vanished(7, "crm", utc_now(), n_before, tuple(range(n)))
        (found,) = missing_leads([latest])
        assert (found.severity, found.action) == (severity, "ask" if severity == "medium" else "kept")
        assert found.sentence.startswith(f"{n:,} of {n_before:,} leads (")
        assert f"of the export before {'is' if n == 1 else 'are'} not in that of" in found.sentence

    def test_nobody_missing_is_no_finding(self) -> None:
        assert missing_leads([Vanished(7, "crm", utc_now(), 100, ())]) == []


@pytest.mark.django_db
class TestCommand:
    def test_without_files_the_stored_history_is_audited(self, capsys: pytest.CaptureFixture[str]) -> None:
        history()
        call_command("audit", json=True)
        told = json.loads(capsys.readouterr().out)
        assert "Quality" in {found["column"] for found in told["findings"] if found["action"] == "left_out"}
        assert AuditRun.objects.get().n_leads == 400
        call_command("audit")
        assert "Left out" in capsys.readouterr().out
        with pytest.raises(CommandError, match="go with files"):
            call_command("audit", outcome="Converted")


@pytest.mark.django_db
class TestPage:
    @pytest.fixture
    def owner(self, client: Client) -> Client:
        client.force_login(user())
        return client

    def test_findings_are_shown_and_decided_on(self, owner: Client) -> None:
        history()
        assert "Audit anew" in owner.get(PAGE).content.decode()
        owner.post(f"{PAGE}audit/")
        assert "Auditing…" in owner.get(PAGE).content.decode()
        worker.run_until_idle()
        page = owner.get(PAGE).content.decode()
        assert "Your own columns" in page
        assert "Learn from Quality all the same" in page
        verdict = ColumnVerdict.objects.get()
        owner.post(f"{PAGE}columns/{verdict.pk}/", {"decided": "kept"})
        page = owner.get(PAGE).content.decode()
        assert "As the audit says" in page
        assert "Learned from" in page
        assert AuditEntry.objects.filter(action="column.decided").count() == 1
        owner.post(f"{PAGE}columns/{verdict.pk}/", {"decided": "x"})
        assert "Leave the column out, or" in owner.get(PAGE).content.decode()

    def test_what_got_worse_is_said(self, owner: Client) -> None:
        history(300)
        operations.audit_history(now=utc_now())
        history(200, n_without=200, seed=2)
        operations.audit_history(now=utc_now())
        page = owner.get(PAGE).content.decode()
        assert "Budget is filled for 0 of 100 of the 200 new leads; before it was 100 of 100." in page

    def test_only_managers_decide(self, client: Client) -> None:
        client.force_login(user(role=Role.AGENT))
        assert {client.post(f"{PAGE}{deed}/").status_code for deed in ("audit", "columns/1")} == {403}


class TestWorse:
    def test_equal_audits_say_nothing_and_neither_does_the_first(self) -> None:
        one = audit(100, finding(), A=0.5, B=1.0)
        assert got_worse(one, one) == []
        assert got_worse(audit(0), one) == []

    def test_what_vanished_and_what_is_new(self) -> None:
        then = audit(1_000, finding(column="A"), A=0.9, B=0.5)
        now = audit(990, finding(column="A"), finding(column="B"), finding(column="C", severity="low"), A=0.9)
        assert got_worse(then, now) == [
            "10 of 1,000 leads are no longer here.",
            "Columns that are no longer in your data: B.",
            "It drifts.",
        ]

    def test_who_vanished_from_an_export_is_told_once_and_only_what_is_asked(self) -> None:
        def lacks(import_id: int, **more: Any) -> dict[str, Any]:
            evidence = {"import_id": import_id, "n": 9, "n_before": 90}
            told = {"severity": "medium", "action": "ask", "sentence": f"Export {import_id} lacks 9.", **more}
            return finding(kind="vanished_leads", evidence=evidence, **told)

        one, other = audit(100, lacks(1)), audit(100, lacks(1), lacks(2), lacks(3, severity="low", action="kept"))
        assert got_worse(audit(100), one) == ["Export 1 lacks 9."]
        assert got_worse(one, one) == []
        assert got_worse(one, other) == ["Export 2 lacks 9."]

    def test_new_leads_are_compared_with_those_before(self) -> None:
        then = audit(1_000, A=0.9, B=0.9, C=0.9)
        now = audit(1_200, A=0.9, B=(900 + 20) / 1_200, C=(900 + 172) / 1_200)
        assert got_worse(then, now) == ["B is filled for 10 of 100 of the 200 new leads; before it was 90 of 100."]

    @given(st.integers(1, 10_000), st.floats(0, 1), st.integers(0, 10_000))
    def test_equal_shares_are_never_worse(self, n: int, share: float, n_new: int) -> None:
        assert got_worse(audit(n, A=share), audit(n + n_new, A=share)) == []
