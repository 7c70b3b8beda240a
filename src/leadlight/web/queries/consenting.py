"""What a person agreed to, as the Lead page lists it."""

from dataclasses import dataclass
from datetime import datetime

from leadlight.consent.models import Consent

#: From where a consent came to us → how the page says it.
_CAME = {
    "api": "told by a program with what proves it",
    "messages": "with an inquiry through a portal",
}


@dataclass(frozen=True)
class OnRecord:
    """A consent on record."""

    consent: Consent
    #: "given, with an inquiry through a portal".
    how: str
    #: Whether its time is over.
    has_ended: bool


def consents_on_record(person_id: int, *, now: datetime) -> list[OnRecord]:
    """Return all consents of a person over all their records, those taken back among them, the latest first."""
    found = Consent.objects.filter(lead__person=person_id).order_by("-obtained_at", "-pk")
    return [OnRecord(one, _how(one), one.expires_at is not None and one.expires_at <= now) for one in found]


def _how(consent: Consent) -> str:
    by = consent.form.get("written_down_by")
    came = f"written down by {by}" if consent.origin == "page" and by else _CAME.get(consent.origin, "")
    basis = consent.get_basis_display()
    return f"{basis}, {came}" if came else basis
