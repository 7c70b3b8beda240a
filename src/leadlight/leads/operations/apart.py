"""Writes of who is not the same person."""

from collections.abc import Collection
from datetime import datetime
from itertools import combinations

from django.db import transaction
from django.db.models import F

from leadlight.accounts.models import User
from leadlight.accounts.operations import record_audit
from leadlight.kit.db import insert_rows
from leadlight.kit.errors import DomainError
from leadlight.leads.models import KeptApart, Lead


class UnableToKeepApart(DomainError):
    """They cannot be kept apart."""

    code = "bad_apart"


@transaction.atomic
def keep_apart(*, person_ids: Collection[int], actor: User | None, now: datetime) -> None:
    """
    Remember that persons are not the same one: of all leads that they have now, and wherever those go.

    Nothing happens where it is known already.

    Raises:
        UnableToKeepApart: fewer than two of them are here.
    """
    leads: dict[int, list[int]] = {}
    for person_id, lead_id in Lead.objects.filter(person__in=person_ids).values_list("person_id", "id"):
        leads.setdefault(person_id, []).append(lead_id)
    if len(leads) < 2:
        raise UnableToKeepApart("They are one person, or no longer here.")
    pairs = {
        (min(lead, other), max(lead, other))
        for own, others in combinations(leads.values(), 2)
        for lead in own
        for other in others
    }
    rows = [(lead, other, actor.pk if actor else None, now) for lead, other in sorted(pairs)]
    insert_rows(KeptApart, ("lead", "other", "said_by", "said_at"), rows, ignore_conflicts=True)
    _audit("persons.kept_apart", sorted(leads), actor, now)


@transaction.atomic
def let_together(*, person_ids: Collection[int], actor: User | None, now: datetime) -> None:
    """Take back that persons are not the same one; nothing happens where nobody said so."""
    ids = sorted(set(person_ids))
    said = KeptApart.objects.filter(lead__person__in=ids, other__person__in=ids).exclude(
        lead__person=F("other__person")
    )
    if said.delete()[0]:
        _audit("persons.let_together", ids, actor, now)


def _audit(action: str, person_ids: Collection[int], actor: User | None, now: datetime) -> None:
    ids = list(person_ids)
    record_audit(action=action, subject=f"person:{ids[0]}", now=now, actor=actor, detail={"persons": ids})
