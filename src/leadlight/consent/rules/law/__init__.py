"""
The law of contact as rows: what each says, since when, who says so, and how sure we are. Data, and no advice.

Which rows hold for somebody on a day is `rule_of`; what they mean for a message is the gate's to say.
"""

from collections.abc import Iterable
from datetime import date

from leadlight.consent.rules.law import federal
from leadlight.consent.rules.law.abroad import CANADA, IMPLIED_MONTHS
from leadlight.consent.rules.law.forms import Cap, Citation, Confidence, Rule, Span
from leadlight.consent.rules.law.states import STATE_RULES, UNKNOWN_STATE

__all__ = [
    "CANADA",
    "IMPLIED_MONTHS",
    "RULES",
    "UNKNOWN_STATE",
    "Cap",
    "Citation",
    "Confidence",
    "Rule",
    "Span",
    "federal",
    "rule_of",
    "rules_of",
]

#: Every row, of every jurisdiction and time.
RULES: tuple[Rule, ...] = (federal.CALLING, *STATE_RULES, UNKNOWN_STATE, *CANADA)

_BY_JURISDICTION: dict[str, list[Rule]] = {}
for _rule in sorted(RULES, key=lambda rule: rule.effective_from):
    _BY_JURISDICTION.setdefault(_rule.jurisdiction, []).append(_rule)


def rule_of(jurisdiction: str, day: date) -> Rule:
    """
    Return what holds in a jurisdiction ("US-FL") on a day: its latest row by then; before its first row, that one.

    A jurisdiction that has no row is none that we know: the strictest of our own holds.
    """
    rows = _BY_JURISDICTION.get(jurisdiction, [UNKNOWN_STATE])
    return next((row for row in reversed(rows) if row.effective_from <= day), rows[0])


def rules_of(states: Iterable[str], day: date) -> tuple[Rule, ...]:
    """
    Return what holds on a day for somebody who may be in any of some states ("FL"), in the states' order.

    Not knowing any state is the one row of `UNKNOWN_STATE`.
    """
    found = tuple(rule_of(f"US-{state}", day) for state in sorted(set(states)))
    return found or (UNKNOWN_STATE,)
