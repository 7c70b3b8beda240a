"""Writes of suppressions, and of addresses that are never written to again."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from leadlight.consent import queries
from leadlight.consent.models import ErasedAddress, Suppression
from leadlight.consent.rules.closing import closings
from leadlight.kit.db import insert_rows, is_empty
from leadlight.kit.secrets import fingerprints


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
    """
    Close what events close, by their kind or by what somebody says in them; return how many channels were open.

    Two statements.
    """
    rows = [
        (lead_id, *closing)
        for lead_id, kind, at, props in queries.opt_outs(event_ids)
        for closing in closings(kind, props, at=at)
    ]
    return suppress(rows=rows, origin="api", now=now)


def remember_erased(*, addresses: Iterable[str], now: datetime) -> None:
    """Remember addresses and numbers of somebody who is being erased, as digests; in the caller's transaction."""
    rows = [(fingerprints(address)[0], now) for address in addresses]
    insert_rows(ErasedAddress, ("digest", "erased_at"), rows, ignore_conflicts=True)


def close_erased(*, lead_ids: Sequence[int], origin: str, now: datetime) -> int:
    """
    Close all channels of leads that have an address of somebody who was erased; return how many were open.

    To be called in the transaction that stores leads or gives them addresses. One query while nobody is erased, else
    three.
    """
    if is_empty(ErasedAddress):
        return 0
    leads_by_digest = queries.leads_by_digest(lead_ids)
    erased = ErasedAddress.objects.filter(digest__among=list(leads_by_digest)).values_list("digest", flat=True)
    closed = sorted({lead_id for digest in erased for lead_id in leads_by_digest[digest]})
    rows = [(lead_id, "ALL", "ERASED", "they were erased before") for lead_id in closed]
    return suppress(rows=rows, origin=origin, now=now)
