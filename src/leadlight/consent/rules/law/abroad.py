"""
Outside the United States.

Not encoded wholly: until it is, the gate refuses marketing texts and calls there, and asks an express consent for
e-mail. The rows of Canada stand here to be built on.
"""

from datetime import date

from leadlight.consent.rules.law.federal import VERIFIED_ON
from leadlight.consent.rules.law.forms import Citation, Confidence, Rule, hours, week
from leadlight.consent.rules.vocabulary import Basis

_WEEKDAY, _WEEKEND = hours("9:00", "21:30"), hours("10:00", "18:00")

CANADA: tuple[Rule, ...] = (
    Rule(
        jurisdiction="CA",
        name="Canada",
        week=week(_WEEKDAY, _WEEKEND, _WEEKEND),
        holidays=_WEEKDAY,
        calendar="",
        effective_from=date(2008, 9, 30),
        verified_on=VERIFIED_ON,
        source="https://github.com/hearsaycorp/phonenumber-util",
        confidence=Confidence.SOURCED,
        notes=(
            "Unsolicited Telecommunications Rules. The National Do Not Call List and calls by machine, which need"
            " express consent, are from memory and not encoded."
        ),
    ),
)

#: How long an implied consent lasts, in months after the deal or the question; one that was expressed lasts until it
#: is withdrawn. Texts and e-mails alike.
IMPLIED_MONTHS: dict[Basis, int] = {Basis.TRANSACTION: 24, Basis.INQUIRY: 6}
CASL = Citation("https://crtc.gc.ca/eng/com500/guide.htm", f"2014-07-01, read {VERIFIED_ON}")

#: The rule that stands in for all that is not encoded.
ABROAD = Citation("Leadlight's own rule: outside the United States e-mail by express consent alone", f"{VERIFIED_ON}")
