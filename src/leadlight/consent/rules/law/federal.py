"""
The federal law of the United States: its hours, and what else the gate asks, each with where it stands.

Telephone: Telephone Consumer Protection Act, 47 U.S.C. 227, and the FCC's rules, 47 CFR 64.1200. E-mail: CAN-SPAM
Act, 15 U.S.C. 7701 and the following.
"""

from datetime import date, timedelta

from leadlight.consent.rules.law.forms import Citation, Confidence, Rule, hours, week
from leadlight.consent.rules.vocabulary import Basis

#: When these rows were last read.
VERIFIED_ON = date(2026, 11, 23)

DAY = hours("8:00", "21:00")

CALLING = Rule(
    jurisdiction="US",
    name="United States",
    week=week(DAY, DAY, DAY),
    holidays=DAY,
    calendar="",
    effective_from=date(2003, 8, 25),
    verified_on=VERIFIED_ON,
    source="47 CFR 64.1200(c)(1)",
    confidence=Confidence.SOURCED,
    notes=(
        "By the clock where the called person is. Whether consent lifts the hours is before the courts: it lifts"
        " nothing here."
    ),
)


def _cited(source: str, since: date) -> Citation:
    return Citation(source, f"{since}, read {VERIFIED_ON}")


#: Marketing by machine needs a signed consent; other messages by machine one that was given.
CONSENT = _cited("47 CFR 64.1200(a)(1)-(2), (f)(9)", date(2013, 10, 16))
#: Any reasonable way of saying stop counts; the list of words, at most ten business days.
REVOCATION = _cited("47 CFR 64.1200(a)(10)-(12)", date(2025, 4, 11))
#: Who told us not to call is not called; kept without end.
OWN_LIST = _cited("47 CFR 64.1200(d)", date(2003, 8, 25))
#: The National Do Not Call list, texts included.
NATIONAL_LIST = _cited("47 CFR 64.1200(c)(2)", date(2003, 8, 25))
#: How old the copy of that list may be.
NATIONAL_LIST_AGE = _cited("47 CFR 64.1200(c)(2)(i)(D)", date(2005, 1, 1))
#: A consent is the person's and does not go with the number to whoever has it next.
REASSIGNED = _cited("47 U.S.C. 227(b)(1)(A); 47 CFR 64.1200(m)", date(2018, 12, 12))
#: Opting out of e-mail, and the sender's postal address in each.
MAIL_OPT_OUT = _cited("15 U.S.C. 7704(a)(3)-(4)", date(2004, 1, 1))
MAIL_SENDER = _cited("15 U.S.C. 7704(a)(5)", date(2004, 1, 1))
#: Carriers take no texts to lists that were bought, rented or shared.
CARRIERS = _cited("CTIA Messaging Principles and Best Practices", date(2019, 7, 1))

#: The list is good for so long after the day on which it was drawn.
LIST_GOOD_FOR = timedelta(days=31)

#: How long a business relationship lets us call somebody who is on the National list: months after the deal or the
#: question. 47 CFR 64.1200(f)(5). It lifts that list for calls by hand, and nothing else.
RELATIONSHIP_MONTHS: dict[Basis, int] = {Basis.TRANSACTION: 18, Basis.INQUIRY: 3}
RELATIONSHIP = _cited("47 CFR 64.1200(f)(5)", date(2003, 8, 25))

#: So long an answer to somebody's own message is one.
ANSWER_WITHIN = timedelta(hours=24)

#: Rules of this house, which no law asks for in these words.
HOUSE = Citation("Leadlight's own rule", f"{VERIFIED_ON}")
