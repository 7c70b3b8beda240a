"""Whether the values of a column can be what its name says, and what they give away by themselves. Pure."""

import re
from collections.abc import Callable, Sequence

from leadlight.intake import normalise
from leadlight.intake.rules import headers
from leadlight.intake.rules.dates import settle
from leadlight.intake.rules.fields import CLOSES, FIELDS

#: Of each column so many values are looked at.
LOOKED_AT = 400
_PERSON_KINDS = frozenset({"buyer", "seller", "renter", "landlord", "investor", "buyer and seller"})
_WRITTEN_AS_PHONE = re.compile(r"\s*(?:\+\d|\(\d{3}\)|1?[-. ]?\d{3}[-. ]\d{3}[-. ]\d{4})")

#: Row and text of each cell of a column that holds something.
Values = Sequence[tuple[int, str]]


def share(values: Values, test: Callable[[str], object]) -> float:
    """Return the share of the first values that pass a test; 0 when there are none."""
    looked_at = values[:LOOKED_AT]
    return sum(bool(test(text)) for _, text in looked_at) / len(looked_at) if looked_at else 0.0


def fits(field: str, name: str, values: Values, country: str) -> bool:
    """Say whether the values of a column called `name` can be those of a field; without any they can."""
    if not values:
        return True
    if field == "email":
        return share(values, lambda text: "@" in text) >= 0.5
    if field == "phone":
        return share(values, lambda text: sum(c.isdigit() for c in text) >= 7) >= 0.5
    if FIELDS[field].is_date:
        return settle(values[:LOOKED_AT], country=country) is not None
    if field in {"budget", "price"}:
        return share(values, normalise.money) >= 0.5
    if field in CLOSES:
        # A yes-or-no column, a date of the opt-out, or words; but never a column of counts.
        counts = share(values, lambda text: normalise.yes_no(text) is None and normalise.number(text) is not None)
        return counts < 0.2
    if field == "converted":
        return share(values, lambda text: normalise.outcome(text) is not None) >= 0.95
    if field in {"name", "first_name", "last_name"}:
        if len(values) >= 30 and len({text for _, text in values}) < len(values) // 10:
            return False
        if headers.key(name) in {"contact", "client"}:
            return share(values, lambda text: " " in text) >= 0.5
        return share(values, lambda text: any(c.isalpha() for c in text) and len(text) <= 80) >= 0.7
    if field in {"stage", "type", "source"}:
        distinct = len({text for _, text in values})
        return distinct <= max(25, len(values) // 3) and share(values, lambda text: len(text) <= 60) >= 0.9
    if field == "timeframe":
        return share(values, lambda text: any(c.isalpha() for c in text)) >= 0.3
    if field == "kind":
        return share(values, lambda text: normalise.person_kind(text) in _PERSON_KINDS) >= 0.3
    return True


def by_values(values: Values, country: str) -> str:
    """Return the field that the values alone give away; empty for none."""
    if not values:
        return ""
    if share(values, lambda text: normalise.emails(text)) >= 0.8:
        return "email"
    phones = share(values, lambda text: _WRITTEN_AS_PHONE.match(text) and normalise.phones(text, country))
    return "phone" if phones >= 0.8 else ""
