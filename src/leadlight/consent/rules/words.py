"""
What somebody means by what they write back: leave me alone, wrong number, not now. Pure.

A word too many costs a message; a word missed costs $500 to $1,500 (47 USC 227). So where two ways of reading a text
are equally likely, it is an opt-out. The keywords are those of 47 CFR 64.1200(a)(10), of the carriers and of the
messaging services together; the free text follows "any reasonable means" of the same rule.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum


class Meaning(StrEnum):
    """What a text asks for, the weightiest first."""

    #: Nothing more, on the channels named.
    OPT_OUT = "OPT_OUT"
    #: The number or address is somebody else's.
    WRONG_NUMBER = "WRONG_NUMBER"
    #: Not now, not by us, or by a lawyer: a person decides what follows.
    PAUSE = "PAUSE"
    HELP = "HELP"
    OPT_IN = "OPT_IN"
    NOTHING = "NOTHING"


@dataclass(frozen=True)
class Understood:
    """What a text asks for."""

    meaning: Meaning
    #: Channels that an opt-out names; empty when it names none.
    channels: tuple[str, ...] = ()


#: As whole messages.
_OUT = frozenset(
    {"stop", "stopall", "stop all", "unsubscribe", "cancel", "end", "quit", "revoke", "optout", "opt out", "remove",
     "arret", "alto", "parar", "para", "baja", "cancelar", "pare", "detener"}
)  # fmt: skip
_IN = frozenset({"start", "unstop"})
_HELP = frozenset({"help", "info", "ayuda"})

#: Words that take the edge off a keyword, or sharpen it: "stop please", "STOP NOW".
_COURTESY = re.compile(
    r"\b(?:please|pls|plz|por favor|thanks|thank you|gracias|now|it|this|already|immediately|me|ok|okay|hi|hello)\b"
)

_NOT = r"(?<!don't )(?<!dont )(?<!do not )(?<!never )(?<!can't )(?<!cant )(?<!cannot )(?<!won't )(?<!didn't )"
_CONTACT = r"(?:text|messag|sms|call|phon|ring|contact|e ?mail|writ|mail|send|spam|bother|harass|reach)"
_REACH = r"(?:text|messag|sms|call|phone|contact|e ?mail|write)"
#: A time that goes with a "don't call" makes it a wish about when, and no opt-out.
_WHEN = r"(?!.{0,24}\b(?:before|after|until|till|between|during|at|on (?:mon|tue|wed|thu|fri|sat|sun))\b)"

_FREE = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_NOT}\b(?:stop|quit|cease)\s+(?:\w+\s+)?{_CONTACT}",
        r"^(?:please\s+|pls\s+)?stop\b(?!\s+(?:by|in|at|over|off|through|around|into|looking|the)\b)",
        r"\bremove (?:me|my (?:number|name|e ?mail|phone|info))\b",
        r"\btake (?:me|my (?:number|name|e ?mail|phone)) off\b(?!\s+the (?:hook|market))",
        rf"\b(?:do not|don't|dont) (?:ever )?{_REACH}\w*(?: (?:me|us|this))?\b{_WHEN}",
        rf"\bnever {_REACH}\w* (?:me|us|this number)\b.{{0,12}}\bagain\b",
        r"\bleave (?:me|us) (?:the \w+ )?alone\b",
        r"\b(?:lose|delete|forget|erase) my (?:number|phone|e ?mail|contact|info)",
        r"\bunsub",
        r"\bopt(?:ing)?[ -]?(?:me )?out\b",
        r"\bno (?:more|further) (?:text|messag|sms|call|e ?mail|contact)",
        r"\bi (?:withdraw|revoke) (?:my )?(?:consent|permission)\b",
        # Spanish.
        r"\bno (?:me|nos) (?:escrib|llam|mand|envi|contact|molest|text)\w*",
        r"\bno mas (?:mensaj|llamad|corre|texto|sms|email)",
        r"\b(?:dej(?:e|en|a|ad)|par(?:e|en|a)|cese|cesen) de (?:\w+me|\w+nos|escrib|llam|mand|envi|contact|molest)",
        r"\b(?:quit(?:e|en|a)me|borr(?:e|en|a)me|elimin(?:e|en|a)me|sac(?:a|ame|quenme|uenme)) de\b",
        r"\b(?:dar|de|den|dame|denme|deme)(?:me)? de baja\b",
        # French.
        r"\barretez?\b.{0,20}\b(?:messages?|appel|ecri|contact|textos?)",
    )
)

_WRONG = tuple(
    re.compile(pattern)
    for pattern in (
        r"\bwrong (?:number|person|phone|e ?mail|address)\b",
        r"\b(?:not|isn't|isnt) (?:my|the right|his|her) (?:number|phone|e ?mail)\b",
        r"\bnumero equivocado\b|\bpersona equivocada\b|\bse equivoco de (?:numero|persona)\b",
    )
)

_PAUSE = tuple(
    re.compile(pattern)
    for pattern in (
        r"\b(?:not|no longer|never|isn't|aren't|i'm not) (?:really |at all )?interested\b",
        r"\bno (?:me|nos) interesa\b|\bno estoy interesad",
        r"\balready (?:bought|purchased|closed|sold|found|under contract|in contract)\b",
        r"\b(?:have|'ve|has) (?:already )?(?:got )?(?:an?|another|my|our) (?:\w+ )?(?:agent|realtor|broker)\b",
        r"\bworking with (?:an?|another|my|our|somebody|someone)\b.{0,16}\b(?:agent|realtor|broker|else)\b",
        r"\bya (?:compre|compramos|tengo agente|tenemos agente)\b",
        r"\b(?:attorney|lawyer|lawsuit|tcpa|harass\w*|sue you|do not call (?:list|registry)|report you)\b",
        r"\b(?:f+u+c+k|f\*+k?|piss|screw) (?:off|you)\b",
        rf"\b(?:do not|don't|dont) {_REACH}\w*\b",
    )
)

#: Which channel words name.
_NAMED = {
    "SMS": re.compile(r"\b(?:text|sms|messag|mensaj|texto)"),
    "CALL": re.compile(r"\b(?:call|phon|ring|llam)"),
    "EMAIL": re.compile(r"\b(?:e ?mail|unsub|corre|newsletter)"),
}

#: Letters of other alphabets that look like Latin ones, as filters are dodged with.
_LOOK_ALIKE = str.maketrans("аеорсухіѕјԁοαερτυνκмнтвѵ", "aeopcyxisjdoaeptuvkmhtbv")
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufe0e\ufe0f]"
)
#: So much of a text is looked at; nobody writes a book before they say stop.
_MOST = 20_000


def understand(text: str) -> Understood:
    """
    Return what a text that somebody sent us asks for; of several things the weightiest. Empty text asks for nothing.

    Only what they wrote counts: a mail that they quote below does not. YES opts nobody in by itself: that depends on
    what they were asked.
    """
    plain = _plain(_own_words(text[:_MOST]))
    if not plain:
        return Understood(Meaning.NOTHING)
    bare = _bare(plain)
    if bare in _OUT:
        return Understood(Meaning.OPT_OUT, _channels(plain))
    if bare in _IN:
        return Understood(Meaning.OPT_IN)
    if bare in _HELP:
        return Understood(Meaning.HELP)
    if any(pattern.search(plain) for pattern in _FREE):
        return Understood(Meaning.OPT_OUT, _channels(plain))
    if any(pattern.search(plain) for pattern in _WRONG):
        return Understood(Meaning.WRONG_NUMBER)
    if any(pattern.search(plain) for pattern in _PAUSE):
        return Understood(Meaning.PAUSE)
    return Understood(Meaning.NOTHING)


_QUOTED = re.compile(
    r"^(?:>.*|on .{4,120} wrote:|el .{4,120} escribi[oó]:|le .{4,120} a [eé]crit ?:"
    r"|-{2,} ?original message ?-{2,}|_{8,}|from: .*|de: .*|sent from my .*)$",
    re.IGNORECASE | re.MULTILINE,
)


def _own_words(text: str) -> str:
    """Return a text up to the first line that quotes; the whole, where it begins with one."""
    lines = text.replace("\r\n", "\n")
    found = _QUOTED.search(lines)
    own = lines[: found.start()] if found else lines
    return own if own.strip() else lines


def _plain(text: str) -> str:
    """Return words in small Latin letters without accents, parted by single spaces; apostrophes stay."""
    folded = unicodedata.normalize("NFKD", _INVISIBLE.sub("", text)).casefold().translate(_LOOK_ALIKE)
    folded = "".join(c for c in folded if not unicodedata.combining(c)).replace("\u2019", "'").replace("`", "'")
    return " ".join(re.sub(r"[^\w' ]|_", " ", folded.replace("-", " ")).split())


def _bare(plain: str) -> str:
    """Return what is left of a message without courtesies; letters that stand apart are one word."""
    words = plain.split()
    if len(words) > 1 and all(len(word) == 1 for word in words):
        return "".join(words)
    return " ".join(_COURTESY.sub(" ", plain).split())


def _channels(plain: str) -> tuple[str, ...]:
    return tuple(channel for channel, pattern in _NAMED.items() if pattern.search(plain))
