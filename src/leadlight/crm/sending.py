"""The way of a message: written down, sent outside any transaction, and what came of it written down."""

import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from django.conf import settings

from leadlight.crm import operations
from leadlight.crm.operations import Letter
from leadlight.crm.rules.retries import Tried
from leadlight.kit.addresses import UnsafeAddress
from leadlight.kit.clock import utc_now
from leadlight.kit.http import Client, Resolver, Unreachable, resolve

#: Messages that go out side by side: an endpoint that does not answer holds up its neighbours for one timeout only.
TOGETHER = 10

_HEADERS = {"Content-Type": "application/json", "User-Agent": "Leadlight"}


def deliver(delivery_ids: Sequence[int], *, resolver: Resolver = resolve) -> None:
    """Send what of these is still to be sent."""
    letters = operations.claim(delivery_ids=delivery_ids, now=utc_now())
    if not letters:
        return
    with (
        Client(private=settings.OUTBOUND_PRIVATE, resolver=resolver) as client,
        ThreadPoolExecutor(TOGETHER, thread_name_prefix="webhook") as threads,
    ):
        tried = list(threads.map(partial(_send, client), letters))
    operations.record(
        tried=list(zip(letters, tried, strict=True)),
        now=utc_now(),
        chance=random.random(),  # noqa: S311 - spreads retries, guards nothing
    )


def _send(client: Client, letter: Letter) -> Tried:
    try:
        answer = client.post(letter.url, body=letter.body, headers={**_HEADERS, **letter.headers})
    except UnsafeAddress as error:
        return Tried(None, f"Not sent: {error.message}")
    except Unreachable as error:
        return Tried(None, str(error))
    return Tried(answer.status, answer.excerpt, answer.headers.get("retry-after", ""))
