"""What kind of values a column of the team's own holds. Pure."""

from collections.abc import Sequence

from leadlight.intake import normalise
from leadlight.intake.rules import headers
from leadlight.intake.rules.dates import settle

_LOOKED_AT = 400
#: Words in the name of a column that holds ids.
ID_WORDS = frozenset(["id", "ids", "number", "no", "nr", "code", "uuid", "guid", "key", "reference", "ref"])


def attribute_type(name: str, values: Sequence[str], country: str) -> str:
    """
    Return what kind of value an own column holds: "number", "yes_no", "category", or "text" and "date".

    Ids and long text are "text"; an id that repeats (a landing page's, a campaign's) is a category.
    """
    if not values:
        return "text"
    n, distinct = len(values), len(set(values))
    if distinct <= 2 and all(normalise.yes_no(text) is not None for text in set(values)):
        return "yes_no"
    if settle([(0, text) for text in values[:_LOOKED_AT]], country=country) is not None and not all(
        normalise.number(text) is not None for text in values[:_LOOKED_AT]
    ):
        return "date"
    if sum(normalise.number(text) is not None for text in values) >= 0.95 * n:
        unique = distinct > 0.95 * n and n >= 20
        whole = all(text.lstrip("-").isdigit() for text in values)
        if whole and unique and (ID_WORDS & set(headers.words(name)) or min(map(len, values)) >= 9):
            return "text"
        return "number"
    short = sum(len(text) <= 60 for text in values) >= 0.9 * n
    if short and (distinct <= 20 or distinct * 3 <= n):
        return "category"
    return "text"
