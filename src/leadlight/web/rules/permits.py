"""Whether somebody may be called, texted or written to, in as few words as fit beside a button. Pure."""

from datetime import datetime
from zoneinfo import ZoneInfo

from leadlight.ui.rules import clock

NOUNS = {"CALL": "Calls", "SMS": "Texts", "EMAIL": "Emails"}


def permit_words(
    channel: str,
    *,
    is_allowed: bool,
    until: datetime | None,
    retry_at: datetime | None,
    zone: ZoneInfo,
    now: datetime,
) -> str:
    """Return "Texts until 8:00 pm", "No calls before Monday 8:00 am" or "No texts", by the clock of `zone`."""
    noun = NOUNS[channel]
    if is_allowed:
        return noun if until is None else f"{noun} until {_moment(until, zone, now)}"
    return f"No {noun.lower()}" if retry_at is None else f"No {noun.lower()} before {_moment(retry_at, zone, now)}"


def _moment(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    local = at.astimezone(zone)
    days = (local.date() - now.astimezone(zone).date()).days
    if days == 0:
        return clock(local)
    return f"{local:%A} {clock(local)}" if days < 7 else f"{local:%b} {local.day}, {clock(local)}"
