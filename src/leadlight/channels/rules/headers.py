"""The headers of mails as the world writes them: wrong charsets, raw bytes. Nothing here raises. Pure."""

import base64
import binascii
import codecs
import quopri
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime

from leadlight.channels.email.base import Address

#: One header is no document.
_LONGEST = 20_000
_MOST_ADDRESSES = 200
#: Codecs of Python that are no charsets of texts, or take their time.
_NO_CHARSETS = frozenset(["idna", "punycode", "raw-unicode-escape", "unicode-escape", "undefined", "utf-7"])
#: What names itself by a standard is mostly written in what grew out of it.
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "euc_kr": "cp949", "shift_jis": "cp932", "iso8859-9": "cp1254"}

_ENCODED = re.compile(r"=\?([^?*\s]{1,40})(?:\*[^?\s]{0,20})?\?([BbQq])\?([^?]*)\?=")
_PARAMETER = re.compile(r';\s*([\w!#$&+.^`|~*-]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^;\s]*)')
_ID = re.compile(r"<\s*([^<>\s]{1,500})\s*>")
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"@]{1,128}@[^\s<>()\[\],;:\"@]{1,253}")


def storable(text: str) -> str:
    """Return a text as databases hold it: without NUL and halves of characters."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def decode_bytes(raw: bytes, charset: str = "") -> str:
    """
    Return the text that bytes hold: by the charset named, unless they prove that it lies.

    What reads as UTF-8 with letters beyond ASCII is UTF-8, whatever is claimed: by chance that does not happen.
    """
    name = charset.strip().strip("\"'").lower().replace("_", "-")
    try:
        claimed = codecs.lookup(name).name if name and name not in _NO_CHARSETS else ""
        claimed = _WIDER.get(claimed, claimed)
    except (LookupError, ValueError):
        claimed = ""
    # What claims to be Latin is mostly Windows' own, which agrees with it on all letters.
    is_usual = claimed in {"", "ascii", "iso8859-1", "cp1252"}
    for candidate in ("utf-8", "cp1252") if is_usual else (claimed, "utf-8", "cp1252"):
        try:
            return storable(raw.decode(candidate))
        except (UnicodeError, LookupError, ValueError):
            continue
    return storable(raw.decode("latin-1"))


def raw_values(message: "Message[str, str]", name: str) -> list[str]:
    """Return a header's values as they stand in the mail, each on one line."""
    told = (str(value)[:_LONGEST] for key, value in message.raw_items() if key.lower() == name.lower())
    return [" ".join(_unescaped(value).split()) for value in told]


def _unescaped(value: str) -> str:
    try:
        return decode_bytes(value.encode("ascii", "surrogateescape"))
    except UnicodeEncodeError:
        return storable(value)


def raw_value(message: "Message[str, str]", name: str) -> str:
    """Return the first of a header's values as it stands in the mail; "" without one."""
    return next(iter(raw_values(message, name)), "")


def decode(value: str) -> str:
    """Return what a header says, its encoded words read (RFC 2047), on one line."""
    parts: list[str] = []
    pending, charset, end = b"", "", 0
    for word in _ENCODED.finditer(value):
        between = value[end : word.start()]
        if pending and (between.strip() or word[1].lower() != charset):
            parts.append(decode_bytes(pending, charset))
            pending = b""
        # Spaces between two encoded words are none of the text; a letter may begin in one and end in the next.
        if between.strip() or end == 0:
            parts.append(between)
        pending, charset, end = pending + _word(word[2], word[3]), word[1].lower(), word.end()
    if pending:
        parts.append(decode_bytes(pending, charset))
    parts.append(value[end:])
    return " ".join(storable("".join(parts)).split())


def _word(encoding: str, text: str) -> bytes:
    raw = text.encode("utf-8", "replace")
    if encoding in "Bb":
        return decode_base64(raw)
    return quopri.decodestring(raw, header=True)


def decode_base64(raw: bytes) -> bytes:
    """Return what base64 holds; of a broken one, as much as there is."""
    kept = re.sub(rb"[^A-Za-z0-9+/]", b"", raw)
    if len(kept) % 4 == 1:
        kept = kept[:-1]
    try:
        return base64.b64decode(kept + b"=" * (-len(kept) % 4))
    except binascii.Error:
        return b""


def value(message: "Message[str, str]", name: str) -> str:
    """Return what the first header of a name says; "" without one."""
    return decode(raw_value(message, name))


def parameters(text: str) -> dict[str, str]:
    """Return the parameters of a header such as `text/plain; charset="utf-8"`, names in lower case."""
    return {name.lower().rstrip("*"): told.strip('"') for name, told in _PARAMETER.findall(text)}


def addresses(values: Iterable[str]) -> tuple[Address, ...]:
    """Return whom headers name, each address once, in lower case; what is no address is passed over."""
    found: dict[str, Address] = {}
    for text in values:
        # Split before the encoded words are read: a comma within a name would part it.
        for name, email in _split(text):
            match = _ADDRESS.fullmatch(email.strip())
            if match is not None and len(found) < _MOST_ADDRESSES:
                found.setdefault(email.strip().lower(), Address(email.strip().lower(), decode(name)[:200]))
    return tuple(found.values())


def _split(text: str) -> Sequence[tuple[str, str]]:
    try:
        told = getaddresses([text])
    except (RecursionError, ValueError, IndexError, TypeError):
        told = []
    if any(_ADDRESS.fullmatch(email.strip()) for _, email in told):
        return told
    return [("", email) for email in _ADDRESS.findall(text)]


def message_ids(values: Iterable[str]) -> tuple[str, ...]:
    """Return the ids that headers name, without angle brackets, each once, in their order."""
    return tuple(dict.fromkeys(name for text in values for name in _ID.findall(text)))


def message_id(message: "Message[str, str]") -> str:
    """Return a mail's own id without angle brackets; "" when it has none."""
    told = raw_value(message, "Message-ID")
    return next(iter(message_ids([told])), told.strip("<> ")[:500].replace(" ", ""))


def moment(text: str) -> datetime | None:
    """Return when a `Date` header says that a mail was written, in UTC; None when it does not say so readably."""
    try:
        at = parsedate_to_datetime(text)
        return (at.replace(tzinfo=UTC) if at.tzinfo is None else at).astimezone(UTC)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
