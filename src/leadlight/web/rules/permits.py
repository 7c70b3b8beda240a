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
    is_theirs: bool,
    now: datetime,
) -> str:
    """
    Return "Texts until 8:00 pm", "No calls before Monday 8:00 am" or "No texts", by the clock of `zone`.

    Where that is not `theirs`, since nobody knows which is, it says so: "Calls until 8:00 pm your time".
    """
    noun = NOUNS[channel]
    whose = "" if is_theirs else " your time"
    if is_allowed:
        return noun if until is None else f"{noun} until {_moment(until, zone, now)}{whose}"
    if retry_at is None:
        return f"No {noun.lower()}"
    return f"No {noun.lower()} before {_moment(retry_at, zone, now)}{whose}"


def _moment(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    local = at.astimezone(zone)
    days = (local.date() - now.astimezone(zone).date()).days
    if days == 0:
        return clock(local)
    return f"{local:%A} {clock(local)}" if days < 7 else f"{local:%b} {local.day}, {clock(local)}"
