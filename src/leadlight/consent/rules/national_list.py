"""
The National Do Not Call list as its files hold it, and as bits.

A file has a line for each number, "813,5550142". An area code has at most ten million numbers, so that a bit for each
is 1.25 MB however many are listed, and asking is reading one bit.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from leadlight.kit.errors import DomainError

#: Bits of an exchange's ten thousand numbers, and of an area code's ten million, in bytes.
BLOCK, AREA = 1_250, 1_250_000

_NEWLINE, _ZERO, _NINE = ord("\n"), ord("0"), ord("9")
#: What may stand between figures.
_BETWEEN = np.zeros(256, dtype=bool)
_BETWEEN[list(b" \t\r,;-.()\"'\n0123456789")] = True

Bits = dict[int, NDArray[np.uint8]]


class UnableToReadList(DomainError):
    """A file is no copy of the list."""

    code = "bad_national_list"


def read_numbers(lines: bytes, *, first_line: int = 1) -> NDArray[np.int64]:
    """
    Return the ten-digit numbers of whole lines, in their order; empty lines are passed over.

    `first_line` is the number of the first of them in its file, for the error.

    Raises:
        UnableToReadList: a line holds something else; the first line of a file may be a heading.
    """
    heading, _, below = lines.partition(b"\n")
    if first_line == 1 and heading.strip() and not any(_ZERO <= byte <= _NINE for byte in heading):
        lines, first_line = below, 2
    raw = np.frombuffer(lines, dtype=np.uint8)
    ends = raw == _NEWLINE
    is_figure = (raw >= _ZERO) & (raw <= _NINE)
    line_of = np.cumsum(ends) - ends
    n_lines = int(line_of[-1]) + 1 if raw.size else 0
    n_figures = np.bincount(line_of[is_figure], minlength=n_lines)
    is_wrong = (n_figures != 10) & (n_figures != 0)
    np.logical_or.at(is_wrong, line_of[~_BETWEEN[raw]], True)
    figures = (raw[is_figure] - _ZERO).astype(np.int64)
    if not is_wrong.any():
        numbers: NDArray[np.int64] = figures.reshape(-1, 10) @ (10 ** np.arange(9, -1, -1, dtype=np.int64))
        is_impossible = (numbers < 2_000_000_000) | (numbers // 10_000 % 1_000 < 200)
        if not is_impossible.any():
            return numbers
        is_wrong[np.flatnonzero(n_figures)[is_impossible]] = True
    place = int(np.flatnonzero(is_wrong)[0])
    told = lines.split(b"\n")[place].strip().decode("latin-1")[:40]
    raise UnableToReadList(
        f"Line {first_line + place:,} is no telephone number: {told!r}. Download the full list, as text, one number"
        " a line: area code, comma, seven figures."
    )


def add_numbers(bits: Bits, numbers: NDArray[np.int64]) -> None:
    """Set the bit of each number, in the array of its area code."""
    area_of, line = np.divmod(numbers, 10_000_000)
    for area_code in np.unique(area_of).tolist():
        own = line[area_of == area_code]
        whole = bits.setdefault(area_code, np.zeros(AREA, dtype=np.uint8))
        np.bitwise_or.at(whole, own >> 3, (128 >> (own & 7)).astype(np.uint8))


def n_listed(whole: NDArray[np.uint8]) -> int:
    """Return how many numbers of an area code are listed; one that stood twice counts once."""
    return int(np.bitwise_count(whole).sum())


def blocks(area_code: int, whole: NDArray[np.uint8]) -> Iterator[tuple[int, bytes]]:
    """Give prefix and bits of each exchange in which any number is listed."""
    exchanges = whole.reshape(-1, BLOCK)
    for exchange in np.flatnonzero(exchanges.any(axis=1)).tolist():
        yield area_code * 1_000 + exchange, exchanges[exchange].tobytes()


def split(phone: str) -> tuple[int, int] | None:
    """Return prefix and line number of a North American number (E.164); None for any other."""
    if len(phone) != 12 or not phone.startswith("+1") or not phone[2:].isascii() or not phone[2:].isdecimal():
        return None
    return int(phone[2:8]), int(phone[8:])


def is_listed(block: bytes, line: int) -> bool:
    """Say whether a line number's bit is set in its exchange's block."""
    return bool(block[line >> 3] & (128 >> (line & 7)))
