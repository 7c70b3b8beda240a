"""Which pairs are worth comparing: those that have something rare enough in common. Knows data frames, no storage."""

from collections.abc import Sequence

import polars as pl

#: Each of these gives a record one key, or none when a part is empty. A list means: one key for each of its values.
_name = pl.concat_str(pl.min_horizontal("given", "surname"), pl.max_horizontal("given", "surname"), separator=" ")
_year, _month_day = pl.col("born").str.head(4), pl.col("born").str.tail(4)
_either = pl.concat_list("given", "surname")
_sound = pl.concat_list(pl.col("given").str.head(3), pl.col("surname").str.head(3))
_RULES: tuple[tuple[str, Sequence[pl.Expr]], ...] = (
    ("e-mail", (pl.col("all_emails"),)),
    ("phone", (pl.col("all_phones"),)),
    ("id", (pl.col("id"),)),
    ("local part", (pl.col("local"),)),
    ("names", (_name,)),
    ("born", (pl.col("born"),)),
    ("a name, day and month", (_either, _month_day)),
    ("a name, year", (_either, _year)),
    ("sound, month of birth", (_sound, pl.col("born").str.head(6))),
    ("sound, street", (_sound, pl.col("street"))),
    ("street", (pl.col("number"), pl.col("street"))),
    ("a name, postcode", (_either, pl.col("postcode"))),
    ("a name, city", (_either, pl.col("city"))),
    ("sounds, city", (_sound, pl.col("city"), pl.col("born").str.head(4))),
    ("line 2, postcode", (pl.col("line2"), pl.col("postcode"))),
    ("full name", (pl.col("full"), pl.col("surname"))),
    ("a name", (_either,)),
    ("sounds", (pl.concat_str(pl.min_horizontal(pl.col("given").str.head(3), pl.col("surname").str.head(3)),
                              pl.max_horizontal(pl.col("given").str.head(3), pl.col("surname").str.head(3))),)),
)  # fmt: skip
#: Pairs that one rule may give for each record, on average. Blocks are taken from the smallest on until it is spent.
PAIRS_PER_RECORD = 6
#: Tables this small are compared whole.
LEAST_PAIRS = 50_000


def candidate_pairs(records: pl.DataFrame) -> pl.DataFrame:
    """
    Return pairs of `uid`, left below right, each once and sorted, that share a key of some rule.

    However many records have one thing in common, the pairs stay at most len(rules) × PAIRS_PER_RECORD × records.
    """
    budget = max(LEAST_PAIRS, PAIRS_PER_RECORD * len(records))
    found = [pairs_by(parts, records, most=budget) for _, parts in _RULES]
    pairs: pl.DataFrame = pl.concat(found).unique().sort("left", "right")
    return pairs


def pairs_by(parts: Sequence[pl.Expr], records: pl.DataFrame, *, most: int) -> pl.DataFrame:
    """Return the pairs of `uid` whose records have the same value of every part; the largest groups give none."""
    names = [f"part{place}" for place in range(len(parts))]
    keys = records.select("uid", *(part.alias(name) for name, part in zip(names, parts, strict=True)))
    for name in names:
        if isinstance(keys.schema[name], pl.List):
            keys = keys.explode(name)
    keys = keys.drop_nulls().unique()
    blocks = keys.group_by(names).agg(pl.col("uid").sort())
    n_pairs = pl.col("uid").list.len().cast(pl.Int64) * (pl.col("uid").list.len().cast(pl.Int64) - 1) // 2
    blocks = blocks.with_columns(n_pairs=n_pairs).filter(pl.col("n_pairs") > 0).sort("n_pairs", *names)
    blocks = blocks.filter(pl.col("n_pairs").cum_sum() <= most).select("uid").with_row_index("block")
    members = blocks.explode("uid")
    joined = members.join(members, on="block", suffix="_right").filter(pl.col("uid") < pl.col("uid_right"))
    return joined.select(left="uid", right="uid_right").unique()
