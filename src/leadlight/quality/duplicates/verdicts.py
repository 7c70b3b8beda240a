"""From what every comparison says to how likely two records are one person, and not two of one household. Pure."""

import math
from collections.abc import Sequence

import polars as pl

from .comparisons import AGREES, DIFFERS, SIMILAR, Comparison

#: Pairs of one person for every pair of two people of one household: where EM starts, how many pairs that is worth,
#: and how far it may go. Households are never ruled out, since a wrong merge costs more than a missed one.
SAME_FOR_EACH_HOUSEHOLD = 1.0
USUAL_PAIRS = 20.0
LEAST_SAME, MOST_SAME = 0.5, 1.5
#: A third record does not make one person of two whose given names, birth dates and ids say so many bits
#: against it, or who look more like strangers than like one person in all that they say: one doubtful link would
#: join crowds.
CONTRADICTION = -6.0


def judge(
    weighed: pl.DataFrame, comparisons: Sequence[Comparison], prior: float, same_for_each_household: float
) -> pl.DataFrame:
    """
    Add `probability`, of being one person, and `p_household`, of being two people of one household.

    Three things can be: one person, two of a household, two strangers. Strangers agree by chance; two of a household
    agree on what is `shared` as one person's records would, else by chance. Bayes' rule weighs the three: `prior` is
    the chance that two random records are one person.
    """
    strangers = pl.col("strangers") * (1 - prior) / prior
    household = pl.col("household") / same_for_each_household
    own = [f"bits_{one.name}" for one in comparisons if one.shared <= 0.1]
    return (
        _alternatives(weighed, comparisons)
        .with_columns(
            probability=1 / (1 + strangers + household),
            p_household=household / (1 + strangers + household),
            contradicts=(pl.sum_horizontal(pl.lit(0.0), *own) <= CONTRADICTION) | (pl.col("strangers") > 1),
        )
        .drop("strangers", "household")
    )


def same_for_each_household(weighed: pl.DataFrame, comparisons: Sequence[Comparison], prior: float) -> float:
    """Return how many pairs of one person these pairs hold for each of two people of a household, by EM."""
    found = _alternatives(weighed, comparisons)
    strangers = found["strangers"].to_numpy() * (1 - prior) / prior
    household = found["household"].to_numpy()
    ratio = SAME_FOR_EACH_HOUSEHOLD
    for _ in range(20):
        same = 1 / (1 + strangers + household / ratio)
        n_same, n_household = float(same.sum()), float((same * household / ratio).sum())
        ratio = (n_same + USUAL_PAIRS * SAME_FOR_EACH_HOUSEHOLD) / (n_household + USUAL_PAIRS)
    return min(max(ratio, LEAST_SAME), MOST_SAME)


def _alternatives(weighed: pl.DataFrame, comparisons: Sequence[Comparison]) -> pl.DataFrame:
    """Add how much likelier each pair is of two strangers, and of a household, than of one person."""
    against_strangers = pl.sum_horizontal(*(pl.col(f"bits_{one.name}") for one in comparisons))
    against_household = pl.sum_horizontal(*(_against_household(one) for one in comparisons))
    return weighed.with_columns(strangers=_odds(-against_strangers), household=_odds(-against_household))


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
