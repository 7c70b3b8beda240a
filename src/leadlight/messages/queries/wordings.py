"""The words of templates, as the team has them."""

from dataclasses import dataclass

from leadlight.messages.models import Wording
from leadlight.messages.rules.library import LIBRARY


@dataclass(frozen=True)
class Words:
    """The words of a template that count."""

    template: str
    #: 0 for those that ship.
    version: int
    subject: str
    text: str


def wording(template: str) -> Words:
    """Return the team's own words of a template, else those that ship; one query."""
    own = Wording.objects.filter(template=template).order_by("-version").first()
    if own is not None:
        return Words(template, own.version, own.subject, own.text)
    shipped = LIBRARY[template]
    return Words(template, 0, shipped.subject, shipped.text)
