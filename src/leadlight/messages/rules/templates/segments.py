"""How many parts a text message is sent in, and why (3GPP TS 23.038; each part is paid for)."""

from dataclasses import dataclass

#: The short alphabet, and what of it takes two places.
_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_TWICE = frozenset("\f^{}\\[~]|€")
#: Places in a part: alone, and as one of several, which carry their order.
_PLACES = {"GSM-7": (160, 153), "UCS-2": (70, 67)}


@dataclass(frozen=True)
class Segments:
    """The parts of a text message: `per` places each, `left` of them free in the last."""

    #: GSM-7 or UCS-2.
    encoding: str
    n: int
    per: int
    left: int


def segments(text: str) -> Segments:
    """Return the parts of a text; of an empty one none. A letter of two places is never parted."""
    is_short = beyond_gsm(text) is None
    encoding = "GSM-7" if is_short else "UCS-2"
    alone, joined = _PLACES[encoding]
    sizes = [2 if (c in _GSM_TWICE if is_short else ord(c) > 0xFFFF) else 1 for c in text]
    used = sum(sizes)
    if used <= alone:
        return Segments(encoding, 1 if text else 0, alone, alone - used)
    n, used = 1, 0
    for size in sizes:
        if used + size > joined:
            n, used = n + 1, 0
        used += size
    return Segments(encoding, n, joined, joined - used)


def beyond_gsm(text: str) -> int | None:
    """Return the place of the first character for which a text needs the long alphabet; None when it does not."""
    return next((place for place, c in enumerate(text) if c not in _GSM and c not in _GSM_TWICE), None)
