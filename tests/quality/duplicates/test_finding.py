import pandas as pd
import polars as pl
import pytest

import leadlight
from leadlight.quality.duplicates.clusters import AUTOMATIC, REVIEW, clusters, pairs_of
from leadlight.quality.duplicates.dwelling import find_households
from leadlight.quality.duplicates.errors import UnableToFindDuplicates
from tests.quality.duplicates.build import town


@pytest.fixture(scope="module")
def table() -> pl.DataFrame:
    return town()[0]


@pytest.fixture(scope="module")
def found(table: pl.DataFrame) -> pl.DataFrame:
    return leadlight.find_duplicates(table)


def pair(found: pl.DataFrame, case: str) -> dict[str, object]:
    left, right = town()[1][case][:2]
    rows = found.filter((pl.col("left") == left) & (pl.col("right") == right)).to_dicts()
    return rows[0] if rows else {"probability": 0.0, "p_household": None}


@pytest.mark.parametrize(
    "case", ["nickname", "names exchanged", "day and month exchanged", "accents", "equal"]
)  # fmt: skip
def test_one_person_in_two_writings(found: pl.DataFrame, case: str) -> None:
    assert pair(found, case)["probability"] >= 0.5


@pytest.mark.parametrize("case", ["couple", "father and son", "senior and junior", "placeholders", "one building"])
def test_two_people(found: pl.DataFrame, case: str) -> None:
    assert pair(found, case)["probability"] < REVIEW


def test_twins_are_asked_about(found: pl.DataFrame) -> None:
    twins = pair(found, "twins")
    assert twins["probability"] < 0.9 < AUTOMATIC
    assert twins["p_household"] > 0.1


def test_what_people_see_of_a_pair(found: pl.DataFrame) -> None:
    bob = pair(found, "nickname")
    assert bob["agrees"] == "given name, surname, phone, address, place"
    assert bob["differs"] is None or bob["differs"] == ""
    assert bob["through"] is None
    assert pair(found, "equal")["agrees"] == "everything"
    assert found.columns == ["left", "right", "probability", "p_household", "agrees", "similar", "differs", "through"]
    assert found["probability"].is_between(0.05, 1.0).all()
    assert (found["left"] < found["right"]).all()
    assert found.equals(found.sort("left", "right"))


def test_equal_rows_are_one_group(found: pl.DataFrame) -> None:
    assert town()[1]["equal"] in clusters(pairs_of(found), 0.9)


def test_households_of_a_table(table: pl.DataFrame) -> None:
    found = find_households(table)
    for case in ("couple", "father and son", "twins", "nickname"):
        first, second = town()[1][case]
        assert found[second] == found[first] == first
    for case in ("one building", "placeholders"):
        first, second = town()[1][case]
        assert (found[first], found[second]) == (first, second)


def test_order_and_make_of_the_table_do_not_matter(table: pl.DataFrame, found: pl.DataFrame) -> None:
    before = table.clone()
    shuffled = table.with_row_index("key").sample(fraction=1.0, shuffle=True, seed=5).to_pandas()
    again = leadlight.find_duplicates(shuffled, id_column="key")
    assert isinstance(again, pd.DataFrame)

    def as_set(rows: list[dict[str, object]]) -> set[tuple[object, ...]]:
        return {(frozenset((row["left"], row["right"])), row["probability"], row["agrees"]) for row in rows}

    assert as_set(again.to_dict("records")) == as_set(found.to_dicts())
    assert table.equals(before)


@pytest.mark.parametrize(
    "table",
    [
        {"name": []},
        {"name": ["Ann Lee"]},
        {"name": [None, None, ""], "email": [None, "n/a", None]},
    ],
)
def test_nothing_to_compare_gives_no_pairs(table: dict[str, list[str | None]]) -> None:
    found = leadlight.find_duplicates(pl.DataFrame(table))
    assert found.is_empty()
    assert found.schema["probability"] == pl.Float64
    assert leadlight.find_duplicates(pl.DataFrame(table).to_pandas())["probability"].dtype == "float64"


def test_a_table_of_few_columns_and_numbers_for_texts() -> None:
    phones = [5125550100 + k for k in range(30)]
    found = leadlight.find_duplicates(pl.DataFrame({"phone": [*phones, phones[4]], "first name": ["Ann"] * 31}))
    assert found.select("left", "right").rows() == [(4, 30)]


@pytest.mark.parametrize(
    "table",
    [
        {"email": ["ann.lee@example.com, lee@example.com", "ann.lee@example.com", "bo@example.com", ""]},
        {"phone": ["512-555-0101; 512-555-0102", "512-555-0101", "512-555-0199", ""]},
        {"ssn": ["123-45-6789", "123 45 6789", "987-65-4321", ""]},
    ],
)
def test_a_table_of_one_column(table: dict[str, list[str]]) -> None:
    found = leadlight.find_duplicates(pl.DataFrame(table))
    assert found.select("left", "right").rows() == [(0, 1)]
    assert found["probability"][0] >= 0.5


def test_what_is_missing_is_said() -> None:
    with pytest.raises(UnableToFindDuplicates, match="price"):
        leadlight.find_duplicates(pl.DataFrame({"price": [1, 2]}))
    with pytest.raises(UnableToFindDuplicates, match='no column "id"'):
        leadlight.find_duplicates(pl.DataFrame({"name": ["A B"]}), id_column="id")
