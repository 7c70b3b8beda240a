"""
The states, the District and the territories, each with a row.

Where a state asks no more than the federal law, its row is the federal one. Where sources disagree the tighter value
stands, and the notes say so.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from leadlight.consent.rules.law import federal
from leadlight.consent.rules.law.forms import Cap, Confidence, Rule, Span, hours, week

_SOURCED, _FROM_MEMORY = Confidence.SOURCED, Confidence.FROM_MEMORY

# Two overviews by people who sell calling, and one more for caps and holidays, each dated by what it says of itself.
_DROPCOWBOY, _DROPCOWBOY_ON = "https://www.dropcowboy.com/state-compliance", date(2025, 11, 1)
_CLICKPOINT = "https://blog.clickpointsoftware.com/telemarketing-calling-hours-by-state"
_CLICKPOINT_ON = date(2025, 7, 1)
_G2 = "https://g2leadstosales.com/2025-state-by-state-calling-restrictions-telemarketing-call-centers.html"
_G2_ON = date(2025, 1, 1)

_THREE_A_DAY = (Cap(3, timedelta(hours=24)),)

_DAY, _TO_EIGHT = federal.DAY, hours("8:00", "20:00")
_FROM_NINE, _NINE_TO_EIGHT = hours("9:00", "21:00"), hours("9:00", "20:00")


@dataclass(frozen=True)
class _Stricter:
    """What a state asks beyond the federal law."""

    weekdays: Span
    saturday: Span | None
    sunday: Span | None
    source: str
    effective_from: date
    confidence: Confidence = _SOURCED
    #: Nobody is called on a holiday; otherwise they are days as others.
    is_free_on_holidays: bool = False
    caps: tuple[Cap, ...] = ()
    clocks: tuple[str, ...] = ()
    notes: str = ""


def _daily(span: Span, source: str, effective_from: date, **more: object) -> _Stricter:
    return _Stricter(span, span, span, source, effective_from, **more)  # type: ignore[arg-type]


_STRICTER: dict[str, _Stricter] = {
    "AL": _Stricter(
        _TO_EIGHT, _TO_EIGHT, None, _DROPCOWBOY, _DROPCOWBOY_ON, is_free_on_holidays=True,
        notes="A holiday on Sunday is kept on Monday, one on Saturday on Friday.",
    ),
    "CT": _daily(
        _NINE_TO_EIGHT, _DROPCOWBOY, _DROPCOWBOY_ON,
        notes="One source ends at 21:00; two at 20:00. Texts need written consent.",
    ),
    "FL": _daily(
        _TO_EIGHT, _CLICKPOINT, date(2021, 7, 1), caps=_THREE_A_DAY,
        notes=(
            "Fla. Stat. 501.616(6): the cap is for each subject; we count all. Who has an area code of Florida is"
            " presumed to live there."
        ),
    ),
    "IL": _daily(
        _DAY, _DROPCOWBOY, _DROPCOWBOY_ON, notes="Recorded messages from 9:00; Leadlight sends none.",
    ),
    "KY": _daily(hours("10:00", "21:00"), _DROPCOWBOY, _DROPCOWBOY_ON),
    "LA": _Stricter(
        _TO_EIGHT, _TO_EIGHT, None, _DROPCOWBOY, _DROPCOWBOY_ON, is_free_on_holidays=True,
        notes="In a declared emergency calls may be forbidden altogether: not encoded, from memory.",
    ),
    "MA": _daily(_TO_EIGHT, _DROPCOWBOY, _DROPCOWBOY_ON),
    "MD": _daily(_TO_EIGHT, _DROPCOWBOY, _DROPCOWBOY_ON, caps=_THREE_A_DAY, notes=f"The cap by {_G2}."),
    "ME": _daily(
        _DAY, _G2, _G2_ON, caps=(Cap(1, timedelta(hours=8), is_automated=True),),
        notes="One call by machine in eight hours.",
    ),
    "MI": _daily(_FROM_NINE, _DROPCOWBOY, _DROPCOWBOY_ON),
    "MN": _daily(_FROM_NINE, _DROPCOWBOY, _DROPCOWBOY_ON),
    "MS": _Stricter(
        _TO_EIGHT, _TO_EIGHT, None, _DROPCOWBOY, _DROPCOWBOY_ON, is_free_on_holidays=True,
        clocks=("America/Chicago",),
        notes="By Central time. One source allows holidays from 8:00 to 20:00; two allow none.",
    ),
    "NM": _daily(_FROM_NINE, _DROPCOWBOY, _DROPCOWBOY_ON),
    "NV": _daily(_NINE_TO_EIGHT, _DROPCOWBOY, _DROPCOWBOY_ON),
    "NY": _daily(
        _DAY, federal.CALLING.source, federal.CALLING.effective_from,
        notes="In a declared emergency calls may be forbidden altogether: not encoded, from memory.",
    ),
    "OK": _daily(
        _TO_EIGHT, _CLICKPOINT, date(2022, 11, 1), caps=_THREE_A_DAY,
        notes=(
            "The cap is for each subject; we count all. Who has an area code of Oklahoma is presumed to live there."
        ),
    ),
    "PA": _Stricter(
        _DAY, hours("8:00", "12:00"), hours("13:30", "21:00"), _DROPCOWBOY, _DROPCOWBOY_ON, is_free_on_holidays=True,
        notes="Saturday looks like a misprint at the source and is kept; Sunday from 13:30 is from memory.",
    ),
    "RI": _Stricter(
        hours("9:00", "18:00"), hours("10:00", "17:00"), None, _DROPCOWBOY, _DROPCOWBOY_ON, is_free_on_holidays=True,
        notes="Saturday and Sunday are from memory.",
    ),
    "SD": _Stricter(
        _FROM_NINE, _FROM_NINE, None, "S.D. Codified Laws ch. 37-30A", _DROPCOWBOY_ON, _FROM_MEMORY,
    ),
    "TX": _Stricter(
        _FROM_NINE, _FROM_NINE, hours("12:00", "21:00"),
        "https://www.foster.com/newsroom-alerts-texas-expands-telemarketing-law-to-cover-text-messagesms-marketing-"
        "what-companies-need-to-know",
        date(2025, 9, 1),
        clocks=("America/Chicago",),
        notes=(
            "SB 140: texts are covered; the sender registers and posts a bond of $10,000 unless exempt. One source"
            " says Central time, others the called person's: both must allow it."
        ),
    ),
    "UT": _Stricter(
        _FROM_NINE, _FROM_NINE, None, "Utah Code ch. 13-25a", _DROPCOWBOY_ON, _FROM_MEMORY, is_free_on_holidays=True,
        notes="Whether weekdays begin at 8:00 or 9:00 is unsure: 9:00.",
    ),
    "VA": _daily(
        _DAY,
        "https://www.mondaq.com/unitedstates/privacy-protection/1738886/"
        "virginia-legislature-emphasizes-its-little-tcpa-applies-to-texts",
        date(2026, 1, 1),
        notes="STOP by text holds for ten years; here without end.",
    ),
    "WA": _daily(
        _TO_EIGHT,
        "https://www.dinsmore.com/publications/more-states-adding-tougher-telephone-consumer-protection-act-statutes/",
        date(2022, 7, 1),
        notes=(
            "Say who calls within 30 seconds, end the call within 10 when asked. A draft of the law said 17:00; as"
            " enacted it is 20:00. An agent with a list of their own is a company of their own."
        ),
    ),
    "WY": _daily(_TO_EIGHT, "Wyo. Stat. 40-12-302", _DROPCOWBOY_ON, confidence=_FROM_MEMORY),
}  # fmt: skip

#: Postal abbreviation → name: the fifty states, the District and the territories.
STATES: dict[str, str] = {
    "AK": "Alaska", "AL": "Alabama", "AR": "Arkansas", "AS": "American Samoa", "AZ": "Arizona", "CA": "California",
    "CO": "Colorado", "CT": "Connecticut", "DC": "District of Columbia", "DE": "Delaware", "FL": "Florida",
    "GA": "Georgia", "GU": "Guam", "HI": "Hawaii", "IA": "Iowa", "ID": "Idaho", "IL": "Illinois", "IN": "Indiana",
    "KS": "Kansas", "KY": "Kentucky", "LA": "Louisiana", "MA": "Massachusetts", "MD": "Maryland", "ME": "Maine",
    "MI": "Michigan", "MN": "Minnesota", "MO": "Missouri", "MP": "Northern Mariana Islands", "MS": "Mississippi",
    "MT": "Montana", "NC": "North Carolina", "ND": "North Dakota", "NE": "Nebraska", "NH": "New Hampshire",
    "NJ": "New Jersey", "NM": "New Mexico", "NV": "Nevada", "NY": "New York", "OH": "Ohio", "OK": "Oklahoma",
    "OR": "Oregon", "PA": "Pennsylvania", "PR": "Puerto Rico", "RI": "Rhode Island", "SC": "South Carolina",
    "SD": "South Dakota", "TN": "Tennessee", "TX": "Texas", "UT": "Utah", "VA": "Virginia", "VI": "Virgin Islands",
    "VT": "Vermont", "WA": "Washington", "WI": "Wisconsin", "WV": "West Virginia", "WY": "Wyoming",
}  # fmt: skip


def _row(state: str) -> Rule:
    own = _STRICTER.get(state)
    if own is None:
        own = _daily(_DAY, federal.CALLING.source, federal.CALLING.effective_from)
    return Rule(
        jurisdiction=f"US-{state}",
        name=STATES[state],
        week=week(own.weekdays, own.saturday, own.sunday),
        holidays=None if own.is_free_on_holidays else own.weekdays,
        calendar=f"US-{state}" if own.is_free_on_holidays else "",
        effective_from=own.effective_from,
        verified_on=federal.VERIFIED_ON,
        source=own.source,
        confidence=own.confidence,
        caps=own.caps,
        clocks=own.clocks,
        notes=own.notes,
    )


STATE_RULES: tuple[Rule, ...] = tuple(_row(state) for state in STATES)

#: For whom we know no state.
UNKNOWN_STATE = Rule(
    jurisdiction="US-??",
    name="an unknown state",
    week=week(hours("10:00", "20:00"), hours("10:00", "17:00"), None),
    holidays=None,
    calendar="US",
    effective_from=federal.VERIFIED_ON,
    verified_on=federal.VERIFIED_ON,
    source=federal.HOUSE.source,
    confidence=Confidence.OWN,
    caps=_THREE_A_DAY,
    notes="Narrower than nearly every state's hours, wherever in the United States somebody turns out to be.",
)
