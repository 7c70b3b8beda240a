"""How often: when a cap on touches lets one more through."""

from collections.abc import Iterable
from datetime import datetime

from leadlight.consent.rules.facts import Touch
from leadlight.consent.rules.law.forms import Cap
from leadlight.consent.rules.vocabulary import MessageClass


def next_free(cap: Cap, touches: Iterable[Touch], at: datetime) -> datetime:
    """
    Return the first moment from `at` on at which one more marketing touch keeps to a cap; `at` when it does now.

    A touch counts for exactly the period; one that is still on its way counts from now on.
    """
    counted = sorted(
        touch.at
        for touch in touches
        if touch.message_class is MessageClass.MARKETING
        and touch.channel in cap.channels
        and (touch.is_automated or not cap.is_automated)
    )
    return at if len(counted) < cap.n else max(at, counted[-cap.n] + cap.period)
