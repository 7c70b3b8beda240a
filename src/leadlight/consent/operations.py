"""Writes of suppressions."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from leadlight.consent import queries
from leadlight.consent.models import Suppression, SuppressionReason
from leadlight.consent.rules import closed_by
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


def close_for(*, event_ids: Sequence[str], now: datetime) -> int:
    """Close what events of opting out close, in two statements; return how many channels were open until now."""
    rows = [
        (lead_id, *closed)
        for lead_id, kind, at, props in queries.opt_outs(event_ids)
        if (closed := closed_by(kind, told=props.get("channel"), at=at)) is not None
    ]
    reason = SuppressionReason.OPTED_OUT.value
    told = [(lead_id, channel, reason, evidence) for lead_id, channel, evidence in rows]
    return suppress(rows=told, origin="api", now=now)
