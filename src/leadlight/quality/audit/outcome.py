"""How it ended, read from one column: converted or not, and when."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from leadlight.intake import normalise
from leadlight.intake.rules.labels import stage_meaning

from .columns import Column
from .findings import Finding, finding, percent

_WON = frozenset({"appointment", "agreement", "under_contract", "closed", "past_client"})
_ENDED = frozenset({"lost", "do_not_contact"})
_MAX_LEVELS = 200


@dataclass(frozen=True)
class Outcome:
    """One entry per row. `known` says whose outcome is told at all; the others take no part in what needs one."""

    name: str
    converted: NDArray[np.bool_]
    known: NDArray[np.bool_]
    #: When it converted, in seconds since the epoch; NaN where not, None where no column tells.
    at: NDArray[np.float64] | None
    figures: dict[str, Any]

    @property
    def is_usable(self) -> bool:
        """Say whether some converted and some did not."""
        known = self.converted[self.known]
        return bool(known.any()) and not bool(known.all())


def read_outcome(column: Column) -> tuple[Outcome | None, list[Finding]]:
    """
    Say of each row whether it converted, with what there is to say about the column itself.

    A date, or a column that is filled for some rows and never says "no", means: filled is converted. A number with
    more than two values (an amount) means: above 0. Words are understood as the import does, stages included.
    """
    column = _without_nothing(column)
    empty = column.empty
    n, n_empty = len(empty), int(empty.sum())
    if n_empty == n:
        return None, [
            finding(
                "outcome_empty", f"{column.name} holds nothing.", column=column.name, severity="high", action="ask"
            )
        ]
    if column.kind == "date":
        return _won_only(column, ~empty, column.floats())
    if column.values.dtype.is_numeric():
        return _by_number(column, empty)
    return _by_words(column, empty)


def _without_nothing(column: Column) -> Column:
    """Return the column with its placeholders empty, save those that say that nothing came of a lead."""
    hollow = [level for level in column.placeholders if normalise.outcome(level) is None]
    if column.values.dtype != pl.String or not hollow:
        return column
    return replace(column, values=column.values.set(column.values.is_in(hollow).fill_null(value=False), None))


def dated(outcome: Outcome, columns: Sequence[Column]) -> Outcome:
    """Return the outcome with the date that one of the columns holds for those who converted, and hardly another."""
    n = int(outcome.converted.sum())
    for column in columns:
        if column.kind != "date" or column.name == outcome.name:
            continue
        filled = ~column.empty
        both = int((filled & outcome.converted).sum())
        if both >= 0.8 * n and both >= 0.98 * int(filled.sum()) and n > 0:
            return replace(outcome, at=np.where(outcome.converted, column.floats(), np.nan))
    return outcome


def joined_outcome(name: str, found: NDArray[np.bool_]) -> Outcome:
    """Return the outcome of two files: converted is who stands in the second one too."""
    return Outcome(
        name, found, np.ones(len(found), dtype=np.bool_), None, _figures(name, found, "in the second file")
    )


def _figures(name: str, converted: NDArray[np.bool_], means: str) -> dict[str, Any]:
    n, k = len(converted), int(converted.sum())
    return {"column": name, "converted_means": means, "n": n, "n_converted": k, "rate": k / n if n else None}


def _won_only(
    column: Column, won: NDArray[np.bool_], at: NDArray[np.float64] | None = None
) -> tuple[Outcome, list[Finding]]:
    everyone = np.ones(len(won), dtype=np.bool_)
    outcome = Outcome(column.name, won, everyone, at, _figures(column.name, won, "filled"))
    if won.all():
        return outcome, [_one_outcome(outcome)]
    told = f"{column.name} is filled for {int(won.sum()):,} of {len(won):,} leads and calls nobody lost."
    return outcome, [
        finding(
            "won_only",
            told,
            column=column.name,
            severity="medium",
            action="ask",
            n=len(won),
            n_filled=int(won.sum()),
        )
    ]


def _one_outcome(outcome: Outcome) -> Finding:
    known = outcome.converted[outcome.known]
    word = "converted" if len(known) and known[0] else "did not convert"
    return finding(
        "one_outcome",
        f"By {outcome.name} all {len(known):,} leads {word}.",
        column=outcome.name,
        severity="high",
        action="ask",
        n=len(known),
        n_converted=int(known.sum()),
    )


def _by_number(column: Column, empty: NDArray[np.bool_]) -> tuple[Outcome | None, list[Finding]]:
    values = column.floats()
    levels = np.unique(values[~empty])
    if len(levels) == 1 and empty.any() and levels[0] > 0:
        return _won_only(column, ~empty)
    bar = 0.0 if len(levels) != 2 else float(levels[0])
    won = np.where(empty, False, values > bar)
    outcome = Outcome(column.name, won, ~empty, None, _figures(column.name, won[~empty], f"above {bar:g}"))
    return outcome, [] if outcome.is_usable else [_one_outcome(outcome)]


def _by_words(column: Column, empty: NDArray[np.bool_]) -> tuple[Outcome | None, list[Finding]]:
    counts = column.values.drop_nulls().value_counts(sort=True, name="n")
    levels = [(str(level), int(n)) for level, n in counts.head(_MAX_LEVELS).rows()]
    understood = {level: _meaning(level) for level, _ in levels}
    won = [level for level in understood if understood[level] is True]
    lost = [level for level in understood if understood[level] is False]
    findings: list[Finding] = []
    if not won and len(levels) == 2:
        won = [next((level for level, _ in levels if level not in lost), levels[1][0])] if lost else [levels[1][0]]
        findings.append(
            finding(
                "outcome_unclear",
                f'In {column.name} "{won[0]}" is taken for success, since it is the rarer value.',
                column=column.name,
                severity="medium",
                action="ask",
                taken=won[0],
                levels=[level for level, _ in levels],
            )
        )
    elif not won and not lost:
        return None, [
            finding(
                "outcome_unclear",
                f"No value of {column.name} says that a lead converted; the most frequent are "
                f"{', '.join(level for level, _ in levels[:5])}.",
                column=column.name,
                severity="high",
                action="ask",
                levels=[level for level, _ in levels[:20]],
            )
        ]
    converted = column.values.is_in(won).fill_null(value=False).to_numpy()
    if not lost and len(levels) == len(won) and empty.any():
        return _won_only(column, converted)
    outcome = Outcome(column.name, converted, ~empty, None, _figures(column.name, converted[~empty], ", ".join(won)))
    if not outcome.is_usable:
        findings.append(_one_outcome(outcome))
    elif (share := float(empty.mean())) > 0:
        findings.append(
            finding(
                "missing_values",
                f"{column.name} is empty for {int(empty.sum()):,} leads ({percent(share)}): they take no part.",
                column=column.name,
                n_missing=int(empty.sum()),
                share=share,
            )
        )
    return outcome, findings


def _meaning(level: str) -> bool | None:
    said = normalise.outcome(level)
    if said is not None:
        return said
    stage = stage_meaning(level)
    if stage in _WON:
        return True
    return False if stage in _ENDED or stage == "open" else None
