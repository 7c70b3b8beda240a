"""How columns are guessed, what is left out, what closes a channel, how dates are settled; the mapping as TOML."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from leadlight.events.rules import KIND_BY_NAME
from leadlight.intake.rules import headers
from leadlight.intake.rules.dates import WORDS, compile_dates, settle
from leadlight.intake.rules.fields import FIELDS, TABLES
from leadlight.intake.rules.mapping import (
    Column,
    Guess,
    Mapping,
    UnableToMapFile,
    UnableToReadMapping,
    from_toml,
    guess,
    to_toml,
)
from leadlight.leads.rules import MEANINGS

NEW_YORK = ZoneInfo("America/New_York")


def guessed(columns: str, *rows: str, **options) -> Guess:
    sample = [tuple(row.split("|")) for row in rows]
    options = {"country": "US", "time_zone": "America/New_York"} | options
    return guess("my leads.csv", tuple(columns.split("|")), sample, **options)


def fields(found: Guess) -> dict[str, str]:
    return {column.name: column.field for column in found.mapping.columns}


@pytest.mark.parametrize(
    "header",
    [
        "Birthdate",
        "DOB",
        "Date of Birth",
        "age",
        "Age Group",
        "Children",
        "Number of Kids",
        "SpousePartnerName",
        "Spouse",
        "Anniversary",
        "Gender",
        "Sex",
        "marital_status",
        "Religion",
        "Nationality",
        "National Origin",
        "Ethnicity",
        "Race",
        "Disability",
        "Handicap Access",
        "Preferred Language",
        "hs_language",
        "PhotoUrl",
        "Profile Picture",
        "HighSchoolDistrict",
        "Elementary School",
        "Section 8",
        "Source of Income",
        "Veteran",
        "Geburtsdatum",
        "Estado Civil",
        "Familienstand",
        "Salutation",
        "SSN",
        "Household size",
    ],
)
def test_fair_housing_leaves_out(header: str) -> None:
    assert headers.denied(header)


@pytest.mark.parametrize(
    "header",
    [
        "Stage",
        "Page",
        "Average Price",
        "Mortgage",
        "Message",
        "Lead Age",
        "Age of home",
        "Days in Stage",
        "Coverage",
        "Packages",
        "Lending Partner",
        "Home Anniversary",
        "Trace",
        "Garage",
        "Image Count of listing",
        "Grace Period",
        "Campaign",
        "Manager",
        "Essex County",
        "Embrace",
        "First Name",
        "Name",
        "Occupation",
        "Brace",
        "Sonoma",
    ],
)
def test_fair_housing_does_not_cry_wolf(header: str) -> None:
    assert headers.denied(header) == ""


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Do Not Call", "do_not_call"),
        ("DoNotCall", "do_not_call"),
        ("DNC", "do_not_call"),
        ("HasOptedOutOfEmail", "do_not_email"),
        ("hs_email_optout", "do_not_email"),
        ("Unsubscribed from all email", "do_not_email"),
        ("EmailBouncedDate", "email_bounced"),
        ("Do Not Email", "do_not_email"),
        ("Opted out", "do_not_contact"),
        ("Texting opt-out", "do_not_text"),
        ("SMS Opt Out", "do_not_text"),
        ("No calls please", "do_not_call"),
        ("do_not_contact", "do_not_contact"),
    ],
)
def test_columns_that_close_a_channel(header: str, field: str) -> None:
    assert headers.closes(header) == field


@pytest.mark.parametrize(
    "header",
    [
        "Receive marketing",
        "Email Opt In",
        "Newsletter",
        "May we call you",
        "Number of calls",
        "Email Bounce Rate",
        "No. of emails",
        "Call attempts",
        "Notes",
        "Not interested",
        "Stop date of listing",
        "Last called",
        "Is Contacted",
        "Consent to text",
    ],
)
def test_columns_that_close_nothing(header: str) -> None:
    assert headers.closes(header) == ""


def test_a_yes_to_marketing_is_never_turned_round() -> None:
    found = guessed("Email|Receive marketing|Do Not Call", "a@example.com|Yes|No", "b@example.com|No|Yes")
    assert fields(found) == {"Email": "email", "Receive marketing": "attribute", "Do Not Call": "do_not_call"}
    assert any("Receive marketing" in note and "closes nothing" in note for note in found.notes)


def test_headers_in_any_writing_and_language() -> None:
    found = guessed(
        "nombre|Apellido|Correo|Handy|erstellt_am|Quelle|Presupuesto",
        "Ana|Ruiz|ana@example.com|512-555-0101|03.04.2025|Zillow|450.000",
        "Leo|Roth|leo@example.com|512-555-0102|17.04.2025|Zillow|380.000",
    )
    assert list(fields(found).values()) == [
        "first_name",
        "last_name",
        "email",
        "phone",
        "contacted_at",
        "source",
        "budget",
    ]
    assert next(column for column in found.mapping.columns if column.name == "erstellt_am").dates == "day_first"


def test_values_speak_where_names_do_not_and_against_names_that_lie() -> None:
    found = guessed(
        "Kontaktweg 1|X7|Email|Phone",
        "ann@example.com|(512) 555-0101|Yes|Opened",
        "bob@example.com|(512) 555-0102|No|Clicked",
    )
    assert fields(found) == {"Kontaktweg 1": "email", "X7": "phone", "Email": "attribute", "Phone": "attribute"}


def test_the_kind_of_table_is_guessed_and_can_be_overridden() -> None:
    people = guessed("Name|Email", "Ann|a@example.com")
    activities = guessed(
        "Email|Activity type|When",
        "a@example.com|Email opened|2025-03-01 10:00",
        "a@example.com|Call|2025-03-02 10:00",
    )
    deals = guessed("Deal name|Contact ID|Deal stage|Close date", "House|7|Closed|2025-03-01")
    assert [found.mapping.table for found in (people, activities, deals)] == ["LEADS", "ACTIVITIES", "DEALS"]
    assert guessed("Name|Email", "Ann|a@example.com", table="DEALS").mapping.table == "DEALS"
    with pytest.raises(UnableToMapFile, match="HOUSES"):
        guessed("Name|Email", "Ann|a@example.com", table="HOUSES")


def test_opt_outs_are_found_in_columns_stages_and_tags() -> None:
    assert not guessed("Name|Email", "Ann|a@example.com").has_opt_outs
    assert guessed("Name|Email|DNC", "Ann|a@example.com|").has_opt_outs
    assert guessed("Name|Email|Stage", "Ann|a@example.com|Trash").has_opt_outs
    assert guessed("Name|Email|Tags", "Ann|a@example.com|vip, do not contact").has_opt_outs


def test_types_of_own_columns() -> None:
    rows = [
        f"p{n}@example.com|{n % 7}|{'yes' if n % 2 else 'no'}|{'red' if n % 3 else 'blue'}|"
        f"{'word ' * 20}{n}|{9_000_000_000 + n}|2025-01-0{n % 9 + 1}"
        for n in range(60)
    ]
    found = guessed("Email|Visits|Has Pet|Colour|Remarks|Ticket No|Last seen", *rows)
    types = {column.name: column.type for column in found.mapping.columns}
    assert types == {
        "Email": "",
        "Visits": "number",
        "Has Pet": "yes_no",
        "Colour": "category",
        "Remarks": "text",
        "Ticket No": "",
        "Last seen": "date",
    }
    assert fields(found)["Ticket No"] == "lead_id"
    assert any("Remarks" in note and "not for the score" in note for note in found.notes)


def test_outcome_and_order_must_be_what_they_are_called() -> None:
    rows = ("a|yes|1", "b|no|2")
    found = guessed("Ref|Signed|Row", *rows, outcome="signed", order="Row")
    assert (fields(found)["Signed"], fields(found)["Row"]) == ("converted", "sequence")
    assert {column.known for column in found.mapping.columns if column.field == "lead_id"} == {"creation"}
    with pytest.raises(UnableToMapFile, match="no column 'Sold'"):
        guessed("Ref|Signed|Row", *rows, outcome="Sold")
    with pytest.raises(UnableToMapFile, match="'maybe'"):
        guessed("Ref|Signed|Row", *rows, "c|maybe|3", outcome="Signed")
    with pytest.raises(UnableToMapFile, match="same in every row"):
        guessed("Ref|Signed|Row", "a|yes|1", "b|yes|2", outcome="Signed")
    with pytest.raises(UnableToMapFile, match="numbers or dates"):
        guessed("Ref|Signed|Row", *rows, outcome="Signed", order="Ref")
    dated = guessed("Ref|Signed|Day", "a|yes|13/02/2025", "b|no|01/03/2025", outcome="Signed", order="Day")
    assert [(column.field, column.dates) for column in dated.mapping.columns if column.name == "Day"] == [
        ("contacted_at", "day_first")
    ]


def test_what_was_remembered_beats_the_guess() -> None:
    first = guessed("Name|Email|Stage|Code", "Ann|a@example.com|Zebra|7", "Bo|b@example.com|Lead|8")
    assert first.unmapped_stages == ("Zebra",)
    mapping = first.mapping
    taught = Mapping(
        mapping.table,
        "ours",
        columns=tuple(Column(c.name, "ignored", why="chosen") if c.name == "Code" else c for c in mapping.columns),
        stages=mapping.stages | {"Zebra": "closed"},
        time_zone="America/Denver",
    )
    second = guessed("Email|Name|Stage|Code|City", "c@example.com|Cy|Zebra|9|Reno", remembered=taught)
    assert second.mapping.system == "ours"
    assert second.mapping.time_zone == "America/Denver"
    assert second.mapping.stages["Zebra"] == "closed"
    assert second.unmapped_stages == ()
    assert fields(second) == {"Email": "email", "Name": "name", "Stage": "stage", "Code": "ignored", "City": "home"}


# --- dates ------------------------------------------------------------------------------------------------------


def rows_of(*texts: str) -> list[tuple[int, str]]:
    return list(enumerate(texts, start=2))


def test_day_and_month_are_settled_for_the_whole_column() -> None:
    ambiguous = rows_of("03/04/2024", "05/06/2024")
    settled = settle([*ambiguous, (212, "04/25/2024")], country="DE")
    assert settled is not None
    assert (settled.word, settled.note) == ("month_first", "month first, by row 212")
    settled = settle([*ambiguous, (9, "25/04/2024")], country="US")
    assert settled is not None
    assert (settled.word, settled.note) == ("day_first", "day first, by row 9")
    for country, commas, word in (
        ("US", False, "month_first"),
        ("GB", False, "day_first"),
        ("US", True, "day_first"),
    ):
        settled = settle(ambiguous, country=country, decimal_comma=commas)
        assert settled is not None
        assert settled.word == word
        assert settled.note.startswith("ambiguous")
    settled = settle(rows_of("03.04.2024"), country="US")
    assert settled is not None
    assert settled.word == "day_first"
    assert settle(rows_of("hello", "03/04/2024", "world"), country="US") is None
    # A value that the settled order cannot read is not read the other way round.
    assert compile_dates("month_first", NEW_YORK)("25/04/2024") is None


@pytest.mark.parametrize(
    ("word", "text", "expected"),
    [
        ("iso", "2024-04-03T14:15:00Z", "2024-04-03T14:15:00"),
        ("iso", "2024-04-03 14:15:00 -0400", "2024-04-03T18:15:00"),
        ("iso", "2024-04-03", "2024-04-03T04:00:00"),
        ("iso", "2024/4/3 2:15 PM EST", "2024-04-03T19:15:00"),
        ("iso", "3 Apr 2024", "2024-04-03T04:00:00"),
        ("iso", "Apr 3, 2024 2:15 pm", "2024-04-03T18:15:00"),
        ("iso", "April 3rd, 2024 at 2:15 PM", "2024-04-03T18:15:00"),
        ("iso", "Wed, 03 Apr 2024 14:15:00 +0000", "2024-04-03T14:15:00"),
        ("iso", "3. März 2024", "2024-03-03T05:00:00"),
        ("month_first", "4/3/24", "2024-04-03T04:00:00"),
        ("month_first", "04/03/1999 12:00 AM", "1999-04-03T05:00:00"),
        ("day_first", "03.04.2024 14:15", "2024-04-03T18:15:00"),
        ("day_first", "2024-04-03", "2024-04-03T04:00:00"),
        ("excel", "45385.5", "2024-04-03T16:00:00"),
        ("epoch", "1712153700", "2024-04-03T14:15:00"),
        ("epoch", "1712153700000", "2024-04-03T14:15:00"),
        ("month_first", "1/15/95", "1995-01-15T05:00:00"),
    ],
)
def test_moments(word: str, text: str, expected: str) -> None:
    assert compile_dates(word, NEW_YORK)(text) == datetime.fromisoformat(expected + "+00:00")


@pytest.mark.parametrize(
    "text", ["0000-00-00", "02/30/2024", "13:45", "soon", "", "4/3/2024 25:00", "4/3/2024 13:00 PM"]
)
@pytest.mark.parametrize("word", WORDS)
def test_no_moments(word: str, text: str) -> None:
    assert compile_dates(word, NEW_YORK)(text) is None


FORMATS = (
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S",
    "%m/%d/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M:%S",
    "%d.%m.%Y %H:%M:%S",
    "%m/%d/%Y %I:%M:%S %p",
    "%d %b %Y %H:%M:%S",
    "%B %d, %Y %I:%M:%S %p",
    "%a, %d %b %Y %H:%M:%S",
    "%d-%b-%y %H:%M:%S",
    "%m-%d-%y %H:%M:%S",
    "%Y/%m/%d %H:%M:%S",
    "excel",
    "epoch",
    "epoch_ms",
    "%Y-%m-%dT%H:%M:%S.%fZ",
)


# The strategy wants bounds without a zone.
FIRST = datetime(1995, 1, 1)  # noqa: DTZ001
LAST = datetime(2035, 1, 1)  # noqa: DTZ001


@settings(max_examples=200)
@given(
    moments=st.lists(
        st.datetimes(FIRST, LAST, timezones=st.just(UTC)).map(lambda at: at.replace(microsecond=0)),
        min_size=1,
        max_size=30,
    ),
    form=st.sampled_from(FORMATS),
)
def test_a_column_of_dates_in_one_format_is_read_back_exactly(moments: list[datetime], form: str) -> None:
    if form == "excel":
        start = datetime(1899, 12, 30, tzinfo=UTC)
        texts = [repr((at - start) / timedelta(days=1)) for at in moments]
    elif form.startswith("epoch"):
        texts = [str(int(at.timestamp()) * (1000 if form == "epoch_ms" else 1)) for at in moments]
    else:
        texts = [at.strftime(form) for at in moments]
    if form[:3] in {"%m/", "%d/", "%d.", "%m-"}:
        # Where no day is over 12 nobody can know; then the country decides.
        assume(any(at.day > 12 for at in moments))
    settled = settle(rows_of(*texts), country="US")
    assert settled is not None
    assert settled.share == 1.0
    read = compile_dates(settled.word, ZoneInfo("UTC"))
    assert [read(text) for text in texts] == moments


@given(st.text(max_size=25), st.sampled_from(WORDS))
def test_any_text_is_a_moment_or_none(text: str, word: str) -> None:
    at = compile_dates(word, NEW_YORK)(text)
    assert at is None or at.tzinfo is not None


# --- TOML -------------------------------------------------------------------------------------------------------

TEXT = st.text(st.characters(codec="utf-8"), max_size=15)


@st.composite
def mappings(draw) -> Mapping:
    table = draw(st.sampled_from(TABLES))
    fitting = [name for name, field in FIELDS.items() if table in field.tables]
    columns = st.builds(
        Column,
        TEXT,
        st.sampled_from(fitting),
        dates=st.sampled_from(["", *WORDS]),
        known=st.sampled_from(["creation", "export"]),
        why=TEXT,
        type=st.sampled_from(["", "number", "yes_no", "category", "text", "date"]),
    )
    kinds = draw(st.dictionaries(TEXT, st.tuples(st.sampled_from(["BEHAVIOUR", "TOUCH"]), TEXT), max_size=2))
    return Mapping(
        table,
        draw(TEXT.filter(bool)),
        preset=draw(TEXT),
        columns=tuple(draw(st.lists(columns, max_size=5))),
        stages=draw(st.dictionaries(TEXT, st.sampled_from(["", *MEANINGS]), max_size=4)),
        activities=draw(st.dictionaries(TEXT, st.sampled_from(["", "ignore", *KIND_BY_NAME, *kinds]), max_size=4)),
        sources=draw(st.dictionaries(TEXT, TEXT, max_size=4)),
        time_zone=draw(st.sampled_from(["America/New_York", "UTC", "Europe/Berlin"])),
        country=draw(st.sampled_from(["US", "DE"])),
        kinds=kinds,
    )


@given(mappings())
def test_a_mapping_survives_toml(mapping: Mapping) -> None:
    assert from_toml(to_toml(mapping)) == mapping


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("table = ", "not valid TOML"),
        ('table = "LEADS"', "'system'"),
        ('table = "HOUSES"\nsystem = "x"', "HOUSES"),
        ('table = "LEADS"\nsystem = "x"\ncolour = "red"', "colour"),
        ('table = "LEADS"\nsystem = 7', "must be a text"),
        ('table = "LEADS"\nsystem = "x"\ntime_zone = "Mars/Base"', "Mars/Base"),
        ('table = "LEADS"\nsystem = "x"\ntime_zone = "../etc"', "time zone"),
        ('table = "LEADS"\nsystem = "x"\ncountry = "usa"', "capital letters"),
        ('table = "LEADS"\nsystem = "x"\n[stages]\nLead = "hot"', "known are"),
        ('table = "ACTIVITIES"\nsystem = "x"\n[activities]\nCall = "rang"', "known are"),
        ('table = "LEADS"\nsystem = "x"\n[[columns]]\nname = "A"', "needs a name and a field"),
        ('table = "LEADS"\nsystem = "x"\n[[columns]]\nname = "A"\nfield = "occurred_at"', "can hold"),
        ('table = "LEADS"\nsystem = "x"\n[[columns]]\nname = "A"\nfield = "email"\ndates = "weekly"', "weekly"),
        ('table = "LEADS"\nsystem = "x"\n[kinds.tour]\ngroup = "NICE"\nsentence = "x"', "needs a group"),
    ],
)
def test_a_wrong_mapping_says_what_is_wrong(text: str, words: str) -> None:
    with pytest.raises(UnableToReadMapping) as refused:
        from_toml(text)
    assert words in refused.value.message
