"""What a column's name lets one suspect. A name alone convicts nobody: the data have to agree."""

import re
from typing import Literal

from leadlight.intake.rules.headers import words

#: moving: the latest of something. ending: what only a lead that ended has. verdict: what somebody thinks of the lead
#: by now. score: a program's number for that. extent: how long a contact lasted. money: what was sold.
Family = Literal["moving", "ending", "verdict", "score", "extent", "money", ""]


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


_LATEST = _set("last latest recent newest final current")
_MOVING = _set(
    "activity activities contact contacted modified touch touched call called email visit visited interaction update "
    "updated engagement action changed seen login reply response meeting note event communication notable"
)
_EDITED = _set("modified updated changed edited")
_ENDING = _set(
    "closed close closing won lost loss deal deals contract settlement settled converted conversion cancelled "
    "canceled cancellation signed checkout churned churn rejected rejection disqualified dropped enrolled "
    "enrollment completed"
)
_VERDICT = _set(
    "stage status substatus tag tags quality disposition outcome result resolution qualification verdict phase step"
)
_SCORE = _set("score scores scoring rating grade index rank ranking priority temperature")
_EXTENT = _set("duration length talktime minutes seconds billsec talked")
_MONEY = _set(
    "value values revenue revenues sale sales transaction transactions purchase purchases order orders paid payment "
    "payments spend profit commission commissions ltv gmv turnover invoice invoiced gci refund recoveries"
)
#: What stands beside a word and gives it another, harmless sense: a marital status is no stage.
_HARMLESS = _set(
    "marital employment civil job occupation housing residency residence visa student working membership military "
    "family life previous prior past earlier first initial former original image photo air phone device browser "
    "server consumer price postal area credit"
)
_EDIT_WORDS = re.compile(r"\b(?:modified|updated|edited|changed|merged|reopened|reassigned)\b", re.IGNORECASE)


def family(header: str) -> Family:
    """Return what kind of later knowledge a name suggests; "" for none."""
    found = set(words(header))
    if found & _HARMLESS:
        return ""
    if (found & _LATEST and found & _MOVING) or found & _EDITED:
        return "moving"
    if found & _ENDING:
        return "ending"
    if found & _VERDICT or {"lead", "profile"} <= found:
        return "verdict"
    if found & _SCORE:
        return "score"
    if found & _EXTENT:
        return "extent"
    return "money" if found & _MONEY else ""


def says_edited(level: str) -> bool:
    """Say whether a value tells of an edit of the record, not of something the lead did."""
    return bool(_EDIT_WORDS.search(level))
