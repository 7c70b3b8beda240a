"""
Handlers whose every effect is counted.

They bear repetition, by looking at what was done before; they do not bear two workers at once: that is what a lease is for.
"""

import threading
from collections.abc import Sequence

from leadlight.jobs.registry import Payload, handles
from leadlight.jobs.rules import ALERTS, LONG, MAIL, OUTBOUND
from tests.soak import points

_pause = threading.Event()

#: One key in so many fails the first time.
FLAKY = 50


def is_flaky(key: str) -> bool:
    """Say whether a piece of work fails the first time that it is tried."""
    return key.startswith("item:") and int(key.removeprefix("item:")) % FLAKY == 0


@handles(batch=50)
def note(payloads: Sequence[Payload]) -> None:
    """Work that somebody waits for."""
    _act([payload["key"] for payload in payloads])


@handles(queue=ALERTS, batch=10)
def call(payloads: Sequence[Payload]) -> None:
    """Work that nothing stands before."""
    _act([payload["key"] for payload in payloads])


@handles(queue=MAIL, batch=10)
def post(payloads: Sequence[Payload]) -> None:
    """Work that is handed to a server which may be slow."""
    _act([payload["key"] for payload in payloads])


@handles(queue=OUTBOUND, batch=10)
def send(payloads: Sequence[Payload]) -> None:
    """Work whose batches may run only so many at a time."""
    _act([payload["key"] for payload in payloads])


@handles(queue=LONG, batch=1)
def toil(payloads: Sequence[Payload]) -> None:
    """Work that is leased one by one."""
    _act([payload["key"] for payload in payloads])


@handles()
def hear(payloads: Sequence[Payload]) -> None:
    """A subscriber of a fact, which may be told it twice."""
    _act([f"fact:{payload['event_id']}" for payload in payloads])


@handles()
def see(payloads: Sequence[Payload]) -> None:
    """A subscriber of what scoring tells."""
    _act([f"tier:{payload['person_id']}:{payload['as_of']}" for payload in payloads])


def _act(keys: list[str]) -> None:
    # Here, as the settings import this module before there are tables.
    from leadlight.kit.db import insert_rows
    from tests.soak.models import Effect, Ran

    insert_rows(Ran, ("key",), [(key,) for key in keys])
    for key in filter(is_flaky, keys):
        if Ran.objects.filter(key=key).count() == 1:
            raise ValueError(f"{key} fails the first time")
    done = set(Effect.objects.filter(key__in=keys).values_list("key", flat=True))
    points.passing("in a handler")
    # Work takes a while; and who had the same work at the same time would now do it again.
    _pause.wait(0.01)
    insert_rows(Effect, ("key",), [(key,) for key in keys if key not in done])
