"""A template with its values. Values are letters, never templates: whatever stands in them is shown or left out."""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from leadlight.kit.errors import DomainError
from leadlight.messages.rules.templates import names
from leadlight.messages.rules.templates.fields import FIELD_BY_NAME, Field
from leadlight.messages.rules.templates.parsing import Template

_READERS: dict[str, Callable[[str], str]] = {"first_name": names.first_name, "full_name": names.full_name}
#: Part letters in Persian and in the languages of India; everywhere else nobody sees them.
_JOINERS = frozenset("\u200c\u200d")


class UnableToRender(DomainError):
    """A field has no value, and the template does not say what else to write."""

    code = "value_missing"

    def __init__(self, field: str) -> None:
        instead = FIELD_BY_NAME[field].fallback or "…"
        super().__init__(
            f"{{{field}}} has no value here, and the template has nothing in its place. Write {{{field}|{instead}}}."
        )
        self.field = field


@dataclass(frozen=True)
class Rendered:
    """A text as it goes out."""

    text: str
    #: Fields without a value, for which the fallback stands; each once.
    missing: tuple[str, ...] = ()


def render(template: Template, values: Mapping[str, str | None]) -> Rendered:
    """
    Return a template with its values, which may come from anybody.

    Values are put in once: braces, line ends and control signs in them are left out, so that none becomes a field, a
    header or a line of its own. A name is written as people write theirs; what is no name counts as no value, and so
    does a link in what leads tell. Values that are too long are cut. `values` may hold more than is asked for.

    Raises:
        UnableToRender: a field has neither value nor fallback.
    """
    written: list[str] = []
    missing: dict[str, None] = {}
    for part in template.parts:
        if isinstance(part, str):
            written.append(part)
            continue
        value = value_of(FIELD_BY_NAME[part.name], values.get(part.name))
        if not value:
            if part.fallback is None:
                raise UnableToRender(part.name)
            missing[part.name] = None
        written.append(value or part.fallback or "")
    return Rendered("".join(written), tuple(missing))


def value_of(field: Field, value: str | None) -> str:
    """Return a value as it may stand in a text; "" for none."""
    shown = "".join(filter(_is_shown, unicodedata.normalize("NFC", " ".join((value or "").split()))))
    text = " ".join(_READERS.get(field.name, str)(shown).split())
    if not any(map(str.isalnum, text)) or (field.is_told and _has_link(text)):
        return ""
    return _cut(text, field.longest)


def _is_shown(character: str) -> bool:
    return character not in "{}" and (character in _JOINERS or not unicodedata.category(character).startswith("C"))


def _has_link(text: str) -> bool:
    lower = text.lower()
    return "://" in lower or "www." in lower


def _cut(text: str, longest: int) -> str:
    if len(text) <= longest:
        return text
    whole, blank, _ = text[: longest + 1].rpartition(" ")
    return whole.rstrip(" ,;:-") if blank else text[:longest]
