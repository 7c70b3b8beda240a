"""What is compared between two records, on which levels, and how much of it a household shares. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

AGREES, SIMILAR, DIFFERS = "agrees", "similar", "differs"


@dataclass(frozen=True)
class Level:
    """One way in which two values can stand to each other; the first of a comparison that holds is theirs."""

    says: str
    #: DuckDB's SQL over both records, `_l` and `_r`; empty for what is left.
    holds: str
    #: Share of the pairs of one person that stand so: where EM starts, and what stands where it learns nothing.
    m: float
    #: Column whose frequent values say less than rare ones.
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
    #: Whether `<column>_others` counts those who go by another name and have the same value.
    others: str = ""

    def as_splink(self, fitted: dict[int, tuple[float, float]] | None = None) -> dict[str, Any]:
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
            if level.frequency:
                one |= {"tf_adjustment_column": level.frequency, "tf_adjustment_weight": 1.0}
            levels.append(one)
        return {"output_column_name": self.name, "comparison_levels": levels}


def _alike(column: str, *, least: float, slips: int = 1) -> str:
    return (
        f"jaro_winkler_similarity({column}_l, {column}_r) >= {least}"
        f" or (length({column}_l) > 3 and damerau_levenshtein({column}_l, {column}_r) <= {slips})"
    )


def _exchanged(one: str, other: str) -> str:
    """Return SQL: what one record has as `one` the other has as `other`, and so the other way where both are said."""

    def crosswise(a: str, b: str) -> str:
        return f"jaro_winkler_similarity({one}_{a}, {other}_{b}) >= 0.88"

    return (
        f"({crosswise('l', 'r')} and {crosswise('r', 'l')})"
        f" or ({crosswise('l', 'r')} and ({other}_l is null or {one}_r is null))"
        f" or ({crosswise('r', 'l')} and ({other}_r is null or {one}_l is null))"
    )


def _either_null(column: str) -> str:
    return f"{column}_l is null or {column}_r is null"


_SAME_STREET = "(street_l = street_r or jaro_winkler_similarity(street_l, street_r) >= 0.94)"
_OTHER_UNIT = "coalesce(unit_l <> unit_r, false)"

COMPARISONS: tuple[Comparison, ...] = (
    Comparison(
        "given_name", "given name", ("given",), _either_null("given"),
        (
            Level(AGREES, "given_l = given_r", 0.75, "given"),
            Level(AGREES, "list_has_any(full_l, full_r)", 0.05),
            Level(AGREES, _exchanged("given", "surname"), 0.03),
            Level(SIMILAR, _alike("given", least=0.88) + " or ((length(given_l) = 1 or length(given_r) = 1)"
                  " and given_l[1] = given_r[1])", 0.10),
            Level(SIMILAR, "jaro_winkler_similarity(given_l, given_r) >= 0.75", 0.04),
            Level(DIFFERS, "", 0.03),
        ),
        shared=0.02, most_differing=0.04,
    ),
    Comparison(
        "surname", "surname", ("surname",), _either_null("surname"),
        (
            Level(AGREES, "surname_l = surname_r", 0.80, "surname"),
            Level(AGREES, _exchanged("surname", "given"), 0.03),
            Level(SIMILAR, _alike("surname", least=0.88) + " or (least(length(surname_l), length(surname_r)) > 3 and"
                  " (contains(surname_l, surname_r) or contains(surname_r, surname_l)))", 0.10),
            Level(SIMILAR, "jaro_winkler_similarity(surname_l, surname_r) >= 0.75", 0.03),
            Level(DIFFERS, "", 0.04),
        ),
        shared=0.80, most_differing=0.15,
    ),
    Comparison(
        "suffix", "suffix", ("suffix",), _either_null("suffix"),
        (Level(AGREES, "suffix_l = suffix_r", 0.98), Level(DIFFERS, "", 0.02)),
        shared=0.10, most_differing=0.02,
    ),
    Comparison(
        "email", "e-mail", ("emails",), _either_null("email"),
        (
            Level(AGREES, "list_has_any(all_emails_l, all_emails_r)", 0.70),
            Level(SIMILAR, "jaro_winkler_similarity(email_l, email_r) >= 0.92"
                  " or damerau_levenshtein(email_l, email_r) <= 2"
                  " or (length(local_l) > 5 and local_l = local_r)", 0.15),
            Level(DIFFERS, "", 0.15),
        ),
        shared=0.30, most_differing=0.60, others="emails",
    ),
    Comparison(
        "phone", "phone", ("phones",), _either_null("phone"),
        (
            Level(AGREES, "list_has_any(all_phones_l, all_phones_r)", 0.75),
            Level(SIMILAR, "damerau_levenshtein(phone_l, phone_r) <= 1", 0.05),
            Level(DIFFERS, "", 0.20),
        ),
        shared=0.50, most_differing=0.60, others="phones",
    ),
    Comparison(
        "personal_id", "personal id", ("id",), _either_null("id"),
        (
            Level(AGREES, "id_l = id_r", 0.85),
            Level(SIMILAR, "damerau_levenshtein(id_l, id_r) <= 1", 0.09),
            Level(SIMILAR, "damerau_levenshtein(id_l, id_r) <= 2", 0.03),
            Level(DIFFERS, "", 0.03),
        ),
        shared=0.002, most_differing=0.05, others="id",
    ),
    Comparison(
        "birth_date", "birth date", ("born",), _either_null("born"),
        (
            Level(AGREES, "born_l = born_r", 0.80),
            Level(SIMILAR, "damerau_levenshtein(born_l, born_r) <= 1 or born_l = day_month_r", 0.12),
            Level(SIMILAR, "abs(day_l - day_r) <= 100", 0.04),
            Level(SIMILAR, "damerau_levenshtein(born_l, born_r) <= 2", 0.02),
            Level(DIFFERS, "", 0.02),
        ),
        shared=0.01, most_differing=0.02, others="born",
    ),
    Comparison(
        "address", "address", ("street",), _either_null("street"),
        (
            Level(AGREES, f"number_l = number_r and {_SAME_STREET} and not {_OTHER_UNIT}", 0.60),
            Level(SIMILAR, f"{_SAME_STREET} and (number_l is null or number_r is null) and not {_OTHER_UNIT}", 0.08),
            Level(SIMILAR, "number_l = number_r and jaro_winkler_similarity(street_l, street_r) >= 0.8"
                  f" and not {_OTHER_UNIT}", 0.08),
            Level(SIMILAR, _SAME_STREET, 0.08),
            Level(DIFFERS, "", 0.16),
        ),
        shared=0.90, most_differing=0.60,
    ),
    Comparison(
        "line2", "address line 2", ("line2",), _either_null("line2"),
        (
            Level(AGREES, "line2_l = line2_r", 0.65),
            Level(SIMILAR, "jaro_winkler_similarity(line2_l, line2_r) >= 0.88", 0.15),
            Level(DIFFERS, "", 0.20),
        ),
        shared=0.90, most_differing=0.60,
    ),
    Comparison(
        "place", "place", ("postcode", "city"),
        "(postcode_l is null or postcode_r is null) and (city_l is null or city_r is null)",
        (
            Level(AGREES, "postcode_l = postcode_r", 0.70, "postcode"),
            Level(AGREES, "city_l = city_r", 0.10, "city"),
            Level(SIMILAR, "jaro_winkler_similarity(city_l, city_r) >= 0.88"
                  " or damerau_levenshtein(postcode_l, postcode_r) <= 1", 0.10),
            Level(DIFFERS, "", 0.10),
        ),
        shared=0.95, most_differing=0.60,
    ),
)  # fmt: skip


def comparisons_for(known: Iterable[str]) -> tuple[Comparison, ...]:
    """Return the comparisons that a table with these fields allows."""
    have = set(known)
    return tuple(comparison for comparison in COMPARISONS if have & set(comparison.needs))
