"""The known exports, end to end: hand-written files, from the bytes to people and events."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest

from leadlight.consent.models import Channel, SuppressionReason
from leadlight.events.rules import KIND_BY_NAME
from leadlight.intake.reading import BadRow, open_table
from leadlight.intake.rules.fields import CLOSES, FIELDS
from leadlight.intake.rules.labels import _ACTIVITIES, _CLOSING, _STAGES, IGNORE
from leadlight.intake.rules.mapping import Guess, from_toml, guess, to_toml
from leadlight.intake.rules.presets import PRESETS
from leadlight.intake.rules.records import EventRow, LeadRow, Rejected
from leadlight.intake.rules.rows import event_reader, lead_reader
from leadlight.leads.rules import MEANINGS

FIXTURES = Path(__file__).parent / "fixtures"
NOW = datetime(2025, 11, 1, 12, 0, tzinfo=UTC)


class Read(NamedTuple):
    guess: Guess
    rows: list

    @property
    def leads(self) -> dict[str, LeadRow]:
        return {row.external_id: row for row in self.rows if isinstance(row, LeadRow)}

    @property
    def events(self) -> list[EventRow]:
        return [event for row in self.rows if isinstance(row, list) for event in row]

    @property
    def rejected(self) -> list[str]:
        return [row.reason for row in self.rows if isinstance(row, Rejected)]

    def kinds(self, lead: str) -> list[str]:
        return [event.kind for event in self.events if event.lead_external_id == lead]


def read(name: str, *, time_zone: str = "America/Chicago", **options) -> Read:
    table = open_table(FIXTURES / name, name=name)
    found = guess(
        name, table.columns, [row.cells for row in table.sample()], country="US", time_zone=time_zone, **options
    )
    assert from_toml(to_toml(found.mapping)) == found.mapping
    maker = lead_reader if found.mapping.table == "LEADS" else event_reader
    reader = maker(found.mapping, table.columns, now=NOW, exported_at=NOW)
    rows = list(table.rows())
    assert not [row for row in rows if isinstance(row, BadRow)]
    return Read(found, [reader(row) for row in rows])


def closed(lead: LeadRow) -> set[tuple[str, str]]:
    return {(told.channel, told.reason) for told in lead.suppressed}


def test_follow_up_boss_people() -> None:
    people = read("fub-people.csv")
    mapping = people.guess.mapping
    assert (mapping.preset, mapping.table, mapping.system) == ("followupboss_people", "LEADS", "followupboss")
    dana = people.leads["101"]
    assert dana.name == "Dana Whitfield"
    assert dana.emails == ("dana.whitfield@example.com",)
    assert dana.phones == ("+15125550101", "+15125550102")
    assert dana.contacted_at == datetime(2025, 3, 2, 15, 15, tzinfo=UTC)
    assert (dana.source, dana.source_label) == ("Zillow", "Zillow.com")
    assert (dana.stage, dana.stage_meaning, dana.kind) == ("Active Client", "agreement", "buyer")
    assert {(need.kind, need.value) for need in dana.stated} == {
        ("budget_stated", 450_000.0),
        ("timeline_stated", 90.0),
    }
    assert dana.suppressed == ()
    assert dana.owner_name == "Priya Raman"

    marco = people.leads["102"]
    assert marco.name == "Marco de la Rosa"
    assert marco.emails == ("marco@example.com", "marco.work@example.org")
    assert [need.value for need in marco.stated] == [500_000.0]
    assert closed(marco) == {("ALL", "TRASH"), ("ALL", "DO_NOT_CALL")}
    assert marco.source == "Zillow"

    ines = people.leads["103"]
    assert (ines.name, ines.emails, ines.phones) == ("Ines O'Farrell", (), ())
    assert closed(ines) == {("EMAIL", "OPTED_OUT")}
    assert [need.value for need in ines.stated] == [360.0]

    chidi = people.leads["104"]
    assert chidi.name == "Okafor, Chidi"
    assert chidi.phones == ("+15125550105",)
    assert [need.value for need in chidi.stated] == [1_200_000.0]

    lena = people.leads["105"]
    assert lena.contacted_at is None
    assert any("0000-00-00" in note for note in lena.notes)
    assert (lena.stage, lena.stage_meaning, lena.source) == ("Waiting on bank", "", "Facebook")
    assert people.guess.unmapped_stages == ("Waiting on bank",)
    assert people.guess.left_out == {"Birthday": "fair housing: age"}
    assert people.guess.has_opt_outs
    assert people.rejected == ["the row has no id, name, email or phone: it says of nobody in particular"]
    assert all("Birthday" not in lead.attributes for lead in people.leads.values())
    assert dana.attributes["Favourite Colour"] == "green"
    assert any("unverified" in note for note in people.guess.notes)


def test_follow_up_boss_activities() -> None:
    activities = read("fub-activities.csv")
    assert activities.guess.mapping.preset == "followupboss_activities"
    assert Counter(activities.kinds("101")) == Counter(
        [
            "registered",
            "listing_view",
            "inquiry",
            "voicemail_left",
            "call_answered",
            "sms_replied",
            "appointment_held",
            "appointment_booked",
        ]
    )
    by_id = {event.event_id: event for event in activities.events}
    view = by_id["followupboss:9002"]
    assert (view.listing, view.area, view.value) == ("12 Heron Ln", "Lakeline", 449_000.0)
    inquiry = by_id["followupboss:9003"]
    assert inquiry.props["text"].startswith("Hi, we are pre-approved")
    assert inquiry.value is not None
    assert inquiry.value > 0.5
    assert by_id["followupboss:9005"].duration_seconds == 390.0
    assert by_id["followupboss:9004"].actor == "Priya Raman"
    held, booked = by_id["followupboss:9007"], by_id["followupboss:9007:appointment_booked"]
    assert (held.kind, held.occurred_at) == ("appointment_held", datetime(2025, 3, 8, 16, 0, tzinfo=UTC))
    assert (booked.kind, booked.occurred_at) == ("appointment_booked", datetime(2025, 3, 2, 22, 5, tzinfo=UTC))
    assert activities.kinds("102") == ["appointment_missed", "appointment_booked", "sms_replied", "opted_out"]
    assert activities.kinds("103") == ["valuation_request", "calculator_use"]
    assert activities.kinds("104") == ["call_received", "email_sent", "unsubscribed"]
    assert by_id["followupboss:9015"].duration_seconds == 95.0
    assert activities.guess.unmapped_activities == ("Carrier pigeon",)
    assert sorted(activities.rejected) == [
        "nobody has said what 'Carrier pigeon' means: say so in the mapping",
        "the date lies in the future: 2031-05-20",
        "the row does not say whose activity it is",
    ]


def test_follow_up_boss_deals() -> None:
    deals = read("fub-deals.csv")
    assert deals.guess.mapping.preset == "followupboss_deals"
    assert deals.kinds("101") == ["agreement_signed", "under_contract", "closed"]
    closing = deals.events[2]
    assert closing.occurred_at == datetime(2025, 5, 12, 5, 0, tzinfo=UTC)
    assert closing.value == 447_500.0
    assert closing.event_id == "followupboss:deal:71:closed"
    assert deals.kinds("103") == ["agreement_signed"]
    assert deals.kinds("104") == ["agreement_signed", "under_contract"]
    assert deals.rejected == ["the row does not say whose deal it is"]


def test_hubspot_contacts() -> None:
    people = read("hubspot-contacts.csv")
    mapping = people.guess.mapping
    assert (mapping.preset, mapping.system) == ("hubspot_people", "hubspot")
    rosa, ben, yuki, pat = (people.leads[key] for key in ("5501", "5502", "5503", "5504"))
    assert (rosa.name, rosa.stage, rosa.stage_meaning) == ("Rosa Lindqvist", "Customer", "closed")
    assert rosa.outcomes == (("closed", datetime(2025, 6, 1, 5, 0, tzinfo=UTC)),)
    assert rosa.suppressed == ()
    assert (ben.stage, ben.stage_meaning) == ("Unqualified", "lost")
    assert closed(ben) == {("EMAIL", "OPTED_OUT")}
    assert closed(yuki) == {("EMAIL", "BOUNCED")}
    assert yuki.outcomes == ()
    assert pat.stage_meaning == "past_client"
    assert set(people.guess.left_out) == {"Date of birth", "Marital Status", "Preferred language"}
    assert rosa.home == "Tacoma"
    assert not {"City", "Preferred language"} & set(rosa.attributes)


def test_hubspot_activities_and_deals() -> None:
    activities = read("hubspot-activities.csv")
    assert activities.guess.mapping.preset == "hubspot_activities"
    assert activities.kinds("5501") == ["call_answered", "email_opened", "email_replied", "appointment_held"]
    assert activities.kinds("5502") == ["call_attempted"]
    assert activities.kinds("5503") == ["form_submit"]
    assert activities.events[0].duration_seconds == 180.0
    deals = read("hubspot-deals.csv")
    assert deals.guess.mapping.preset == "hubspot_deals"
    assert deals.kinds("5501") == ["closed"]
    assert deals.kinds("5502") == ["lost"]
    assert deals.kinds("5503") == ["appointment_booked"]
    assert deals.kinds("5504") == []
    assert not deals.rejected


def test_salesforce() -> None:
    people = read("salesforce-leads.csv")
    assert (people.guess.mapping.preset, people.guess.mapping.system) == ("salesforce_people", "salesforce")
    grace, omar, wren = people.leads.values()
    assert grace.contacted_at == datetime(2025, 2, 1, 15, 20, tzinfo=UTC)
    assert grace.converted is True
    assert grace.outcomes == (("agreement_signed", datetime(2025, 2, 20, 6, 0, tzinfo=UTC)),)
    assert closed(omar) == {("EMAIL", "OPTED_OUT"), ("CALL", "DO_NOT_CALL")}
    assert (omar.stage_meaning, omar.source) == ("open", "Zillow")
    assert closed(wren) == {("EMAIL", "BOUNCED")}
    assert wren.stage_meaning == "lost"
    assert people.guess.left_out == {"Salutation": "fair housing: sex"}

    tasks = read("salesforce-tasks.csv")
    assert tasks.guess.mapping.preset == "salesforce_activities"
    assert tasks.kinds("00Q5e00000A1bCdEAN") == ["voicemail_left", "call_received", "email_sent"]
    assert tasks.kinds("00Q5e00000A1bCeEAN") == ["appointment_booked"]
    assert tasks.events[-1].occurred_at == datetime(2025, 2, 6, 10, 0, tzinfo=UTC)
    assert not tasks.rejected

    deals = read("salesforce-opportunities.csv")
    assert deals.guess.mapping.preset == "salesforce_deals"
    assert [(event.kind, event.value) for event in deals.events] == [("closed", 480_000.0), ("lost", None)]


def test_a_table_of_leads_with_a_final_outcome_only() -> None:
    table = read("course-leads.csv", outcome="converted", order="Lead Number", exclude=["Remarks"])
    first, second, third, fourth = table.rows
    assert (first.external_id, first.converted, first.sequence) == ("a1f0", True, 640011.0)
    assert first.source == "Google"
    assert first.attributes == {
        "Lead Origin": "Landing Page",
        "TotalVisits": 3.0,
        "Time on Website": 761.0,
        "Last Activity": "Email Opened",
        "Receive More Updates": False,
        "Do Not Email": False,
        "Do Not Call": False,
    }
    assert fourth.attributes["Time on Website"] == 1204.0
    assert closed(second) == {("EMAIL", "OPTED_OUT")}
    assert closed(fourth) == {("CALL", "DO_NOT_CALL")}
    assert third.suppressed == ()
    known = {column.name: column.known for column in table.guess.mapping.columns}
    assert known["TotalVisits"] == "creation"
    assert {column.field for column in table.guess.mapping.columns if column.name == "Remarks"} == {"ignored"}


def test_a_table_without_people_keeps_identical_rows_apart_and_gives_them_the_same_names_again() -> None:
    first, again = (read("bank-calls.csv", outcome="y", exclude=["duration"]) for _ in range(2))
    names = [row.external_id for row in first.rows]
    assert len(set(names)) == 4
    assert names[2] == names[1] + "#2"
    assert names == [row.external_id for row in again.rows]
    assert [row.converted for row in first.rows] == [False, False, False, True]
    assert first.guess.left_out == {"age": "fair housing: age", "marital": "fair housing: marital status"}
    assert first.rows[3].attributes == {
        "job": "admin.",
        "education": "basic.6y",
        "default": False,
        "housing": False,
        "contact": "cellular",
        "month": "may",
        "campaign": 2.0,
        "pdays": 3.0,
        "poutcome": "success",
        "emp.var.rate": -1.8,
    }
    assert first.rows[0].name == ""
    assert not first.guess.has_opt_outs
    assert "This file says of nobody that they must not be contacted." in first.guess.notes


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_presets_speak_the_vocabulary_and_cite_their_source(preset) -> None:
    assert set(preset.headers.values()) <= {name for name, field in FIELDS.items() if preset.table in field.tables}
    assert set(preset.stages.values()) <= set(MEANINGS)
    assert set(preset.activities.values()) <= {*KIND_BY_NAME, IGNORE}
    assert preset.source.endswith(".")
    assert preset.verified or "no public page" in preset.source or "not published" in preset.source


def test_general_labels_speak_the_vocabulary() -> None:
    assert set(_STAGES.values()) <= set(MEANINGS)
    assert set(_ACTIVITIES.values()) <= {*KIND_BY_NAME, IGNORE}
    for _, channel, reason in _CLOSING:
        assert channel in Channel
        assert reason in SuppressionReason
    for field, (channel, reason) in CLOSES.items():
        assert field in FIELDS
        assert channel in Channel
        assert reason in SuppressionReason
