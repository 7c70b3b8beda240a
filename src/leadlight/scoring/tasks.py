"""Jobs of scoring."""

from collections.abc import Sequence

from leadlight.accounts.models import User
from leadlight.events.rules import Cause
from leadlight.jobs.registry import Payload, handles
from leadlight.jobs.rules import LONG
from leadlight.kit.clock import utc_now
from leadlight.scoring import operations


@handles(queue=LONG, batch=1)
def train_and_score(payloads: Sequence[Payload]) -> None:
    """Train with the payload's `target` and score everybody; asked for by a person on the model page."""
    for payload in payloads:
        now = utc_now()
        actor = User.objects.filter(pk=payload["actor_id"]).first()
        operations.train(now=now, target=payload.get("target", ""), actor=actor)
        operations.score_all(now=now, cause=Cause.MODEL_CHANGE)
