"""How somebody of the team reaches a lead from a page: the addresses behind Call, Text and Email."""

from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import quote

from django.urls import NoReverseMatch, reverse

from leadlight.leads.models import Person


@dataclass(frozen=True)
class Way:
    """One way to reach somebody."""

    label: str
    address: str


def ways(person: Person, free: Collection[str], *, words: str = "") -> list[Way]:
    """Return how a person may be reached, the quickest first; `free` are the channels that nothing forbids."""
    found = []
    if person.phone and "CALL" in free:
        found.append(Way("Call", f"tel:{person.phone}"))
    if person.phone and "SMS" in free:
        found.append(Way("Text", f"sms:{person.phone}?body={quote(words)}" if words else f"sms:{person.phone}"))
    if person.email and "EMAIL" in free:
        found.append(Way("Email", conversation(person)))
    return found


def conversation(person: Person) -> str:
    """Return where one writes to a person: the page of their conversation, or one's own mail program without it."""
    try:
        return reverse("messages:conversation", args=[person.pk])
    except NoReverseMatch:
        return f"mailto:{quote(person.email, safe='@')}"
