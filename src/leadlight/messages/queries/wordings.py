"""The words of templates, as the team has them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from leadlight.messages.models import Wording
from leadlight.messages.rules.library import LIBRARY, Shipped


@dataclass(frozen=True)
class Words:
    """The words of a template that count."""

    template: Shipped
    #: 0 for those that ship.
    version: int
    subject: str
    text: str
    #: Who wrote them, and when; empty for those that ship.
    written_by: str = ""
    written_at: datetime | None = None


def wordings() -> Sequence[Words]:
    """Return the words of every template: the team's own, else those that ship; one query."""
    latest = {own.template: own for own in Wording.objects.select_related("written_by").order_by("version")}
    return [_words(shipped, latest.get(name)) for name, shipped in LIBRARY.items()]


def wording(template: str) -> Words:
    """Return the team's own words of a template, else those that ship; one query."""
    own = Wording.objects.filter(template=template).select_related("written_by").order_by("-version").first()
    return _words(LIBRARY[template], own)


def _words(shipped: Shipped, own: Wording | None) -> Words:
    if own is None:
        return Words(shipped, 0, shipped.subject, shipped.text)
    by = str(own.written_by) if own.written_by else ""
    return Words(shipped, own.version, own.subject, own.text, by, own.written_at)
