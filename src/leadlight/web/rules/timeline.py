"""How a lead's history is told: visits, sentences, the small line of scores. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

VISITS_PER_PAGE = 50


@dataclass(frozen=True)
class Told:
    """One event as it is told."""

    occurred_at: datetime
    kind: str
    #: How many of the same kind about the same thing in a row this line stands for.
    count: int
    listing: str
    area: str
    actor: str
    #: Words that somebody wrote or said.
    text: str
    seconds: float | None
    #: As the kind's vocabulary says.
    value: float | None
    is_machine: bool
    #: The team did it.
    is_ours: bool
    #: It went out by itself: an acknowledgment of ours, an out-of-office of theirs.
    is_automatic: bool = False


@dataclass(frozen=True)
class Visit:
    """What happened without a long pause; the latest first."""

    began_at: datetime
    ended_at: datetime
    events: tuple[Told, ...]

    @property
    def minutes(self) -> int:
        """How long it lasted."""
        return int((self.ended_at - self.began_at).total_seconds() // 60)


def visits(events: Iterable[Told], *, gap: timedelta) -> list[Visit]:
    """
    Group events, given latest first, into visits by pauses of more than `gap`.

    Within a visit, neighbours of one kind about one thing without words of their own become one line.
    """
    found: list[Visit] = []
    group: list[Told] = []
    for event in events:
        if group and group[-1].occurred_at - event.occurred_at > gap:
            found.append(_visit(group))
            group = []
        group.append(event)
    if group:
        found.append(_visit(group))
    return found


def _visit(group: Sequence[Told]) -> Visit:
    lines: list[Told] = []
    for event in group:
        last = lines[-1] if lines else None
        if last is not None and not event.text and not last.text and _thing(last) == _thing(event):
            known = [seconds for seconds in (last.seconds, event.seconds) if seconds is not None]
            lines[-1] = replace(last, count=last.count + 1, seconds=sum(known) if known else None)
        else:
            lines.append(event)
    return Visit(began_at=group[-1].occurred_at, ended_at=group[0].occurred_at, events=tuple(lines))


def _thing(event: Told) -> tuple[str, str, str, str, bool]:
    return event.kind, event.listing, event.area, event.actor, event.is_machine


#: Kinds → what is said of them; `{}` holds what it was about. Others are told by their sentence.
_SENTENCES: Mapping[str, tuple[str, str]] = {
    "listing_view": ("Viewed {}", "Viewed a listing"),
    "listing_save": ("Saved {}", "Saved a listing"),
    "listing_share": ("Shared {}", "Shared a listing"),
    "showing_request": ("Asked to see {}", "Asked to see a home"),
    "valuation_request": ("Asked what {} is worth", "Asked what a home is worth"),
    "inquiry": ("Asked about {}", "Asked a question"),
    "open_house_visit": ("Came to the open house at {}", "Came to an open house"),
    "search": ("Searched in {}", "Searched for listings"),
    "search_save": ("Saved a search in {}", "Saved a search"),
    "area_stated": ("Wants to live in {}", "Said where they want to live"),
    "property_type_stated": ("Looks for: {}", "Said what kind of home they want"),
    "calculator_use": ("Used the mortgage calculator for {}", "Used the mortgage calculator"),
}


def sentence(event: Told, fallback: str) -> str:
    """Say what happened in a few words; `fallback` is the kind's own sentence ("They viewed a page.")."""
    about = event.listing or event.area
    price = "" if event.value is None else f"${event.value:,.0f}"
    if event.kind == "budget_stated" and price:
        said = f"Wants to spend up to {price}"
    elif event.kind in _SENTENCES:
        with_thing, without = _SENTENCES[event.kind]
        said = with_thing.format(about) if about else without
    else:
        said = fallback.rstrip(".").removeprefix("They ")
        said = said[:1].upper() + said[1:]
        if about:
            said = f"{said}: {about}"
    if event.kind == "calculator_use" and price:
        said = f"{said} at {price}"
    if event.count > 1:
        said = f"{said}, {event.count} times"
    if event.seconds and event.seconds >= 1:
        said = f"{said}, {duration(event.seconds)}"
    return said


def duration(seconds: float) -> str:
    """Write a duration: "41 s", "3 min", "1 h 20 min"."""
    whole = int(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


@dataclass(frozen=True)
class Line:
    """A line of score steps for a view box of 300 by 100; `points` is SVG's own notation."""

    points: str
    last_x: float
    last_y: float
    began_at: datetime
    ended_at: datetime
    first: float
    last: float


def score_line(moments: Sequence[tuple[datetime, float]]) -> Line | None:
    """Return the line of scores given oldest first; None for fewer than two moments, which make no line."""
    if len(moments) < 2 or moments[0][0] == moments[-1][0]:
        return None
    began_at, ended_at = moments[0][0], moments[-1][0]
    whole = (ended_at - began_at).total_seconds()
    found: list[tuple[float, float]] = []
    for at, value in moments:
        x = 300 * (at - began_at).total_seconds() / whole
        y = 100 - min(100.0, max(0.0, value))
        if found:
            found.append((x, found[-1][1]))
        found.append((x, y))
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in found)
    return Line(points, *found[-1], began_at, ended_at, moments[0][1], moments[-1][1])
