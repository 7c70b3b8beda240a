"""Findings and figures as people read them. Pure."""

from collections.abc import Mapping
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
