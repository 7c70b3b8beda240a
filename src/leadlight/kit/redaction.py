"""Takes out of a text whatever names a person or opens a door. Pure: what the logs pass through last of all."""

import re
from collections.abc import Mapping
from typing import Any

#: What stands in the place of what was taken out.
EMAIL, PHONE, SECRET = "[email]", "[phone]", "[secret]"

#: Text beyond so many characters is cut: no line of a log is a document.
LONGEST = 2_000

#: A field of such a name is taken out whole, whatever it holds.
_SECRET_NAMES = re.compile(r"password|passwd|secret|token|authorization|cookie|api_?key|signature|credential", re.I)

_SIGN_IN = re.compile(r"(?<=://)[^\s/@]+(?=@)")
_BEARER = re.compile(r"\b(bearer|basic|digest)\s+[^\s,;\"'\[]+", re.I)
#: Ours (`ll_`), of webhooks (`whsec_`) and of the common vendors.
_TOKEN = re.compile(
    r"(?<![A-Za-z0-9])(?:ll|whsec|sk|pk|rk|xox[abp]|gh[pousr]|glpat|pat|eyJ[\w-]*\.[\w-]+)[_.-][\w.+/=-]{8,}"
)
#: Long, with letters and figures mixed, without a space: digests, keys, random names.
_LONG = re.compile(r"(?<![\w+=-])(?=[A-Za-z_+=-]{0,64}[0-9])(?=[0-9_+=-]{0,64}[A-Za-z])[\w+=-]{32,}", re.ASCII)
# The domain may be anything: an address that no mail server takes names its owner as well.
_EMAIL = re.compile(r"[^\s@,;:<>()\[\]\"]{1,128}(?:@|%40)[^\s@,;:<>()\[\]\"'?&/|\\]{1,255}", re.I)
_DATE = r"(?!\d{4}-\d{2}-\d{2}(?!\d))"
#: Ten to fifteen figures however they are parted; with a plus seven are enough.
_PHONE = re.compile(
    rf"(?<![\w.]){_DATE}"
    r"(?:\+[ ().\-]{0,2}\d(?:[ ().\-/]{0,2}\d){6,14}|\(?\d(?:[ ().\-/]{0,2}\d){9,14})(?!\w)"
)
#: Seven figures as a North American writes them without the area.
_LOCAL_PHONE = re.compile(r"(?<![\w.-])\d{3}[-. ]\d{4}(?![\w-])")


def redact(text: str) -> str:
    """
    Return the text without e-mail addresses, phone numbers, tokens and long secrets; the rest stays as it is.

    Where it is in doubt it takes out: a figure too few in a log costs less than a person too many. Redacting twice
    changes nothing.
    """
    text = text[:LONGEST] + "…" if len(text) > LONGEST + 1 else text
    text = _SIGN_IN.sub(SECRET, text)
    text = _BEARER.sub(rf"\1 {SECRET}", text)
    text = _TOKEN.sub(SECRET, text)
    text = _EMAIL.sub(EMAIL, text)
    text = _LONG.sub(SECRET, text)
    text = _PHONE.sub(PHONE, text)
    return _LOCAL_PHONE.sub(PHONE, text)


def redact_value(value: Any, *, name: str = "") -> Any:
    """
    Return a value as a log may hold it: texts redacted at any depth, fields with the name of a secret without it.

    Of anything but texts, figures, lists and tables only the type is said: what an object prints as is its own
    choice, and may be a person's name.
    """
    if name and _SECRET_NAMES.search(name):
        return SECRET
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, Mapping):
        return {redact(str(key)): redact_value(item, name=str(key)) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [redact_value(item) for item in value]
    return f"<{type(value).__name__}>"
