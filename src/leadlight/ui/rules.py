"""How figures and spans of time are written for people. Pure."""

import re
from datetime import datetime, timedelta

#: Stands for a minus, as wide as the plus, and for what is not there.
DASH = "\N{EN DASH}"

_NORTH_AMERICAN = re.compile(r"\+1(\d{3})(\d{3})(\d{4})")


def span(elapsed: timedelta) -> str:
    """Return a span in its largest whole unit: "now" under a minute, "3 min", "2 h", "1 d", "2 y"; never negative."""
    minutes = max(0, int(elapsed.total_seconds() // 60))
    if minutes < 1:
        return "now"
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 24 * 60:
        return f"{minutes // 60} h"
    days = minutes // (24 * 60)
    return f"{days:,} d" if days < 730 else f"{days // 365} y"


def clock(local: datetime) -> str:
    """Return the time of day of a local moment: "2:17 pm"."""
    return f"{local.hour % 12 or 12}:{local.minute:02} {'am' if local.hour < 12 else 'pm'}"


def zone_words(zone: str) -> str:
    """Return how people name a zone of the tz database: "New York time"."""
    return f"{zone.rpartition('/')[2].replace('_', ' ')} time"


def signed(value: int) -> str:
    """Return a whole number with its sign; the minus is as wide as the plus."""
    return f"+{value:,}" if value > 0 else f"{DASH}{-value:,}" if value < 0 else "0"


def phone(value: str) -> str:
    """Return a North American number as written there, any other as it is."""
    found = _NORTH_AMERICAN.fullmatch(value)
    return f"({found[1]}) {found[2]}-{found[3]}" if found else value


def initials(name: str) -> str:
    """Return the first letters of the first and the last word, or a dot for a name without any."""
    words = [word for word in re.split(r"[\s@._-]+", name) if word[:1].isalnum()]
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper() or "·"
