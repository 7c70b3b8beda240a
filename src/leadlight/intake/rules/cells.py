"""What the readers of all tables share: where fields stand, dates, ids of rows without one, stages, needs. Pure."""

import hashlib
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from leadlight.intake import normalise
from leadlight.intake.normalise import clean
from leadlight.intake.rules import labels
from leadlight.intake.rules.dates import Reader, compile_dates
from leadlight.intake.rules.fields import LEADS, LISTINGS
from leadlight.intake.rules.mapping import Column, Mapping
from leadlight.intake.rules.presets import PRESET_BY_NAME
from leadlight.intake.rules.records import Stated

#: Before this nobody kept leads in a CRM; an older date is a default such as 1/1/1970.
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
#: Clocks and zones differ by up to a day.
AHEAD = timedelta(days=1)
MAX_CACHE = 50_000
MAX_TEXT = 20_000
#: No budget and no time frame is larger; what is was typed by a cat, and databases refuse infinity.
_MOST = 1e12
_AREA_SPLIT = re.compile(r"[;|\n]+")


class Cells(Protocol):
    """What a reader takes: a row of a table file."""

    @property
    def cells(self) -> tuple[str, ...]:
        """Return the cells, as many as the file has columns."""


class Places:
    """Where the mapped fields stand in the file."""

    def __init__(self, mapping: Mapping, columns: Sequence[str]) -> None:
        places = {name: place for place, name in enumerate(columns)}
        self.by_field: dict[str, list[tuple[int, Column]]] = {}
        for column in mapping.columns:
            if column.name in places:
                self.by_field.setdefault(column.field, []).append((places[column.name], column))

    def all(self, field: str) -> list[tuple[int, Column]]:
        """Return the places and columns that hold a field."""
        return self.by_field.get(field, [])

    def places(self, field: str) -> list[int]:
        """Return the places that hold a field."""
        return [place for place, _ in self.all(field)]

    def one(self, field: str) -> int:
        """Return the field's place, -1 when the file has none."""
        found = self.by_field.get(field)
        return found[0][0] if found else -1


def cell(cells: tuple[str, ...], place: int) -> str:
    """Return the cell without what means nothing; "" for a field that the file lacks."""
    return clean(cells[place]) if place >= 0 else ""


class DatesOf:
    """Reads the dates of one column and says why one was dropped."""

    def __init__(self, column: Column, zone: ZoneInfo, now: datetime, *, future: bool = False) -> None:
        self.name = column.name
        self.read: Reader = compile_dates(column.dates, zone)
        self.latest = datetime.max.replace(tzinfo=UTC) if future else now + AHEAD

    def __call__(self, text: str) -> tuple[datetime | None, str]:
        """Return the moment, or None with the reason."""
        at = self.read(text)
        if at is None:
            return None, f"{self.name}: {text[:40]!r} is no date as this column writes them"
        if at > self.latest:
            return None, f"{self.name}: {text[:40]} lies in the future"
        if at < EARLIEST:
            return None, f"{self.name}: {text[:40]} is before 1990"
        return at, ""


class Repeats:
    """Names rows that have no id of their own: by what they hold, and the how-many-eth such row it is."""

    def __init__(self) -> None:
        self._seen: dict[bytes, int] = {}

    def name(self, cells: tuple[str, ...]) -> str:
        """Return the name of a row; the same file read again from its start gives the same names."""
        digest = hashlib.blake2b("\x1f".join(map(str.strip, cells)).encode("utf-8", "replace"), digest_size=12)
        key = digest.digest()
        n = self._seen.get(key, 0) + 1
        self._seen[key] = n
        return digest.hexdigest() if n == 1 else f"{digest.hexdigest()}#{n}"


def counts_repeats(mapping: Mapping, columns: Sequence[str]) -> bool:
    """
    Say whether rows are named by what they hold and how often it came before.

    An import that goes on in the middle of such a file must first pass the rows already done to the reader.
    """
    if mapping.table == LISTINGS:
        return False
    found = Places(mapping, columns)
    own = "lead_id" if mapping.table == LEADS else "event_id"
    return not found.by_field.get(own)


def shortened(text: str, longest: int) -> str:
    """Return an id that fits its column; the hash of one that does not."""
    return (
        text
        if len(text) <= longest
        else "h:" + hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=20).hexdigest()
    )


def _stated(text: str, field: str) -> Stated | None:
    if field == "budget":
        amount = normalise.money(text)
        return Stated("budget_stated", float(amount)) if amount and amount < _MOST else None
    if field == "timeframe":
        days = normalise.days_until(text)
        return Stated("timeline_stated", days) if days is not None and days < _MOST else None
    if field == "financing":
        level = normalise.readiness(text)
        return None if level is None else Stated("financing_stated", level)
    if field == "property_type":
        return Stated("property_type_stated", text=normalise.one_line(text)[:120])
    return Stated("area_stated", text=normalise.one_line(text)[:120])


def needs_reader(found: Places, fields: Sequence[str]) -> Callable[[tuple[str, ...]], tuple[Stated, ...]]:
    """Return the reader of stated needs; each distinct cell is understood once."""
    places = [(place, field) for field in fields for place in found.places(field)]
    known: dict[tuple[str, str], tuple[Stated, ...]] = {}

    def read(cells: tuple[str, ...]) -> tuple[Stated, ...]:
        result: tuple[Stated, ...] = ()
        for place, field in places:
            raw = cells[place]
            if not raw:
                continue
            stated = known.get((field, raw))
            if stated is None:
                parts = [clean(part) for part in _AREA_SPLIT.split(raw)] if field == "area" else [clean(raw)]
                stated = tuple(need for part in parts if part and (need := _stated(part, field)))
                if len(known) < MAX_CACHE:
                    known[field, raw] = stated
            result += stated
        return result

    return read


def stage_reader(mapping: Mapping) -> Callable[[tuple[str, ...], list[int]], tuple[str, str]]:
    """Return the reader of stages: the label that goes furthest, and its meaning."""
    preset = PRESET_BY_NAME.get(mapping.preset)
    known = preset.stages if preset else None
    by_plain = {labels.plain(label): meaning for label, meaning in mapping.stages.items()}
    cache: dict[str, tuple[str, str]] = {"": ("", "")}

    def understand(raw: str) -> tuple[str, str]:
        label = normalise.one_line(clean(raw))
        if not label:
            return "", ""
        if raw in mapping.stages:
            return label, mapping.stages[raw]
        # What somebody left unsaid stays unsaid; a label that was not in the sample is understood as the guess would.
        meaning = by_plain.get(labels.plain(label))
        return label, labels.stage_meaning(label, known) if meaning is None else meaning

    def read(cells: tuple[str, ...], places: list[int]) -> tuple[str, str]:
        best = ("", "")
        for place in places:
            raw = cells[place]
            told = cache.get(raw)
            if told is None:
                told = understand(raw)
                if len(cache) < MAX_CACHE:
                    cache[raw] = told
            if told[0] and (not best[0] or labels.RANK[told[1]] > labels.RANK[best[1]]):
                best = told
        return best

    return read
