"""The file of all that was sent and refused: what a checker needs, and no more queries for many than for few."""

import json
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leadlight.consent.models import Basis, Channel
from leadlight.consent.operations import Given, record_consent, suppress
from leadlight.crm.management.commands.export import UnableToExport
from leadlight.events.rules import Cause
from leadlight.leads.models import HouseholdMember, Lead
from leadlight.leads.operations import edit_lead
from leadlight.messages import operations
from leadlight.messages.models import Message
from leadlight.messages.queries import sends
from tests.messages.build import HOUR, MINUTE, NOON, deliver, ready
from tests.routing.build import agent, happen, lead

pytestmark = pytest.mark.django_db


def exported(folder: Path) -> list[dict]:  # type: ignore[type-arg]
    path = folder / "sends.jsonl"
    call_command("export", "sends", "--jsonl", str(path))
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_line_holds_all_that_a_checker_needs(tmp_path: Path) -> None:
    ready()
    ana = lead("Ana Ortega", owner=agent("Dana Ruiz"), emails=("ana@example.com",), home="12 Elm St, Tampa, FL 33602")
    owned = Lead.objects.get(person=ana)
    HouseholdMember.objects.create(lead=owned, household=owned.pk)
    given = Given(owned.pk, Channel.EMAIL, "ana@example.com", Basis.EXPRESS, NOON - HOUR, wording="Yes.")
    record_consent(given=given, now=NOON - HOUR)
    event_id = happen(ana, "inquiry", NOON)
    operations.acknowledge(event_ids=[event_id], now=NOON)
    deliver(at=NOON + MINUTE)
    happen(ana, "call_attempted", NOON + 2 * MINUTE, cause=Cause.TEAM, actor="Dana Ruiz")
    suppress(rows=[(owned.pk, "EMAIL", "OPTED_OUT", "“stop”")], origin="test", now=NOON + 3 * MINUTE)
    sent, call = exported(tmp_path)
    assert sent["message_id"] == f"message:{Message.objects.get().pk}"
    assert (sent["person_id"], sent["household_id"]) == (ana.pk, owned.pk)
    assert (sent["channel"], sent["message_class"], sent["is_automatic"]) == ("EMAIL", "requested_response", True)
    assert (sent["status"], sent["at"]) == ("SENT", (NOON + MINUTE).isoformat())
    assert (sent["address"], sent["postcode"], sent["state"]) == ("ana@example.com", "33602", "FL")
    assert (sent["stated_zone"], call["stated_zone"]) == (None, None)
    assert "America/New_York" in sent["candidate_zones"]
    assert sent["consents"][0]["basis"] == "EXPRESS"
    assert sent["consents"][0]["obtained_at"] == (NOON - HOUR).isoformat()
    assert sent["suppressions"][0]["recorded_at"] == (NOON + 3 * MINUTE).isoformat()
    assert (sent["decision"], sent["reasons"]) == ("allowed", [])
    assert (call["channel"], call["at"]) == ("CALL", (NOON + 2 * MINUTE).isoformat())
    assert (call["address"], call["sender"], call["decision"]) == ("+18135550142", "Dana Ruiz", None)
    assert (call["kind"], call["candidate_states"], call["candidate_zones"]) == (
        "call_attempted", ["FL"], ["America/New_York"],
    )  # fmt: skip
    assert (call["is_on_national_list"], call["national_list_of"]) == (False, None)


def test_what_their_own_record_closed_is_told_once(tmp_path: Path) -> None:
    ready()
    ana = lead("Ana Ortega", emails=("ana@example.com",))
    suppress(rows=[(ana.leads.get().pk, "EMAIL", "OPTED_OUT", "“stop”")], origin="test", now=NOON - HOUR)
    operations.acknowledge(event_ids=[happen(ana, "inquiry", NOON)], now=NOON)
    [row] = exported(tmp_path)
    assert [one["evidence"] for one in row["suppressions"]] == ["“stop”"]


def test_what_was_tried_and_then_stopped_was_not_handed_over(tmp_path: Path) -> None:
    ready()
    ana = lead("Ana Ortega")
    operations.acknowledge(event_ids=[happen(ana, "inquiry", NOON)], now=NOON)
    Message.objects.update(tried_at=NOON, state="CANCELLED", finished_at=NOON + HOUR)
    assert [row["at"] for row in exported(tmp_path)] == [(NOON + HOUR).isoformat()]
    Message.objects.update(state="FAILED")
    assert [row["at"] for row in exported(tmp_path)] == [NOON.isoformat()]


def test_where_they_said_that_they_are_stands_with_it(tmp_path: Path) -> None:
    ready()
    ana = lead("Ana Ortega", emails=("ana@example.com",), home="12 Elm St, Tampa, FL 33602")
    edit_lead(
        lead_id=ana.leads.get().pk,
        changes={"stated_zone": "America/Denver"},
        actor=agent("Dana Ruiz"),
        now=NOON - HOUR,
    )
    happen(ana, "call_attempted", NOON, cause=Cause.TEAM, actor="Dana Ruiz")
    [call] = exported(tmp_path)
    assert (call["stated_zone"], call["candidate_zones"]) == ("America/Denver", ["America/Denver"])
    assert (call["candidate_states"], call["postcode"]) == (["FL"], "33602")


def test_what_closed_an_address_stands_with_whoever_has_it_now(tmp_path: Path) -> None:
    """Erased, then back with the same address: the checker learns that it is closed, and since when."""
    ready()
    first = lead("Ana Ortega", emails=("ana@example.com",))
    suppress(rows=[(first.leads.get().pk, "EMAIL", "OPTED_OUT", "“stop”")], origin="test", now=NOON - HOUR)
    second = lead("A. Ortega", phones=("+18135550177",), emails=("ana@example.com", "ana@work.example"))
    assert second.pk != first.pk
    operations.acknowledge(event_ids=[happen(second, "inquiry", NOON)], now=NOON)
    [row] = exported(tmp_path)
    [closing] = row["suppressions"]
    assert (closing["address"], closing["channel"]) == ("ana@example.com", "EMAIL")
    assert (closing["reason"], closing["recorded_at"]) == ("OPTED_OUT", (NOON - HOUR).isoformat())
    assert row["status"] == "REFUSED"


def test_a_refusal_stands_in_it_with_every_reason_and_a_plan_does_not(tmp_path: Path) -> None:
    ready()
    ana, ben = lead("Ana Ortega"), lead("Ben Cole")
    suppress(rows=[(ana.leads.get().pk, "EMAIL", "OPTED_OUT", "“stop”")], origin="test", now=NOON - HOUR)
    for who in (ana, ben):
        operations.acknowledge(event_ids=[happen(who, "inquiry", NOON)], now=NOON)
    [refused] = exported(tmp_path)
    assert (refused["person_id"], refused["status"], refused["decision"]) == (ana.pk, "REFUSED", "refused")
    assert refused["reasons"][0]["code"] == "opted_out"
    assert refused["reasons"][0]["citation"]["source"]


def test_a_checker_of_its_own_finds_nothing_sent_after_a_stop(tmp_path: Path) -> None:
    """By the file alone, and by none of our rules: after somebody said stop, nothing left."""
    ready()
    people = [lead(f"Person {n}", emails=(f"p{n}@example.org",)) for n in range(6)]
    for n, who in enumerate(people):
        if n % 2:
            suppress(rows=[(who.leads.get().pk, "ALL", "OPTED_OUT", "“stop”")], origin="test", now=NOON - MINUTE)
        operations.acknowledge(event_ids=[happen(who, "inquiry", NOON)], now=NOON)
    deliver(at=NOON)
    rows = exported(tmp_path)
    assert len(rows) == len(people)
    for row in rows:
        stops = [stop["recorded_at"] for stop in row["suppressions"] if stop["channel"] in ("ALL", row["channel"])]
        assert row["status"] != "SENT" or all(stop > row["at"] for stop in stops)
    assert sum(row["status"] == "SENT" for row in rows) == 3
    assert ZoneInfo("America/New_York").utcoffset(NOON) == timedelta(hours=-4)


def test_nothing_was_sent_is_an_empty_file_and_a_bad_place_an_error(tmp_path: Path) -> None:
    assert exported(tmp_path) == []
    with pytest.raises(UnableToExport, match="cannot be written"):
        call_command("export", "sends", "--jsonl", str(tmp_path / "nowhere" / "x.jsonl"))


def test_the_number_of_queries_follows_the_batches_and_not_the_rows() -> None:
    ready()

    def cost(n: int) -> int:
        for _ in range(n):
            operations.acknowledge(event_ids=[happen(lead(), "inquiry", NOON)], now=NOON)
        Message.objects.update(state="SENT", tried_at=NOON)
        with CaptureQueriesContext(connection) as caught:
            list(sends(now=NOON))
        return len(caught)

    assert cost(2) == cost(9) == 10
