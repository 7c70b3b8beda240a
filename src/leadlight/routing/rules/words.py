"""What an alert says: who, what, how hot and why. Pure; no last name and no number stands where screens lie open."""

import re
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from leadlight.routing.rules.assignment import clock
from leadlight.routing.rules.promise import OWNER, SECOND, WaitKind
from leadlight.scoring.rules.scale import display

NOBODY = "A lead"
_MOST_SUBJECT = 140
_MOST_WORDS = 400
#: A run of digits that could be a phone number.
_NUMBER = re.compile(r"\+?\d(?:[\s().-]*\d){6,}")
_MAIL = re.compile(r"\S+@\S+")


@dataclass(frozen=True)
class Occasion:
    """What an alert is about, as it is when the alert goes out."""

    kind: WaitKind
    #: The person's whole name, as it is known.
    name: str
    #: The kind of the event by which they began to wait; empty when none did.
    event_kind: str
    #: What they asked about, as told.
    listing: str
    #: Their words, as told.
    text: str
    #: A word of `scoring`, and the exact score; empty and None before the first.
    tier: str
    score: float | None
    #: The strongest reason of the score.
    reason: str
    began_at: datetime
    due_at: datetime
    level: int
    #: Who answers for the person; empty for nobody.
    owner: str


def first_name(name: str) -> str:
    """Return the first name, however it is written ("Ortega, Marisol" is Marisol); never a number or an address."""
    last, comma, rest = " ".join(name.split()).partition(",")
    words = (rest if comma and rest.strip() else last).split()
    first = "".join(c for c in words[0] if c.isprintable()) if words else ""
    return NOBODY if not first or any(c.isdigit() or c == "@" for c in first) else first[:40]


def _deed(about: Occasion) -> str:
    thing = _harmless(about.listing)
    match about.event_kind:
        case "showing_request":
            return f"asked to see {thing or 'a home'}"
        case "valuation_request":
            return f"asked what {thing or 'a home'} is worth"
        case "sms_replied":
            return "answered a text"
        case "email_replied":
            return "answered an email"
        case "call_received":
            return "called"
    if about.kind is WaitKind.HOT:
        return "turned hot"
    return f"asked about {thing}" if thing else "sent an inquiry"


def _harmless(text: str) -> str:
    """Return told words as they may stand in a subject: one line, without a number or address to reach them by."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return _MAIL.sub("…", _NUMBER.sub("…", line))[:80]


def headline(about: Occasion) -> str:
    """Return who did what: "Marisol asked to see 214 Alder Ct"."""
    return f"{first_name(about.name)} {_deed(about)}"


def _standing(about: Occasion) -> str:
    if about.score is None:
        return "not scored yet"
    return f"{about.tier.lower()}, {display(about.score)}"


def subject(about: Occasion) -> str:
    """Return the subject of an email alert; one line."""
    begin = "" if about.level == OWNER else "Nobody has answered: "
    return f"{begin}{headline(about)} ({_standing(about)})"[:_MOST_SUBJECT]


def body(about: Occasion, *, link: str, zone: ZoneInfo, now: datetime) -> str:
    """
    Return the text of an email alert.

    `link` claims the lead for whoever reads this.
    """
    standing = _standing(about)
    why = f" {about.reason}." if about.reason and about.score is not None else ""
    lines = [f"{headline(about)} {_ago(about.began_at, now)}. {standing[:1].upper()}{standing[1:]}.{why}"]
    if words := " ".join(about.text.split())[:_MOST_WORDS]:
        lines.append(f"They wrote: “{words}”")
    match about.level:
        case _ if about.level == OWNER:
            lines.append(f"They are yours. Call, text or email them by {clock(about.due_at.astimezone(zone))}.")
        case _ if about.level == SECOND:
            lines.append(f"{about.owner or 'Nobody'} has not answered yet. Whoever of you takes them first has them.")
        case _:
            lines.append(f"{about.owner or 'Nobody'} and a second agent have not answered. Take them, or see to it.")
    lines.append(f"Take them: {link}")
    return "\n\n".join(lines) + "\n"


def push(about: Occasion) -> tuple[str, str]:
    """Return title and text of what a phone shows."""
    why = about.reason if about.score is not None else ""
    late = "" if about.level == OWNER else "Nobody has answered yet. "
    return headline(about)[:_MOST_SUBJECT], f"{late}{_standing(about).capitalize()}. {_harmless(why)}".strip()


def _ago(at: datetime, now: datetime) -> str:
    minutes = max(0, int((now - at).total_seconds() // 60))
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return f"{minutes} minute{'s' * (minutes > 1)} ago"
    hours = minutes // 60
    return f"{hours} hour{'s' * (hours > 1)} ago" if hours < 48 else f"{hours // 24} days ago"
