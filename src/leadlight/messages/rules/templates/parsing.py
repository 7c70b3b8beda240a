"""Templates as they are written: text with merge fields, `{first_name|there}`. They are data, never programs."""

import re
from dataclasses import dataclass, field

from rapidfuzz import fuzz, process

from leadlight.kit.errors import DomainError
from leadlight.messages.rules.templates.fields import FIELD_BY_NAME

#: How alike a slip must be to a field for it to be named (`fuzz.ratio`, 0 to 100).
_ALIKE = 60
_BRACES = re.compile(r"\{\{+|\}\}+|[{}]")


class UnableToParse(DomainError):
    """A template that is not written as one."""

    code = "bad_template"


@dataclass(frozen=True)
class Slot:
    """Where a value goes."""

    name: str
    #: What stands there when there is no value; None where nothing was said.
    fallback: str | None = None
    #: From its opening brace to behind the closing one, in the text as it was written.
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)
    #: Where the fallback begins.
    said_at: int = field(default=0, compare=False)

    def __str__(self) -> str:
        return f"{{{self.name}}}" if self.fallback is None else f"{{{self.name}|{self.fallback}}}"


@dataclass(frozen=True)
class Template:
    """Text and slots in turn; no two texts stand side by side, and none is empty."""

    parts: tuple[str | Slot, ...]

    def __str__(self) -> str:
        """Return the template as `parse` reads it."""
        return "".join(map(str, self.parts))

    @property
    def slots(self) -> tuple[Slot, ...]:
        """Return where values go, in order."""
        return tuple(part for part in self.parts if isinstance(part, Slot))


@dataclass(frozen=True)
class Fault:
    """What is written wrong, at a place in the text, and what to do."""

    code: str
    start: int
    words: str


def parse(text: str) -> Template:
    """
    Return a template as it is written. Blanks around a field's name and its fallback do not count.

    Raises:
        UnableToParse: braces do not match, or a field is not one of `FIELDS`; the message says what to write.
    """
    template, faults = read(text)
    if faults:
        raise UnableToParse(faults[0].words)
    return template


def read(text: str) -> tuple[Template, tuple[Fault, ...]]:
    """Return a template as far as it can be read, and all that is written wrong; slots of it may name no field."""
    parts: list[str | Slot] = []
    faults: list[Fault] = []
    done, opened = 0, None
    for brace in _BRACES.finditer(text):
        if len(brace[0]) > 1:
            faults.append(Fault("braces", brace.start(), "Write one brace on each side of a field: {first_name}."))
        if brace[0][0] == "{":
            if opened is not None:
                faults.append(_left_open(text, opened.start()))
            opened = brace
        elif opened is None:
            faults.append(
                Fault("braces", brace.start(), "This } has no { before it. Write {first_name}, or leave it out.")
            )
        else:
            slot = _slot(text, opened, brace)
            faults += _faults(slot)
            parts += [text[done : opened.start()], slot]
            done, opened = brace.end(), None
    if opened is not None:
        faults.append(_left_open(text, opened.start()))
    parts.append(text[done:])
    return Template(tuple(part for part in parts if part != "")), tuple(sorted(faults, key=lambda fault: fault.start))


def _slot(text: str, opening: re.Match[str], closing: re.Match[str]) -> Slot:
    name, bar, said = text[opening.end() : closing.start()].partition("|")
    said_at = closing.start() - len(said.lstrip())
    return Slot(name.strip(), said.strip() if bar else None, opening.start(), closing.end(), said_at)


def _left_open(text: str, start: int) -> Fault:
    begins = " ".join(text[start : start + 20].split())
    return Fault("braces", start, f"“{begins}” is not closed. Put a }} behind the field.")


def _faults(slot: Slot) -> list[Fault]:
    if slot.name in FIELD_BY_NAME:
        return []
    if not slot.name:
        return [Fault("unknown_field", slot.start, f"The braces name no field. Write one of {_known()}.")]
    alike = process.extractOne(slot.name.lower(), list(FIELD_BY_NAME), scorer=fuzz.ratio, score_cutoff=_ALIKE)
    guess = f" Did you mean {{{alike[0]}}}?" if alike else ""
    words = f"“{{{slot.name[:40]}}}” is no field.{guess} There are {_known()}."
    return [Fault("unknown_field", slot.start, words)]


def _known() -> str:
    return ", ".join(f"{{{name}}}" for name in FIELD_BY_NAME)
