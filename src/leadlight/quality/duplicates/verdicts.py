"""From what every comparison says to how likely two records are one person, and not two of one household. Pure."""

import math
from collections.abc import Sequence

import polars as pl

from .comparisons import AGREES, DIFFERS, SIMILAR, Comparison

#: Pairs of records of one person for every pair of two people of one household, before looking at either.
SAME_FOR_EACH_HOUSEHOLD = 1.0
#: A pair whose given name, birth date and ids say so much against it is not made one by a third record between them.
CONTRADICTION = -6.0


def judge(weighed: pl.DataFrame, comparisons: Sequence[Comparison], prior: float) -> pl.DataFrame:
    """
    Add `probability`, of being one person, and `p_household`, of being two people of one household.

    Three things can be: one person, two of a household, two strangers. Of strangers, agreement is chance; two of a
    household agree on what is `shared` as one person's records would, else by chance. Bayes' rule weighs the three,
    with odds of one person against strangers by the prior, against a household by SAME_FOR_EACH_HOUSEHOLD.
    """
    against_strangers = pl.sum_horizontal(*(pl.col(f"bits_{one.name}") for one in comparisons))
    against_household = pl.sum_horizontal(*(_against_household(one) for one in comparisons))
    strangers = _odds(-against_strangers) * (1 - prior) / prior
    household = _odds(-against_household) / SAME_FOR_EACH_HOUSEHOLD
    own = [f"bits_{one.name}" for one in comparisons if one.shared <= 0.1]
    return weighed.with_columns(
        probability=1 / (1 + strangers + household),
        p_household=household / (1 + strangers + household),
        contradicts=pl.sum_horizontal(pl.lit(0.0), *own) <= CONTRADICTION,
    )


def _odds(bits: pl.Expr) -> pl.Expr:
    return (bits.cast(pl.Float64) * math.log(2)).exp()


def _against_household(comparison: Comparison) -> pl.Expr:
    ratio = _odds(pl.col(f"bits_{comparison.name}"))
    return (ratio / (comparison.shared * ratio + 1 - comparison.shared)).log(2)


def words(pairs: pl.DataFrame, comparisons: Sequence[Comparison]) -> pl.DataFrame:
    """Add the columns `agrees`, `similar` and `differs`: the labels of the comparisons that say so, with commas."""

    def labels(says: str) -> pl.Expr:
        parts = []
        for one in comparisons:
            codes = [len(one.levels) - 1 - place for place, level in enumerate(one.levels) if level.says == says]
            parts.append(pl.when(pl.col(f"level_{one.name}").is_in(codes)).then(pl.lit(one.label)))
        return pl.concat_str(*parts, separator=", ", ignore_nulls=True).alias(says)

    return pairs.with_columns(labels(AGREES), labels(SIMILAR), labels(DIFFERS))
