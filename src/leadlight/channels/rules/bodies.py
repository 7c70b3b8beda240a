"""What the parts of a mail say together, as one text. Nothing here raises, whatever bytes come. Pure."""

import binascii
import quopri
import re
from collections.abc import Iterator
from copy import copy
from email import message_from_bytes
from email.message import Message
from email.parser import BytesHeaderParser
from typing import TypeAlias

from leadlight.channels.rules import headers
from leadlight.channels.rules.html import html_to_text

Part: TypeAlias = "Message[str, str]"

#: Of a text that is longer, the beginning is read.
LONGEST_TEXT = 200_000
_MOST_PARTS = 200
_DEEPEST = 12

#: What stands above a mail that was sent on as an attachment, as if it had been sent on in the text.
_FORWARDED = "---------- Forwarded message ---------"


def parse(raw: bytes) -> Part:
    """Return the parts of a mail; of one that the parser stumbles over, the headers with all else as text."""
    try:
        return message_from_bytes(raw)
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError, AssertionError):
        head, _, body = raw.partition(b"\n\n" if b"\r\n\r\n" not in raw else b"\r\n\r\n")
        try:
            found = BytesHeaderParser().parsebytes(head)
        except (RecursionError, ValueError, LookupError, TypeError, AttributeError, AssertionError):
            found = Message()
        for name in ("Content-Type", "Content-Transfer-Encoding"):
            del found[name]
        found.set_payload(headers.decode_bytes(body[:LONGEST_TEXT]))
        return found


def content_type(part: Part) -> str:
    """Return a part's type in lower case: "text/plain", "multipart/report"."""
    told = headers.raw_value(part, "Content-Type").partition(";")[0].strip().lower()
    if re.fullmatch(r"[\w.+-]+/[\w.+-]+", told):
        return told
    return "multipart/mixed" if part.is_multipart() else "text/plain"


def walk(part: Part) -> Iterator[Part]:
    """Yield a part and all within it, in their order; not what is beyond any mail that people write."""
    waiting = [(part, 0)]
    n = 0
    while waiting and n < _MOST_PARTS:
        found, depth = waiting.pop()
        n += 1
        yield found
        if depth < _DEEPEST:
            waiting += [(child, depth + 1) for child in reversed(children(found))]


def children(part: Part) -> list[Part]:
    """Return the parts within a part."""
    payload = part.get_payload() if part.is_multipart() else []
    return [child for child in payload if isinstance(child, Message)]


def whole_text(message: Part) -> str:
    """Return all that a mail says to its reader; of alternatives the plain one, if it says anything."""
    return _tidy(_text(message, 0, [_MOST_PARTS]))


def _text(part: Part, depth: int, left: list[int]) -> str:
    left[0] -= 1
    if depth > _DEEPEST or left[0] < 0:
        return ""
    kind = content_type(part)
    if kind == "message/rfc822":
        return "\n\n".join(_forwarded(inner, depth, left) for inner in children(part))
    inner = children(part)
    if inner:
        if kind == "multipart/alternative":
            return _alternative(inner, depth, left)
        if kind == "multipart/report":
            # Behind the words for people come those for machines, and the mail that it is about.
            return _text(inner[0], depth + 1, left)
        return "\n".join(filter(None, (_text(child, depth + 1, left) for child in inner)))
    if not kind.startswith("text/") or kind == "text/calendar" or _is_attached(part):
        return ""
    text = part_text(part)
    return html_to_text(text) if kind == "text/html" or _looks_like_html(text) else text


def _alternative(inner: list[Part], depth: int, left: list[int]) -> str:
    said = [(content_type(child), _text(child, depth + 1, left)) for child in inner]
    plain = [text for kind, text in said if kind == "text/plain" and text.strip()]
    others = [text for kind, text in said if kind != "text/plain" and text.strip()]
    # "Your program cannot show this" and the like: a plain part that says next to nothing beside one that says much.
    if plain and not (others and len(plain[0].strip()) * 10 < len(others[-1].strip()) and _is_stub(plain[0])):
        return plain[0]
    return others[-1] if others else "".join(plain)


def _is_stub(text: str) -> bool:
    return (
        len(text) < 400 and re.search(r"\bHTML\b|view (?:this|it) (?:email|message)|browser", text, re.I) is not None
    )


def _looks_like_html(text: str) -> bool:
    return re.match(r"\s*(?:<!doctype html|<html[\s>])", text, re.I) is not None


def _forwarded(inner: Part, depth: int, left: list[int]) -> str:
    lines = [f"{name}: {headers.value(inner, name)}" for name in ("From", "Date", "Subject", "To")]
    return "\n".join([_FORWARDED, *lines, "", _text(inner, depth + 1, left)])


def _is_attached(part: Part) -> bool:
    return headers.raw_value(part, "Content-Disposition").lower().startswith("attachment")


def part_text(part: Part) -> str:
    """Return the text of one part, by its encoding and charset or by what its bytes really are."""
    told = headers.parameters(headers.raw_value(part, "Content-Type"))
    text = headers.decode_bytes(_bytes(part), told.get("charset", ""))[:LONGEST_TEXT]
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if told.get("format", "").lower() == "flowed":
        return _unflowed(text, joined="" if told.get("delsp", "").lower() == "yes" else " ")
    return text


def _bytes(part: Part) -> bytes:
    encoding = headers.raw_value(part, "Content-Transfer-Encoding").strip().lower()
    bare = copy(part)
    # Decoded here: the library's own reading gives up where a gateway has added a line.
    del bare["Content-Transfer-Encoding"]
    payload = bare.get_payload(decode=True)
    raw = payload[: LONGEST_TEXT * 4] if isinstance(payload, bytes) else b""
    if encoding == "base64":
        return headers.decode_base64(raw)
    if encoding == "quoted-printable":
        return quopri.decodestring(raw)
    if encoding in {"x-uuencode", "uuencode", "uue", "x-uue"}:
        return _uudecoded(raw)
    return raw


def _uudecoded(raw: bytes) -> bytes:
    found = []
    for line in raw.splitlines():
        if line and not line.startswith((b"begin ", b"end")):
            try:
                found.append(binascii.a2b_uu(line))
            except binascii.Error:
                continue
    return b"".join(found)


def _unflowed(text: str, *, joined: str) -> str:
    """Return a text whose lines were broken for old programs as it was written (RFC 3676)."""
    lines: list[str] = []
    open_depth: int | None = None
    for line in text.split("\n"):
        depth = len(line) - len(line.lstrip(">"))
        rest = line[depth:].removeprefix(" ")
        is_open = rest.endswith(" ") and rest != "-- "
        words = rest[:-1] + joined if is_open else rest
        if open_depth == depth and rest != "-- ":
            lines[-1] += words
        else:
            lines.append(">" * depth + " " * bool(depth) + words)
        open_depth = depth if is_open else None
    return "\n".join(lines)


def _tidy(text: str) -> str:
    # Spaces that look like none belong to the sender's program.
    text = re.sub(r"[\u200b\u2060\ufeff\u00ad]", "", text).replace("\u00a0", " ").replace("\u202f", " ")
    lines = [line.rstrip() for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")[:LONGEST_TEXT]
