"""How one column of dates is written, settled over all its values, and the parser made for it. Pure."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

Reader = Callable[[str], datetime | None]

#: What `Column.dates` can say.
WORDS = ("iso", "month_first", "day_first", "excel", "epoch")

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january januar enero ene janvier janv gennaio",
            "feb february februar febrero fev fevrier fevr",
            "mar march marz mrz marzo mars",
            "apr april abril abr avril avr aprile",
            "may mai mayo maggio",
            "jun june juni junio juin giugno",
            "jul july juli julio juillet juil luglio",
            "aug august agosto ago aout",
            "sep sept september septiembre septembre settembre",
            "oct october oktober okt octubre octobre ottobre",
            "nov november noviembre novembre",
            "dec december dezember dez diciembre dic decembre dicembre",
        ),
        start=1,
    )
    for name in names.split()
}
_ZONES = {
    "z": 0, "utc": 0, "gmt": 0, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8,
    "pdt": -7,
    "akst": -9, "akdt": -8, "hst": -10,
}  # fmt: skip
_TIME = (
    r"(?:(?:[T,]|\s+at\b)?\s*(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*([AaPp]\.?[Mm]\.?)?"
    r"\s*\(?([+-]\d{2}:?\d{2}|[A-Za-z]{1,4})?\)?)?"
)
_NUMERIC = re.compile(r"(\d{1,2})([/.\-])(\d{1,2})\2(\d{4}|\d{2})" + _TIME)
_YEAR_FIRST = re.compile(r"(\d{4})[/.\-](\d{1,2})[/.\-](\d{1,2})" + _TIME)
_DAY = r"(?:(?:mon|tue|tues|wed|thu|thur|thurs|fri|sat|sun)[a-z]*\.?,?\s+)?"
_NAMED_DAY_FIRST = re.compile(
    _DAY
    + r"(\d{1,2})(?:st|nd|rd|th|\.)?(?:\s+|[\-/])(?:of\s+|de\s+)?"
    + r"([^\W\d_]{3,10})\.?,?(?:\s+|[\-/])(?:de\s+)?(\d{4}|\d{2})"
    + _TIME,
    re.IGNORECASE,
)  # fmt: skip
_NAMED_MONTH_FIRST = re.compile(
    _DAY + r"([^\W\d_]{3,10})\.?(?:\s+|[\-/])(\d{1,2})(?:st|nd|rd|th)?,?(?:\s+|[\-/])(\d{4})" + _TIME,
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_EXCEL_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 (a serial is a wall-clock moment; its zone is the file's)
_EXCEL_LOW, _EXCEL_HIGH = 14_000, 80_000
#: Countries that write the month before the day.
_MONTH_FIRST_COUNTRIES = frozenset({"US", "PH", "PR", "GU", "FM", "PW", "AS", "MH"})


def _month(name: str) -> int | None:
    plain = name.lower().translate(_ACCENTS)
    return _MONTHS.get(plain)


_ACCENTS = str.maketrans("äéûúóíá", "aeuuoia")


def _year(digits: str) -> int:
    year = int(digits)
    if len(digits) > 2:
        return year
    # As POSIX does: 69 and later are of the last century.
    return year + (1900 if year >= 69 else 2000)


@lru_cache(maxsize=64)
def _offset(text: str) -> timezone | None:
    """Return the zone that an offset or a zone's short name says; None for a word that is no zone."""
    if text[0] in "+-":
        sign = -1 if text[0] == "-" else 1
        digits = text[1:].replace(":", "")
        delta = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
        return timezone(sign * delta) if delta < timedelta(hours=24) else None
    hours = _ZONES.get(text.lower())
    return None if hours is None else timezone(timedelta(hours=hours))


def _build(
    year: int,
    month: int,
    day: int,
    time: tuple[str | None, ...],
    zone: ZoneInfo,
) -> datetime | None:
    """Put a moment together; None when there is no such day or hour."""
    hour_text, minute, second, fraction, half, offset = time
    hour = int(hour_text) if hour_text else 0
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half[0] in "pP" else 0)
    tz: ZoneInfo | timezone | None = zone
    if offset:
        tz = _offset(offset)
        if tz is None:
            return None
    try:
        return datetime(
            year,
            month,
            day,
            hour,
            int(minute) if minute else 0,
            int(second) if second else 0,
            int(fraction[:6].ljust(6, "0")) if fraction else 0,
            tzinfo=tz,
        ).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _named(text: str, zone: ZoneInfo) -> datetime | None:
    found = _NAMED_DAY_FIRST.fullmatch(text)
    if found:
        day, name, year, *time = found.groups()
    else:
        found = _NAMED_MONTH_FIRST.fullmatch(text)
        if not found:
            return None
        name, day, year, *time = found.groups()
    month = _month(name)
    return None if month is None else _build(_year(year), month, int(day), tuple(time), zone)


def _year_first(text: str, zone: ZoneInfo) -> datetime | None:
    found = _YEAR_FIRST.fullmatch(text)
    if not found:
        return None
    year, month, day, *time = found.groups()
    return _build(int(year), int(month), int(day), tuple(time), zone)


def _iso(zone: ZoneInfo) -> Reader:
    parse = datetime.fromisoformat

    def read(text: str) -> datetime | None:
        text = text.strip()
        if text[:1].isalpha():
            return _named(text, zone)
        try:
            at = parse(text)
        except ValueError:
            return _year_first(text, zone) or _named(text, zone)
        if at.tzinfo is None:
            at = at.replace(tzinfo=zone)
        try:
            return at.astimezone(UTC)
        except OverflowError:
            return None

    return read


def _numeric(zone: ZoneInfo, *, day_first: bool) -> Reader:
    match = _NUMERIC.fullmatch
    iso = _iso(zone)

    def read(text: str) -> datetime | None:
        text = text.strip()
        found = match(text)
        if found is None:
            return iso(text)
        first, _, second, year, *time = found.groups()
        month, day = (second, first) if day_first else (first, second)
        return _build(_year(year), int(month), int(day), tuple(time), zone)

    return read


def _excel(zone: ZoneInfo) -> Reader:
    iso = _iso(zone)

    def read(text: str) -> datetime | None:
        text = text.strip()
        if not _NUMBER.fullmatch(text):
            return iso(text)
        serial = float(text)
        if not _EXCEL_LOW <= serial < _EXCEL_HIGH:
            return iso(text)
        # A serial holds a day's fraction; without rounding, noon comes out as 11:59:59.999997.
        at = _EXCEL_EPOCH + timedelta(seconds=round(serial * 86_400))
        return at.replace(tzinfo=zone).astimezone(UTC)

    return read


def _epoch(zone: ZoneInfo) -> Reader:
    iso = _iso(zone)

    def read(text: str) -> datetime | None:
        text = text.strip()
        if not _NUMBER.fullmatch(text):
            return iso(text)
        value = float(text)
        while value >= 1e11:
            value /= 1000.0
        return datetime.fromtimestamp(value, UTC)

    return read


def compile_dates(word: str, zone: ZoneInfo) -> Reader:
    """
    Return the parser of a column whose dates are written as `word` says: text → moment in UTC, or None.

    A value without a time is midnight, and one without an offset is local time, in `zone`. Dates that cannot be
    misread (year first, month by name) are read in every column; an unknown or empty word reads only those.
    """
    if word == "month_first":
        return _numeric(zone, day_first=False)
    if word == "day_first":
        return _numeric(zone, day_first=True)
    if word == "excel":
        return _excel(zone)
    if word == "epoch":
        return _epoch(zone)
    return _iso(zone)


@dataclass(frozen=True)
class Settled:
    """How a column's dates are written."""

    word: str
    #: Share of the column's filled values that are dates of this writing.
    share: float
    #: How we know, for the person who imports; empty when nothing could be misread.
    note: str = ""


_UTC_ZONE = ZoneInfo("UTC")


def settle(values: Sequence[tuple[int, str]], *, country: str, decimal_comma: bool = False) -> Settled | None:
    """
    Say how a column's dates are written, from all its filled values with their row numbers.

    One order of day and month holds for the whole column: any value over 12 decides it; when none does, dots or
    a file with decimal commas say day first, else the country's custom. None when half of the values or more are
    no dates at all.
    """
    if not values:
        return None
    numeric: list[tuple[int, int, int, str]] = []
    excel = epoch = plain = 0
    iso = _iso(_UTC_ZONE)
    for row, raw in values:
        text = raw.strip()
        found = _NUMERIC.fullmatch(text)
        if found:
            numeric.append((row, int(found[1]), int(found[3]), found[2]))
        elif _NUMBER.fullmatch(text):
            number = float(text)
            if _EXCEL_LOW <= number < _EXCEL_HIGH:
                excel += 1
            elif 3e8 <= number < 5e9 or 3e11 <= number < 5e12 or 3e14 <= number < 5e15:
                epoch += 1
            elif len(text) == 8 and iso(text) is not None:
                plain += 1
        elif iso(text) is not None:
            plain += 1
    total = len(values)
    best = max(len(numeric), excel, epoch, plain)
    share = (len(numeric) + plain) / total
    if best == excel and excel * 2 > total:
        return Settled("excel", (excel + plain) / total, "numbers of days, as Excel writes dates")
    if best == epoch and epoch * 2 > total:
        return Settled("epoch", (epoch + plain) / total, "seconds or milliseconds since 1970")
    if share * 2 <= 1:
        return None
    if not numeric:
        return Settled("iso", share)
    return _order(numeric, share, country, decimal_comma)


def _order(numeric: Sequence[tuple[int, int, int, str]], share: float, country: str, decimal_comma: bool) -> Settled:
    first = [row for row, a, b, _ in numeric if a > 12 >= b]
    second = [row for row, a, b, _ in numeric if b > 12 >= a]
    if first and not second:
        return Settled("day_first", share, f"day first, by row {first[0]}")
    if second and not first:
        return Settled("month_first", share, f"month first, by row {second[0]}")
    if first and second:
        word = "day_first" if len(first) > len(second) else "month_first"
        odd = second[0] if word == "day_first" else first[0]
        said = word.replace("_", " ")
        return Settled(word, share, f"mostly {said}; row {odd} is written the other way and cannot be read")
    dots = sum(sign == "." for *_, sign in numeric) * 2 > len(numeric)
    if dots or decimal_comma or country.upper() not in _MONTH_FIRST_COUNTRIES:
        return Settled("day_first", share, "ambiguous: read as day first")
    return Settled("month_first", share, "ambiguous: read as month first")
