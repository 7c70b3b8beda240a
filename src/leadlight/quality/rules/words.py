"""Findings and figures as people read them. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

#: Figure → what it is called.
TITLES = {
    "appointment_rate": "Leads that booked an appointment",
    "speed_to_first_contact": "Time until the first call or text",
    "touches_per_lead": "Touches per lead",
    "cost_per_closed_deal": "Cost of a closed deal",
    "conversations_per_agent": "Conversations of an agent",
}


@dataclass(frozen=True)
class Said:
    """A figure in words: what it is called, the figure, and what it stands on."""

    title: str
    figure: str
    basis: str


def said(figure: Mapping[str, Any]) -> Said:
    """Return a figure of a baseline, as it is stored, in words; what the history does not hold is said so."""
    key = figure["key"]
    if figure["value"] is None:
        return Said(TITLES[key], "Not in your data", f"It lacks {figure['missing']}.")
    return Said(TITLES[key], *_WORDS[key](figure, figure["more"] or {}))


def _appointments(figure: Mapping[str, Any], _more: Mapping[str, Any]) -> tuple[str, str]:
    low, high = (f"{100 * figure[edge]:.0f}" for edge in ("low", "high"))
    return (
        f"{100 * figure['value']:.0f} of 100",
        f"within 60 days of first contact (n = {figure['n']:,}; between {low} and {high} with what we know)",
    )


def _speed(figure: Mapping[str, Any], more: Mapping[str, Any]) -> tuple[str, str]:
    quick, never = (f"{100 * more[word]:.0f}" for word in ("within_5_minutes", "never"))
    return (
        span(figure["value"]),
        f"until half of {figure['n']:,} leads were called or texted; {quick} of 100 of them within five minutes;"
        f" {never} of 100 leads never were",
    )


def _touches(figure: Mapping[str, Any], more: Mapping[str, Any]) -> tuple[str, str]:
    none = f"{100 * more['none']:.0f}"
    return (
        f"{figure['value']:.1f}",
        f"calls, e-mails and texts in the first 30 days (n = {figure['n']:,}); {none} of 100 leads had none",
    )


def _cost(figure: Mapping[str, Any], more: Mapping[str, Any]) -> tuple[str, str]:
    first, last = (date.fromisoformat(more[edge]) for edge in ("from", "to"))
    months = f"{first:%B %Y}" if first == last else f"{first:%B %Y} to {last:%B %Y}"
    deals = "deal" if figure["n"] == 1 else "deals"
    return f"${figure['value']:,.0f}", f"all sources, {figure['n']:,} {deals} closed, {months}"


def _conversations(figure: Mapping[str, Any], more: Mapping[str, Any]) -> tuple[str, str]:
    return (
        f"{figure['value']:.1f} a month",
        f"{more['conversations']:,} conversations in {figure['n']:,} agent months, the last twelve months",
    )


_WORDS = {
    "appointment_rate": _appointments,
    "speed_to_first_contact": _speed,
    "touches_per_lead": _touches,
    "cost_per_closed_deal": _cost,
    "conversations_per_agent": _conversations,
}


def span(seconds: float) -> str:
    """Return a span of time in its two largest units: "3 h 12 min"."""
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    days, hours = divmod(hours, 24)
    return f"{days} days {hours} h" if hours else f"{days} days"


def history_lines(history: Mapping[str, Any], sentences: Mapping[str, str]) -> list[tuple[str, list[str]]]:
    """
    Return what the history tells, as headed lines; `history` is what `rules.history.look` gave.

    `sentences` says of each kind of event what it is. Only differences that chance does not explain are told.
    """
    told: list[tuple[str, list[str]]] = []
    clients = history.get("clients")
    if clients:
        did = [
            _difference(sentences.get(one["name"], one["name"]).rstrip("."), one)
            for one in clients["before_first_word"]
            if one["is_clear"]
        ]
        told.append((f"What your {clients['n']:,} clients did before they first wrote or called", did[:6]))
        for trait, found in clients["in_common"].items():
            lines = [_difference(one["name"], one) for one in found if one["is_clear"]]
            told.append((f"What they had in common: {trait}", lines[:6]))
    tries = history.get("tries")
    if tries:
        by = ", ".join(f"{100 * part:.0f} by the {_ORDINALS[k]}" for k, part in tries["by_try"].items())
        line = f"Of 100 people who were reached (n = {tries['n']:,}): {by} try."
        often = f"half of those were tried {tries['median_never']:.0f} times or less"
        never = f"{tries['n_never']:,} were never reached; {often}."
        told.append(("How often you tried until somebody answered", [line, never]))
    for name, curve in history.get("time_to", {}).items():
        by = ", ".join(f"{100 * point[0]:.0f} within {days} days" for days, point in curve.items())
        told.append((f"From first contact to {_MILESTONES[name]}", [f"Of 100 leads: {by}."]))
    return [(heading, lines) for heading, lines in told if lines]


_ORDINALS = {"1": "first", "3": "third", "6": "sixth"}
_MILESTONES = {"appointment": "an appointment", "agreement": "an agreement, contract or closing"}


def _difference(what: str, one: Mapping[str, Any]) -> str:
    ratio, low, high = one["ratio"]
    of_clients, of_others = (100 * one[side]["hits"] / max(one[side]["n"], 1) for side in ("clients", "others"))
    return (
        f"{what}: {of_clients:.0f} of 100 clients, {of_others:.0f} of 100 others"
        f" ({ratio:.1f} times as often, between {low:.1f} and {high:.1f})."
    )


#: Months and sources that fit on the page.
_MONTHS, _SOURCES, _RATES = 18, 5, 12
_NO_SOURCE = "No source"


@dataclass(frozen=True)
class Month:
    """The leads of a month: in all, of each source that is shown, and what stands out."""

    name: str
    n: int
    of_sources: list[int]
    #: "so far", "low" or "high"; mostly empty.
    mark: str


@dataclass(frozen=True)
class Volume:
    """Leads by month and source, the latest month first."""

    sources: list[str]
    months: list[Month]
    #: What is strikingly low or high, in sentences.
    notes: list[str]


def volume(told: Mapping[str, Any] | None, *, this_month: str) -> Volume | None:
    """
    Return leads by month and source; `told` is what `audit.sources.volume_figures` gave, None without any month.

    `this_month` ("2026-11") is not over yet. What the sources that are shown leave to all is of the others.
    """
    if not told or not told["months"]:
        return None
    sources = told["sources"][:_SOURCES]
    columns = [one["n"] for one in sources]
    names = [one["source"] or _NO_SOURCE for one in sources]
    others = [n - sum(of_sources) for n, *of_sources in zip(told["n"], *columns, strict=True)]
    if sources and any(others[-_MONTHS:]):
        columns, names = [*columns, others], [*names, "Others"]
    unusual = {one["month"]: one for one in told["unusual"]}
    months, notes = [], []
    for month, n, *of_sources in list(zip(told["months"], told["n"], *columns, strict=True))[: -_MONTHS - 1 : -1]:
        first = date.fromisoformat(f"{month}-01")
        mark = "so far" if month == this_month else ""
        if month in unusual:
            usual = unusual[month]["usual"]
            mark = "low" if n < usual else "high"
            brought = "1 lead" if n == 1 else f"{n:,} leads" if n else "no lead"
            notes.append(f"{first:%B %Y} brought {brought}; about {usual:,.0f} are usual in the months around it.")
        months.append(Month(f"{first:%b %Y}", n, list(of_sources), mark))
    return Volume(names, months, notes)


@dataclass(frozen=True)
class Rate:
    """How many leads of a source converted, as counted and as believed: of 100, with the 95 % interval."""

    source: str
    n: int
    n_converted: int
    of_100: str
    low: str
    high: str


def rates(sources: Sequence[Mapping[str, Any]]) -> list[Rate]:
    """
    Return the conversion of the largest sources; `sources` are what `audit.sources.source_figures` gave.

    Empty where the history holds no outcomes.
    """
    return [
        Rate(
            one["source"] or _NO_SOURCE,
            one["n"],
            one["n_converted"],
            *(f"{100 * share:.1f}" for share in (one["rate_shrunken"], *one["interval"])),
        )
        for one in sources[:_RATES]
        if "n_converted" in one
    ]
