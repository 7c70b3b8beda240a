"""Writes of suppressions."""

from collections.abc import Iterable
from datetime import datetime

from leadlight.consent.models import Suppression
from leadlight.kit.db import insert_rows


def suppress(*, rows: Iterable[tuple[int, str, str, str]], origin: str, now: datetime) -> int:
    """
    Close channels: (lead id, channel, reason, evidence).

    What is closed for the same reason already stays as it was told first. Returns how many were new.
    """
    return insert_rows(
        Suppression,
        ("lead", "channel", "reason", "evidence", "recorded_at", "origin"),
        ((lead, channel, reason, evidence[:300], now, origin) for lead, channel, reason, evidence in rows),
        ignore_conflicts=True,
    )
