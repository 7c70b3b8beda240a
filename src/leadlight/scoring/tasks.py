"""Jobs of scoring."""

from collections.abc import Sequence

from leadlight.accounts.models import User
from leadlight.events.rules import Cause
from leadlight.jobs.registry import Payload, handles
from leadlight.jobs.rules import LONG
from leadlight.kit.clock import utc_now
from leadlight.scoring import operations, queries


@handles(queue=LONG, batch=1)
def train_and_score(payloads: Sequence[Payload]) -> None:
    """Train with the payload's `target` and score everybody; asked for by a person on the model page."""
    for payload in payloads:
        now = utc_now()
        actor = User.objects.filter(pk=payload["actor_id"]).first()
        operations.train(now=now, target=payload.get("target", ""), actor=actor)
        operations.score_all(now=now, cause=Cause.MODEL_CHANGE)


def warm() -> int:
    """Be ready before the first event comes: loading a model takes longer than anybody should wait for a score."""
    queries.warm()
    return 0


def rescore_touched() -> int:
    """Score those of whom something new became known."""
    return operations.rescore_touched(now=utc_now())


def find_reasons() -> int:
    """Find the reasons of scores that moved."""
    return operations.find_reasons()


@handles()
def rescore_person(payloads: Sequence[Payload]) -> None:
    """Score persons whose pass failed, one by one."""
    for payload in payloads:
        causes = [Cause(word) for word in payload["causes"]]
        operations.rescore_person(person_id=payload["person_id"], causes=causes, now=utc_now())


@handles(queue=LONG, batch=1)
def sweep_warm(payloads: Sequence[Payload]) -> None:
    """Have the warm and hot scored anew, so that scores fall with time."""
    for _ in payloads:
        operations.start_sweep(now=utc_now(), warm_only=True)


@handles(queue=LONG, batch=1)
def sweep_active(payloads: Sequence[Payload]) -> None:
    """Have all active people scored anew."""
    for _ in payloads:
        operations.start_sweep(now=utc_now(), warm_only=False)


@handles(queue=LONG, priority=1, batch=1)
def sweep_persons(payloads: Sequence[Payload]) -> None:
    """Score one batch of a sweep."""
    for payload in payloads:
        operations.sweep(person_ids=payload["person_ids"], now=utc_now())
