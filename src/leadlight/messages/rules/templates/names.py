"""Names of leads as a greeting may use them. What is no name is none: better "Hi there" than "Hi Test"."""

import re
from itertools import pairwise

from leadlight.leads.rules import fold

#: What forms, portals and people write where they have no name, one a line; compared in lower case.
_PLACEHOLDERS = frozenset(
    line.strip()
    for words in """
    test | tester | testing | test test | n/a | n.a. | n a | none | null | nil | unknown | unk | undefined | anonymous
    no name | noname | no first name | not given | not provided | name | first name | firstname | first | last name
    full name | your name | guest | user | customer | client | buyer | seller | lead | new lead | web lead
    internet lead | prospect | visitor | website visitor | contact | friend | owner | homeowner | home owner
    property owner | current owner | resident | current resident | tenant | occupant | neighbor | caller
    unknown caller | wireless caller | facebook user | zillow user | zillow | realtor | agent | admin | info | sales
    office | asdf | asdfg | qwerty | abc | abcd | foo | bar | tbd | private | do not call | do not contact | dnc
    duplicate | delete | spam | fake | me | hi | hello | hey
    """.strip().splitlines()
    for line in words.split("|")
)
#: So written they are a program's word for nothing; otherwise names of people.
_NOTHING = frozenset(("NA", "na", "nan", "NaN"))
_TITLES = frozenset(
    ("mr", "mrs", "ms", "miss", "mx", "dr", "prof", "professor", "rev", "sir", "madam", "sr", "sra", "srta", "señor",
     "señora", "señorita")
)  # fmt: skip
_SUFFIXES = frozenset(("jr", "sr", "ii", "iii", "iv", "md", "phd", "esq", "cpa", "dds", "rn"))
#: Stay small in a name that is written in capitals throughout.
_PARTICLES = frozenset(
    ("de", "del", "la", "las", "los", "van", "von", "der", "den", "da", "das", "do", "dos", "di", "du", "y", "bin",
     "ibn")
)  # fmt: skip
#: Of a business or an estate, which nobody greets by its first word.
_NOBODY = frozenset(
    ("llc", "inc", "corp", "ltd", "lp", "llp", "trust", "estate", "properties", "holdings", "investments")
)
#: First names of two words: the first, then what may follow it; compared without accents.
_DOUBLE_NAMES = """
maria: jose luisa elena isabel fernanda teresa carmen guadalupe cristina paula laura victoria eugenia camila jesus
jose: luis maria antonio manuel carlos miguel angel juan francisco alberto ignacio eduardo fernando guadalupe
juan: carlos jose pablo manuel antonio miguel luis david diego ignacio francisco
ana: maria luisa isabel paula laura cristina sofia victoria lucia
luis: miguel carlos alberto fernando angel eduardo enrique antonio felipe
carlos: alberto eduardo andres manuel enrique
miguel: angel
jorge: luis alberto
luz: maria elena
mary: ann anne jo beth lou kate jane ellen sue grace margaret elizabeth
anna: marie lee maria
anne: marie
sarah: jane beth grace
billy: bob joe ray
bobby: joe lee ray
john: paul
jean: paul pierre luc marie
peggy: sue
betty: jo lou ann
lee: ann anne
emma: grace kate
"""
_DOUBLE = {
    (first, second)
    for line in _DOUBLE_NAMES.strip().splitlines()
    for first, _, seconds in [line.partition(": ")]
    for second in seconds.split()
}
_ASIDE = re.compile(r"\([^()]{0,80}\)|\"[^\"]{0,80}\"|“[^”]{0,80}”|\[[^\[\]]{0,80}\]")
_NO_NAME = re.compile(r"@|\d|://|\bwww\.|\.(?:com|net|org|io|co|us|info|biz|ru|ly)\b", re.IGNORECASE)
#: Letters with their accents, and what stands inside of names in some languages.
_NO_LETTER = re.compile(r"[^\w\s.'’&+\-\u0300-\u036f\u0900-\u0dff\u200c\u200d]|_")
_VOWELS = re.compile(r"[AEIOUY]")
_JOINT = re.compile(r"([-'’.])")


def full_name(text: str) -> str:
    """
    Return a whole name as its bearer would write it; "" for what is none: a placeholder, an address, figures, a link.

    "ORTEGA, MARISOL" is Marisol Ortega; a name in capitals and small letters stays as it is written.
    """
    return " ".join(_cased(_words(text)))


def first_name(text: str) -> str:
    """
    Return the name by which to greet somebody, from a first or a whole name; "" for what is none.

    First names of two words that are known stay whole (María José), and so do two people's (Ana & Luis). An initial
    is no name, and neither is the one word behind a title: it is likely a family's.
    """
    words = _words(text)
    has_title = bool(words) and _bare(words[0]) in _TITLES
    if has_title:
        words = words[1:]
    while len(words) > 1 and _bare(words[-1]) in _SUFFIXES:
        words = words[:-1]
    if not words or (has_title and len(words) == 1) or any(_bare(word) in _NOBODY for word in words):
        return ""
    first = words[0].rstrip(".")
    is_initial = "." in first or (len(first) == 1 and first.isascii())
    is_family = len(words) > 1 and (_bare(first) in _PARTICLES or _bare(first) == "st")
    if is_initial or is_family:
        return ""
    taken = [first]
    if len(words) > 2 and _joins(words[1]):
        taken += words[1:3]
    elif len(words) > 1 and (fold(first), fold(words[1])) in _DOUBLE:
        taken.append(words[1])
    return " ".join(_cased(taken))


def _words(text: str) -> list[str]:
    """Return the words of a name, the first name first; [] for what is none."""
    plain = " ".join(_ASIDE.sub(" ", text).split())
    if _NO_NAME.search(plain) or plain in _NOTHING:
        return []
    last, comma, first = plain.partition(",")
    if comma and first.strip() and _bare(first) not in _SUFFIXES:
        plain = f"{first} {last}"
    if plain.strip(" .-_?!*").lower() in _PLACEHOLDERS:
        return []
    words = [_trimmed(word) for word in _NO_LETTER.sub(" ", plain.replace("/", " & ").replace("&", " & ")).split()]
    words = [word for word in words if any(map(str.isalpha, word)) or _joins(word)]
    words = [word for before, word in pairwise(["&", *words]) if not (_joins(word) and _joins(before))]
    if words and _joins(words[-1]):
        words = words[:-1]
    is_noise = bool(words) and len(words[0]) > 2 and len(set(words[0].lower())) == 1
    return [] if not words or is_noise or _bare(words[0]) in _PLACEHOLDERS else words


def _joins(word: str) -> bool:
    """Say whether a word stands between two names; a capital Y is an initial."""
    return word in ("&", "+", "y") or word.lower() == "and"


def _trimmed(word: str) -> str:
    """Return a word without what stands around it, but for the period of a short form."""
    core = word.strip(".-'’")
    is_short = len(core) <= 2 or "." in core or core.lower() in _TITLES | _SUFFIXES
    return f"{core}." if is_short and word.rstrip("-'’").endswith(".") else core


def _bare(word: str) -> str:
    return word.strip(" .").lower()


def _cased(words: list[str]) -> list[str]:
    is_shouted = all(word.isupper() or word.islower() for word in words)
    last = len(words) - 1
    return [
        word.lower()
        if 0 < place < last and word.lower() in _PARTICLES and (is_shouted or word.islower())
        else _case(word)
        for place, word in enumerate(words)
    ]


def _case(word: str) -> str:
    """Return a word with its capital; what is written with capitals and small letters was meant so."""
    if _joins(word):
        return word.lower()
    is_swapped = word[:1].islower() and word[1:].isupper()
    if not (word.isupper() or word.islower() or is_swapped):
        return word
    if word.upper() in ("II", "III", "IV"):
        return word.upper()
    if _bare(word) in _SUFFIXES:
        return word.title() if _bare(word) in ("jr", "sr", "esq") else word
    if word.isupper() and len(word) <= 3 and (not _VOWELS.search(word) or (len(word) == 2 and word[1] == "J")):
        return word  # initials that are a name: JT, AJ
    return "".join(_capital(part) for part in _JOINT.split(word))


def _capital(part: str) -> str:
    small = part.lower()
    if small.startswith("mc") and len(small) > 3:
        return "Mc" + small[2].upper() + small[3:]
    return small[:1].title() + small[1:]
