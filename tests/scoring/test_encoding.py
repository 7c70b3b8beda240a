from datetime import date

import numpy as np
import pandas as pd
import polars as pl
import pytest

from leadlight.scoring.learners.encoding import Encoder, Table, learn_encoding, table_of
from leadlight.scoring.learners.errors import UnableToScore


def leads(n: int = 60) -> dict[str, list[object]]:
    return {
        "visits": [None if k % 7 == 0 else k for k in range(n)],
        "city": [["Springfield", "Shelbyville", "Select", None][k % 4] for k in range(n)],
        "consent": [k % 2 == 0 for k in range(n)],
        "note": [f"free text {k}" for k in range(n)],
        "first_seen": [date(2024, 1, 1)] * n,
        "country": ["US"] * n,
        "rooms": [["3", "4", "Select"][k % 3] for k in range(n)],
        "empty": [None] * n,
        "Lead Number": list(range(1000, 1000 + n)),
    }


def test_columns_are_used_or_left_out_with_a_reason() -> None:
    encoder = learn_encoding(table_of(pl.DataFrame(leads())))
    assert encoder.numeric == ("consent", "rooms", "visits")
    assert encoder.labels[3:] == ("city = Shelbyville", "city = Springfield", "city missing")
    assert {name: reason.split(":")[0] for name, reason in encoder.left_out.items()} == {
        "note": "an identifier",
        "first_seen": "a date or duration",
        "country": "the same in every row",
        "empty": "empty",
        "Lead Number": "an identifier",
    }


@pytest.mark.parametrize("word", ["Select", "", " ", "N/A", "n/a", "-", "NA", "null"])
def test_words_that_mean_nothing_are_missing(word: str) -> None:
    table = table_of(pl.DataFrame({"city": ["Springfield", word]}))
    assert table.categories["city"].tolist() == ["Springfield", None]


def test_unknown_is_a_word_that_somebody_chose() -> None:
    assert table_of(pl.DataFrame({"job": ["unknown", "none"]})).categories["job"].tolist() == ["unknown", "none"]


def test_pandas_and_polars_give_the_same_matrix() -> None:
    data = leads()
    ours = table_of(pl.DataFrame(data))
    for frame in (pd.DataFrame(data), pd.DataFrame(data).convert_dtypes()):
        theirs = table_of(frame.drop(columns=["first_seen", "empty"]))
        encoder = learn_encoding(ours)
        np.testing.assert_array_equal(encoder.encode(ours), encoder.encode(theirs))


def test_column_order_does_not_matter_and_strange_columns_are_passed_over() -> None:
    frame = pl.DataFrame(leads())
    encoder = learn_encoding(table_of(frame))
    turned = frame.select(frame.columns[::-1]).with_columns(pl.lit(3).alias("new"))
    np.testing.assert_array_equal(encoder.encode(table_of(frame)), encoder.encode(table_of(turned)))


def test_missing_columns_are_missing_values() -> None:
    frame = pl.DataFrame(leads())
    encoder = learn_encoding(table_of(frame))
    matrix = encoder.encode(table_of(frame.drop("visits", "city")))
    assert np.isnan(matrix[:, encoder.labels.index("visits")]).all()
    assert (matrix[:, encoder.labels.index("city missing")] == 1).all()


def test_unknown_words_are_pooled_with_the_rare_or_nowhere() -> None:
    cities = ["A"] * 60 + ["B"] * 60 + ["C"]
    pooled = learn_encoding(table_of(pl.DataFrame({"city": cities})))
    assert pooled.labels == ("city = A", "city = B", "city = other")
    strange = table_of(pl.DataFrame({"city": ["Z"]}))
    assert pooled.encode(strange).tolist() == [[0, 0, 1]]
    without = learn_encoding(table_of(pl.DataFrame({"city": cities[:-1]})))
    assert without.encode(strange).tolist() == [[0, 0]]


def test_a_column_may_change_its_type() -> None:
    encoder = learn_encoding(table_of(pl.DataFrame({"n": list(range(50)), "code": ["1", "x"] * 25})))
    matrix = encoder.encode(table_of(pl.DataFrame({"n": ["7", "seven"], "code": [1, 2]})))
    assert matrix[0].tolist() == [7, 1, 0]
    assert np.isnan(matrix[1, 0])


def test_a_ready_matrix_passes_untouched() -> None:
    values = np.random.default_rng(0).normal(size=(50, 3)).astype(np.float32)
    encoder = learn_encoding(Table(("a", "b", "c"), values))
    assert encoder.encode_matrix(values, ("a", "b", "c")) is values
    np.testing.assert_array_equal(encoder.encode_matrix(values[:, ::-1], ("c", "b", "a")), values)


def test_large_and_infinite_numbers_stay_finite_or_missing() -> None:
    values = table_of(pl.DataFrame({"x": [1e300, float("inf"), -1e300, 1.0]})).values
    assert np.isfinite(values[[0, 2, 3]]).all()
    assert np.isnan(values[1]).all()


def test_an_encoding_survives_json() -> None:
    encoder = learn_encoding(table_of(pl.DataFrame(leads())))
    assert Encoder.from_dict(encoder.to_dict()) == encoder


@pytest.mark.parametrize("rows", ["text", [1, 2], np.zeros(3)])
def test_what_is_no_table_is_refused(rows: object) -> None:
    with pytest.raises(UnableToScore, match="needed"):
        table_of(rows)
