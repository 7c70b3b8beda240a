"""What is wrong with a template, said before anybody gets it: where, and what to do."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from leadlight.messages.rules.language import Severity, check
from leadlight.messages.rules.templates.fields import FIELD_BY_NAME
from leadlight.messages.rules.templates.parsing import Fault, Slot, Template, read
from leadlight.messages.rules.templates.segments import beyond_gsm, segments

#: Mailboxes show about so much of a subject (RFC 5322 wants lines no longer either).
LONGEST_SUBJECT = 78
LONGEST_TEXT = 320

_HARD, _SOFT = Severity.HARD, Severity.SOFT

_STOP = re.compile(
    r"\b(?:reply|text|txt|send|respond|responda|responde|env[ií]e|conteste)\s+(?:with\s+|con\s+)?[\"“'\u2018]?"
    r"(?:stop|alto)\b",
    re.IGNORECASE,
)
_SHORTENER = re.compile(
    r"(?<![\w.-])(?:bit\.ly|tinyurl\.com|goo\.gl|t\.co|ow\.ly|is\.gd|v\.gd|buff\.ly|rebrand\.ly|cutt\.ly|shorturl\.at"
    r"|rb\.gy|t\.ly|tiny\.cc|lnkd\.in|fb\.me|bl\.ink|s\.id|soo\.gd|tr\.im|adf\.ly|x\.co|trib\.al|dlvr\.it|snip\.ly"
    r"|amzn\.to)(?![\w-]|\.\w)",
    re.IGNORECASE,
)
_SHOUTED = re.compile(r"\b[A-Z]{4,}\b")
_MAY_BE_SHOUTED = frozenset(("STOP", "HELP", "ALTO", "REALTOR", "REALTORS", "YES"))
#: So many shouted words, or so large a share of capitals among so many letters, look like spam.
_MANY_SHOUTED, _SHARE_SHOUTED, _LETTERS = 3, 0.6, 12
_MANY_MARKS = 3
#: Signs that word processors put in, and what the short alphabet of texts has for them.
_PLAIN = {
    "\u2019": "'", "\u2018": "'", "`": "'", "“": '"', "”": '"', "–": "-", "—": "-", "•": "-", "…": "...",
    "\u00a0": "a blank",
}  # fmt: skip
#: Stands for a value in the text as it is read: nobody knows what it says, and nothing is read across it.
_UNKNOWN = "; "


@dataclass(frozen=True)
class Complaint:
    """Something to put right (HARD), or to look at (SOFT)."""

    severity: Severity
    #: A stable word for programs.
    code: str
    #: subject or body.
    part: str
    #: From 1.
    line: int
    column: int
    #: What is wrong and what to do.
    words: str


@dataclass(frozen=True)
class _Part:
    """The subject or the body: as written, as read with its fallbacks, and with example values."""

    name: str
    text: str
    template: Template
    faults: tuple[Fault, ...]
    shown: str
    #: Of each character of `shown`, its place in `text`.
    places: list[int]

    @property
    def example(self) -> str:
        known = (FIELD_BY_NAME.get(part.name) if isinstance(part, Slot) else None for part in self.template.parts)
        return "".join(
            field.example if field else str(part) for part, field in zip(self.template.parts, known, strict=True)
        )

    def at(self, place: int, severity: Severity, code: str, words: str) -> Complaint:
        line = self.text.count("\n", 0, place) + 1
        return Complaint(severity, code, self.name, line, place - self.text.rfind("\n", 0, place), words)

    def seen(self, place: int, severity: Severity, code: str, words: str) -> Complaint:
        return self.at(self.places[place], severity, code, words)


def lint(
    subject: str,
    body: str,
    *,
    channel: str,
    message_class: str,
    is_first: bool = False,
    state: str = "",
    qualifies_as_senior: bool = False,
) -> tuple[Complaint, ...]:
    """
    Return what is wrong with a template, the subject first, in the order of the text; () when nothing is.

    `channel` is EMAIL or SMS, which has no subject; `message_class` is marketing, or a class that advertises nothing.
    `is_first`: it opens a conversation. `state` and `qualifies_as_senior` are as for `language.check`, which looks at
    fallbacks too. What values will bring is not known here: a text is checked once more as it goes out.
    """
    is_text = channel == "SMS"
    parts = [_part("body", body)] if is_text else [_part("subject", subject), _part("body", body)]
    found: list[Complaint] = []
    is_marketing = message_class == "marketing"
    for part in parts:
        each = chain(
            (part.at(fault.start, _HARD, fault.code, fault.words) for fault in part.faults),
            _fallbacks(part),
            _language(part, state=state, qualifies_as_senior=qualifies_as_senior),
            _shouting(part),
            _short_links(part, is_text=is_text),
            _of_text(part, is_marketing=is_marketing, is_first=is_first) if is_text else _of_email(part),
        )
        found += sorted(each, key=lambda complaint: (complaint.line, complaint.column))
    return tuple(found)


def _part(name: str, text: str) -> _Part:
    template, faults = read(text)
    shown: list[str] = []
    places: list[int] = []
    done = 0
    for part in template.parts:
        if isinstance(part, str):
            shown.append(part)
            places += range(done, done + len(part))
            done += len(part)
            continue
        said = part.fallback
        shown.append(_UNKNOWN if said is None else said)
        places += [part.start] * len(_UNKNOWN) if said is None else range(part.said_at, part.said_at + len(said))
        done = part.end
    return _Part(name, text, template, faults, "".join(shown), places)


def _fallbacks(part: _Part) -> Iterator[Complaint]:
    for slot in part.template.slots:
        field = FIELD_BY_NAME.get(slot.name)
        if field is None or not field.may_be_empty:
            continue
        better = f"{{{slot.name}|{field.fallback}}}"
        if slot.fallback is None:
            words = f"Some leads have no {slot.name}. Say what stands there then: {better}."
            yield part.at(slot.start, _HARD, "no_fallback", words)
        elif not slot.fallback and field.is_name:
            words = f"Without a name the sentence has a hole. Say what stands there then: {better}."
            yield part.at(slot.start, _SOFT, "empty_fallback", words)


def _language(part: _Part, *, state: str, qualifies_as_senior: bool) -> Iterator[Complaint]:
    for one in check(part.shown, state=state, qualifies_as_senior=qualifies_as_senior):
        yield part.seen(one.start, one.severity, "language", f"“{one.words}”: {one.why} {one.say_instead}")


def _shouting(part: _Part) -> Iterator[Complaint]:
    shouted = [found for found in _SHOUTED.finditer(part.shown) if found[0] not in _MAY_BE_SHOUTED]
    letters = [c for c in part.shown if c.isalpha()]
    share = sum(map(str.isupper, letters)) / max(len(letters), 1)
    if len(shouted) >= _MANY_SHOUTED or (shouted and len(letters) >= _LETTERS and share >= _SHARE_SHOUTED):
        words = "Words in capitals make mailboxes and carriers take it for spam. Write them small."
        yield part.seen(shouted[0].start(), _SOFT, "capitals", words)
    if part.shown.count("!") >= _MANY_MARKS or "!!" in part.shown:
        words = "Exclamation marks make mailboxes and carriers take it for spam. One is enough."
        yield part.seen(part.shown.index("!"), _SOFT, "exclamation", words)


def _short_links(part: _Part, *, is_text: bool) -> Iterator[Complaint]:
    for found in _SHORTENER.finditer(part.shown):
        severity = _HARD if is_text else _SOFT
        words = (
            f"Carriers and mailboxes block short links ({found[0]}). Give the address in full, on your own website."
        )
        yield part.seen(found.start(), severity, "short_link", words)


def _of_email(part: _Part) -> Iterator[Complaint]:
    if not part.example.strip():
        words = "Write a subject." if part.name == "subject" else "Write what the email says."
        yield part.at(0, _HARD, "empty", words)
    if part.name == "subject" and len(part.example) > LONGEST_SUBJECT:
        words = f"The subject has {len(part.example)} characters; mailboxes cut it at about {LONGEST_SUBJECT}."
        yield part.at(0, _SOFT, "long_subject", words)


def _of_text(part: _Part, *, is_marketing: bool, is_first: bool) -> Iterator[Complaint]:
    if not part.example.strip():
        yield part.at(0, _HARD, "empty", "Write what the text says.")
        return
    size = segments(part.example)
    costs = f"it is sent in {size.n} part{'s' * (size.n > 1)} ({size.encoding}, {size.per} characters each)"
    if len(part.example) > LONGEST_TEXT:
        words = (
            f"The text has {len(part.example)} characters: {costs}. Keep it under {LONGEST_TEXT}, or send an email."
        )
        yield part.at(0, _SOFT, "long_text", words)
    beyond = beyond_gsm(part.shown)
    if beyond is not None:
        character = part.shown[beyond]
        instead = f"Write {_PLAIN[character]}" if character in _PLAIN else "Leave it out"
        words = f"“{character}” is not in the short alphabet of texts: {costs}. {instead}."
        yield part.seen(beyond, _SOFT, "long_alphabet", words)
    if is_marketing and not _STOP.search(part.shown):
        yield part.at(0, _HARD, "no_stop", "Say how to end it: “Reply STOP to opt out”.")
    if is_first and not {"agent_name", "brokerage"} & {slot.name for slot in part.template.slots}:
        words = "A first text must say who writes: put in {agent_name|our team} or {brokerage}."
        yield part.at(0, _HARD, "no_sender", words)
