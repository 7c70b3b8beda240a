"""Who is the same as the same one: what two pairs with a record in common say of the third pair. Pure."""

import polars as pl

#: Pairs at least this likely pass on what they say.
LEAST_TO_PASS = 0.5
#: A record that is like more than this many others says nothing for them of one another.
MOST_NEIGHBOURS = 60


def third_pairs(pairs: pl.DataFrame, *, least: float) -> pl.DataFrame:
    """
    Return the pairs that have likely pairs to a record in common, with `bound` and `through`, which record gives it.

    If A is B with chance p and B is C with chance q, then A is C with at least p + q - 1 (Fréchet's bound): nothing
    is assumed of how the two hang together. Only bounds of at least `least` are given, the best of each pair.
    """
    likely = pairs.filter(pl.col("probability") >= LEAST_TO_PASS).select("left", "right", "probability")
    ends = pl.concat([
        likely.select(middle="left", end="right", p="probability"),
        likely.select(middle="right", end="left", p="probability"),
    ])  # fmt: skip
    ends = ends.filter(pl.len().over("middle") <= MOST_NEIGHBOURS)
    return (
        ends.join(ends, on="middle", suffix="_other")
        .filter(pl.col("end") < pl.col("end_other"))
        .select(
            left="end", right="end_other", bound=pl.col("p") + pl.col("p_other") - 1, through="middle"
        )
        .filter(pl.col("bound") >= least)
        .sort("bound", "through", descending=[True, False])
        .group_by("left", "right", maintain_order=True)
        .first()
        .sort("left", "right")
    )  # fmt: skip


def raised(pairs: pl.DataFrame, thirds: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs with the probability that `thirds` give them, where it is more and nothing contradicts it."""
    return (
        pairs.join(thirds.rename({"through": "by"}), on=["left", "right"], how="left", maintain_order="left")
        .with_columns(
            better=(pl.col("bound") > pl.col("probability")).fill_null(value=False) & ~pl.col("contradicts")
        )
        .with_columns(
            probability=pl.when("better").then("bound").otherwise("probability"),
            through=pl.when("better").then("by").otherwise("through"),
            # What is one person is not two of a household.
            p_household=pl.when("better")
            .then(pl.min_horizontal("p_household", 1 - pl.col("bound")))
            .otherwise("p_household"),
        )
        .drop("bound", "by", "better")
    )  # fmt: skip
