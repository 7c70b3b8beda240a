"""The lines of a notification that say "First Name: Ana": a reader of labels that needs to know no portal. Pure."""

import re
from collections.abc import Iterator

#: Field → what it is called. A label counts only as a whole: "Name" is none of "Last Name" and none of "Agent Name".
_LABELS: dict[str, tuple[str, ...]] = {
    "first": ("first name", "firstname", "given name"),
    "last": ("last name", "lastname", "surname", "family name"),
    "name": ("name", "full name", "lead name", "contact name", "client name", "customer name", "buyer name", "lead",
             "from name", "prospect", "prospect name"),
    "email": ("email", "e-mail", "email address", "e-mail address", "lead email", "contact email", "client email"),
    "phone": ("phone", "phone number", "telephone", "tel", "mobile", "mobile phone", "cell", "cell phone",
              "lead phone", "contact phone", "client phone", "home phone", "primary phone"),
    "message": ("comment", "comments", "message", "inquiry", "question", "questions", "notes", "note", "lead message",
                "customer comments", "buyer comments", "additional comments"),
    "listing": ("property address", "property", "listing", "listing address", "address", "home address of interest",
                "property of interest", "inquired about", "interested in", "location"),
    "mls": ("mls", "mlsid", "mls id", "mls number", "mls no", "listing id", "listing number"),
    "source": ("source", "lead source"),
}  # fmt: skip
_FIELD_BY_LABEL = {label: field for field, labels in _LABELS.items() for label in labels}
#: Where several stand in one line, only these begin in its middle: other words are words of a text as well.
_WITHIN = "|".join(
    sorted(
        (label for field in ("first", "last", "email", "phone") for label in _LABELS[field] if label not in {"tel"}),
        key=len,
        reverse=True,
    )
)
#: Before a label they make it somebody else's.
_OTHERS = (
    r"(?<!agent )(?<!agents )(?<!agent's )(?<!your )(?<!broker )(?<!owner )(?<!spouse )(?<!team )(?<!lender )"
    r"(?<!office )(?<!listing )(?<!seller )(?<!assigned )"
)
_INNER = re.compile(rf"(?<=\s){_OTHERS}(?=(?:{_WITHIN})\s*:)", re.I)
_LINE = re.compile(
    r"^[\s*•>-]*([A-Za-z][A-Za-z.'/ -]{0,40}?)\s*(?:#|no\.?)?\s*:\s*(.*)$|^[\s*]*(mls(?:id)?) ?# ?(\S.*)$", re.I
)
#: The first halves of labels that a program has broken over two lines.
_HALF = re.compile(
    r"^\s*(?:first|last|full|lead|contact|client|customer|email|e-mail|phone|property|mls|agent|listing)\s*$", re.I
)
_PLAIN_LABEL = re.compile(r"^[\s*]*([A-Za-z][A-Za-z-]*(?: [A-Za-z]+){0,2})[\s*]*$")
#: What portals write below the fields.
_FOOTER = re.compile(r"unsubscribe|privacy|©|all rights reserved|^\s*(?:_{3,}|-{3,}|={3,})", re.I)
_MOST_LINES = 2_000


def read_labels(text: str) -> dict[str, str]:
    """
    Return what the labels of a text say, by field: first, last, name, email, phone, message, listing, mls, source.

    The first that says something counts: what a stranger writes further down changes nothing. A label may stand on
    a line of its own above what it says; a listing has up to two lines, and a message goes on to the next label or
    the footer.
    """
    found: dict[str, list[str]] = {}
    field, is_open = "", False
    for line in _lines(text):
        label, value = _label(line)
        if label is not None and not (field == "message" and _is_prose(line, label)):
            field = _FIELD_BY_LABEL.get(label, "")
            is_open = bool(field) and field not in found
            if is_open and value:
                found[field] = [value]
        elif _FOOTER.search(line):
            field, is_open = "", False
        elif is_open and _goes_on(field, found.get(field, []), line):
            if line.strip() or field == "message":
                found.setdefault(field, []).append(line.strip())
        elif field != "message":
            is_open = False
    return {field: _joined(field, lines) for field, lines in found.items() if _joined(field, lines)}


def _goes_on(field: str, lines: list[str], line: str) -> bool:
    if field == "message":
        return True
    if not line.strip():
        # An empty line between a label and what it says.
        return not lines
    return len(lines) < (2 if field == "listing" else 1)


def _joined(field: str, lines: list[str]) -> str:
    if field == "message":
        return "\n".join(lines).strip()
    return ", ".join(line.strip(" ,") for line in lines if line.strip())


def _label(line: str) -> tuple[str | None, str]:
    match = _LINE.match(line)
    if match is not None:
        label, value = (match[1], match[2]) if match[1] else (match[3], match[4])
        label = " ".join(label.lower().split())
        # A sentence with a colon is no label; one that is unknown still ends what stands above it.
        return (label, value.strip(" *")) if label in _FIELD_BY_LABEL or label.count(" ") <= 2 else (None, "")
    plain = _PLAIN_LABEL.match(line)
    if plain is not None and plain[1].lower() in _FIELD_BY_LABEL and plain[1][0].isupper():
        return plain[1].lower(), ""
    return None, ""


def _lines(text: str) -> Iterator[str]:
    """Yield lines with one label each at most, each label in one line."""
    half = ""
    in_message = False
    for line in text.split("\n")[:_MOST_LINES]:
        whole = f"{half} {line.strip()}"
        if half and _label(whole)[0] in _FIELD_BY_LABEL:
            line = whole
        elif half:
            yield half
        half = ""
        if _HALF.match(line) and not in_message:
            half = line.strip()
            continue
        label, _ = _label(line)
        if label is not None and not (in_message and _is_prose(line, label)):
            in_message = _FIELD_BY_LABEL.get(label) == "message"
            if not in_message:
                yield from _INNER.split(line)
                continue
        yield line
    if half:
        yield half


def _is_prose(line: str, label: str) -> bool:
    """Say whether words before a colon are a sentence's own: unknown as a label, and in small letters."""
    return label not in _FIELD_BY_LABEL and not line.lstrip(" *•>-")[:1].isupper()
