"""Tables of listings: how they are recognised, what a row becomes, and that importing again changes nothing."""

import csv
import io
import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from leadlight.intake import operations
from leadlight.intake.models import Import, ImportStatus
from leadlight.intake.operations import UnableToImport
from leadlight.intake.operations.undoing import SEARCHES
from leadlight.intake.reading import Row, UnableToReadFile, open_table
from leadlight.intake.rules.fields import LISTINGS, TABLES
from leadlight.intake.rules.listing_rows import price
from leadlight.intake.rules.mapping import Guess, guess
from leadlight.intake.rules.records import ListingRow, Rejected
from leadlight.intake.rules.rows import listing_reader
from leadlight.jobs.models import Job
from leadlight.jobs.worker import run_due
from leadlight.leads.models import Lead
from leadlight.listings.models import Listing, ListingChange, SavedSearch
from leadlight.listings.operations import save_search
from leadlight.listings.rules import Status
from tests.intake.helpers import NOW, WORK, bring, dump, lead, people, receive, undo
from tests.intake.test_command import run, write

#: A feed as the RESO Web API gives it, with what fair housing has no use for.
RESO = (
    "ListingKey,ListingId,OriginatingSystemName,StandardStatus,PropertyType,PropertySubType,ListPrice,ClosePrice,"
    "BedroomsTotal,BathroomsTotalInteger,LivingArea,LivingAreaUnits,UnparsedAddress,City,StateOrProvince,PostalCode,"
    "MLSAreaMajor,SubdivisionName,OnMarketDate,CloseDate,ModificationTimestamp,InternetEntireListingDisplayYN,"
    "InternetAddressDisplayYN,SeniorCommunityYN,ElementarySchoolDistrict,WalkScore,PhotosCount,ListAgentEmail"
)
ROW = (
    'k1,NWM-1,NWMLS,Active Under Contract,Residential Lease,Condominium,"$2,450.00",,2,1,74,Square Meters,'
    '"14 Elm St, Seattle, WA",Seattle,WA,98107-1234,,Ballard,2025-04-03,,2025-05-01T10:00:00Z,true,N,yes,Good,97,12,'
    "dana@example.com"
)
SALES = "id,date,price,bedrooms,bathrooms,sqft_living,zipcode"


def guessed(header: str, *rows: str, name: str = "export.csv", **options: Any) -> Guess:
    cells = list(csv.reader([header, *rows]))
    return guess(
        name,
        tuple(cells[0]),
        [tuple(row) for row in cells[1:]],
        **{"country": "US", "time_zone": "America/New_York"} | options,
    )


def read(header: str, *rows: str, **options: Any) -> list[ListingRow | Rejected]:
    mapping = guessed(header, *rows, **options).mapping
    assert mapping.table == LISTINGS
    cells = list(csv.reader([header, *rows]))
    reader = listing_reader(mapping, cells[0], now=datetime(2026, 6, 1, tzinfo=UTC))
    return [reader(Row(n, tuple(row))) for n, row in enumerate(cells[1:], start=2)]


def one(header: str, row: str, **options: Any) -> ListingRow:
    [found] = read(header, row, **options)
    assert isinstance(found, ListingRow), found
    return found


def values(text: str, cell: str) -> Any:
    """Return what a column of a small table tells; None where it is left out."""
    header = "ListingKey,StandardStatus,ListPrice,Bedrooms,Bathrooms"
    return one(f"{header},{text}", f'1,Active,500000,,,"{cell}"').told.values


# --- recognising ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "header",
    [
        RESO,
        SALES,
        "listing_key,standard_status,list_price",
        "Listing Key,Status,List Price,City",
        "MLS #,Status,List Price,Beds,Baths,Sq Ft",
        "id,status,price,beds",
        "Address,Sold price,Sold date,Bedrooms,Bathrooms",
    ],
)
def test_a_table_of_listings_is_known_by_its_headers(header: str) -> None:
    assert guessed(header, ",".join("1" for _ in header.split(","))).mapping.table == LISTINGS


@pytest.mark.parametrize(
    "header",
    [
        "Name,Email,Price,Bedrooms,Bathrooms",
        "First Name,Last Name,Budget,Beds,Baths,Sqft,Price,Status,ID",
        "Phone,Price,Bedrooms,Bathrooms",
        "ID,Person ID,Type,Created,Message,Property Address,Price,Bedrooms,Bathrooms",
        "Deal ID,Stage,Price,Close Date,Contact Name",
        "id,status,price,created",
        "Deal ID,Address,Price,Bedrooms,Bathrooms,Close Date",
        "Price,Bedrooms",
    ],
)
def test_people_activities_and_deals_are_no_listings(header: str) -> None:
    assert guessed(header, ",".join("1" for _ in header.split(","))).mapping.table != LISTINGS


def test_what_somebody_says_goes_before_the_headers() -> None:
    assert guessed(SALES, "1,1/2/2026,1,1,1,1,1", table="LEADS").mapping.table == "LEADS"
    assert guessed("Key,Price", "1,2", table="LISTINGS").mapping.table == LISTINGS
    assert TABLES[-1] == LISTINGS


def test_what_no_field_is_made_for_is_passed_over() -> None:
    held = {column.name: column.field for column in guessed(RESO, ROW).mapping.columns}
    for name in ("SeniorCommunityYN", "ElementarySchoolDistrict", "WalkScore", "PhotosCount", "ListAgentEmail"):
        assert held[name] == "ignored"
    alike = "ListingKey,StandardStatus,ListPrice,OriginalListPrice,PreviousListPrice,BathroomsFull,PostalCodePlus4"
    fields = [column.field for column in guessed(alike, "1,Active,1,2,3,4,5").mapping.columns]
    assert fields == [
        *("listing_key", "standard_status", "list_price", "ignored", "ignored", "bathrooms_full"),
        "ignored",
    ]


def test_a_file_without_statuses_is_of_sales_and_says_so() -> None:
    found = guessed(SALES, "1,10/13/2014,221900.0,3,1.0,1180,98178")
    assert [(column.name, column.field) for column in found.mapping.columns][1:3] == [
        ("date", "close_date"),
        ("price", "close_price"),
    ]
    assert any("every row is read as a sale" in note for note in found.notes)
    with_status = guessed("id,date,price,status,bedrooms", "1,10/13/2014,221900.0,Active,3")
    assert [column.field for column in with_status.mapping.columns][1:3] == ["ignored", "list_price"]
    assert any("sellers keep off the Internet" in note for note in with_status.notes)
    assert not any("Internet" in note for note in guessed(RESO, ROW).notes)
    both = guessed("id,date,price,Sold Price,bedrooms,baths", "1,10/13/2014,2,1,3,1")
    assert [column.field for column in both.mapping.columns][2:4] == ["ignored", "close_price"]


# --- rows -------------------------------------------------------------------------------------------------------


def test_a_row_of_a_feed() -> None:
    row = one(RESO, ROW)
    assert row.notes == ()
    told = row.told
    assert (told.system, told.listing_key) == ("NWMLS", "k1")
    assert told.modified_at == datetime(2025, 5, 1, 10, tzinfo=UTC)
    assert dict(told.values) == {
        "listing_id": "NWM-1",
        "standard_status": Status.ACTIVE_UNDER_CONTRACT,
        "property_type": "ResidentialLease",
        "property_sub_type": "Condominium",
        "list_price": Decimal("2450.00"),
        "close_price": None,
        "bedrooms_total": 2,
        "bathrooms_total": Decimal(1),
        "living_area": Decimal(74) * Decimal("10.7639"),
        "unparsed_address": "14 Elm St, Seattle, WA",
        "city": "Seattle",
        "state_or_province": "WA",
        "postal_code": "98107-1234",
        "area": "Ballard",
        "on_market_date": date(2025, 4, 3),
        "close_date": None,
        "internet_entire_listing_display": True,
        "internet_address_display": False,
    }


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("Active Under Contract", "Perhaps"), "StandardStatus: 'Perhaps' is no status; it can be Active,"),
        (("Active Under Contract", ""), "StandardStatus: empty"),
        (('"$2,450.00"', "call us"), "ListPrice: 'call us' is no price"),
        (('"$2,450.00"', '"2,000 - 3,000"'), "ListPrice: '2,000 - 3,000' is no price"),
        (('"$2,450.00"', "0"), "ListPrice: '0' is no price"),
        (('"$2,450.00",', '"$2,450.00",-1'), "ClosePrice: '-1' is no price"),
        (("2025-05-01T10:00:00Z", "lately"), "ModificationTimestamp: 'lately' is no date"),
        (("2025-05-01T10:00:00Z", "2031-05-01"), "ModificationTimestamp: 2031-05-01 lies in the future"),
        (("k1,NWM-1", ","), "a ListingKey or MLS number is needed"),
    ],
)
def test_what_would_say_something_false_is_no_row(change: tuple[str, str], words: str) -> None:
    [found] = read(RESO, ROW.replace(*change, 1))
    assert isinstance(found, Rejected)
    assert words in found.reason


@pytest.mark.parametrize(
    ("change", "words", "left_out"),
    [
        (("Condominium,", "Condominium,", ""), "", ""),
        (("2025-04-03", "soon", ""), "OnMarketDate: 'soon' is no date", "on_market_date"),
        ((",2,1,74", ",many,1,74", ""), "BedroomsTotal: 'many' is no whole number", "bedrooms_total"),
        ((",2,1,74", ",2.5,1,74", ""), "BedroomsTotal: '2.5' is no whole number", "bedrooms_total"),
        ((",2,1,74", ",2,-1,74", ""), "BathroomsTotalInteger: '-1' is no number", "bathrooms_total"),
        ((",2,1,74", ",33,1,74", ""), "33 bedrooms do not fit into 797 square feet", "bedrooms_total"),
        (("Residential Lease", "Palace", ""), "PropertyType: 'Palace' is no property type", "property_type"),
    ],
)
def test_what_cannot_be_read_is_left_out_and_noted(change: tuple[str, ...], words: str, left_out: str) -> None:
    row = one(RESO, ROW.replace(change[0], change[1], 1))
    assert [words in note for note in row.notes] == [True] * bool(words)
    assert left_out not in row.told.values
    assert row.told.values["list_price"] == 2450


def test_a_flag_that_cannot_be_read_hides() -> None:
    for word in ("perhaps", "Opted Out", "2"):
        row = one(RESO, ROW.replace("true,N", f"{word},", 1))
        assert row.told.values["internet_entire_listing_display"] is False
        assert "is read as no" in row.notes[0]
        # Nothing said is not a no.
        assert "internet_address_display" not in row.told.values
    told = one(RESO, ROW.replace("true,N", "1,0", 1))
    assert (told.notes, told.told.values["internet_entire_listing_display"]) == ((), True)


def test_an_empty_cell_says_that_there_is_none_and_a_missing_column_nothing() -> None:
    told = one(RESO, ROW.replace(",2,1,74", ",,,", 1).replace("2025-04-03", "")).told.values
    assert (told["bedrooms_total"], told["bathrooms_total"], told["living_area"]) == (None, None, None)
    assert told["on_market_date"] is None
    assert not {"public_remarks", "url", "days_on_market", "street_name"} & told.keys()


@pytest.mark.parametrize(
    ("column", "cell", "field", "value"),
    [
        ("Zip", "2134", "postal_code", "02134"),
        ("Zip", "98178.0", "postal_code", "98178"),
        ("Zip", "V6B 1A1", "area", "V6B 1A1"),
        ("City", "Kent", "area", "Kent"),
        ("Property type", "Condo", "property_sub_type", "Condominium"),
        ("Property type", "land", "property_type", "Land"),
        ("On market date", "2026-05-01", "on_market_date", date(2026, 5, 1)),
        ("On market date", "2026-05-01T00:00:00Z", "on_market_date", date(2026, 5, 1)),
        ("On market timestamp", "2026-05-01T02:00:00Z", "on_market_date", date(2026, 4, 30)),
        ("Days on market", "12.0", "days_on_market", 12),
        ("Photo URL", "https://x.example/1.jpg", "photo_url", "https://x.example/1.jpg"),
        ("Public remarks", "Light.\nBright.", "public_remarks", "Light.\nBright."),
        ("Living area (m2)", "", "living_area", None),
        ("Open house start time", "2026-06-06 13:00", "open_house_starts_at", datetime(2026, 6, 6, 17, tzinfo=UTC)),
    ],
)
def test_single_cells(column: str, cell: str, field: str, value: Any) -> None:
    assert values(column, cell).get(field) == value


def test_a_link_that_is_no_page_is_left_out() -> None:
    assert "url" not in values("Listing URL", "javascript:alert(1)")


def test_bathrooms_of_wholes_and_halves() -> None:
    header = "ListingKey,StandardStatus,ListPrice,BathroomsFull,BathroomsHalf,Beds"
    told = one(header, "1,Active,500000,2,1,3").told.values
    assert told["bathrooms_total"] == Decimal("2.5")
    assert one(header, "1,Active,500000,2,,3").told.values["bathrooms_total"] == 2


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("221900.0", "221900"),
        ("$450,000", "450000"),
        ("1.225e+06", "1225000"),
        ("450k", "450000"),
        ("1.2M", "1200000"),
        ("US$ 450,000.50", "450000.50"),
        ("0.01", "0.01"),
        ("99999999999.99", "99999999999.99"),
        ("100000000000", None),
        ("1e30", None),
        ("0", None),
        ("0.001", None),
        ("-5", None),
        ("$", None),
        ("NaN", None),
        ("450,000 to 500,000", None),
        ("450000 or best offer", None),
        ("", None),
    ],
)
def test_prices(text: str, amount: str | None) -> None:
    assert price(text) == (None if amount is None else Decimal(amount))


@given(st.decimals(min_value=1, max_value=10**11 - 1, places=2))
def test_a_price_is_read_to_the_cent_however_it_is_written(amount: Decimal) -> None:
    for text in (str(amount), f"{amount:,}", f"${amount:,}", f"{amount} USD"):
        assert price(text) == amount


def test_each_sale_of_a_home_is_a_listing_of_its_own() -> None:
    rows = read(SALES, "7.0,10/13/2014,221900.0,3,1.0,1180,98178", "7,3/2/2015,300000.0,3,1.0,1180,98178")
    keys = [row.told.listing_key for row in rows if isinstance(row, ListingRow)]
    assert keys == ["7:2014-10-13", "7:2015-03-02"]
    [lacking] = read(SALES, "7,,221900.0,3,1.0,1180,98178")
    assert isinstance(lacking, Rejected)
    assert "not both what it sold for and when" in lacking.reason


# --- importing --------------------------------------------------------------------------------------------------


def feed(*rows: str) -> str:
    return "\n".join((RESO, *rows)) + "\n"


def counts(part_of: Import) -> list[int]:
    names = "listings_new listings_changed listings_unchanged listings_outdated rejected noted created"
    return [part_of.counts[name] for name in names.split()]


@pytest.mark.django_db
def test_a_feed_comes_in_by_itself_and_bad_rows_are_told_with_line_column_and_reason(tmp_path: Path) -> None:
    bad = ROW.replace("k1", "k2").replace("Active Under Contract", "Perhaps")
    odd = ROW.replace("k1", "k3").replace("2025-04-03", "soon")
    told = run(write(tmp_path / "listings.csv", feed(ROW, bad, odd)))
    assert (told["listings_new"], told["rejected"], told["noted"], told["created"]) == (2, 1, 1, 0)
    assert (told["can_be_undone"], told["has_opt_outs"]) == (False, None)
    rows = list(csv.reader(Path(told["rejected_file"]).read_text(encoding="utf-8").splitlines()))
    assert rows[1][:3] == ["listings.csv", "3", "no"]
    assert rows[1][3].startswith("StandardStatus: 'Perhaps'")
    assert rows[2][:4] == ["listings.csv", "4", "yes, without it", rows[2][3]]
    assert rows[2][3].startswith("OnMarketDate: 'soon'")
    assert sorted(Listing.objects.values_list("system", "listing_key")) == [("NWMLS", "k1"), ("NWMLS", "k3")]
    assert not Lead.objects.exists()


@pytest.mark.django_db
def test_importing_again_changes_nothing(tmp_path: Path) -> None:
    path = write(
        tmp_path / "sales.csv", f"{SALES}\n1,10/13/2014,221900.0,3,1.0,1180,98178\n2,1/2/2015,5e5,2,1,900,98103\n"
    )
    run(path)
    without = (*WORK, "RejectedRow")
    before = dump(without=without)
    again = run(path)
    assert (again["listings_new"], again["listings_changed"], again["listings_unchanged"]) == (0, 0, 2)
    assert dump(without=without) == before
    assert list(Listing.objects.order_by("listing_key").values_list("close_price", "area", "standard_status")) == [
        (221_900, "98178", "Closed"),
        (500_000, "98103", "Closed"),
    ]


@pytest.mark.django_db
def test_a_newer_export_updates_and_an_older_one_does_not() -> None:
    header = "ListingKey,StandardStatus,ListPrice,Beds,Baths\n"
    new, old = f"{header}1,Active,500000,3,1\n", f"{header}1,Pending,480000,3,1\n"
    assert counts(bring(new)) == [1, 0, 0, 0, 0, 0, 0]
    assert counts(bring(old, exported_at=NOW - timedelta(days=3))) == [0, 0, 0, 1, 0, 0, 0]
    assert counts(bring(old, exported_at=NOW + timedelta(days=3))) == [0, 1, 0, 0, 0, 0, 0]
    assert list(ListingChange.objects.order_by("id").values_list("kind", "old", "new")) == [
        ("APPEARED", "", "Active"),
        ("STATUS", "Active", "Pending"),
        ("PRICE", "500000", "480000"),
    ]


@pytest.mark.django_db
def test_a_file_of_listings_beside_one_of_people() -> None:
    ann = "1,2024-03-01 10:00,Ann,Lee,Lead,Zillow,,ann@example.com,,,,,,"
    part_of = bring(people(ann), feed(ROW))
    assert counts(part_of) == [1, 0, 0, 0, 0, 0, 1]
    assert undo(part_of)["removed"] == 1
    assert Listing.objects.count() == 1


@pytest.mark.django_db
def test_whoever_saved_a_search_here_stays_when_their_import_is_undone() -> None:
    part_of = bring(people(*(f"{n},2024-03-01 10:00,P{n},Lee,Lead,Zillow,,p{n}@example.com,,,,,," for n in range(2))))
    save_search(lead_id=lead("1").pk, criteria={"areas": ["Kent"]}, now=NOW)
    counts = undo(part_of)
    assert (counts["removed"], counts["kept"]) == (1, {SEARCHES: 1})
    assert SavedSearch.objects.count() == 1


@pytest.mark.django_db
def test_listings_alone_are_not_taken_back_and_have_nobody_audited() -> None:
    part_of = bring(feed(ROW))
    assert (part_of.status, Listing.objects.count()) == (ImportStatus.DONE, 1)
    assert not Job.objects.exists()
    with pytest.raises(UnableToImport, match="Bring in a newer file"):
        operations.undo_import(import_id=part_of.pk, actor=None, now=NOW)


@pytest.mark.django_db
def test_an_import_that_stopped_goes_on_behind_what_it_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    from leadlight.intake.operations import running

    monkeypatch.setitem(running.CHUNK, "LISTINGS", 2)
    store, calls = running.store_listings, []

    def fails_once(**told: Any) -> Any:
        calls.append(len(told["rows"]))
        if len(calls) == 2:
            raise RuntimeError
        return store(**told)

    monkeypatch.setattr(running, "store_listings", fails_once)
    part_of = receive(feed(*(ROW.replace("k1", f"k{n}") for n in range(5))))
    operations.start_import(import_id=part_of.pk, actor=None, now=NOW)
    with pytest.raises(RuntimeError):
        operations.run_import(import_id=part_of.pk, clock=lambda: NOW)
    assert (calls, Listing.objects.count()) == ([2, 2], 2)
    operations.run_import(import_id=part_of.pk, clock=lambda: NOW)
    part_of.refresh_from_db()
    assert (counts(part_of)[0], calls) == (5, [2, 2, 2, 1])


@pytest.mark.django_db
def test_a_dry_run_tells_of_rows_and_writes_nothing(tmp_path: Path) -> None:
    told = run(write(tmp_path / "x.csv", feed(ROW, ROW.replace("Active Under Contract", "?"))), "--dry-run")
    assert (told["rows"], told["rejected"]) == (2, 1)
    assert told["rejected_rows"][0].startswith("x.csv, line 3: StandardStatus")
    assert not Listing.objects.exists()
    out = io.StringIO()
    call_command("import", str(tmp_path / "x.csv"), stdout=out)
    assert "listings new 1" in out.getvalue()
    assert "undo" not in out.getvalue()
    assert "opt-outs" not in out.getvalue()


# --- JSON lines -------------------------------------------------------------------------------------------------


def opened(path: Path, text: str) -> tuple[Sequence[str], list[Any]]:
    path.write_text(text, encoding="utf-8")
    table = open_table(path, name=path.name)
    return table.columns, list(table.rows())


def test_json_lines_are_a_table_of_all_their_keys(tmp_path: Path) -> None:
    text = (
        '\ufeff{"ListingKey": 12345678901234567890, "ListPrice": 450000.10, "StandardStatus": "Active"}\n'
        "\n"
        '{"ListingKey": "b", "Flag": true, "Off": false, "None": null, "Many": ["x", 1], "Deep": {"a": 1}}\n'
        "[1, 2]\n"
        "{broken\n"
        "{}\n"
    )
    columns, rows = opened(tmp_path / "feed.jsonl", text)
    assert columns == ("ListingKey", "ListPrice", "StandardStatus", "Flag", "Off", "None", "Many", "Deep")
    assert rows[0] == (1, ("12345678901234567890", "450000.10", "Active", "", "", "", "", ""))
    assert rows[1] == (3, ("b", "", "", "true", "false", "", "x; 1", '{"a": 1}'))
    assert [(row.line, row.reason) for row in rows[2:]] == [(n, "the line is not one JSON object") for n in (4, 5)]


def test_half_a_character_is_read_as_none(tmp_path: Path) -> None:
    assert opened(tmp_path / "feed.jsonl", '{"\\ud800": "a\\udfffb"}\n') == (("?",), [(1, ("a?b",))])


def test_a_file_without_a_json_object_is_refused(tmp_path: Path) -> None:
    for text in ("{broken\n", "{}\n"):
        with pytest.raises(UnableToReadFile, match="no line that is a JSON object"):
            opened(tmp_path / "feed.jsonl", text)
    with pytest.raises(UnableToReadFile, match="1,000,000 characters"):
        opened(tmp_path / "feed.jsonl", json.dumps({"a": "x" * 1_000_001}))
    (tmp_path / "feed.jsonl").write_bytes(b'{"a": "\xff"}\n')
    with pytest.raises(UnableToReadFile, match="not UTF-8"):
        open_table(tmp_path / "feed.jsonl", name="feed.jsonl")


@pytest.mark.django_db
def test_json_lines_of_a_feed_come_in(tmp_path: Path) -> None:
    cells = list(csv.reader([RESO, ROW]))
    lines = [dict(zip(*cells, strict=True)) | {"ListingKey": n, "ListPrice": 450_000.10} for n in range(3)]
    told = run(write(tmp_path / "feed.jsonl", "".join(json.dumps(line) + "\n" for line in lines)))
    assert told["listings_new"] == 3
    assert set(Listing.objects.values_list("list_price", flat=True)) == {Decimal("450000.10")}


@pytest.mark.django_db
def test_the_pages_lead_from_the_file_to_what_came_of_it(client: Any) -> None:
    from tests.web.build import user

    client.force_login(user())
    file = io.BytesIO(feed(ROW, ROW.replace("Active Under Contract", "?")).encode())
    file.name = "listings.csv"
    response = client.post("/import/new/", {"files": file}, follow=True)
    page = response.content.decode()
    assert "rows, which are" in page
    assert "How did these people come?" not in page
    number = Import.objects.get().pk
    page = client.post(f"/import/{number}/mapping/", {"go": "1"}, follow=True).content.decode()
    assert "14 Elm St, Seattle, WA" in page
    assert "2,450.00" in page
    assert "It can be undone" not in page
    client.post(f"/import/{number}/start/")
    while run_due():
        pass
    page = client.get(f"/import/{number}/").content.decode()
    assert "New listings</dt><dd>1<" in page
    assert "StandardStatus" in page
    assert "New people" not in page
    assert "Undo this import" not in page
    assert "Undo this import" not in client.get("/import/").content.decode()
