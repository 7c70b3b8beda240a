"""Odd tables give findings, not errors; files are read and joined; the page trusts no cell."""

import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import leadlight
from leadlight.intake.reading import UnableToReadFile
from leadlight.quality.audit import KINDS, UnableToAudit, audit, audit_files
from tests.quality.audit.build import clean

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def kinds(frame: pl.DataFrame, outcome: str | None = None) -> set[str]:
    return {f.kind for f in audit(frame, outcome=outcome, now=NOW).findings}


def test_an_empty_table() -> None:
    assert kinds(pl.DataFrame()) == {"empty_table"}
    assert kinds(pl.DataFrame(schema={"a": pl.String}), "a") == {"empty_table"}


def test_three_rows() -> None:
    frame = pl.DataFrame({"won": ["yes", "no", "no"], "source": ["a", "b", "c"]})
    assert kinds(frame, "won") == {"no_dates", "too_few"}


def test_no_outcome() -> None:
    found = audit(clean(300, 0.2, seed=1).frame.drop("Converted"), now=NOW)
    (one,) = [f for f in found.findings if f.kind == "no_outcome"]
    assert "--outcome" in one.sentence
    assert found.figures["sources"][0]["n"] > 0
    assert found.figures["months"][0].keys() == {"month", "n"}


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["yes"] * 60, "one_outcome"),
        (["no"] * 60, "one_outcome"),
        ([0] * 60, "one_outcome"),
        ([None] * 60, "outcome_empty"),
        (["-", "n/a"] * 30, "outcome_empty"),
        (["won"] * 20 + [None] * 40, "won_only"),
        (["2024-03-01"] * 20 + [None] * 40, "won_only"),
        (["apple"] * 20 + ["pear"] * 40, "outcome_unclear"),
        (["apple"] * 20 + ["pear"] * 30 + ["plum"] * 10, "outcome_unclear"),
    ],
)
def test_outcomes_that_say_too_little(values: list[object], kind: str) -> None:
    frame = pl.DataFrame({"end": values, "x": [k * 7 % 5 for k in range(60)]})
    found = audit(frame, outcome="end", now=NOW)
    assert kind in {f.kind for f in found.findings}
    assert found.left_out == ()


@pytest.mark.parametrize(
    ("values", "n_converted"),
    [
        ([True] * 20 + [False] * 40, 20),
        (["Closed Won"] * 20 + ["Closed Lost"] * 40, 20),
        (["Under Contract"] * 15 + ["Closed"] * 5 + ["Lost"] * 30 + ["New"] * 10, 20),
        ([250_000.0] * 10 + [310_000.0] * 10 + [0.0] * 40, 20),
        ([2] * 20 + [1] * 40, 20),
        (["apple"] * 20 + ["pear"] * 40, 20),
    ],
)
def test_outcomes_as_people_write_them(values: list[object], n_converted: int) -> None:
    told = audit(pl.DataFrame({"end": values}), outcome="end", now=NOW).figures["outcome"]
    assert told["n_converted"] == n_converted


def test_rows_without_an_outcome_take_no_part() -> None:
    made = clean(900, 0.3, seed=2)
    words = np.where(made.y, "won", "lost").astype(object)
    words[:200] = None
    found = audit(made.frame.with_columns(Converted=pl.Series(words.tolist(), dtype=pl.String)), outcome="Converted")
    assert found.figures["outcome"]["n"] == 700
    assert found.figures["n_rows_for_leaks"] == 700


def test_one_source_only_and_all_missing() -> None:
    frame = pl.DataFrame({"source": ["web"] * 80, "gone": [None] * 80, "won": ["yes", "no"] * 40})
    assert {"one_source", "missing_values", "no_dates"} <= kinds(frame, "won")


def test_a_column_that_is_not_there_is_an_error_with_the_names() -> None:
    with pytest.raises(UnableToAudit, match=r'no column "Won".*Lead Source'):
        audit(clean(50, 0.3, seed=1).frame, outcome="Won")


def test_names_match_without_regard_to_case() -> None:
    assert audit(clean(60, 0.3, seed=1).frame, outcome="CONVERTED").figures["outcome"]["column"] == "Converted"


def test_pandas_and_polars_give_the_same() -> None:
    frame = clean(800, 0.3, seed=3).frame
    one = leadlight.audit(frame, outcome="Converted", now=NOW)
    two = leadlight.audit(pd.DataFrame(frame.to_dict(as_series=False)), outcome="Converted", now=NOW)
    assert [f.kind for f in one.findings] == [f.kind for f in two.findings]
    assert one.figures["alone"]["Budget"]["auc"] == pytest.approx(two.figures["alone"]["Budget"]["auc"])


def test_duplicates_and_people_on_both_sides() -> None:
    made = clean(400, 0.3, seed=4)
    mails = [f"p{k}@example.com" for k in range(400)]
    mails[399], mails[398] = "P3@Example.com", ""
    phones = [f"(813) 555-{k:04d}" for k in range(400)]
    phones[1] = "+1 813 555 0000"
    frame = made.frame.with_columns(pl.Series("Mail", mails), pl.Series("Mobile", phones))
    frame = pl.concat([frame, frame[50:53]])
    found = {(f.kind, f.column): f.evidence for f in audit(frame, outcome="Converted", now=NOW).findings}
    assert found["duplicate_rows", ""]["n"] == 3
    assert found["same_contact", "Mail"] == {"n_rows": 8, "n_different": 4}
    assert found["same_contact", "Mobile"]["n_rows"] == 8
    assert found["astride_split", "Mail"]["n_in_both"] == 1


def test_what_only_looks_filled_is_named() -> None:
    frame = pl.DataFrame(
        {
            "Kind": ["Select"] * 30 + ["buyer"] * 70,
            "Days since": [999.0] * 40 + [float(k % 30) for k in range(60)],
            "Rooms": [float(k % 100) for k in range(100)],
            "won": ["yes", "no"] * 50,
        }
    )
    found = [f for f in audit(frame, outcome="won", now=NOW).findings if f.kind == "placeholder"]
    assert {(f.column, f.evidence["value"], f.evidence["n"]) for f in found} == {
        ("Kind", "Select", 30),
        ("Days since", "999", 40),
    }


def test_sources_that_look_like_one() -> None:
    labels = ["Zillow", "zillow.com", "Facebook", "Facebok", "Campaign 1", "Campaign 2"]
    frame = pl.DataFrame({"Lead Source": labels * 30, "won": ["yes", "no", "no"] * 60})
    found = [
        set(f.evidence["labels"]) for f in audit(frame, outcome="won", now=NOW).findings if f.kind == "sources_alike"
    ]
    assert sorted(found, key=min) == [{"Facebook", "Facebok"}, {"Zillow", "zillow.com"}]


def test_rates_of_sources_are_shrunken() -> None:
    frame = pl.DataFrame(
        {
            "Source": ["big"] * 200 + ["other"] * 200 + ["one"],
            "won": [1] * 20 + [0] * 180 + [1] * 30 + [0] * 170 + [1],
        }
    )
    rows = {row["source"]: row for row in audit(frame, outcome="won", now=NOW).figures["sources"]}
    assert rows["one"]["rate"] == 1.0
    assert rows["one"]["rate_shrunken"] < 0.35
    assert rows["big"]["interval"][0] < 0.1 < rows["big"]["interval"][1]


def test_numbers_far_from_all_others() -> None:
    budget = np.random.default_rng(0).normal(400.0, 50.0, 500)
    budget[7] = 4_000_000.0
    found = audit(pl.DataFrame({"Budget": budget}), now=NOW)
    assert [(f.column, f.evidence["n"]) for f in found.findings if f.kind == "outliers"] == [("Budget", 1)]


def test_numbers_and_dates_as_people_write_them_are_understood() -> None:
    frame = pl.DataFrame(
        {
            "Price": ["$1,200", "$300", "n/a", "$45,000"] * 20,
            "Long": [f"{k / 7:.17f}" for k in range(80)],
            "Created": ["3/14/2025", "12/1/2024", "1/31/2025", "2/2/2025"] * 20,
            "Zip": ["01234", "33602", "02111", "33609"] * 20,
        }
    )
    holds = {row["column"]: row["holds"] for row in audit(frame, now=NOW).figures["columns"]}
    assert holds == {"Price": "number", "Long": "number", "Created": "date", "Zip": "words"}


CELLS = st.one_of(
    st.none(),
    st.text(max_size=12),
    st.sampled_from(["yes", "no", "Select", "1", "2024-05-01", "a@b.co", "-", "1e999"]),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=60))
def test_no_table_breaks_the_audit(rows: list[tuple[str | None, str | None, str | None]]) -> None:
    schema = {"end": pl.String, "Created": pl.String, "other": pl.String}
    found = audit(pl.DataFrame(rows, schema=schema, orient="row"), outcome="end", now=NOW)
    assert json.loads(found.to_json())["findings"] == found.as_dict()["findings"]
    assert all(f.kind in KINDS and f.sentence.endswith(KINDS[f.kind]) for f in found.findings)
    assert found.to_html().endswith("</html>")


def test_a_number_that_stands_only_where_no_outcome_does_breaks_nothing() -> None:
    rows = [
        (
            None if k < 20 else "yes" if k % 2 else "no",
            f"2024-05-{k % 28 + 1:02}",
            str(k % 12 + 1) if k < 20 else None,
        )
        for k in range(40)
    ]
    schema = {"end": pl.String, "Created": pl.String, "Month": pl.String}
    found = audit(pl.DataFrame(rows, schema=schema, orient="row"), outcome="end", now=NOW)
    assert {row["column"] for row in found.figures["columns"]} == {"end", "Created", "Month"}


def test_the_page_trusts_no_cell() -> None:
    evil = "<script>alert(1)</script>"
    frame = pl.DataFrame(
        {
            f"Source {evil}": [evil, f'{evil}"', "web"] * 30,
            "Check": ["A", "B", "B"] * 30,
            "won": ["yes", "no", "no"] * 30,
            f"Only {evil}": ["&<b>"] * 90,
        }
    )
    page = audit(frame, outcome="won", now=NOW).to_html()
    assert "<script" not in page
    assert "<b>" not in page
    assert "&lt;script&gt;" in page
    assert "src=" not in page
    assert "default-src 'none'" in page


# --- files ------------------------------------------------------------------------------------------------------


def two_files(folder: Path) -> tuple[Path, Path]:
    made = clean(1_500, 0.2, seed=21)
    ids = [f"k{k * 7919 % 100_003}" for k in range(1_500)]
    people = folder / "people.csv"
    made.frame.drop("Converted").with_columns(pl.Series("person", ids)).write_csv(people)
    rows = np.flatnonzero(made.y)
    won = pl.Series(((made.at[rows] + 30 * 86_400) * 1e6).astype("int64")).cast(pl.Datetime("us"))
    deals = folder / "deals.csv"
    pl.DataFrame({"ref": [ids[k] for k in rows], "won_date": won, "segment": ["homes"] * len(rows)}).write_csv(
        deals, separator=";"
    )
    return people, deals


def test_leads_and_deals_are_joined_by_the_id_that_both_hold(tmp_path: Path) -> None:
    people, deals = two_files(tmp_path)
    found = audit_files([people, deals], now=NOW)
    assert found.figures["joins"][0]["by"] == ["person", "ref"]
    assert found.figures["outcome"]["n_converted"] == found.figures["joins"][0]["n_joined"] > 200
    assert set(found.left_out) == {"won_date", "segment"}
    assert found.figures["time_to_outcome"]["median_days_of_converted"] == pytest.approx(30, abs=0.1)
    steps: list[str] = []
    named = audit_files([people, deals], outcome="won_date", now=NOW, progress=steps.append)
    assert [step.split()[0] for step in steps] == [
        "Reading",
        "Reading",
        "Counting",
        "Looking",
        "Looking",
        "Comparing",
    ]
    assert named.left_out == ("segment",)


def test_files_with_the_same_columns_are_put_below_each_other(tmp_path: Path) -> None:
    frame = clean(400, 0.3, seed=22).frame
    frame[:200].write_csv(tmp_path / "a.csv")
    frame[200:].write_csv(tmp_path / "b.csv")
    assert audit_files([tmp_path / "a.csv", tmp_path / "b.csv"], outcome="Converted").figures["n_rows"] == 400


def test_every_kind_of_file_gives_the_same(tmp_path: Path) -> None:
    frame = clean(400, 0.3, seed=23).frame.with_columns(
        pl.col("Created").dt.truncate("1s"), pl.col("Budget").fill_nan(None), City=pl.lit("Köln")
    )
    text = frame.with_columns(pl.col("Created").dt.strftime("%Y-%m-%d %H:%M:%S"))
    text.write_csv(tmp_path / "a.csv")
    (tmp_path / "b.csv").write_bytes(text.write_csv(separator=";").encode("cp1252"))
    (tmp_path / "c.csv").write_bytes(text.write_csv(separator="\t").encode("utf-16"))
    frame.write_parquet(tmp_path / "d.parquet")
    found = [audit_files([path], outcome="Converted", now=NOW) for path in sorted(tmp_path.iterdir())]
    for other in found[1:]:
        assert other.figures["columns"] == found[0].figures["columns"]
        assert [f.kind for f in other.findings] == [f.kind for f in found[0].findings]


def test_files_that_nothing_joins_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,x\n1,2\n2,3\n3,4\n4,5\n")
    (tmp_path / "b.csv").write_text("key,y\nq,2\nr,3\ns,4\nt,4\n")
    with pytest.raises(UnableToReadFile, match=r"No column of b\.csv holds ids of a\.csv"):
        audit_files([tmp_path / "a.csv", tmp_path / "b.csv"])


def test_rows_that_do_not_fit_are_counted(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,x\n1,2\n2,3,9,9\n3,4\n4,4\n5,2\n")
    found = audit_files([tmp_path / "a.csv"], now=NOW)
    assert [f.evidence["lines"] for f in found.findings if f.kind == "unreadable_rows"] == [[3]]
