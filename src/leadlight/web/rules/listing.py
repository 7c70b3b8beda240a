"""What an address of the Leads list asks for, and the addresses of its neighbours. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from math import ceil
from urllib.parse import urlencode

PAGE_SIZE = 50


class SavedList(StrEnum):
    """The saved lists, in the order of their tabs."""

    NEEDS = "needs"
    CALL = "call"
    ALL = "all"
    MINE = "mine"
    HOT = "hot"
    WARM = "warm"
    QUIET = "quiet"
    NEW = "new"
    SELLERS = "sellers"


LABELS: Mapping[SavedList, str] = {
    SavedList.NEEDS: "Needs me",
    SavedList.CALL: "Call list",
    SavedList.ALL: "All",
    SavedList.MINE: "Mine",
    SavedList.HOT: "Hot",
    SavedList.WARM: "Warm",
    SavedList.QUIET: "Quiet 14 days",
    SavedList.NEW: "New this week",
    SavedList.SELLERS: "Sellers",
}


class Sort(StrEnum):
    """Orders of the list."""

    WAITING = "waiting"
    SCORE = "score"
    NAME = "name"
    ACTIVE = "active"
    FIRST = "first"


#: In a filter, "those without".
NOBODY = "-"


@dataclass(frozen=True)
class Wanted:
    """What is asked for: a saved list, narrowed, sorted, one page of it."""

    #: None is whatever the list opens with.
    saved: SavedList | None = None
    q: str = ""
    source: str = ""
    owner: str = ""
    tier: str = ""
    state: str = ""
    sort: Sort | None = None
    page: int = 1
    #: Whether the form of the filters stands open.
    form: bool = False

    @property
    def is_filtered(self) -> bool:
        """Whether a filter stands on top of the saved list."""
        return bool(self.source or self.owner or self.tier or self.state)

    @property
    def is_narrowed(self) -> bool:
        """Whether a search or filter stands on top of the saved list."""
        return bool(self.q) or self.is_filtered

    @property
    def order(self) -> Sort:
        """The order in force: the list's own unless another was asked for."""
        if self.sort is None or (self.sort is Sort.WAITING and self.saved is not SavedList.NEEDS):
            return Sort.WAITING if self.saved is SavedList.NEEDS else Sort.SCORE
        return self.sort

    def opened_with(self, saved: SavedList) -> "Wanted":
        """Return the same with the saved list that it opens with."""
        return replace(self, saved=saved)

    def address(self, **changes: object) -> str:
        """Return the address of the same list with changes; any change but of the page begins at page 1."""
        # mypy cannot see through `replace` with names that are not literal.
        wanted = replace(self, **{"page": 1, "form": False, **changes})  # type: ignore[arg-type]
        pairs = {
            "list": wanted.saved or "",
            "q": wanted.q,
            "source": wanted.source,
            "owner": wanted.owner,
            "tier": wanted.tier,
            "state": wanted.state,
            "sort": wanted.sort or "",
            "page": str(wanted.page) if wanted.page > 1 else "",
            "filter": "1" if wanted.form else "",
        }
        return "?" + urlencode({name: value for name, value in pairs.items() if value})


def wanted(parameters: Mapping[str, str]) -> Wanted:
    """Read an address; what it says that does not exist is passed over, so that an old link still opens a list."""

    def choice(name: str, kinds: type[StrEnum]) -> str:
        value = parameters.get(name, "")
        return value if value in list(kinds) else ""

    saved, sort = choice("list", SavedList), choice("sort", Sort)
    page = parameters.get("page", "")
    return Wanted(
        saved=SavedList(saved) if saved else None,
        # PostgreSQL refuses a zero byte in a text.
        q=" ".join(parameters.get("q", "").replace("\0", "").split())[:200],
        source=_number(parameters.get("source", "")),
        owner=parameters.get("owner", "").replace("\0", "")[:120],
        tier=_word(parameters.get("tier", ""), {"HOT", "WARM", "COLD", NOBODY}),
        state=_word(parameters.get("state", ""), {"OPEN", "BOOKED", "CLIENT", "CLOSED", "LOST"}),
        sort=Sort(sort) if sort else None,
        page=min(int(page), 1_000_000) if re.fullmatch(r"[1-9][0-9]{0,6}", page) else 1,
        form=parameters.get("filter") == "1",
    )


def _word(value: str, known: set[str]) -> str:
    return value if value in known else ""


def _number(value: str) -> str:
    return value if value == NOBODY or re.fullmatch(r"[1-9][0-9]{0,17}", value) else ""


def search_terms(folded: str) -> tuple[str, ...]:
    """
    Return the texts that must all occur in a person's search text; `folded` is the search box's text, folded.

    Three or more digits with only phone punctuation around them are one phone number, however it is written.
    """
    digits = re.sub(r"[\s().+/-]", "", folded)
    if len(digits) >= 3 and re.fullmatch(r"[0-9]+", digits):
        return (digits,)
    return tuple(dict.fromkeys(folded.split()))


def last_page(n: int) -> int:
    """Return the number of the last page; an empty list has one page."""
    return max(1, ceil(n / PAGE_SIZE))


def page_numbers(page: int, last: int) -> list[int | None]:
    """Return the page numbers to offer: the ends and two on either side of this one; None where some are left out."""
    near = sorted({1, last, *(k for k in range(page - 2, page + 3) if 1 <= k <= last)})
    found: list[int | None] = []
    for k in near:
        if found and found[-1] is not None and k - found[-1] > 1:
            found.append(None)
        found.append(k)
    return found


@dataclass(frozen=True)
class Slice:
    """Part of an ordered list, to be read from whichever end is nearer."""

    offset: int
    limit: int
    backwards: bool


def slice_of(n: int, start: int, size: int) -> Slice:
    """
    Say how to read rows `start` to `start + size` of n ordered rows without walking over more than half of them.

    Backwards, the rows come in the reverse order. Beyond the end the limit is 0.
    """
    start = min(max(start, 0), n)
    end = min(start + max(size, 0), n)
    if start > n - end:
        return Slice(n - end, end - start, backwards=True)
    return Slice(start, end - start, backwards=False)
