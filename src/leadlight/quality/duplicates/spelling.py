"""One spelling for what people write in many: names, addresses, contacts, dates and ids. Pure."""

import re
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from leadlight.intake import normalise
from leadlight.intake.rules.dates import Reader
from leadlight.leads.rules import fold

_LETTERS = re.compile(r"[^\W\d_]+")
_TITLES = frozenset(
    ["mr", "mrs", "ms", "miss", "mx", "dr", "prof", "sir", "madam", "rev", "hon", "herr", "frau", "sr", "sra", "srta",
     "don", "dona", "mme", "mlle", "m", "capt", "sgt", "lt"]
)  # fmt: skip
_SUFFIXES = {"jr": "jr", "junior": "jr", "jnr": "jr", "sr": "sr", "senior": "sr", "snr": "sr",
             "ii": "2", "iii": "3", "iv": "4", "2nd": "2", "3rd": "3", "4th": "4"}  # fmt: skip
_AFTER_NAMES = frozenset({"phd", "md", "esq", "cpa", "mba", "dds", "rn", "esquire"})
_PARTICLES = frozenset(
    ["de", "la", "del", "da", "das", "do", "dos", "di", "du", "van", "von", "der", "den", "ten", "ter", "el", "al",
     "bin", "ben", "le", "st", "san", "mac", "mc"]
)  # fmt: skip
_AND = re.compile(r"\s*(?:&|\+|/|\band\b|\bund\b|\by\b)\s*", re.IGNORECASE)
_BRACKETS = re.compile(r"[(\[\"“']([^)\]\"”']{2,20})[)\]\"”']")


class Name(NamedTuple):
    """The parts of a person's name, folded; "" where it says none."""

    given: str = ""
    surname: str = ""
    suffix: str = ""
    nickname: str = ""


def letters(text: str) -> str:
    """Return the letters alone, folded: "O'Brien" and "O Brien" are one."""
    return "".join(_LETTERS.findall(fold(text)))


@lru_cache(maxsize=65_536)
def suffix(text: str) -> str:
    """Return what tells father from son: "jr", "sr", "2", "3", "4"; "" when the text is none of these."""
    return _SUFFIXES.get(fold(text).strip(" .,"), "")


@lru_cache(maxsize=65_536)
def given(text: str) -> str:
    """Return the first given name, folded, without title; initials stay, a middle name does not."""
    found = [word for word in _words(text) if word not in _TITLES] or _words(text)
    return found[0] if found else ""


@lru_cache(maxsize=65_536)
def surname(text: str) -> str:
    """Return the last name, folded and in one piece, without what tells father from son."""
    found = list(_words(text))
    while len(found) > 1 and (found[-1] in _SUFFIXES or found[-1] in _AFTER_NAMES):
        found.pop()
    return "".join(found)


def surname_suffix(text: str) -> str:
    """Return the suffix that a last name carries at its end: "King Jr" is "jr"."""
    found = _words(text)
    return _SUFFIXES.get(found[-1], "") if len(found) > 1 else ""


@lru_cache(maxsize=65_536)
def full_name(text: str) -> Name:
    """
    Return the parts of a name written as one: "Dr. Anna M. van der Berg, Jr.", "King, Stephen (Steve)".

    Of two people in one cell the first speaks: "John and Mary Smith" is John Smith.
    """
    text = normalise.clean(text)
    called = _BRACKETS.search(text)
    text = _BRACKETS.sub(" ", text) if called else text
    before, comma, after = text.partition(",")
    if comma and not set(_words(after)) <= _SUFFIXES.keys() | _AFTER_NAMES:
        text = f"{after} {before}"
    pair = _AND.split(text, maxsplit=1)
    if len(pair) == 2 and all(map(_words, pair)):
        # The last name stands once, after the second.
        text = pair[0] if len(_words(pair[0])) > 1 else f"{pair[0]} {_words(pair[1])[-1]}"
    parts = list(_words(text))
    while len(parts) > 1 and parts[0] in _TITLES:
        parts.pop(0)
    tail = [_SUFFIXES[word] for word in parts[1:] if word in _SUFFIXES]
    parts = parts[:1] + [word for word in parts[1:] if word not in _SUFFIXES and word not in _AFTER_NAMES]
    start = len(parts) - 1
    while start > 1 and parts[start - 1] in _PARTICLES:
        start -= 1
    last = "".join(parts[start:]) if start > 0 else ""
    return Name("".join(parts[:1]), last, tail[0] if tail else "", letters(called[1]) if called else "")


@lru_cache(maxsize=65_536)
def _words(text: str) -> tuple[str, ...]:
    """Return the words of a name, folded; an apostrophe or a hyphen does not part them."""
    plain = re.sub(r"[-'’`.]+(?=\w)", "", fold(text).replace(". ", " "))
    return tuple(re.findall(r"[^\W_]+", plain))


# --- contacts ---------------------------------------------------------------------------------------------------

_SEPARATORS = re.compile(r"[,;|\s]+")
_GMAIL = frozenset({"gmail.com", "googlemail.com"})


@lru_cache(maxsize=65_536)
def emails(text: str) -> tuple[str, ...]:
    """
    Return the addresses of a cell as they are compared, each once, without Gmail's dots and what follows a plus.

    An address with a slip of the pen ("anna.example.com") is kept, since it still resembles the right one.
    Placeholders give none.
    """
    found: dict[str, None] = {}
    for part in _SEPARATORS.split(fold(text).replace("mailto:", "")):
        part = part.strip("<>()[]\"'.:")
        local, at, domain = part.partition("@")
        if len(part) < 6 or "." not in part or (at and normalise.is_placeholder_email(part)):
            continue
        if at:
            local = local.split("+", 1)[0] or local
            if domain in _GMAIL:
                local, domain = local.replace(".", ""), "gmail.com"
        found[f"{local}{at}{domain}"] = None
    return tuple(found)


def phone_reader(country: str) -> Callable[[str], tuple[str, ...]]:
    """
    Return the function from a cell to its phone numbers as they are compared, each once.

    A number that no plan of numbers knows keeps its last ten digits, when it has at least seven.
    """

    @lru_cache(maxsize=65_536)
    def read(text: str) -> tuple[str, ...]:
        known = normalise.phones(text, country)
        if known:
            return known
        digits = "".join(re.findall(r"\d", text))
        return () if len(digits) < 7 or normalise.is_placeholder_phone(digits) else (digits[-10:],)

    return read


# --- addresses --------------------------------------------------------------------------------------------------

_STREET_WORDS = {
    "street": "st", "str": "st", "avenue": "av", "ave": "av", "road": "rd", "drive": "dr", "lane": "ln",
    "court": "ct", "crt": "ct", "place": "pl", "boulevard": "blvd", "boul": "blvd", "terrace": "tce",
    "terr": "tce", "ter": "tce", "crescent": "cr", "cres": "cr", "circle": "cir", "circuit": "cct",
    "highway": "hwy", "parkway": "pkwy",
    "square": "sq", "trail": "trl", "way": "wy", "close": "cl", "parade": "pde", "grove": "gr", "mount": "mt",
    "saint": "st", "north": "n", "south": "s", "east": "e", "west": "w", "northeast": "ne", "northwest": "nw",
    "southeast": "se", "southwest": "sw",
}  # fmt: skip
_UNIT = re.compile(
    r"(?:\b(?:apartment|apt|unit|suite|ste|flat|no)\b\.?\s*#?|#)\s*([a-z]?\d+[a-z]?|[a-z])\b", re.IGNORECASE
)
_NUMBER = re.compile(r"^\s*(\d+)\s*(?:[-/]\s*\d+)?\s*-?([a-z])?(?=[\s,]|$)", re.IGNORECASE)
_LAST_NUMBER = re.compile(r"\s(\d+\s?[a-z]?)\s*$", re.IGNORECASE)


class Address(NamedTuple):
    """The parts of a street address; "" where it says none."""

    number: str = ""
    street: str = ""
    unit: str = ""


@lru_cache(maxsize=65_536)
def address(text: str) -> Address:
    """Return the parts of an address written as one: "12-B Oak Street, Apt 4" is 12b, "oak st", 4."""
    text = fold(normalise.clean(text))
    found = _UNIT.search(text)
    unit = found[1] if found else ""
    text = _UNIT.sub(" ", text) if found else text
    head = text.split(",")[0] if len(text.split(",")[0].split()) > 1 else text.replace(",", " ")
    start = _NUMBER.match(head)
    number = ""
    if start:
        number = (start[1] + (start[2] or "")).lstrip("0") or start[1]
        head = head[start.end() :]
    elif end := _LAST_NUMBER.search(head):
        number, head = end[1].replace(" ", ""), head[: end.start()]
    return Address(number, street(head), unit)


@lru_cache(maxsize=65_536)
def street(text: str) -> str:
    """Return the name of a street with the usual words cut short: "Oak Street" and "Oak St." are one."""
    found = re.findall(r"[^\W_]+", fold(text))
    return " ".join(_STREET_WORDS.get(word, word) for word in found)


@lru_cache(maxsize=65_536)
def unit(text: str) -> str:
    """Return what a column of units says, without its word: "Apt. 4B" is "4b"."""
    found = _UNIT.search(text)
    return fold(found[1]) if found else "".join(re.findall(r"[^\W_]+", fold(text)))


def unit_of_line(text: str) -> str:
    """Return the unit that a second line of an address names; "" when it is something else, as a building's name."""
    found = _UNIT.search(text)
    if found:
        return fold(found[1])
    return fold(text) if re.fullmatch(r"[A-Za-z]?\d+[A-Za-z]?|[A-Za-z]", text.strip()) else ""


@lru_cache(maxsize=65_536)
def postcode(text: str) -> str:
    """Return a postal code; zeros in front get lost in spreadsheets, and four more digits are no other place."""
    plain = "".join(re.findall(r"[^\W_]+", fold(text.split("-")[0])))
    if plain.isdigit() and len(plain) > 9:
        return plain  # no postal code
    return plain[:-4].lstrip("0") if plain.isdigit() and len(plain) == 9 else plain.lstrip("0")


@lru_cache(maxsize=65_536)
def place(text: str) -> str:
    """Return the name of a town."""
    return " ".join(re.findall(r"[^\W_]+", fold(text)))


# --- dates and ids ----------------------------------------------------------------------------------------------

_EIGHT = re.compile(r"(?:1[89]|20)\d{6}")


def born_reader(read: Reader) -> Callable[[str], str]:
    """
    Return the function from a cell to a birth date of eight digits, the year first; "" when it has no such.

    Eight digits stay as they stand even where the calendar has no such day: one slip of the pen still resembles the
    right date.
    """

    @lru_cache(maxsize=65_536)
    def born(text: str) -> str:
        text = text.strip()
        digits = text[:10].replace("-", "").replace("/", "").replace(".", "") if text[:4].isdigit() else ""
        if _EIGHT.fullmatch(digits):
            return digits
        at = read(text)
        return f"{at:%Y%m%d}" if at is not None and at.year > 1850 else ""

    return born


@lru_cache(maxsize=65_536)
def day_number(born: str) -> int | None:
    """Return the day's number in the calendar; None where there is no such day."""
    try:
        return date(int(born[:4]), int(born[4:6]), int(born[6:])).toordinal()
    except ValueError:
        return None


@lru_cache(maxsize=65_536)
def personal_id(text: str) -> str:
    """Return an id's letters and digits; what is left of a masked one, and a single repeated sign, are none."""
    plain = "".join(re.findall(r"[^\W_]+", re.sub(r"x{3,}", "", fold(text))))
    return "" if len(plain) < 5 or len(set(plain)) == 1 else plain
