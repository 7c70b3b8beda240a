"""Jobs of scoring."""

from typing import Any

from leadlight.accounts.models import User
from leadlight.events.rules import Cause
from leadlight.kit.clock import utc_now
from leadlight.scoring import operations


def train_and_score(payload: dict[str, Any]) -> None:
    """Train with the payload's `target` and score everybody; asked for by a person on the model page."""
    now = utc_now()
    actor = User.objects.filter(pk=payload["actor_id"]).first()
    operations.train(now=now, target=payload.get("target", ""), actor=actor)
    operations.score_all(now=now, cause=Cause.MODEL_CHANGE)
