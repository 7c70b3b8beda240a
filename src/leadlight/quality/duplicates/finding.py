"""Which rows of any table of people are one person. Data frames in and out. No Django."""

from typing import Any, cast

import narwhals as nw
import polars as pl
from narwhals.typing import IntoDataFrameT

from .candidates import candidate_pairs
from .closing import raised, third_pairs
from .clusters import EVERYTHING
from .comparisons import Comparison, comparisons_for
from .errors import UnableToFindDuplicates
from .linkage import linkage
from .people import FREQUENT, faces, read_people
from .verdicts import judge, same_for_each_household, words

LEAST_PROBABILITY = 0.05
#: How often what is known of two pairs is passed on to the third.
_PASSES = 2
#: Pairs less likely than this to be one person rather than strangers are not looked at further.
_LEAST_WEIGHED = 0.001
#: Rows that say exactly the same are paired each with each up to this many; of more, each with the first.
_MOST_EQUAL = 40


def find_duplicates(
    table: IntoDataFrameT,
    *,
    id_column: str | None = None,
    least_probability: float = LEAST_PROBABILITY,
    country: str = "US",
) -> IntoDataFrameT:
    """
    Return the pairs of rows that may be one person, each with how likely it is: pandas or polars, as `table` is.

    Names, e-mails, phones, addresses, birth dates and personal ids are recognised by the names of the columns,
    e-mails and phones by their values too; other columns are not looked at, nor is `id_column`. No labels are
    needed. `country` (two letters) says how phone numbers without a country and dates like 03/04 are read.

    The result has one row per pair, sorted by `left` and `right`:

    - `left`, `right`: the positions of the two rows, from 0, the smaller left; with `id_column`, its values;
    - `probability`: of being the same person, at least `least_probability`;
    - `p_household`: of being two people of one household, as a couple, or father and son;
    - `agrees`, `similar`, `differs`: what of the two records does, with commas; "everything" when they are equal;
    - `through`: the row by way of which they are one person, where a third record says more than the two
      themselves; else empty.

    `clusters.AUTOMATIC` and `clusters.REVIEW` say from where on a pair may be merged, and is put before a person;
    `clusters.clusters` makes groups of pairs. Nothing is kept, written or sent.

    Equal tables give equal results, in whatever order their rows come. More than 40 rows that say exactly the same
    are paired each with the first of them. A table of no or one row gives no pairs.

    Raises:
        UnableToFindDuplicates: no column tells one person from another, or there is no such `id_column`.
    """
    frame = nw.from_native(table, eager_only=True)
    if id_column is not None and id_column not in frame.columns:
        others = ", ".join(map(str, frame.columns))
        raise UnableToFindDuplicates(
            f'There is no column "{id_column}" to name the rows by. The columns are: {others}.'
        )
    people, known = read_people(frame.drop([id_column] if id_column else []), country=country)
    found = _pairs_of_rows(people, known, least_probability)
    if id_column is not None:
        ids = pl.Series(frame[id_column].to_list(), strict=False)
        found = found.with_columns(*(ids.gather(found[place]).alias(place) for place in _PLACES))
    return cast(IntoDataFrameT, _like(found, frame))


_PLACES = ("left", "right", "through")
_RESULT = {
    "left": pl.Int64, "right": pl.Int64, "probability": pl.Float64, "p_household": pl.Float64,
    "agrees": pl.String, "similar": pl.String, "differs": pl.String, "through": pl.Int64,
}  # fmt: skip


def _like(found: pl.DataFrame, frame: nw.DataFrame[Any]) -> Any:
    """Return the pairs in the make of the table that was asked about."""
    if frame.implementation.is_pandas_like():
        return found.to_pandas()
    return found.to_arrow() if frame.implementation.is_pyarrow() else found


def _pairs_of_rows(people: pl.DataFrame, known: frozenset[str], least: float) -> pl.DataFrame:
    comparisons = comparisons_for(known)
    records = faces(people)
    if len(people) < 2 or not comparisons:
        return pl.DataFrame(schema=_RESULT)
    pairs = _pairs_of_faces(as_records(records), comparisons, least)
    said = words(pairs, comparisons).with_columns(
        agrees=pl.when(pl.col("left") == pl.col("right")).then(pl.lit(EVERYTHING)).otherwise("agrees")
    )
    return _spread(said, records["rows"])


def as_records(records: pl.DataFrame) -> pl.DataFrame:
    """Return what the database holds of each face: null where it says nothing, lists where it says several."""
    texts = [pl.col(name).replace("", None) for name, kind in records.schema.items() if kind == pl.String]
    born, local = pl.col("born"), pl.col("emails").str.split(" ").list.first().str.split("@").list.first()
    return records.with_columns(*texts).with_row_index("uid").select(
        "uid", "given", "full", "surname", "suffix", "id", "born", "number", "street", "unit", "line2", "postcode",
        "city", "emails_others", "phones_others", "id_others", "born_others", "n_rows", *FREQUENT,
        email=pl.col("emails").str.split(" ").list.first(),
        local=local,
        # An address made of the name says no more than the name does when another resembles it.
        named=pl.any_horizontal(*(
            (pl.col(name).str.len_chars() > 2) & local.str.contains(pl.col(name), literal=True)
            for name in ("given", "surname")
        )).fill_null(value=False),
        all_emails=pl.col("emails").str.split(" "),
        phone=pl.col("phones").str.split(" ").list.first(),
        all_phones=pl.col("phones").str.split(" "),
        day=born.str.to_date("%Y%m%d", strict=False).cast(pl.Int32),
        day_month=born.str.head(4) + born.str.tail(2) + born.str.slice(4, 2),
    )  # fmt: skip


def _pairs_of_faces(records: pl.DataFrame, comparisons: tuple[Comparison, ...], least: float) -> pl.DataFrame:
    equal = records.filter(pl.col("n_rows") > 1).select(left="uid", right="uid")
    with linkage(records, comparisons) as linked:
        model = linked.learn()
        weighed = linked.weigh(model, pl.concat([candidate_pairs(records), equal]), least=_LEAST_WEIGHED)
        ratio = same_for_each_household(weighed, comparisons, model.prior)

        def judged(pairs: pl.DataFrame) -> pl.DataFrame:
            through = pl.lit(None, dtype=pl.UInt32).alias("through")
            return judge(pairs, comparisons, model.prior, ratio).with_columns(through)

        pairs = judged(weighed)
        for _ in range(_PASSES):
            thirds = third_pairs(pairs.filter(pl.col("left") < pl.col("right")), least=least)
            new = thirds.select("left", "right").join(pairs, on=["left", "right"], how="anti")
            pairs = raised(pl.concat([pairs, judged(linked.weigh(model, new, least=0.0))]), thirds)
    return pairs.filter(pl.col("probability") >= least)


def _spread(pairs: pl.DataFrame, rows: pl.Series) -> pl.DataFrame:
    """Return the pairs of rows for the pairs of faces."""
    of = pl.DataFrame({"face": pl.Series(range(len(rows)), dtype=pl.UInt32), "rows": rows})
    pairs = (
        pairs.join(of.rename({"face": "left", "rows": "left_rows"}), on="left")
        .join(of.rename({"face": "right", "rows": "right_rows"}), on="right")
        .join(of.select(through="face", through_row=pl.col("rows").list.first()), on="through", how="left")
    )
    n_pairs = pl.col("left_rows").list.len().cast(pl.Int64) * pl.col("right_rows").list.len()
    few = n_pairs <= _MOST_EQUAL**2
    one = pl.col("left") == pl.col("right")
    pairs = pairs.with_columns(
        left_rows=pl.when(few).then("left_rows").otherwise(pl.col("left_rows").list.head(1)),
        right_rows=pl.when(few | one).then("right_rows").otherwise(pl.col("right_rows").list.head(1)),
    )
    spread = pairs.explode("left_rows").explode("right_rows")
    spread = spread.filter(~one | (pl.col("left_rows") < pl.col("right_rows")))
    return (
        spread.with_columns(
            left=pl.min_horizontal("left_rows", "right_rows"),
            right=pl.max_horizontal("left_rows", "right_rows"),
            through="through_row",
        )
        .select(*(pl.col(name).cast(kind) for name, kind in _RESULT.items()))
        .sort("left", "right")
    )
