"""Splink on DuckDB: what each comparison of a pair says, learned without labels. In memory alone."""

import logging
import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from typing import Any

import duckdb
import polars as pl
from splink import DuckDBAPI, Linker
from splink.internals.exceptions import EMTrainingException

from .candidates import pairs_by
from .comparisons import Comparison

#: Where chance decides which records are sampled.
SEED = 20
MEMORY = "800MB"
THREADS = 2
#: Random pairs to learn u from, and pairs of one training rule.
RANDOM_PAIRS = 400_000
TRAINING_PAIRS = 300_000
#: Pairs weighed in one go: what they need of memory does not grow with the table.
PAIRS_AT_ONCE = 250_000
#: What is learned is weighed against so many pairs of one person, and of strangers, that look as such usually do.
USUAL_MATCHES = 30.0
USUAL_STRANGERS = 20_000.0
#: How often a value comes in the table is weighed against so many records in which it comes as often as usual.
USUAL_VALUES = 50.0
#: More than the names of one record, however rare, add to what splink makes of names in general.
RARITY_BITS = 12.0
#: However small a table, two of its records are no likelier one person than this.
MOST_PRIOR = 0.02
#: Pairs that are equal in all of these are one person's, nearly always; together these rules find SURE_SHARE.
SURE_RULES = (
    ("id",), ("email", "given"), ("email", "born"), ("phone", "given", "surname"), ("given", "surname", "born"),
    ("given", "surname", "street", "number"),
    ("given", "surname", "postcode"),
)  # fmt: skip
#: Where nobody is named.
SURE_WITHOUT_NAMES = (("id",), ("email",), ("phone",))
SURE_SHARE = 0.6
#: EM learns all comparisons but those of these columns from the pairs that are equal in them.
TRAINING_RULES = (("email",), ("phone",), ("id",), ("born",), ("given", "surname"), ("street", "number"))

# It tells of every level that it has not seen, which for us is the usual case.
logging.getLogger("splink").setLevel(logging.ERROR)


@dataclass(frozen=True)
class Model:
    """What was learned: the chance that two random records match, and (m, u) of the levels, the last being 0."""

    prior: float
    fitted: Mapping[str, Mapping[int, tuple[float, float]]]


class Linkage:
    """Records in a database of their own, and what splink says of pairs of them."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, records: pl.DataFrame, comparisons: Sequence[Comparison]
    ) -> None:
        self._connection = connection
        self._api = DuckDBAPI(connection)
        self._records = records
        self._table = self._api.register(records.to_arrow())
        self._comparisons = comparisons

    def learn(self) -> Model:
        """
        Return the model of these records: u by random pairs, m by EM over training rules, the prior by sure rules.

        Where EM has nothing to learn from, or learns what cannot be, what is usual for people stands.
        """
        n_records = len(self._records)
        n_pairs = max(n_records * (n_records - 1) / 2, 1.0)
        n_matches = max(self._n_sure() / SURE_SHARE, 1.0)
        prior = min(n_matches / n_pairs, MOST_PRIOR)
        linker = self._linker(self._settings(Model(prior, {})))
        linker.training.estimate_u_using_random_sampling(
            max_pairs=RANDOM_PAIRS, seed=SEED, min_count_per_level=None, num_chunks=1
        )
        settings = linker.misc.save_model_to_json()
        taught = [self._taught_by(rule, settings) for rule in TRAINING_RULES]
        fitted = {}
        for comparison, said in zip(self._comparisons, settings["comparisons"], strict=True):
            lessons = [m[comparison.name] for m in taught if comparison.name in m]
            m = [median(levels) for levels in zip(*lessons, strict=True)] or [one.m for one in comparison.levels]
            fitted[comparison.name] = settle(comparison, m, _levels(said, "u_probability"), prior, n_matches, n_pairs)
        return Model(prior, fitted)

    def _taught_by(self, rule: Sequence[str], settings: dict[str, Any]) -> dict[str, list[float]]:
        """Return m of the levels of what EM can learn from the pairs that are equal in these columns."""
        learners = [one for one in self._comparisons if not one.uses(rule)]
        n_blocked = self._n_blocked(rule)
        if not (learners and n_blocked):
            return {}
        linker = self._linker(settings)
        try:
            linker.training.estimate_parameters_using_expectation_maximisation(
                " and ".join(f"l.{column} = r.{column}" for column in rule),
                estimate_without_term_frequencies=True,
                max_pairs=TRAINING_PAIRS if n_blocked > TRAINING_PAIRS else None,
            )
        except (EMTrainingException, ValueError):
            # Splink gives up where a sample leaves no pairs, or a share of them comes to nothing: they teach nothing.
            return {}
        said = zip(self._comparisons, linker.misc.save_model_to_json()["comparisons"], strict=True)
        return {one.name: _levels(learned, "m_probability") for one, learned in said if one in learners}

    def weigh(self, model: Model, pairs: pl.DataFrame, *, least: float) -> pl.DataFrame:
        """
        Return the pairs with what each comparison says of them.

        `level_<name>` is the level, the last being 0 and silence -1; `bits_<name>` its weight, the logarithm to base
        2 of how much likelier it is of one person than of two strangers. Pairs that are less likely than `least` to
        be one person, strangers being the other choice, are left out.
        """
        parts = [self._weigh(model, part, least) for part in pairs.iter_slices(PAIRS_AT_ONCE)]
        weighed: pl.DataFrame = pl.concat(parts or [self._weigh(model, pairs, least)]).sort("left", "right")
        return weighed

    def _weigh(self, model: Model, pairs: pl.DataFrame, least: float) -> pl.DataFrame:
        linker = self._linker(self._settings(model))
        blocked = self._api.register(
            pairs.select(join_key_l="left", join_key_r="right", match_key=pl.lit("0")).to_arrow()
        )
        linker.table_management.register_blocked_pairs_for_predict(blocked)
        predicted = linker.inference.predict(
            threshold_match_weight=math.log2(least) - RARITY_BITS if least else None, warning_mode="never"
        )
        said = ", ".join(
            f"gamma_{one.name}::tinyint as level_{one.name}, ({self._bits(one, model)})::float as bits_{one.name}"
            for one in self._comparisons
        )
        found: pl.DataFrame = self._connection.sql(
            f"select uid_l::uinteger as left, uid_r::uinteger as right, {said} from {predicted.physical_name}"  # noqa: S608  # our own names
        ).pl()
        linker.table_management.invalidate_cache()  # type: ignore[no-untyped-call]  # splink forgot
        self._connection.unregister(blocked.physical_name)
        return found

    def _bits(self, comparison: Comparison, model: Model) -> str:
        """Return SQL: what splink's levels weigh, with what a rare value says more and one of many people less."""
        name, n, cases = comparison.name, int(self._records["n_rows"].sum()), []
        top = len(comparison.levels) - 1
        for place, level in enumerate(comparison.levels):
            m = model.fitted[name][top - place][0]
            if level.frequency:
                share = f"{level.frequency}_share_l"
                usual = f"({share} * {n} + {level.u * USUAL_VALUES}) / {n + USUAL_VALUES}"
                cases.append(f"when gamma_{name} = {top - place} then log2({m}) - log2({usual})")
        if comparison.others:
            others = f"greatest({comparison.others}_others_l, {comparison.others}_others_r)"
            most = f"log2({model.fitted[name][top][0] * n}) - log2({others})"
            cases.append(f"when gamma_{name} = {top} and {others} > 0 then least(mw_{name}, {most})")
        return f"case {' '.join(cases)} else mw_{name} end" if cases else f"mw_{name}"

    def _kept(self) -> list[str]:
        others = [f"{one.others}_others" for one in self._comparisons if one.others]
        levels = [level for one in self._comparisons for level in one.levels]
        return others + [f"{level.frequency}_share" for level in levels if level.frequency]

    def _n_sure(self) -> float:
        """Return how many pairs are surely one person's; where no rule says so, the namesakes beyond chance."""
        known = {column.name for column in self._records if column.null_count() < len(column)}
        usual = SURE_RULES if known & {"given", "surname"} else SURE_WITHOUT_NAMES
        rules = [rule for rule in usual if set(rule) <= known]
        if rules:
            return float(self._n_equal(rules))
        if not {"given", "surname"} <= known:
            return 0.0
        chance = self._coincidence("given") * self._coincidence("surname")
        return max(self._n_equal([("given", "surname")]) - chance * len(self._records) ** 2 / 2, 0.0)

    def _n_equal(self, rules: Sequence[Sequence[str]]) -> int:
        """Return how many pairs are equal in all columns of some rule; of equal rows, one."""
        parts = [[pl.col(name) for name in rule] for rule in rules]
        n_pairs = len(
            pl.concat([pairs_by(part, self._records, most=50 * len(self._records)) for part in parts]).unique()
        )
        says = pl.any_horizontal(pl.all_horizontal(one.is_not_null() for one in part) for part in parts)
        return n_pairs + self._records.filter(says & (pl.col("n_rows") > 1)).height

    def _coincidence(self, column: str) -> float:
        """Return how likely two random records have the same value."""
        counts = self._records[column].drop_nulls().value_counts()["count"].cast(pl.Float64)
        return float((counts / counts.sum()).pow(2).sum())

    def _n_blocked(self, rule: Sequence[str]) -> int:
        sizes = self._records.drop_nulls(list(rule)).group_by(list(rule)).len()["len"].cast(pl.Int64)
        return int((sizes * (sizes - 1) // 2).sum())

    def _linker(self, settings: dict[str, Any]) -> Linker:
        return Linker(self._table, settings, log_level=None, validate_settings=False)

    def _settings(self, model: Model) -> dict[str, Any]:
        return {
            "link_type": "dedupe_only",
            "unique_id_column_name": "uid",
            "probability_two_random_records_match": model.prior,
            "comparisons": [one.as_splink(model.fitted.get(one.name)) for one in self._comparisons],
            "additional_columns_to_retain": self._kept(),
            "blocking_rules_to_generate_predictions": [],
            # Without them splink does not give the levels either.
            "retain_matching_columns": True,
            "retain_intermediate_calculation_columns": True,
            "em_convergence": 0.002,
            "max_iterations": 20,
        }


@contextmanager
def linkage(records: pl.DataFrame, comparisons: Sequence[Comparison]) -> Iterator[Linkage]:
    """
    Put records into a database in memory, for as long as the block lasts.

    `records` has `uid`, the texts and lists that the comparisons name, null where a record says nothing.
    """
    settings: dict[str, str | bool | int | float | list[str]] = {
        "threads": THREADS,
        "memory_limit": MEMORY,
        "temp_directory": "",
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    with duckdb.connect(":memory:", config=settings) as connection:
        yield Linkage(connection, records, comparisons)


def _levels(said: Mapping[str, Any], name: str) -> list[float]:
    """Return what splink's settings say of each level; 0 where it met none."""
    found = [level.get(name) for level in said["comparison_levels"] if not level.get("is_null_level")]
    return [float(value) if isinstance(value, int | float) else 0.0 for value in found]


def settle(
    comparison: Comparison, m: Sequence[float], u: Sequence[float], prior: float, n_matches: float, n_pairs: float
) -> dict[int, tuple[float, float]]:
    """Return (m, u) of each level by its code, from what was learned, the first level first, and what is usual."""
    trust = n_matches / (n_matches + USUAL_MATCHES)
    m = [trust * share + (1 - trust) * level.m for share, level in zip(m, comparison.levels, strict=True)]
    last = min(m[-1] / sum(m), comparison.most_differing)
    m = [(1 - last) * share / sum(m[:-1]) for share in m[:-1]] + [last]
    n_seen = min(n_pairs, float(RANDOM_PAIRS)) if any(u) else 0.0
    trust = n_seen / (n_seen + USUAL_STRANGERS)
    settled: list[float] = []
    for share, m_level, level in zip(u, m, comparison.levels, strict=True):
        # Random pairs hold the matches too.
        learned = max((share - prior * m_level) / (1 - prior), 0.0)
        # What is less alike never speaks louder for one person than what is more.
        least = m_level * settled[-1] / m[len(settled) - 1] if settled else 0.0
        own = comparison.is_own and not settled
        settled.append(level.u if own else max(trust * learned + (1 - trust) * level.u, least))
    return {len(m) - 1 - place: (m[place], settled[place]) for place in range(len(m))}
