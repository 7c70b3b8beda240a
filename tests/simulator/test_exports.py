"""The files look like a CRM's, hold nothing hidden, and are the same for the same seed."""

import csv
import json
import re
from collections import Counter, defaultdict
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from leadlight.simulator import Brokerage, simulate, write_exports, write_open_format
from leadlight.simulator.__main__ import main
from leadlight.simulator.process import Persona, State
from tests.simulator.conftest import UNTIL

PEOPLE = {
    "ID", "Date Added", "Name", "First Name", "Last Name", "Stage", "Lead Source", "Assigned To", "Is Contacted",
    "Last Activity", "Email 1", "Email 2", "Phone 1", "Phone 2", "Price", "Timeframe", "Tags", "Background",
    "Birthday",
}  # fmt: skip
ACTIVITIES = {
    "Activity ID", "Person ID", "Type", "Date", "Source", "Agent", "Direction", "Outcome", "Duration", "Start Date",
    "Subject", "Message", "Property Street", "Property City", "Property State", "Property Zip", "Property Price",
    "Property MLS Number",
}  # fmt: skip
DEALS = {
    "Deal ID", "Person ID", "Name", "Pipeline", "Stage", "Price", "Assigned To", "Created", "Mutual Acceptance Date",
    "Projected Close Date", "Actual Close Date",
}  # fmt: skip

Rows = list[dict[str, str]]


def read(path: Path, delimiter: str = ",") -> Rows:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


@pytest.fixture(scope="module")
def files(village: Brokerage, tmp_path_factory: pytest.TempPathFactory) -> tuple[Rows, Rows, Rows]:
    people, activities, deals = write_exports(village, tmp_path_factory.mktemp("export"))
    return read(people), read(activities), read(deals)


def test_same_seed_same_bytes(tmp_path: Path) -> None:
    made = [
        write_exports(simulate(n_leads=400, seed=seed, until=UNTIL), tmp_path / name)
        for name, seed in (("a", 3), ("b", 3), ("c", 4))
    ]
    for one, two, other in zip(*made, strict=True):
        assert one.read_bytes() == two.read_bytes()
        assert one.read_bytes() != other.read_bytes()


def test_headers_are_those_of_real_exports(files: tuple[Rows, Rows, Rows]) -> None:
    for rows, header in zip(files, (PEOPLE, ACTIVITIES, DEALS), strict=True):
        assert set(rows[0]) == header


def test_nothing_hidden_is_written(files: tuple[Rows, Rows, Rows]) -> None:
    hidden = {word.name.lower() for word in (*State, *Persona)} - {
        "active", "searching", "gone", "urgent", "seller", "landlord", "investor", "tenant", "dreaming", "dreamer",
    }  # fmt: skip
    hidden |= {"seriousness", "persona", "oracle", "intent", "multiplier"}
    for rows in files:
        for row in rows:
            words = set(re.findall(r"\w+", " ".join([*row, *row.values()]).lower()))
            assert not words & hidden


def test_ids_tell_neither_time_nor_quality(village: Brokerage) -> None:
    ids = np.array([int(i) for i in village.records.lead_id])
    real = village.records.person >= 0
    assert len(set(ids.tolist())) == 1_500
    for column in (
        village.records.created_at[real],
        village.people.drivers.multiplier[village.records.person[real]],
        np.isfinite(village.ladder.booked_at[village.records.person[real]]),
    ):
        assert abs(np.corrcoef(ids[real], column)[0, 1]) < 4.0 / np.sqrt(real.sum())


def test_files_hold_together(files: tuple[Rows, Rows, Rows]) -> None:
    people, activities, deals = files
    ids = {row["ID"] for row in people}
    assert len(people) == len(ids) == 1_500
    assert {row["Person ID"] for row in activities} == ids
    assert {row["Person ID"] for row in deals} <= ids
    # Every deal follows from an appointment of the same file.
    met = {row["Person ID"] for row in activities if row["Type"] == "Appointment"}
    assert {row["Person ID"] for row in deals} <= met
    dates = [row["Date"] for row in activities]
    assert dates == sorted(dates)
    assert max(dates) < "2026-11-01"


def test_created_is_the_day_of_arrival_and_not_of_the_export(files: tuple[Rows, Rows, Rows]) -> None:
    people, activities, _ = files
    first: dict[str, str] = {}
    for row in activities:
        first.setdefault(row["Person ID"], row["Date"])
    wrong = sum(row["Date Added"] != first[row["ID"]] for row in people)
    assert 0 < wrong < 0.02 * len(people)
    assert len({row["Date Added"][:10] for row in people}) > 400


def test_volume(town: Brokerage) -> None:
    per_lead = np.bincount(town.records.of_activity, minlength=20_000)
    assert 10.0 < per_lead.mean() < 45.0
    assert np.quantile(per_lead, 0.99) > 5.0 * np.median(per_lead)


def test_mess_of_real_life(files: tuple[Rows, Rows, Rows]) -> None:
    people, activities, _ = files
    sources = Counter(row["Lead Source"] for row in people)
    assert {"Zillow", "zillow.com", "Zillow ", "Realtor.com", "FB Ads"} <= set(sources)
    tags = {tag for row in people for tag in row["Tags"].split(", ")}
    assert {"DNC", "Unsubscribed", "Do Not Call", "Bounced"} <= tags
    assert any(row["Stage"] == "Trash" for row in people)
    assert any(row["Email 1"] == "test@example.com" for row in people)
    assert any(not row["Phone 1"] for row in people)
    assert any(not row["Email 1"] for row in people)
    kinds = {row["Type"] for row in activities}
    assert {"Viewed Property", "Showing Request", "Seller Inquiry", "Email Opened", "Unsubscribed", "Note"} <= kinds
    messages = [row["Message"] for row in activities]
    assert any("STOP" in message for message in messages)
    assert any("disponible" in message or "casas" in message for message in messages)


def test_second_files_share_an_identity(village: Brokerage) -> None:
    files_of = defaultdict(list)
    for row, person in enumerate(village.records.person.tolist()):
        if person >= 0:
            files_of[person].append(row)
    doubles = [rows for rows in files_of.values() if len(rows) > 1]
    assert 0.02 * 1_500 < len(doubles) < 0.04 * 1_500

    def digits(text: str) -> str:
        return re.sub(r"\D", "", text)[-10:]

    def known(row: int) -> set[str]:
        records = village.records
        return {records.email_1[row].lower(), digits(records.phone_1[row])} - {""}

    assert sum(bool(known(a) & known(b)) for a, b in doubles) > 0.7 * len(doubles)
    emails = [(village.records.email_1[a], village.records.email_1[b]) for a, b in doubles]
    assert any(a != b and a.lower() == b.lower() for a, b in emails)
    assert any(a == b for a, b in emails)


def test_machines_open_mails_within_seconds(files: tuple[Rows, Rows, Rows]) -> None:
    _, activities, _ = files
    sent: dict[str, datetime] = {}
    waits = []
    for row in activities:
        at = datetime.fromisoformat(row["Date"])
        assert at.tzinfo == UTC
        if row["Type"] == "Email" and row["Direction"] == "Outgoing":
            sent[row["Person ID"]] = at
        elif row["Type"] == "Email Opened":
            waits.append((at - sent[row["Person ID"]]).total_seconds())
    by_machine = np.mean(np.array(waits) <= 4.0)
    assert 0.3 < by_machine < 0.8


def test_views_name_a_home(files: tuple[Rows, Rows, Rows]) -> None:
    _, activities, _ = files
    for row in activities:
        if row["Type"] in ("Viewed Property", "Saved Property", "Showing Request"):
            assert row["Property Street"]
            assert row["Property City"]
            assert int(row["Property Price"]) > 100_000


def test_stages_variant_is_people_alone(village: Brokerage, tmp_path: Path) -> None:
    paths = write_exports(village, tmp_path / "stages", variant="followupboss_stages")
    assert [path.name for path in paths] == ["people-export.csv"]
    assert [path.name for path in (tmp_path / "stages").iterdir()] == ["people-export.csv"]
    stages = Counter(row["Stage"] for row in read(paths[0]))
    assert {"Lead", "Nurture", "Closed", "Trash", "Unresponsive", "Appointment Set"} <= set(stages)


def test_open_format(village: Brokerage, tmp_path: Path) -> None:
    (path,) = write_open_format(village, tmp_path)
    rows = read(path, delimiter=";")
    assert len(rows) == 1_500
    assert all(re.fullmatch(r"\d\d/\d\d/20\d\d", row["Lead created"]) for row in rows)
    assert {"", "x"} == {row["No calls please"] for row in rows}


def test_refuses_what_is_no_brokerage() -> None:
    with pytest.raises(ValueError, match="time zone"):
        simulate(n_leads=100, seed=1, until=UNTIL.replace(tzinfo=None))
    with pytest.raises(ValueError, match="at least ten"):
        simulate(n_leads=9, seed=1, until=UNTIL)


def test_smallest_brokerage_can_be_written(tmp_path: Path) -> None:
    people, *_ = write_exports(simulate(n_leads=10, seed=1, until=UNTIL), tmp_path)
    assert len(read(people)) == 10


def test_command_line_writes_and_judges(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    world = ["--leads", "1200", "--seed", "2", "--until", "2026-11-01", "--json"]
    truth = tmp_path / "truth.csv"
    assert main([*world, "--out", str(tmp_path / "out"), "--truth", str(truth)]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["leads"] == 1_200
    assert all(Path(path).is_file() for path in facts["paths"])
    assert facts["three_views_of_one_home"]["ratio"] > 1.0
    created = {row["ID"]: row["Date Added"] for row in read(Path(facts["paths"][0]))}
    rows = [row for row in read(truth) if row["person"] and created[row["lead_id"]][:2] == "20"]
    asked = tmp_path / "asked.csv"
    asked.write_text(
        "".join(f"{r['lead_id']},{created[r['lead_id']]},{r['p_appointment_60d_at_day_0'] or 0}\n" for r in rows)
    )
    assert main([*world, "--judge", str(asked)]) == 0
    verdict = json.loads(capsys.readouterr().out)
    # The truth handed back as a model's opinion: only second files may differ.
    assert abs(verdict["gap"]) < 0.01
    assert verdict["n"] > 900


@pytest.mark.parametrize(
    "arguments",
    [
        ["--leads", "5", "--out", "x"],
        ["--leads", "100"],
        ["--out", "x", "--judge", "y"],
        ["--judge", "no-such-file"],
        ["--out", "x", "--truth", "x/truth.csv"],
    ],
)
def test_command_line_refuses(arguments: list[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["--until", "2026-11-01", *arguments])
