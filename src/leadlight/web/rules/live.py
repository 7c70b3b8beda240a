"""How an open page and the server agree on whether what is shown still holds. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from zlib import crc32

#: An open page asks so often.
EVERY_SECONDS = 5.0
#: A page may ask about so many rows; it shows at most a page of the list and the best to call.
MOST_ROWS = 100
#: News that reaches us so long after it happened is still noticed by pages opened in between.
LATE = timedelta(minutes=15)
#: More newcomers than this are not told apart.
MOST_NEW = 50

#: The mark of a row whose person the reader may no longer see.
GONE = "gone"
#: The mark of a place where a lead could stand, and none does.
EMPTY = "0" * 8


class Shown(NamedTuple):
    """All that a row shows of a person, as it is stored: when none of it changed, there is no news."""

    name: str
    email: str
    phone: str
    state: str
    source_id: int | None
    owner_id: int | None
    owner_name: str
    asked_for: str
    asked_at: datetime | None
    waiting_since: datetime | None
    active_at: datetime | None
    #: As people read them, so that a score that moved by a hair is no news; None without a score.
    number: int | None
    number_before: int | None
    tier: str
    is_held: bool
    reason: str
    closed: tuple[str, ...]


#: The fields that stand in a person's own columns, in order; the others are worked out.
STORED = Shown._fields[: Shown._fields.index("number")]


def mark(*shown: object) -> str:
    """
    Return a short digest of what is shown; equal marks stand for equal contents.

    Compared are contents and not moments: what was computed before a page was made may be stored after it.
    """
    return f"{crc32(repr(shown).encode()):08x}"


@dataclass(frozen=True)
class Asked:
    """What an open page asks: does all this still hold?"""

    #: Key of a part → the mark of what the page shows there.
    marks: Mapping[str, str]
    #: Newcomers are those since then, but for those who were known to the page when it was made.
    since: datetime | None
    known: frozenset[int]

    @property
    def rows(self) -> Mapping[int, str]:
        """The marks of rows, by person."""
        return {int(key): mark for key, mark in self.marks.items() if key.isdecimal()}

    @property
    def n_new(self) -> int:
        """How many newcomers the page already tells of."""
        told = self.marks.get("new", "")
        return int(told) if told.isdecimal() else 0


_PART = re.compile(r"(new|head|queue|[1-9][0-9]{0,17})\.([0-9a-f]{8}|gone|[0-9]{1,3})", re.ASCII)


def asked(parameters: Mapping[str, str]) -> Asked:
    """Read what a page asks; what cannot be read is passed over, and beyond `MOST_ROWS` parts nothing is."""
    parts = (_PART.fullmatch(part) for part in parameters.get("seen", "")[:4_000].split(",")[: MOST_ROWS + 1])
    known = parameters.get("known", "")[:2_000].split(",")[:MOST_NEW]
    try:
        since = datetime.fromisoformat(parameters.get("since", ""))
    except ValueError:
        since = None
    return Asked(
        marks={part[1]: part[2] for part in parts if part},
        since=since if since is not None and since.tzinfo is not None else None,
        known=frozenset(int(pk) for pk in known if re.fullmatch(r"[1-9][0-9]{0,17}", pk, re.ASCII)),
    )
