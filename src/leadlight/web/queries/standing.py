"""How a lead may be reached right now, beside the buttons that do it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from leadlight.consent.models import Suppression
from leadlight.leads.models import Person
from leadlight.web.rules.moments import There, there


@dataclass(frozen=True)
class Standing:
    """What has to be known before somebody calls, texts or emails; shown by `web/standing.html`."""

    #: The time where they are; None when nothing tells.
    there: There | None
    #: What is closed, each with its reason: "No calls: asked not to be contacted".
    closed: Sequence[str]


def standing(person: Person, suppressions: Sequence[Suppression], *, now: datetime) -> Standing:
    """Return how a person may be reached now, given what of theirs is closed."""
    closed = [f"No {one.get_channel_display()}: {one.get_reason_display()}" for one in suppressions]
    return Standing(there(person.phone, now=now), list(dict.fromkeys(closed)))
