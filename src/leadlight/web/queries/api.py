"""What the API says of leads: records with their persons and scores, in a fixed number of queries."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from leadlight.events.models import Touched
from leadlight.intake.operations import BY_HAND
from leadlight.leads.models import IdentityKind, Lead
from leadlight.scoring.models import ModelVersion, Score
from leadlight.scoring.queries import Explanation, explanation, serving
from leadlight.scoring.rules.labels import Target
from leadlight.scoring.rules.serving import settled_states

#: Leads of one answer.
MOST_LEADS = 50


@dataclass(frozen=True)
class Known:
    """A lead as the API tells of it."""

    lead: Lead
    score: Score | None
    #: Why there is a score or none: scored, pending, no_model, not_needed.
    score_status: str
    #: The records of the person to which their system gave an id: system and id there.
    external_ids: tuple[tuple[str, str], ...]
    #: Of one lead alone, and only where it has a score.
    explained: Explanation | None = None


def one_lead(lead_id: int) -> Known | None:
    """Return a lead with the reasons of its score; None when there is none."""
    found = _known(_leads().filter(pk=lead_id))
    if not found:
        return None
    [known] = found
    explained = explanation(known.lead.person_id) if known.score else None
    return Known(known.lead, known.score, known.score_status, known.external_ids, explained)


def by_email(email: str) -> list[Known]:
    """Return the leads with an e-mail address, the earliest first."""
    return _known(_leads().filter(identities__kind=IdentityKind.EMAIL, identities__value=email))


def by_phone(phone: str) -> list[Known]:
    """Return the leads with a phone number (E.164), the earliest first."""
    return _known(_leads().filter(identities__kind=IdentityKind.PHONE, identities__value=phone))


def by_external_id(external_id: str, *, system: str) -> list[Known]:
    """Return the leads with an id in a system, in whichever system when it is empty."""
    found = _leads().filter(external_id=external_id)
    return _known(found.filter(system=system) if system else found)


def _leads() -> QuerySet[Lead]:
    return Lead.objects.select_related("person__source", "person__owner", "person__score").order_by("id")


def _known(leads: QuerySet[Lead]) -> list[Known]:
    found = list(leads[:MOST_LEADS])
    if not found:
        return []
    version = serving()
    ids = _external_ids({lead.person_id for lead in found})
    known = []
    for lead in found:
        score: Score | None = getattr(lead.person, "score", None)
        status = score_status(lead.person.state, version, score)
        known.append(Known(lead, score, status, tuple(ids[lead.person_id])))
    return known


def score_status(state: str, version: ModelVersion | None, score: Score | None) -> str:
    """Say whether a person in this state has a score, and if not, whether one is to come."""
    if score is not None:
        return "scored"
    if version is None:
        return "no_model"
    return "not_needed" if state in settled_states(Target.parse(version.target)) else "pending"


def _external_ids(person_ids: Collection[int]) -> dict[int, list[tuple[str, str]]]:
    found: dict[int, list[tuple[str, str]]] = {}
    records = Lead.objects.filter(person__in=person_ids).order_by("id")
    for person_id, system, external_id in records.values_list("person_id", "system", "external_id"):
        ids = found.setdefault(person_id, [])
        # Whom their system gave no id we named by what reaches them: that is nobody's id.
        if "|" not in external_id and system != BY_HAND:
            ids.append((system, external_id))
    return found


#: Clocks of two hosts differ by less.
_SKEW = timedelta(seconds=1)


def is_scored(person_id: int, *, until: datetime, is_touched: bool) -> bool:
    """
    Say whether all that became known of a person up to a moment has been taken into account.

    With `is_touched` something became known at that very moment, and a score that is older does not count.
    """
    if Touched.objects.filter(person_id=person_id, at__lte=until).exists():
        return False
    return not (is_touched and Score.objects.filter(person=person_id, as_of__lt=until - _SKEW).exists())
