"""Signals as sentences: facts with numbers, no "because", no adjectives."""

import math
import re
from collections.abc import Callable

from leadlight.signals.rules.shapes import Signal, Unit

_BRACES = re.compile(r"\{([^{}]*)\}")

_STEPS = ((86400.0, "day"), (3600.0, "hour"), (60.0, "minute"), (1.0, "second"))


def reason_text(signal: Signal, value: float, listing_name: str | None = None) -> str:
    """
    Return the sentence that says this value of this signal; absences (0, unknown) have their own words.

    In a template stand `{n}` the number (of a share: its hundredths), `{one|many}` by that number, `{times}`,
    `{duration}`, `{percent}`, `{rest}` (what is missing to 100 %), `{of_five}`, `{word}` for levels and
    categories, and `{listing}`.
    `listing_name` is the listing of the matrix's witness; without it the sentence says "one listing".
    """
    if math.isnan(value):
        return signal.unknown or signal.zero or signal.template
    shown = _shown(signal, value)
    if signal.zero and (value == 0 or shown == "0"):
        return signal.zero
    template = signal.template
    if signal.below is not None and value < signal.below[0]:
        template = signal.below[1]

    def say(match: re.Match[str]) -> str:
        field = match.group(1)
        if "|" in field:
            one, many = field.split("|")
            return one if shown == "1" else many
        return say_field[field]()

    say_field: dict[str, Callable[[], str]] = {
        "n": lambda: shown,
        "times": lambda: {"1": "once", "2": "twice"}.get(shown, f"{shown} times"),
        "duration": lambda: _duration(value * (1.0 if signal.unit is Unit.SECONDS else 3600.0)),
        "percent": lambda: f"{_percent(value)}%",
        "rest": lambda: f"{100 - _percent(value)}%",
        "of_five": lambda: f"{value * 5:.0f}",
        "word": lambda: _word(signal, value),
        "listing": lambda: listing_name or "one listing",
    }
    return _BRACES.sub(say, template)


def _shown(signal: Signal, value: float) -> str:
    """Return the number as the sentence shows it; what shows as 1 is spoken of as one."""
    if signal.unit is Unit.DECAYED_COUNT:
        return f"{abs(value):.1f}".removesuffix(".0")
    if signal.unit is Unit.MONEY:
        return f"{value:,.0f}"
    if signal.unit is Unit.SHARE:
        return str(_percent(value))
    if signal.unit is Unit.DAYS:
        return f"{math.floor(abs(value)):,}"
    return f"{abs(value):,.0f}"


def _percent(value: float) -> int:
    """Return hundredths, rounded, but neither 0 nor 100 unless the value is."""
    if 0.0 < value < 1.0:
        return min(max(round(value * 100), 1), 99)
    return round(value * 100)


def _duration(seconds: float) -> str:
    """Return a length of time in its largest whole unit: days from two days on, hours from one hour on."""
    for size, noun in _STEPS:
        n = math.floor(seconds / size)
        if n >= (2 if noun == "day" else 1):
            return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"
    return "0 seconds"


def _word(signal: Signal, value: float) -> str:
    words = signal.words or signal.category_names
    place = round(value)
    return words[place] if 0 <= place < len(words) else "not known"
