"""What other programs send of one lead, in JSON or as a form, becomes flat fields and texts. Pure."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

#: Fields of one lead, characters of a field's name and of its text.
MOST_FIELDS = 300
LONGEST_NAME = 200
LONGEST_TEXT = 20_000
_DEEPEST = 5
#: Under this name JSON tells what a lead agreed to.
CONSENTS = "consents"

_NAME_NOISE = re.compile(r"[\s\x00-\x1f\x7f]+")
_BRACKETS = re.compile(r"\[([^\[\]]*)\]")
_TITLES = ("name", "key", "label", "field")
_VALUES = ("value", "values")


class UnreadableBody(Exception):
    """The body holds no fields of a lead; the message says what to send instead."""


@dataclass
class Body:
    """What was sent: field → text without the empty ones, and what was passed over, in words."""

    record: dict[str, str] = field(default_factory=dict)
    #: What stood under `CONSENTS`, unread: it is evidence, and no field.
    consents: Any = None
    notes: list[str] = field(default_factory=list)

    def put(self, name: str, text: str) -> None:
        """Add a field; one that comes again adds to its text."""
        name, text = _NAME_NOISE.sub(" ", _storable(name)).strip(), _storable(text)
        if not text.strip() or not name:
            return
        if len(name) > LONGEST_NAME:
            self.notes.append(f"{name[:40]}… was passed over: its name is longer than {LONGEST_NAME} characters.")
            return
        if len(text) > LONGEST_TEXT:
            self.notes.append(f"{name} was cut: it is longer than {LONGEST_TEXT:,} characters.")
        before = self.record.get(name, "")
        self.record[name] = (f"{before}; {text}" if before and before != text else text)[:LONGEST_TEXT]
        if len(self.record) > MOST_FIELDS:
            raise UnreadableBody(f"There are more than {MOST_FIELDS} fields. Send one lead at once.")


def from_json(body: bytes) -> Body:
    """
    Return the fields of a JSON object.

    Objects within it give `outer.inner`; lists of texts are joined by "; "; yes and no stand for true and false.

    Raises:
        UnreadableBody: it is no JSON, or no object, or a field stands in it twice.
    """
    try:
        # Numbers stay as they are written: a phone number is one, and has to keep its digits.
        document = json.loads(
            body, parse_float=str, parse_int=str, parse_constant=_refuse_constant, object_pairs_hook=_object
        )
    except (ValueError, RecursionError) as error:
        raise UnreadableBody(f"This is no JSON: {error}. {_SEND}") from error
    if not isinstance(document, dict):
        raise UnreadableBody(_SEND)
    found = Body(consents=document.pop(CONSENTS, None))
    _flatten(document, "", 1, found)
    return found


def from_pairs(pairs: Iterable[tuple[str, str]]) -> Body:
    """Return the fields of a form: `contact[email]` is `contact.email`, and `tags[]` is `tags`."""
    found = Body()
    for name, text in pairs:
        found.put(_BRACKETS.sub(lambda part: f".{part[1]}" if part[1] else "", name), text)
    return found


_SEND = 'Send the fields of one lead, such as {"name": "Ana Silva", "email": "ana@example.com"}.'


def _refuse_constant(word: str) -> str:
    raise ValueError(f"{word} is no number")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise UnreadableBody(f"The field {twice[:80]!r} stands there twice. Which one is meant?")
    return found


def _flatten(value: Any, path: str, depth: int, found: Body) -> None:
    if isinstance(value, bool):
        found.put(path, "yes" if value else "no")
    elif isinstance(value, str):
        found.put(path, value)
    elif isinstance(value, dict):
        if depth > _DEEPEST:
            found.notes.append(f"{path} was passed over: it lies too deep.")
            return
        for name, inner in value.items():
            _flatten(inner, f"{path}.{name}" if path else name, depth + 1, found)
    elif isinstance(value, list):
        _flatten_list([item for item in value if item is not None], path, depth, found)


def _flatten_list(items: list[Any], path: str, depth: int, found: Body) -> None:
    if not all(isinstance(item, dict) for item in items):
        if any(isinstance(item, dict | list) for item in items):
            found.notes.append(f"{path} was passed over: it is a list of more than texts.")
            return
        for item in items:
            _flatten(item, path, depth, found)
        return
    for item in items:
        # As Facebook, Make and CRMs write them: {"name": "email", "values": ["…"]}, {"type": "home", "value": "…"}.
        value = next((item[name] for name in _VALUES if name in item), None)
        title = next((item[name] for name in _TITLES if isinstance(item.get(name), str)), "")
        if value is None:
            found.notes.append(f"{path} was passed over: it is a list of objects without values.")
            return
        _flatten(value, f"{path}.{title}" if title else path, depth + 1, found)


def _storable(text: str) -> str:
    """Return the text as databases hold it: without NUL, and without halves of characters."""
    if text.isascii():
        return text.replace("\0", "")
    return text.replace("\0", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
