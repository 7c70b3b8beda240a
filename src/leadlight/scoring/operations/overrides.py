"""Tiers set by hand."""

from datetime import datetime

from django.db import transaction

from leadlight.accounts.models import User
from leadlight.accounts.operations import record_audit
from leadlight.events.rules import Cause
from leadlight.kit.errors import DomainError
from leadlight.leads.queries import hold_persons
from leadlight.scoring import queries
from leadlight.scoring.models import ModelVersion, Score, TierOverride
from leadlight.scoring.operations.storing import Moved, standing_scores, tell
from leadlight.scoring.rules.scale import Tier
from leadlight.scoring.rules.serving import Before, move


class UnableToSetTier(DomainError):
    """The tier cannot be set by hand."""

    code = "bad_tier"


@transaction.atomic
def set_tier(*, person_id: int, tier: str, note: str, actor: User, now: datetime) -> None:
    """
    Hold a person in a tier from now on: no rescoring, retraining or import moves them.

    The score goes on being computed and shown. Setting it alerts nobody.

    Raises:
        UnableToSetTier: there is no such tier, or the person has no score, as nothing is left to foretell.
    """
    if tier not in Tier.__members__:
        raise UnableToSetTier(f"Choose one of {', '.join(word.capitalize() for word in Tier)}.")
    hold_persons([person_id])
    version, before = queries.serving(), standing_scores([person_id]).get(person_id)
    if version is None or before is None:
        raise UnableToSetTier("This lead has no score: nothing is left to foretell, or no model has been trained.")
    note = note.strip()[:200]
    TierOverride.objects.update_or_create(
        person_id=person_id, defaults={"tier": tier, "note": note, "set_by": actor, "set_at": now}
    )
    _settle(person_id, before, version, now)
    record_audit(
        action="lead.tier_set",
        subject=f"person:{person_id}",
        now=now,
        actor=actor,
        detail={"before": before.tier.value, "after": tier, "note": note},
    )


@transaction.atomic
def clear_tier(*, person_id: int, actor: User, now: datetime) -> None:
    """
    Let the score decide the tier again; nothing happens where it does already.

    What was set for persons who went into this one goes too: it was in force here.
    """
    hold_persons([person_id])
    held = queries.tiers_by_hand([person_id]).get(person_id, [])
    if not held:
        return
    TierOverride.objects.filter(pk__in=[own.pk for own in held]).delete()
    version, before = queries.serving(), standing_scores([person_id]).get(person_id)
    if version is not None and before is not None:
        _settle(person_id, before, version, now)
    record_audit(action="lead.tier_cleared", subject=f"person:{person_id}", now=now, actor=actor)


def _settle(person_id: int, before: Before, version: ModelVersion, now: datetime) -> None:
    """Write the tier that holds from now on; the score stays as it is."""
    found = queries.held_tier(person_id)
    held = None if found is None else Tier(found.tier)
    hot_earned = queries.scorer(version).serving.verdict.earns_hot
    moved = move(before, before.value, held=held, cause=Cause.SETTINGS, hot_earned=hot_earned, now=now)
    Score.objects.filter(person=person_id).update(tier=moved.tier.value, is_held=held is not None)
    tell(moves=[Moved(person_id, before.value, before.tier, moved, now)], version=version)
