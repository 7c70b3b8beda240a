"""Whether a text may go out: the tables of phrases, laid on what people will read."""

from functools import cache

from leadlight.messages.rules.language import cautions, english, spanish
from leadlight.messages.rules.language.allowed import ALLOWED
from leadlight.messages.rules.language.folding import fold
from leadlight.messages.rules.language.kinds import STATE_KINDS, WHY, Finding, Rule, Severity
from leadlight.messages.rules.language.phrases import Finder, Spans
from leadlight.messages.rules.language.states import law_of
from leadlight.messages.rules.language.words import WORDS

RULES: tuple[Rule, ...] = english.RULES + spanish.RULES + cautions.RULES


@cache
def _finder() -> Finder:
    return Finder([rule.phrases for rule in RULES], WORDS, allowed=ALLOWED)


def check(text: str, *, state: str = "", qualifies_as_senior: bool = False) -> tuple[Finding, ...]:
    """
    Return what a text says that it should not, in English or Spanish, in the order of the text; () when it is clean.

    `text` is what the reader will get, with all values filled in: names and notes that are merged into it count.
    `state` is the two letters of the state where the home is; what only states protect is HARD where a state is known
    to, SOFT everywhere else, as cities protect more. `qualifies_as_senior`: the home is housing for older persons by
    42 USC 3607(b), which may say so; it may turn away nobody by any other rule.

    Found are phrases that are known. A text without findings may still break the law: it is read by people, in their
    sense (24 CFR 100.75).
    """
    readings = fold(text)
    graded = [
        (_severity(RULES[one.rule], state), one)
        for one in _finder().find(readings)
        if not (qualifies_as_senior and RULES[one.rule].is_free_for_seniors)
    ]
    # The gravest first, and the longest of these: what shares a word with it is said with it.
    graded.sort(key=lambda each: (each[0] is not Severity.HARD, each[1].start - each[1].end, each[1].start))
    said = Spans(len(readings[0].letters))
    findings = []
    for severity, one in graded:
        if not said.meet(one.start, one.end):
            said.add(one.start, one.end)
            findings.append(_finding(text, severity, RULES[one.rule], readings[0].span(one.start, one.end), state))
    return tuple(sorted(findings, key=lambda finding: finding.start))


def _severity(rule: Rule, state: str) -> Severity:
    if rule.severity is Severity.HARD and rule.kind in STATE_KINDS and not law_of(state, rule.kind):
        return Severity.SOFT
    return rule.severity


def _finding(text: str, severity: Severity, rule: Rule, span: tuple[int, int], state: str) -> Finding:
    law = law_of(state, rule.kind)
    why = f"{WHY[rule.kind].rstrip('.')}, here {law}." if law else WHY[rule.kind]
    return Finding(severity, rule.kind, *span, text[span[0] : span[1]], rule.say_instead, why)
