"""Columns written after the outcome, found by what their values do; names only add weight."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from leadlight.kit.statistics import clopper_pearson_interval

from .alone import NOTHING, Alone, Codes, alone, alone_by_rank, codes_of, folds_of, pure_wins
from .columns import Column
from .findings import Finding, finding, of_100, percent
from .names import Family, family, says_edited
from .together import Matrix

#: Honest columns reach an AUC of .9 at the very best; above, somebody knew the outcome.
TOO_WELL = 0.92
DOUBTFUL = 0.90
#: One yes or no, known at first contact, does not part leads as sharply as this.
TOO_WELL_OF_TWO = 0.82
DOUBTFUL_OF_TWO = 0.76
#: Odds of converting against those of all leads.
_PURE_ODDS, _NEVER_ODDS = 50.0, 1.0 / 40.0
_MIN_PURE, _MIN_EXPECTED = 15, 20.0
_MISSING_LEAK, _MISSING_DOUBT = 0.8, 0.62
#: What a column has to reach alone, beat all others together by, or add to them, when its name fits.
_STRONG, _BEATS_BY, _ADDS = 0.70, 0.03, 0.06
_BEATS_FROM = 0.75
_FOLLOWS = {"verdict": 0.68, "ending": 0.62, "score": 0.85, "extent": 0.85, "money": 0.85}
_ASKED = {"verdict": 0.58, "ending": 0.56, "score": 0.62, "moving": 0.58}


@dataclass(frozen=True)
class Suspect:
    """A column with what the rules look at; codes are None where values have neither order nor levels."""

    column: Column
    codes: Codes | None
    family: Family
    alone: Alone
    n_codes: int

    @property
    def name(self) -> str:
        """Return the column's name."""
        return self.column.name


def suspects_of(
    columns: Sequence[Column], converted: NDArray[np.bool_], created_at: NDArray[np.float64] | None
) -> list[Suspect]:
    """Measure each column by itself; `created_at` in seconds since the epoch turns dates into delays."""
    folds = folds_of(len(converted))
    found = []
    for column in columns:
        codes = codes_of(column, created_at)
        measured = NOTHING
        if codes is not None and column.kind != "id":
            measured = alone(codes, converted, folds)
            if column.values.dtype != pl.String and not (column.kind == "date" and created_at is None):
                values = column.floats() - (created_at if column.kind == "date" and created_at is not None else 0.0)
                if not column.empty.any():
                    by_rank = alone_by_rank(values, converted)
                    measured = by_rank if by_rank.auc > measured.auc else measured
        n_codes = 0 if codes is None else len(np.unique(codes))
        found.append(Suspect(column, codes, family(column.name), measured, n_codes))
    return found


def judge(
    suspects: Sequence[Suspect],
    converted: NDArray[np.bool_],
    matrix: Matrix,
    *,
    at: NDArray[np.float64] | None = None,
) -> list[Finding]:
    """
    Return one finding for each column that tells what it should not, the clearest evidence first.

    `at` holds the moments of the outcomes, NaN where there is none.
    """
    found: dict[str, Finding] = {}
    for suspect in suspects:
        for rule in (_after_outcome(suspect, at), _one_sided(suspect, converted), _too_well(suspect, converted)):
            if rule is not None:
                found[suspect.name] = rule
                break
    _beats_all_others(suspects, matrix, found)
    for suspect in suspects:
        if found.get(suspect.name) is None or found[suspect.name].action == "kept":
            named = _by_name(suspect)
            if named is not None:
                found[suspect.name] = named
    _batches(suspects, found)
    for suspect in suspects:
        before = found.get(suspect.name)
        missing = None if before is not None and before.action == "left_out" else _missing(suspect, converted)
        if missing is not None and (before is None or before.action == "kept" or missing.action == "left_out"):
            found[suspect.name] = missing
    return list(found.values())


def _after_outcome(suspect: Suspect, at: NDArray[np.float64] | None) -> Finding | None:
    column = suspect.column
    if at is None or column.kind != "date":
        return None
    moments = column.floats()
    both = ~np.isnan(moments) & ~np.isnan(at)
    n, later = int(both.sum()), int((moments[both] > at[both] + 86_400.0).sum())
    if later < 10 or later < 0.2 * n:
        return None
    return finding(
        "dates_after_outcome",
        f"{column.name} lies after the outcome for {later:,} of {n:,} converted leads.",
        column=column.name,
        severity="high",
        action="left_out",
        n=n,
        n_after=later,
    )


def _presences(column: Column) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    """Yield the ways in which a cell can be called filled, each with its word."""
    empty = column.empty
    if empty.any():
        yield "filled", ~empty
    if column.placeholders and column.values.dtype == pl.String:
        hollow = column.values.is_in(list(column.placeholders)).fill_null(value=True).to_numpy()
        yield "filled", ~hollow
    if column.kind == "number":
        values = column.floats()
        if float(np.mean(values == 0.0)) >= 0.2:
            yield "above 0" if np.nanmin(values) >= 0.0 else "other than 0", ~(values == 0.0) & ~empty
    elif column.n_levels == 2:
        rarer = column.values.drop_nulls().value_counts(sort=True, name="n")[column.name][-1]
        yield f'"{rarer}"', (column.values == rarer).fill_null(value=False).to_numpy()


def _one_sided(suspect: Suspect, converted: NDArray[np.bool_]) -> Finding | None:
    """Find values that exist for one outcome only, in a number that chance cannot explain."""
    n_hits, n = int(converted.sum()), len(converted)
    base = n_hits / n
    odds = base / (1.0 - base)
    for word, filled in _presences(suspect.column):
        n_filled = int(filled.sum())
        hits = int(converted[filled].sum())
        low, high = clopper_pearson_interval(hits, n_filled)
        told = ""
        if n_filled >= _MIN_PURE and low >= _PURE_ODDS * odds * (1.0 - low) and hits >= 0.02 * n_hits:
            told = f"{suspect.name} is {word} for {n_filled:,} leads, and {hits:,} of these converted"
            side = "converted"
        elif (
            n_filled * base >= _MIN_EXPECTED
            and high <= _NEVER_ODDS * odds * (1.0 - high)
            and n_filled - hits >= 0.05 * (n - n_hits)
            and word == "filled"
        ):
            told = f"{suspect.name} is {word} for {n_filled:,} leads, and {hits:,} of these converted"
            side = "not converted"
        if told:
            return finding(
                "only_for_one_outcome",
                f"{told} ({of_100(base)} of all leads do).",
                column=suspect.name,
                severity="high",
                action="left_out",
                filled=word,
                n_filled=n_filled,
                n_converted=hits,
                side=side,
                rate_of_all=base,
                interval=[low, high],
            )
    return None


def _too_well(suspect: Suspect, converted: NDArray[np.bool_]) -> Finding | None:
    if suspect.codes is None:
        return None
    measured = suspect.alone
    told = (
        f"{suspect.name} alone ranks a lead that converted above one that did not {of_100(measured.auc)} times "
        f"(AUC {measured.auc:.3f}, between {measured.low:.3f} and {measured.high:.3f})."
    )
    evidence = _figures(measured)
    action = ""
    two = suspect.n_codes == 2
    if measured.low >= (TOO_WELL_OF_TWO if two else TOO_WELL):
        action = "left_out"
    elif measured.low >= (DOUBTFUL_OF_TWO if two else DOUBTFUL):
        action = "left_out" if suspect.family not in ("", "moving") else "ask"
    elif suspect.column.values.dtype == pl.String and suspect.column.kind == "words":
        n, hits = pure_wins(suspect.codes, converted, folds_of(len(converted)))
        low, high = clopper_pearson_interval(hits, n)
        if n >= 30 and low >= 0.93 and hits >= 0.4 * converted.sum() and converted.mean() <= 0.75:
            action = "left_out"
            told = (
                f"{suspect.name} has values of which nearly every lead converted: {hits:,} of {n:,} leads, "
                f"{percent(hits / int(converted.sum()))} of all that converted."
            )
            evidence |= {"n_in_pure_values": n, "n_converted_in_pure_values": hits, "interval": [low, high]}
    else:
        for word, filled in _presences(suspect.column):
            share = _parting(filled, converted)
            if word != "filled" and share.low >= TOO_WELL_OF_TWO:
                action = "left_out"
                k = int(converted.sum())
                told = (
                    f"{suspect.name} is {word} for {percent(float(filled[converted].mean()))} of the {k:,} leads "
                    f"that converted and for {percent(float(filled[~converted].mean()))} of the others."
                )
                evidence |= {"auc_of_being_filled": share.auc}
    if not action:
        return None
    return finding(
        "predicts_too_well",
        told,
        column=suspect.name,
        severity="high" if action == "left_out" else "medium",
        action="left_out" if action == "left_out" else "ask",
        **evidence,
    )


def _beats_all_others(suspects: Sequence[Suspect], matrix: Matrix, found: dict[str, Finding]) -> None:
    """
    Compare the strongest columns with what all the harmless ones reach together.

    A column whose name fits and that beats them, or adds more to them than any honest fact does, was written later.
    Without such a name it is only pointed at: one strong honest column among weak ones looks the same.
    """
    rest = [s for s in suspects if s.name in matrix and s.name not in found]
    named = [s for s in rest if s.family not in ("", "moving") and s.alone.low >= _STRONG]
    harmless = [s.name for s in rest if s not in named]
    if not harmless:
        return
    for suspect in named:
        others = matrix.at_random(harmless)
        both = matrix.at_random([*harmless, suspect.name])
        if suspect.alone.low < others.auc + _BEATS_BY and both.auc < others.auc + _ADDS:
            continue
        found[suspect.name] = finding(
            "predicts_too_well",
            f"{suspect.name} alone reaches an AUC of {suspect.alone.auc:.3f}, the {len(harmless)} harmless columns "
            f"together {others.auc:.3f}, and with it {both.auc:.3f}.",
            column=suspect.name,
            severity="high",
            action="left_out",
            **_figures(suspect.alone),
            auc_of_others=others.auc,
            interval_of_others=[others.low, others.high],
            auc_with_others=both.auc,
            name_suggests=suspect.family,
        )
    best = max((s for s in rest if s not in named), key=lambda s: s.alone.low)
    if best.alone.low < _BEATS_FROM or len(harmless) < 2:
        return
    others = matrix.at_random([name for name in harmless if name != best.name])
    if best.alone.low < others.auc + _BEATS_BY:
        return
    found[best.name] = finding(
        "strong_column",
        f"{best.name} alone reaches an AUC of {best.alone.auc:.3f}, all {len(harmless) - 1} other harmless columns "
        f"together {others.auc:.3f}.",
        column=best.name,
        **_figures(best.alone),
        auc_of_others=others.auc,
        interval_of_others=[others.low, others.high],
    )


def _by_name(suspect: Suspect) -> Finding | None:
    measured, kind = suspect.alone, suspect.family
    if not kind or suspect.codes is None:
        return None
    told = f"{suspect.name} alone reaches an AUC of {measured.auc:.3f}."
    evidence = _figures(measured) | {"name_suggests": kind}
    if kind == "moving" and measured.low >= 0.6 and suspect.column.values.dtype == pl.String:
        levels = suspect.column.values.drop_nulls().value_counts(sort=True, name="n").rows()
        edited = [(str(level), int(n)) for level, n in levels[:50] if says_edited(str(level))]
        share = sum(n for _, n in edited) / len(suspect.column.values)
        if share >= 0.05:
            return finding(
                "written_after",
                f'{told} It says "{edited[0][0]}" for {percent(share)} of the leads: each edit of the record writes '
                "it.",
                column=suspect.name,
                severity="high",
                action="left_out",
                **evidence,
                share_edited=share,
            )
    if kind in _FOLLOWS and measured.low >= _FOLLOWS[kind]:
        return finding("written_after", told, column=suspect.name, severity="high", action="left_out", **evidence)
    if kind in _ASKED and measured.low >= _ASKED[kind]:
        return finding(
            "overwritten" if kind == "moving" else "written_after",
            told,
            column=suspect.name,
            severity="medium",
            action="ask",
            **evidence,
        )
    return None


def _batches(suspects: Sequence[Suspect], found: dict[str, Finding]) -> None:
    """Find columns that are filled for exactly the same leads: verdicts given in one go are judged as one."""
    groups: dict[bytes, list[Suspect]] = {}
    for suspect in suspects:
        empty = suspect.column.empty
        if 0.05 <= empty.mean() <= 0.95:
            groups.setdefault(np.packbits(empty).tobytes(), []).append(suspect)
    for group in groups.values():
        if len(group) < 2:
            continue
        best = max(group, key=lambda s: s.alone.low)
        all_verdicts = all(s.family in ("score", "verdict", "ending") for s in group)
        out = [s.name for s in group if s.name in found and found[s.name].action == "left_out"]
        if all_verdicts and best.alone.low >= 0.6:
            first, action = best.name, "left_out"
        elif out:
            first, action = out[0], "ask"
        else:
            continue
        for suspect in group:
            if suspect.name in found and found[suspect.name].action in ("left_out", action):
                continue
            share = 1.0 - float(suspect.column.empty.mean())
            together = [s.name for s in group if s is not suspect]
            found[suspect.name] = finding(
                "written_together",
                f"{suspect.name} is filled for exactly the same {percent(share)} of the leads as "
                f"{', '.join(together)}, and {first} follows the outcome (AUC {best.alone.auc:.3f}).",
                column=suspect.name,
                severity="high" if action == "left_out" else "medium",
                action="left_out" if action == "left_out" else "ask",
                **_figures(suspect.alone),
                together_with=together,
                share_filled=share,
            )


def _missing(suspect: Suspect, converted: NDArray[np.bool_]) -> Finding | None:
    best: tuple[Alone, NDArray[np.bool_]] | None = None
    for word, filled in _presences(suspect.column):
        if word == "filled":
            measured = _parting(filled, converted)
            if best is None or measured.low > best[0].low:
                best = measured, filled
    if best is None or best[0].low < _MISSING_DOUBT:
        return None
    measured, filled = best
    sure = measured.low >= _MISSING_LEAK
    of_won, of_others = float(filled[converted].mean()), float(filled[~converted].mean())
    return finding(
        "missing_predicts",
        f"{suspect.name} is filled for {percent(of_won)} of the leads that converted and for {percent(of_others)} of "
        f"the others.",
        column=suspect.name,
        severity="high" if sure else "medium",
        action="left_out" if sure else "ask",
        filled_of_converted=of_won,
        filled_of_others=of_others,
        **_figures(measured),
    )


def _parting(filled: NDArray[np.bool_], converted: NDArray[np.bool_]) -> Alone:
    """Return how well being filled alone parts the outcomes, in either direction."""
    k, m = int(converted.sum()), int((~converted).sum())
    p, q = float(filled[converted].mean()), float(filled[~converted].mean())
    auc = 0.5 + abs(p - q) / 2.0
    spread = 1.96 * float(np.sqrt((p * (1.0 - p) + 0.25 / k) / k + (q * (1.0 - q) + 0.25 / m) / m)) / 2.0
    return Alone(auc, auc - spread, min(auc + spread, 1.0))


def _figures(measured: Alone) -> dict[str, Any]:
    return {"auc": measured.auc, "interval_of_auc": [measured.low, measured.high]}
