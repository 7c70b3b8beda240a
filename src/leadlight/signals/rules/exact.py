"""
Arithmetic by row that cannot depend on the order of events or on other rows, to the last bit.

Everything is either a whole number, a minimum or maximum, or a sum of multiples of 2^-32, which float64 adds
without rounding. A sum of plain floats, or a difference of running sums, would let the neighbours of a lead
change its score.
"""

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

#: Bits for a moment in milliseconds (until the year 2109) or an amount in cents in a packed key.
MINOR_BITS = 42
MINOR_LIMIT = 1 << MINOR_BITS
#: How many rows or groups still fit above them in a signed 64-bit key.
MAJOR_LIMIT = 1 << (63 - MINOR_BITS)

#: Adding and subtracting this leaves a multiple of 2^-32.
_GRID = float(1 << 20)


def whole(values: Floats, *, scale: float) -> Ints:
    """Return values times scale as whole numbers that fit a packed key, clipped to its range."""
    return np.clip(np.rint(values * scale), 0, MINOR_LIMIT - 1).astype(np.int64)


def pack(major: Ints, minor: Ints) -> Ints:
    """
    Return one number per pair that sorts like the pair.

    Raises: OverflowError when there are more than two million groups, which the kernel's batches rule out
    unless a single entity has that many events.
    """
    if major.size and int(major.max()) >= MAJOR_LIMIT:
        raise OverflowError("One entity has more than two million events; it cannot be a person.")
    return (major << MINOR_BITS) | minor


def unpack(key: Ints) -> tuple[Ints, Ints]:
    """Return the pairs that `pack` was given."""
    return key >> MINOR_BITS, key & (MINOR_LIMIT - 1)


def starts_of(major: Ints) -> Mask:
    """Mark the first place of each run of equal numbers."""
    first = np.ones(major.size, dtype=np.bool_)
    np.not_equal(major[1:], major[:-1], out=first[1:])
    return first


def ends_of(major: Ints) -> Mask:
    """Mark the last place of each run of equal numbers."""
    last = np.ones(major.size, dtype=np.bool_)
    np.not_equal(major[1:], major[:-1], out=last[:-1])
    return last


def count(row: Ints, m: int) -> Ints:
    """Return how often each row occurs."""
    return np.bincount(row, minlength=m)


def on_grid(values: Floats) -> Floats:
    """Round values from 0 to 1 to multiples of 2^-32, in place, so that sums up to two million are exact."""
    values += _GRID
    values -= _GRID
    return values


def total(row: Ints, values: Floats, m: int) -> Floats:
    """Return the sum of values by row; the values must be whole numbers or on the grid."""
    # Without rows bincount gives whole numbers.
    return np.bincount(row, weights=values, minlength=m).astype(np.float64, copy=False)


def smallest(row: Ints, values: Floats, m: int) -> Floats:
    """Return the least value by row, infinite for rows without any."""
    out = np.full(m, np.inf)
    np.minimum.at(out, row, values)
    return out


def largest(row: Ints, values: Floats, m: int) -> Floats:
    """Return the greatest value by row, minus infinity for rows without any."""
    out = np.full(m, -np.inf)
    np.maximum.at(out, row, values)
    return out


def share(part: NDArray[np.generic], of: NDArray[np.generic]) -> Floats:
    """Return part / of, at most 1, NaN where there is nothing to take a share of."""
    parts, wholes = part.astype(np.float64), of.astype(np.float64)
    out = np.full(wholes.shape, np.nan)
    np.divide(parts, wholes, out=out, where=wholes > 0)
    np.minimum(out, 1.0, out=out)
    return out


def quantile(sorted_row: Ints, sorted_values: Floats, m: int, *, at: float) -> Floats:
    """
    Return a quantile by row of values sorted within rows; NaN for rows without any.

    Halfway between the two order statistics around it (Hyndman and Fan's type 2), so the median of an even
    number of values is the mean of the middle two.
    """
    n = count(sorted_row, m)
    before = np.cumsum(n) - n
    some = n > 0
    place = n[some] * at
    high = np.minimum(np.floor(place).astype(np.int64), n[some] - 1)
    low = np.where(np.floor(place) == place, np.maximum(high - 1, 0), high)
    out = np.full(m, np.nan)
    out[some] = (sorted_values[before[some] + low] + sorted_values[before[some] + high]) / 2.0
    return out
