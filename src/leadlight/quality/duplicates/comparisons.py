"""What is compared between two records, on which levels, and how much of it a household shares. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

AGREES, SIMILAR, DIFFERS = "agrees", "similar", "differs"


@dataclass(frozen=True)
class Level:
    """One way in which two values can stand to each other; the first of a comparison that holds is theirs."""

    says: str
    #: DuckDB's SQL over both records, `_l` and `_r`; empty for what is left.
    holds: str
    #: Share of the pairs of one person that stand so, usually: where EM starts, and stays when it learns nothing.
    m: float
    #: Share of the pairs of strangers that stand so, usually: what stands where too few pairs are at hand.
    u: float
    #: Column of which a frequent value says less than a rare one; `<column>_share` is its share of the rows.
    frequency: str = ""


@dataclass(frozen=True)
class Comparison:
    """One thing that two records can agree on."""

    name: str
    label: str
    needs: tuple[str, ...]
    #: SQL: one of the two says nothing.
    silent: str
    levels: tuple[Level, ...]
    #: Share of the pairs of a household, two people under one roof, that stand as one person's records would.
    shared: float
    #: Most that the last level may be said to happen to one person, whatever EM makes of couples in the data.
    most_differing: float
    #: Strangers never have it in common but by chance: a sample of pairs would only count its matches.
    is_own: bool = False
    #: Whether `<column>_others` counts those who go by another name and have the same value.
    others: str = ""

    def uses(self, columns: Iterable[str]) -> bool:
        """Say whether one of the columns is looked at: pairs equal in it teach nothing of this comparison."""
        sql = " ".join([self.silent, *(level.holds for level in self.levels)])
        return any(re.search(rf"\b{column}_l\b", sql) for column in columns)

    def as_splink(self, fitted: Mapping[int, tuple[float, float]] | None = None) -> dict[str, Any]:
        """Return the settings of splink; `fitted` gives m and u of levels counted from the last, which is 0."""
        levels: list[dict[str, Any]] = [
            {"sql_condition": self.silent, "is_null_level": True, "label_for_charts": "-"}
        ]
        for place, level in enumerate(self.levels):
            code = len(self.levels) - 1 - place
            m, u = (fitted or {}).get(code, (level.m, None))
            one: dict[str, Any] = {
                "sql_condition": level.holds or "ELSE",
                "label_for_charts": f"{code} {level.says}",
                "m_probability": m,
            }
            if u is not None:
                one["u_probability"] = u
            levels.append(one)
        return {"output_column_name": self.name, "comparison_levels": levels}


def _alike(column: str, *, least: float, slips: int = 1) -> str:
    return (
        f"jaro_winkler_similarity({column}_l, {column}_r) >= {least}"
        f" or (length({column}_l) > 3 and damerau_levenshtein({column}_l, {column}_r) <= {slips})"
    )


def _alike_crosswise(one: str, a: str, other: str, b: str) -> str:
    return f"coalesce(jaro_winkler_similarity({one}_{a}, {other}_{b}) >= 0.88, false)"


_BOTH_EXCHANGED = (
    f"({_alike_crosswise('given', 'l', 'surname', 'r')} and {_alike_crosswise('surname', 'l', 'given', 'r')})"
)


def _exchanged(one: str, other: str) -> str:
    """Return SQL: what one record has as `one` the other has as `other`, and says nothing else against it."""
    there, back = _alike_crosswise(one, "l", other, "r"), _alike_crosswise(one, "r", other, "l")
    return (
        f"({there} and ({other}_l is null or {one}_r is null)) or ({back} and ({other}_r is null or {one}_l is null))"
    )


def _either_null(column: str) -> str:
    return f"{column}_l is null or {column}_r is null"


_SIMILAR_EMAIL = (
    "(least(length(local_l), length(local_r)) > 4 and (local_l = local_r"
    " or jaro_winkler_similarity(email_l, email_r) >= 0.92 or damerau_levenshtein(email_l, email_r) <= 2))"
)
_SAME_STREET = "(street_l = street_r or jaro_winkler_similarity(street_l, street_r) >= 0.94)"
_OTHER_UNIT = "coalesce(unit_l <> unit_r, false)"

COMPARISONS: tuple[Comparison, ...] = (
    Comparison(
        "given_name", "given name", ("given",), _either_null("given"),
        (
            Level(AGREES, "given_l = given_r", 0.75, 0.004, "given"),
            Level(AGREES, "list_has_any(full_l, full_r)", 0.05, 0.001),
            Level(AGREES, f"{_BOTH_EXCHANGED} or {_exchanged('given', 'surname')}", 0.03, 0.0001),
            Level(SIMILAR, _alike("given", least=0.88) + " or ((length(given_l) = 1 or length(given_r) = 1)"
                  " and given_l[1] = given_r[1])", 0.10, 0.004),
            Level(SIMILAR, "jaro_winkler_similarity(given_l, given_r) >= 0.75", 0.05, 0.012),
            Level(DIFFERS, "", 0.02, 0.9789),
        ),
        shared=0.03, most_differing=0.02,
    ),
    Comparison(
        "surname", "surname", ("surname",), f"{_either_null('surname')} or {_BOTH_EXCHANGED}",
        (
            Level(AGREES, "surname_l = surname_r", 0.80, 0.001, "surname"),
            Level(AGREES, _exchanged("surname", "given"), 0.03, 5e-05),
            Level(SIMILAR, _alike("surname", least=0.88) + " or (least(length(surname_l), length(surname_r)) > 3 and"
                  " (contains(surname_l, surname_r) or contains(surname_r, surname_l)))", 0.10, 0.004),
            Level(SIMILAR, "jaro_winkler_similarity(surname_l, surname_r) >= 0.75", 0.03, 0.015),
            Level(DIFFERS, "", 0.04, 0.97995),
        ),
        shared=0.80, most_differing=0.15,
    ),
    Comparison(
        "suffix", "suffix", ("suffix",), _either_null("suffix"),
        (Level(AGREES, "suffix_l = suffix_r", 0.999, 0.4), Level(DIFFERS, "", 0.001, 0.6)),
        shared=0.10, most_differing=0.001,
    ),
    Comparison(
        "email", "e-mail", ("emails",), f"{_either_null('email')} or (named_l and named_r and {_SIMILAR_EMAIL}"
        " and not list_has_any(all_emails_l, all_emails_r))",
        (
            Level(AGREES, "list_has_any(all_emails_l, all_emails_r)", 0.70, 1e-06),
            Level(SIMILAR, _SIMILAR_EMAIL, 0.15, 1e-05),
            Level(DIFFERS, "", 0.15, 0.999989),
        ),
        shared=0.45, most_differing=0.60, others="emails", is_own=True,
    ),
    Comparison(
        "phone", "phone", ("phones",), _either_null("phone"),
        (
            Level(AGREES, "list_has_any(all_phones_l, all_phones_r)", 0.75, 2e-06),
            Level(SIMILAR, "damerau_levenshtein(phone_l, phone_r) <= 1", 0.05, 1e-05),
            Level(DIFFERS, "", 0.20, 0.999988),
        ),
        shared=0.70, most_differing=0.60, others="phones", is_own=True,
    ),
    Comparison(
        "personal_id", "personal id", ("id",), _either_null("id"),
        (
            Level(AGREES, "id_l = id_r", 0.85, 1e-06),
            Level(SIMILAR, "damerau_levenshtein(id_l, id_r) <= 1", 0.09, 7e-06),
            Level(SIMILAR, "damerau_levenshtein(id_l, id_r) <= 2", 0.03, 0.0001),
            Level(DIFFERS, "", 0.03, 0.999892),
        ),
        shared=0.002, most_differing=0.03, others="id", is_own=True,
    ),
    Comparison(
        "birth_date", "birth date", ("born",), _either_null("born"),
        (
            Level(AGREES, "born_l = born_r", 0.80, 5e-05),
            Level(SIMILAR, "damerau_levenshtein(born_l, born_r) <= 1 or born_l = day_month_r", 0.12, 0.0015),
            Level(SIMILAR, "abs(day_l - day_r) <= 100", 0.04, 0.01),
            Level(SIMILAR, "damerau_levenshtein(born_l, born_r) <= 2", 0.038, 0.015),
            Level(DIFFERS, "", 0.002, 0.97345),
        ),
        shared=0.02, most_differing=0.002, others="born", is_own=True,
    ),
    Comparison(
        "address", "address", ("street",), _either_null("street"),
        (
            Level(AGREES, f"number_l = number_r and {_SAME_STREET} and not {_OTHER_UNIT}", 0.60, 2e-05),
            Level(SIMILAR, f"{_SAME_STREET} and (number_l is null or number_r is null) and not {_OTHER_UNIT}",
                  0.08, 0.001),
            Level(SIMILAR, "number_l = number_r and jaro_winkler_similarity(street_l, street_r) >= 0.8"
                  f" and not {_OTHER_UNIT}", 0.08, 0.0001),
            Level(SIMILAR, _SAME_STREET, 0.08, 0.003),
            Level(DIFFERS, "", 0.16, 0.99588),
        ),
        shared=0.90, most_differing=0.60,
    ),
    Comparison(
        "line2", "address line 2", ("line2",), _either_null("line2"),
        (
            Level(AGREES, "line2_l = line2_r", 0.65, 0.001),
            Level(SIMILAR, "jaro_winkler_similarity(line2_l, line2_r) >= 0.88", 0.15, 0.003),
            Level(DIFFERS, "", 0.20, 0.996),
        ),
        shared=0.90, most_differing=0.60,
    ),
    Comparison(
        "place", "place", ("postcode", "city"),
        "(postcode_l is null or postcode_r is null) and (city_l is null or city_r is null)",
        (
            Level(AGREES, "postcode_l = postcode_r", 0.70, 0.005, "postcode"),
            Level(AGREES, "city_l = city_r", 0.10, 0.03, "city"),
            Level(SIMILAR, "jaro_winkler_similarity(city_l, city_r) >= 0.88"
                  " or damerau_levenshtein(postcode_l, postcode_r) <= 1", 0.10, 0.02),
            Level(DIFFERS, "", 0.10, 0.945),
        ),
        shared=0.95, most_differing=0.60,
    ),
)  # fmt: skip


def comparisons_for(known: Iterable[str]) -> tuple[Comparison, ...]:
    """Return the comparisons that a table with these fields allows."""
    have = set(known)
    return tuple(comparison for comparison in COMPARISONS if have & set(comparison.needs))
