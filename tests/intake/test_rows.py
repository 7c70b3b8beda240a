"""Rows become people and events: what is dropped with a note, what is rejected, what closes, how rows are named."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadlight.intake.reading import Row
from leadlight.intake.rules.mapping import Mapping, guess
from leadlight.intake.rules.records import EventRow, LeadRow, Rejected, Stated
from leadlight.intake.rules.rows import counts_repeats, event_reader, lead_reader

NOW = datetime(2025, 11, 1, 12, 0, tzinfo=UTC)


def mapped(columns: str, *rows: str, **options) -> tuple[Mapping, tuple[str, ...], list[Row]]:
    names = tuple(columns.split("|"))
    found = [Row(n, tuple(row.split("|"))) for n, row in enumerate(rows, start=2)]
    options = {"country": "US", "time_zone": "America/New_York"} | options
    return guess("ours.csv", names, [row.cells for row in found], **options).mapping, names, found


def people(columns: str, *rows: str, **options) -> list[LeadRow | Rejected]:
    mapping, names, found = mapped(columns, *rows, **options)
    reader = lead_reader(mapping, names, now=NOW, exported_at=NOW)
    return [reader(row) for row in found]


def person(columns: str, row: str, **options) -> LeadRow:
    (lead,) = people(columns, row, **options)
    assert isinstance(lead, LeadRow)
    return lead


def events(columns: str, *rows: str, edit=lambda mapping: mapping, **options) -> list[list[EventRow] | Rejected]:
    mapping, names, found = mapped(columns, *rows, **options)
    reader = event_reader(edit(mapping), names, now=NOW, exported_at=NOW)
    return [reader(row) for row in found]


def test_dates_that_cannot_be_are_dropped_with_a_note_and_the_person_is_kept() -> None:
    columns = "Name|Email|Created"
    for text, words in (("2031-01-01", "future"), ("1970-01-01", "before 1990"), ("soon", "no date")):
        rows = people(
            columns, f"Ann|a@example.com|{text}", "Bo|b@example.com|2025-01-01", "Cy|c@example.com|2025-01-02"
        )
        assert isinstance(rows[0], LeadRow)
        assert rows[0].contacted_at is None
        assert len(rows[0].notes) == 1
        assert words in rows[0].notes[0]
        assert "Created" in rows[0].notes[0]
        assert isinstance(rows[1], LeadRow)
        assert rows[1].notes == ()


def test_a_deal_closed_before_the_first_contact_is_kept_and_noted() -> None:
    lead = person("Name|Email|Created|Closed date|Stage", "Ann|a@example.com|2025-06-01|2025-01-15|Closed")
    assert lead.outcomes == (("closed", datetime(2025, 1, 15, 5, 0, tzinfo=UTC)),)
    assert any("before the first contact" in note for note in lead.notes)


def test_the_close_date_of_an_open_deal_is_only_a_plan() -> None:
    assert person("Name|Email|Close date|Stage", "Ann|a@example.com|2025-01-15|Nurture").outcomes == ()
    assert len(person("Name|Email|Close date|Stage", "Ann|a@example.com|2025-01-15|Sold").outcomes) == 1


def test_names_of_rows_without_an_id() -> None:
    columns = "Name|Email|Phone|Tags"
    rows = (
        "Ann Lee|ann@example.com|512-555-0101|",
        "ANN LEE|Ann@Example.com||vip",
        "Bo||512-555-0102|",
        "Cy|||",
        "Cy|||",
        "Cy|||x",
        "|||x",
    )
    first, again = people(columns, *rows), people(columns, *rows)
    assert first == again
    ids = [row.external_id for row in first if isinstance(row, LeadRow)]
    assert ids[0] == ids[1] == "ann@example.com|ann lee"
    assert ids[2] == "+15125550102|bo"
    assert ids[4] == ids[3] + "#2"
    assert len(set(ids)) == 5
    assert isinstance(first[6], Rejected)
    mapping, names, _ = mapped(columns, *rows)
    assert counts_repeats(mapping, names)
    mapping, names, _ = mapped("Lead ID|" + columns, "7|Ann|||")
    assert not counts_repeats(mapping, names)


def test_an_id_too_long_for_its_place_is_shortened_and_stays_itself() -> None:
    ids = {person("Lead ID|Name|Email", f"{'x' * 300}{n}|Ann|a@example.com").external_id for n in (1, 2, 1)}
    assert len(ids) == 2
    assert all(len(name) <= 200 for name in ids)


@pytest.mark.parametrize(
    ("cell", "closes"),
    [
        ("Yes", True),
        ("1", True),
        ("2024-05-01", True),
        ("x", True),
        ("No", False),
        ("", False),
        ("0", False),
        ("N/A", False),
        ("not opted out", False),
        ("Opted in", False),
    ],
)
def test_what_a_cell_of_an_opt_out_column_says(cell: str, closes: bool) -> None:
    lead = person("Name|Email|Do Not Call", f"Ann|a@example.com|{cell}")
    told = [(one.channel, one.reason, one.evidence) for one in lead.suppressed]
    assert told == ([("CALL", "DO_NOT_CALL", f"Do Not Call = {cell}")] if closes else [])


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("DNC", ("ALL", "DO_NOT_CALL")),
        ("Do Not Contact", ("ALL", "OPTED_OUT")),
        ("unsubscribed", ("EMAIL", "OPTED_OUT")),
        ("opted out", ("ALL", "OPTED_OUT")),
        ("Bounced", ("EMAIL", "BOUNCED")),
        ("do-not-call", ("CALL", "DO_NOT_CALL")),
        ("Do Not Text", ("SMS", "OPTED_OUT")),
        ("Trash", ("ALL", "TRASH")),
        ("No emails", ("EMAIL", "OPTED_OUT")),
        ("Stopped by open house", None),
        ("Trash pickup vendor", None),
        ("Removed wallpaper", None),
        ("STOP", ("ALL", "OPTED_OUT")),
        ("VIP", None),
    ],
)
def test_tags_that_close(tag: str, expected: tuple[str, str] | None) -> None:
    lead = person("Name|Email|Tags", f"Ann|a@example.com|Buyer, {tag}")
    assert [(one.channel, one.reason) for one in lead.suppressed] == ([expected] if expected else [])
    assert lead.tags == ("Buyer", tag)
    assert lead.kind == "buyer"


def test_a_stage_set_aside_by_hand_closes_everything() -> None:
    mapping, names, rows = mapped("Name|Email|Stage", "Ann|a@example.com|Zzz")
    edited = replace(mapping, stages={"Zzz": "do_not_contact"})
    lead = lead_reader(edited, names, now=NOW, exported_at=NOW)(rows[0])
    assert isinstance(lead, LeadRow)
    assert [(one.channel, one.reason, one.evidence) for one in lead.suppressed] == [("ALL", "TRASH", "stage Zzz")]


def test_stated_needs_and_home() -> None:
    lead = person(
        "Name|Email|Budget|Timeline|Financing|Property type|Area of interest|City|Birthday",
        "Ann|a@example.com|400-500k|ASAP|Pre-approved|Condo|Lakeline; Old Mill|Reno|1980-01-01",
    )
    assert lead.stated == (
        Stated("budget_stated", 500_000.0),
        Stated("timeline_stated", 0.0),
        Stated("financing_stated", 2.0),
        Stated("property_type_stated", text="Condo"),
        Stated("area_stated", text="Lakeline"),
        Stated("area_stated", text="Old Mill"),
    )
    assert lead.home == "Reno"
    assert lead.attributes == {}


def test_bad_addresses_are_noted_and_placeholders_are_not() -> None:
    lead = people(
        "Name|Email|Phone", "Ann|ann at home|12", "Bo|b@example.com|512-555-0101", "Cy|c@example.com|512-555-0102"
    )[0]
    assert isinstance(lead, LeadRow)
    assert lead.notes == ("Email: 'ann at home' is no email address", "Phone: '12' is no phone number")
    mapping, names, _ = mapped("Name|Email|Phone", "Ann|a@example.com|512-555-0101")
    lead = lead_reader(mapping, names, now=NOW, exported_at=NOW)(Row(2, ("Ann", "none@none.com", "9999999999")))
    assert isinstance(lead, LeadRow)
    assert (lead.emails, lead.phones, lead.notes) == ((), (), ())


def test_a_column_that_the_file_lacks_is_passed_over() -> None:
    mapping, _, _ = mapped("Name|Email|Stage|Tags", "Ann|a@example.com|Lead|x")
    lead = lead_reader(mapping, ("Email", "Name"), now=NOW, exported_at=NOW)(Row(2, ("a@example.com", "Ann")))
    assert isinstance(lead, LeadRow)
    assert (lead.name, lead.emails, lead.stage, lead.tags) == ("Ann", ("a@example.com",), "", ())


ACTIVITY = "Email|Activity type|Date|Created|Direction|Duration|Message|Is bot"


def test_activities_are_known_when_they_were_written_down() -> None:
    ((call,), (opened,)) = events(
        ACTIVITY,
        "a@example.com|Call|2025-03-01 10:00|2025-03-05 08:00|Inbound|1:05||",
        "a@example.com|Email opened|2025-03-01 10:00||||hi|yes",
    )
    assert (call.kind, call.duration_seconds) == ("call_received", 65.0)
    assert call.occurred_at == datetime(2025, 3, 1, 15, 0, tzinfo=UTC)
    assert call.known_at == datetime(2025, 3, 5, 13, 0, tzinfo=UTC)
    assert opened.known_at == opened.occurred_at
    assert opened.is_machine
    assert not call.is_machine
    assert call.lead_email == "a@example.com"


def test_activities_without_an_id_are_named_by_what_they_hold() -> None:
    row = "a@example.com|Email opened|2025-03-01 10:00|||||"
    first, again = (events(ACTIVITY, row, row, row.replace("10:00", "10:01")) for _ in range(2))
    assert first == again
    ids = [event.event_id for result in first if isinstance(result, list) for event in result]
    assert ids[1] == ids[0] + "#2"
    assert len(set(ids)) == 3
    assert ids[0].startswith("ours:row:")


def test_unknown_activities_wait_for_a_word_and_own_words_are_followed() -> None:
    row = "a@example.com|Swim|2025-03-01 10:00|||||"
    (rejected,) = events(ACTIVITY, row)
    assert isinstance(rejected, Rejected)
    assert "Swim" in rejected.reason
    taught = {
        "kinds": {"pool_party": ("BEHAVIOUR", "They came to a pool party.")},
        "activities": {"Swim": "pool_party"},
    }
    ((party,),) = events(ACTIVITY, row, edit=lambda mapping: replace(mapping, **taught))
    assert party.kind == "pool_party"
    assert events(ACTIVITY, row, edit=lambda mapping: replace(mapping, activities={"Swim": "ignore"})) == [[]]
    ((call,),) = events(
        ACTIVITY,
        "a@example.com|swim|2025-03-01 10:00||Inbound|||",
        edit=lambda mapping: replace(mapping, activities={"Swim": "call_attempted"}),
    )
    assert call.kind == "call_received"


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("|Call|2025-03-01 10:00|||||", "whose"),
        ("a@example.com|Call|yesterday|||||", "no date"),
        ("a@example.com|Call||||||", "no date"),
        ("a@example.com|Call|2031-03-01|||||", "future"),
        ("a@example.com|Call|1971-03-01|||||", "before 1990"),
        ("a@example.com||2025-03-01|||||", "what happened"),
    ],
)
def test_activities_that_are_rejected(row: str, words: str) -> None:
    result = events(ACTIVITY, row, "a@example.com|Call|2025-03-01|||||", "b@example.com|Call|2025-03-02|||||")[0]
    assert isinstance(result, Rejected)
    assert words in result.reason


def test_an_appointment_ahead_is_booked_now() -> None:
    columns = "Email|Activity type|Date|Outcome"
    ((ahead,), (held,), (missed,)) = events(
        columns,
        "a@example.com|Appointment|2025-12-24 10:00|",
        "a@example.com|Appointment|2025-03-01 10:00|Met",
        "a@example.com|Appointment|2025-03-01 10:00|No-show",
    )
    assert (ahead.kind, ahead.occurred_at) == ("appointment_booked", NOW)
    assert held.kind == "appointment_held"
    assert missed.kind == "appointment_missed"


DEAL = "Deal ID|Contact ID|Deal stage|Close date|Created|Amount"


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("1|7|Closed|2025-05-01|2025-01-01|$400k", [("closed", 400_000.0)]),
        ("1|7|Lost|2025-05-01|2025-01-01|", [("lost", None)]),
        ("1|7|Nurture|2025-05-01|2025-01-01|", []),
        ("1|7|Pending|2026-05-01|2025-01-01|", "no date says since when"),
        ("1|7|Closed|2027-05-01|2025-01-01|", "future"),
        ("1|7|Buyer agreement|2026-05-01|2025-01-01|", [("agreement_signed", None)]),
        ("1||Closed|2025-05-01|2025-01-01|", "whose deal"),
    ],
)
def test_deals(row: str, expected: list[tuple[str, float | None]] | str) -> None:
    (result,) = events(DEAL, row, table="DEALS")
    if isinstance(expected, str):
        assert isinstance(result, Rejected)
        assert expected in result.reason
    else:
        assert isinstance(result, list)
        assert [(event.kind, event.value) for event in result] == expected


def test_a_deal_written_down_late_was_not_known_before() -> None:
    ((closing,),) = events(DEAL, "1|7|Closed|2025-01-15|2025-05-01|", table="DEALS")
    assert closing.occurred_at == datetime(2025, 1, 15, 5, 0, tzinfo=UTC)
    assert closing.known_at == datetime(2025, 5, 1, 4, 0, tzinfo=UTC)


CELL = st.text(max_size=12) | st.sampled_from(
    [
        "Ann",
        "a@example.com",
        "512-555-0101",
        "2025-03-01",
        "Trash",
        "DNC",
        "450k",
        "Yes",
        "7",
        "Call",
        "Closed",
        "Met",
    ]
)


@given(st.tuples(*[CELL] * 9))
def test_no_cells_break_the_reader_of_people(cells: tuple[str, ...]) -> None:
    names = "Lead ID|Name|Email|Phone|Stage|Tags|Created|Budget|Do Not Call"
    mapping, columns, _ = mapped(names, "1|Ann|a@example.com|512-555-0101|Lead|x|2025-03-01|$5|No")
    row = lead_reader(mapping, columns, now=NOW, exported_at=NOW)(Row(2, cells))
    if isinstance(row, LeadRow):
        assert row.external_id
        assert len(row.external_id) <= 200
        assert row.contacted_at is None or row.contacted_at <= NOW


@given(st.tuples(*[CELL] * 8))
def test_no_cells_break_the_reader_of_activities(cells: tuple[str, ...]) -> None:
    mapping, columns, _ = mapped(ACTIVITY, "a@example.com|Call|2025-03-01 10:00|2025-03-05 08:00|Inbound|1:05|x|no")
    result = event_reader(mapping, columns, now=NOW, exported_at=NOW)(Row(2, cells))
    if isinstance(result, list):
        for event in result:
            assert event.known_at >= event.occurred_at
            assert len(event.event_id) <= 160
