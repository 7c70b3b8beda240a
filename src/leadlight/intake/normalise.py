"""E-mails, phones, names, money, yes and no as people type them, made one. Pure; knows libraries, no storage."""

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from functools import lru_cache

import phonenumbers
from email_validator import EmailNotValidError, validate_email

_NULLS = frozenset(
    {"n/a", "na", "n.a.", "n.a", "#n/a", "#na", "-", "--", "---", "\u2014", "\u2013", ".", "null", "(null)", "none",
    "(none)", "nil", "nan",
     "undefined", "select", "(select)", "-select-", "- select -", "-- select --", "please select",
     "select one", "--none--",
     "-none-", "- none -", "-- none --", "not set", "(not set)", "not specified", "not provided",
     "unspecified", "<unspecified>",
     "no value", "(no value)", "blank", "(blank)", "[blank]", "empty", "k.a.", "s/d", "?", "??",
     "[not provided]"}
)  # fmt: skip
_LONGEST_NULL = max(map(len, _NULLS))

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u200e\u200f\u2028\u2029\ufeff]")
_SPACES = re.compile(r"\s+")


def clean(cell: str) -> str:
    """Return the cell without surrounding space and control characters; what means "nothing" gives ""."""
    text = cell.strip()
    if not text:
        return ""
    if not text.isprintable():
        text = _CONTROL.sub("", text).strip()
    if len(text) <= _LONGEST_NULL and text.lower() in _NULLS:
        return ""
    return text


def one_line(text: str) -> str:
    """Return the text with single spaces and no line breaks."""
    return _SPACES.sub(" ", text).strip()


# --- e-mail -----------------------------------------------------------------------------------------------------

_EMAIL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@"
                    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24}")  # fmt: skip
_EMAIL_SPLIT = re.compile(r"[,;\s|]+|(?<=[\w>])/(?=[\w<])")
_PLACEHOLDER_LOCAL = frozenset(
    {"none", "noemail", "no-email", "no.email", "no_email", "na", "n/a", "nomail", "noreply", "no-reply",
    "donotreply",
     "test", "test1", "testing", "fake", "unknown", "null", "noone", "nobody", "asdf", "aaa", "xxx", "email"}
)  # fmt: skip
_PLACEHOLDER_DOMAIN = frozenset(
    {"none.com", "noemail.com", "no-email.com", "nomail.com", "test.com", "test.test", "none.none",
    "na.com", "fake.com",
     "email.invalid", "asdf.com", "noemail.org", "noemail.net"}
)  # fmt: skip


def is_placeholder_email(address: str) -> bool:
    """Say whether somebody typed the address only because the form demanded one."""
    local, _, domain = address.lower().partition("@")
    return local in _PLACEHOLDER_LOCAL or domain in _PLACEHOLDER_DOMAIN or domain.endswith(".invalid")


@lru_cache(maxsize=65_536)
def emails(cell: str) -> tuple[str, ...]:
    """
    Return the addresses of a cell, in lower case, each once, in the order of the cell.

    Brackets, names before brackets and "mailto:" are taken off; placeholders and what is no address are dropped.
    """
    found: dict[str, None] = {}
    for part in _EMAIL_SPLIT.split(cell):
        text = part.strip("<>()[]\"'.:")
        if text[:7].lower() == "mailto:":
            text = text[7:]
        if "@" not in text:
            continue
        # Mailboxes that differ by case alone do not exist in practice; keeping both would part one person in two.
        address = text.lower() if len(text) <= 254 and _EMAIL.fullmatch(text) else _rare_email(text)
        if address and not is_placeholder_email(address):
            found[address] = None
    return tuple(found)


def _rare_email(text: str) -> str:
    """Read addresses beyond plain ASCII by the library that knows the standards; "" when it is none."""
    try:
        return validate_email(text, check_deliverability=False, test_environment=True).normalized.lower()
    except EmailNotValidError:
        return ""


# --- phones -----------------------------------------------------------------------------------------------------

_NANP = re.compile(r"(?:\+?1[-. ]?)?(?:\(([2-9]\d{2})\) ?|([2-9]\d{2})[-. ]?)([2-9]\d{2})[-. ]?(\d{4})")
_NANP_COUNTRIES = frozenset({"US", "CA", "PR"})
_PHONE_SPLIT = re.compile(r"[,;|\n]+|\s+(?:or|and|/)\s+|/(?=\s*[+(\d])")
_TRAILING_ZERO = re.compile(r"(\+?\d{7,15})\.0+")
_SCIENTIFIC = re.compile(r"(\d)(?:\.(\d+))?[eE]\+?(\d{1,2})")
_SEQUENCES = ("0123456789", "1234567890", "9876543210")
_HAS_DIGITS = re.compile(r"\d")


def _refused(national: str) -> bool:
    return len(set(national)) == 1 or national in _SEQUENCES


def is_placeholder_phone(text: str) -> bool:
    """Say whether somebody typed the number only because the form demanded one: 9999999999, 1234567890."""
    digits = "".join(c for c in text if c.isdigit())
    return bool(digits) and (_refused(digits) or (len(digits) == 11 and digits[0] == "1" and _refused(digits[1:])))


def _exact(text: str) -> str:
    """Undo what a spreadsheet does to long numbers; a rounded one (8.14E+09) has lost digits and gives ""."""
    whole = _TRAILING_ZERO.fullmatch(text)
    if whole:
        return whole[1]
    scientific = _SCIENTIFIC.fullmatch(text)
    if scientific:
        first, rest, power = scientific[1], scientific[2] or "", int(scientific[3])
        return first + rest if len(rest) == power else ""
    return text


def phone(text: str, country: str) -> str:
    """
    Return one phone number as E.164 without its extension; "" for what is none.

    Numbers of the right length are kept even where no such exchange exists today: they still name a person.
    Placeholders such as 9999999999 are none.
    """
    text = _exact(text.strip())
    if country in _NANP_COUNTRIES:
        # The common case, ten times as fast as the library and equal to it (a test compares them).
        found = _NANP.fullmatch(text)
        if found:
            national = (found[1] or found[2]) + found[3] + found[4]
            return "" if _refused(national) else "+1" + national
    return _any_phone(text, country)


def _any_phone(text: str, country: str) -> str:
    if len(text) > 60 or not _HAS_DIGITS.search(text):
        return ""
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    national = str(number.national_number)
    if _refused(national):
        return ""
    if number.country_code == 1 and not (
        len(national) == 10 and national[0] in "23456789" and national[3] in "23456789"
    ):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


@lru_cache(maxsize=65_536)
def phones(cell: str, country: str) -> tuple[str, ...]:
    """Return the numbers of a cell as E.164, each once, in the order of the cell."""
    # The library reads only the first number before such a sign, and takes the rest for an extension.
    single = "" if any(sign in cell for sign in ";|\n") else phone(cell, country)
    if single:
        return (single,)
    return tuple(dict.fromkeys(number for part in _PHONE_SPLIT.split(cell) if (number := phone(part, country))))


# --- names ------------------------------------------------------------------------------------------------------

_WORD = re.compile(r"[^\W\d_]+")
_KEEP_UPPER = frozenset({"LLC", "INC", "II", "III", "IV", "JR", "SR", "LP", "LLP", "USA"})
_SMALL = frozenset({"de", "la", "del", "da", "dos", "van", "von", "der", "den", "di", "y", "and", "of"})
_NO_NAME = frozenset({"unknown", "no name", "noname", "unknown unknown", "no name given", "anonymous"})


def _title(found: re.Match[str]) -> str:
    word = found[0]
    if word.upper() in _KEEP_UPPER:
        return {"JR": "Jr", "SR": "Sr"}.get(word.upper(), word.upper())
    if word.lower() in _SMALL and found.start() > 0:
        return word.lower()
    # After an apostrophe a single letter is a possessive, not a name.
    if len(word) == 1 and found.start() > 0 and found.string[found.start() - 1] in "'\u2019":
        return word.lower()
    return word[0].upper() + word[1:].lower()


def name(text: str) -> str:
    """
    Return a person's name with single spaces; one written wholly in capitals or in small letters is set right.

    The order of its parts stays as it was written: nobody can be sure which is the last name.
    """
    text = one_line(text).strip(" ,;")
    if text.lower() in _NO_NAME:
        return ""
    letters = sum(map(len, _WORD.findall(text)))
    if (text.isupper() and letters > 3) or text.islower():
        text = _WORD.sub(_title, text)
    return text[:200]


def joined_name(first: str, last: str) -> str:
    """Return first and last name as one; a part that holds the other already is not repeated."""
    if first and last and first.lower().endswith(last.lower()) and " " in first:
        return name(first)
    return name(f"{first} {last}")


# --- money ------------------------------------------------------------------------------------------------------

_AMOUNT = re.compile(
    r"(\d[\d.,'\u2019\u00a0\u202f]*)\s*(k|m|mm|mn|mio|mil|million|millions|thousand|tsd|b)?(?![a-z0-9])"
)
_SCALE = {"k": 3, "thousand": 3, "tsd": 3, "b": 9}
_GROUPED = re.compile(r"\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?!\d)")


def _number(digits: str, *, comma: bool) -> Decimal | None:
    """Read "450,000", "450.000,00" or "1.2"; three digits after the only sign are thousands."""
    digits = (
        digits.strip(".,'\u2019\u00a0\u202f")
        .replace("'", "")
        .replace("\u2019", "")
        .replace("\u00a0", "")
        .replace("\u202f", "")
    )
    dot, cut = digits.rfind("."), digits.rfind(",")
    if dot >= 0 and cut >= 0:
        decimal = "." if dot > cut else ","
    elif dot < 0 and cut < 0:
        decimal = ""
    else:
        sign = "." if dot >= 0 else ","
        after = len(digits) - max(dot, cut) - 1
        many = digits.count(sign) > 1
        thousands = many or (after == 3 and digits[0] != "0" and (sign == "," or comma or len(digits) <= 7))
        decimal = "" if thousands else sign
    whole, _, part = digits.rpartition(decimal) if decimal else (digits, "", "")
    try:
        return Decimal(re.sub(r"[.,]", "", whole or "0") + ("." + part if part else ""))
    except InvalidOperation:
        return None


@lru_cache(maxsize=16_384)
def money(cell: str) -> Decimal | None:
    """
    Return an amount: "$450,000", "450k", "1.2M", "450.000,00 €"; of a range the upper end. None when there is none.

    Amounts below zero are none.
    """
    text = cell.strip().lower()
    if not text or text[0] == "-" or (text[0] == "(" and text[-1] == ")"):
        return None
    if "$-" in text or "-$" in text[:2]:
        return None
    text = _GROUPED.sub(lambda found: re.sub(r"\s", "", found[0]), text)
    comma = "€" in text or "eur" in text
    best: Decimal | None = None
    for digits, scale in _AMOUNT.findall(text):
        amount = _number(digits, comma=comma)
        if amount is None:
            continue
        if scale:
            amount = amount.scaleb(_SCALE.get(scale, 6))
        if best is None or amount > best:
            best = amount
    return best


@lru_cache(maxsize=16_384)
def number(cell: str) -> float | None:
    """Return a plain number, with or without thousands signs and a percent sign; None for anything else."""
    text = cell.strip()
    try:
        value = float(text)
    except ValueError:
        text = text.rstrip("% ").lstrip("$€£ ")
        if not re.fullmatch(r"-?[\d.,]+", text) or not any(c.isdigit() for c in text):
            return None
        negative = text.startswith("-")
        amount = _number(text.lstrip("-"), comma=False)
        if amount is None:
            return None
        value = float(-amount if negative else amount)
    return value if value - value == 0.0 else None


# --- yes and no -------------------------------------------------------------------------------------------------

_YES = frozenset(
    {"yes", "y", "true", "t", "1", "1.0", "x", "on", "checked", "✓", "✔", "ja", "si", "sí", "oui",
    "opted out",
     "opted-out", "opt out", "opt-out", "optout", "unsubscribed", "do not contact", "do not call",
     "do not email",
     "do not text", "dnc", "blocked", "bounced", "hard bounce", "stop"}
)  # fmt: skip
_NO = frozenset(
    {"no", "n", "false", "f", "0", "0.0", "off", "unchecked", "nein", "non", "opted in", "opted-in",
    "opt in", "opt-in",
     "optin", "subscribed", "ok", "okay", "allowed", "active", "valid"}
)  # fmt: skip


def yes_no(cell: str) -> bool | None:
    """Return what a yes-or-no cell says; None when it says neither."""
    word = cell.strip().lower()
    if word in _YES:
        return True
    return False if word in _NO else None


_WON = frozenset(
    {"converted", "won", "closed won", "closed-won", "sold", "success", "successful", "customer", "client",
    "booked",
     "appointment", "purchased", "bought", "signed", "subscribed", "closed"}
)  # fmt: skip
_NOT_WON = frozenset(
    {"not converted", "unconverted", "lost", "closed lost", "closed-lost", "not sold", "failure", "failed",
    "unsuccessful",
     "not won", "open", "no sale", "not purchased", "none", "dead"}
)  # fmt: skip


def outcome(cell: str) -> bool | None:
    """Return whether a final outcome is a success: yes, 1, won, converted; None when it says neither."""
    word = cell.strip().lower()
    if word in _WON:
        return True
    if word in _NOT_WON:
        return False
    return yes_no(word)


# --- stated needs -----------------------------------------------------------------------------------------------

_SPAN = re.compile(
    r"(\d+(?:\.\d+)?)\s*\+?\s*(?:(?:-|\u2013|to|bis)\s*(\d+(?:\.\d+)?))?\s*\+?\s*(day|week|month|mo|year|yr|d|w|m|y)?"
)
_DAYS = {"d": 1.0, "w": 7.0, "m": 30.0, "y": 365.0}
_AT_ONCE = frozenset(
    {"asap", "now", "immediately", "immediate", "right away", "today", "urgent", "ready now", "ready to buy"}
)
_WORD_NUMBERS = {"one": "1", "two": "2", "three": "3", "six": "6", "twelve": "12", "a": "1", "next": "1", "this": "1"}


@lru_cache(maxsize=4_096)
def days_until(cell: str) -> float | None:
    """Return the days until the move that a time frame names, of a range the far end: "3-6 months" is 180."""
    text = one_line(cell).lower().strip(".! ")
    if text in _AT_ONCE:
        return 0.0
    words = [_WORD_NUMBERS.get(word, word) for word in text.split()]
    for low, high, unit in _SPAN.findall(" ".join(words)):
        if unit:
            return float(high or low) * _DAYS[unit[0]]
    return None


_READINESS = (
    (3.0, ("cash", "no loan needed", "no financing needed")),
    (0.0, ("not pre", "not yet", "no pre", "not approved", "unqualified", "declined", "denied")),
    (
        2.0,
        (
            "pre-approved",
            "preapproved",
            "pre approved",
            "pre-qualified",
            "prequalified",
            "pre qualified",
            "approved",
            "pre-approval letter",
            "qualified",
        ),
    ),
    (
        1.0,
        (
            "look",
            "need",
            "applied",
            "progress",
            "talking",
            "searching",
            "started",
            "working",
            "mortgage",
            "loan",
            "financ",
            "lender",
            "fha",
            "va",
            "conventional",
        ),
    ),
    (0.0, ("none", "no")),
)


@lru_cache(maxsize=4_096)
def readiness(cell: str) -> float | None:
    """Return how ready the money is: 0 none, 1 looking, 2 pre-approved, 3 cash; None when it is not said."""
    text = one_line(cell).lower()
    if yes_no(text) is not None:
        return 2.0 if yes_no(text) else 0.0
    return next((level for level, words in _READINESS if any(word in text for word in words)), None)


_KINDS: Sequence[tuple[str, tuple[str, ...]]] = (
    (
        "buyer and seller",
        ("buyer and seller", "buyer/seller", "buyer & seller", "seller/buyer", "both", "buy and sell"),
    ),
    ("landlord", ("landlord",)),
    ("renter", ("renter", "tenant", "rental", "rent")),
    ("investor", ("investor", "investing")),
    ("seller", ("seller", "listing", "sell", "vendor")),
    ("buyer", ("buyer", "buy", "purchase")),
)


@lru_cache(maxsize=4_096)
def person_kind(cell: str) -> str:
    """Return what a person is in one word: buyer, seller, renter…; a word of the team's own stays, in lower case."""
    text = one_line(cell).lower()
    return next((kind for kind, words in _KINDS if any(word in text for word in words)), text[:24])
