"""Writes of closed channels: of leads, and of the addresses that they have."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from leadlight.consent import queries
from leadlight.consent.models import Channel, ClosedAddress, Suppression, SuppressionReason
from leadlight.kit.db import insert_rows, is_empty
from leadlight.kit.secrets import fingerprints
from leadlight.leads.models import Identity, IdentityKind, Lead

#: What somebody said of themselves, and not of the record or of how an address works: it goes with the address.
_GOES_WITH_THE_ADDRESS = frozenset({
    SuppressionReason.OPTED_OUT,
    SuppressionReason.DO_NOT_CALL,
    SuppressionReason.LEGAL_HOLD,
})  # fmt: skip
_REACHES = {IdentityKind.EMAIL: (Channel.EMAIL,), IdentityKind.PHONE: (Channel.SMS, Channel.CALL)}

#: Lead id, channel, reason, evidence.
Row = tuple[int, str, str, str]

_CLOSED_ADDRESS = ("digest", "channel", "reason", "lead_id", "recorded_at", "origin")


def suppress(*, rows: Iterable[Row], origin: str, now: datetime) -> int:
    """
    Close channels: (lead id, channel, reason, evidence), of the leads and of the addresses that they have.

    What is closed for the same reason already stays as it was told first. Returns how many were new. In the caller's
    transaction, in three statements.
    """
    told = list(rows)
    n_new = insert_rows(
        Suppression,
        ("lead", "channel", "reason", "evidence", "recorded_at", "origin"),
        ((lead, channel, reason, evidence[:300], now, origin) for lead, channel, reason, evidence in told),
        ignore_conflicts=True,
    )
    _close_addresses_of(told, origin, now)
    return n_new


def _close_addresses_of(rows: Iterable[Row], origin: str, now: datetime) -> None:
    """
    Remember what leads closed by their addresses too, of which only digests are kept.

    Whoever comes with one of them later is closed at once, also when the lead is gone by then.
    """
    closed: dict[int, set[tuple[str, str]]] = {}
    for lead_id, channel, reason, _ in rows:
        if reason in _GOES_WITH_THE_ADDRESS:
            closed.setdefault(lead_id, set()).add((channel, reason))
    if not closed:
        return
    known = list(Identity.objects.filter(lead__in=closed).values_list("lead_id", "kind", "value"))
    digest_of = {value: fingerprints(value)[0] for value in {value for _, _, value in known}}
    insert_rows(
        ClosedAddress,
        _CLOSED_ADDRESS,
        (
            (digest_of[value], way.value, reason, lead_id, now, origin)
            for lead_id, kind, value in known
            for channel, reason in sorted(closed[lead_id])
            for way in _REACHES[IdentityKind(kind)]
            if channel in (Channel.ALL, way)
        ),
        ignore_conflicts=True,
    )


def close_address(
    *,
    address: str,
    channels: Collection[str],
    reason: SuppressionReason,
    lead_id: int | None,
    origin: str,
    now: datetime,
) -> None:
    """Close channels of one address, normalised, to whoever has it; `lead_id` is whose record said so, if any."""
    digest = fingerprints(address)[0]
    insert_rows(
        ClosedAddress,
        _CLOSED_ADDRESS,
        [(digest, channel, reason.value, lead_id or 0, now, origin) for channel in sorted(channels)],
        ignore_conflicts=True,
    )


def remember_erased(*, addresses: Iterable[str], now: datetime) -> None:
    """Remember addresses and numbers of somebody who is being erased, as digests; in the caller's transaction."""
    erased = SuppressionReason.ERASED.value
    rows = [(fingerprints(address)[0], Channel.ALL.value, erased, 0, now, "") for address in addresses]
    insert_rows(ClosedAddress, _CLOSED_ADDRESS, rows, ignore_conflicts=True)


def close_erased(*, lead_ids: Sequence[int], origin: str, now: datetime) -> int:
    """
    Close all channels of leads that have an address of somebody who was erased; return how many were open.

    To be called in the transaction that stores leads or gives them addresses. One query while no address is closed,
    else three.
    """
    if is_empty(ClosedAddress):
        return 0
    leads_by_digest = queries.leads_by_digest(lead_ids)
    erased = ClosedAddress.objects.filter(
        digest__among=list(leads_by_digest), reason=SuppressionReason.ERASED, lifted_at=None
    )
    found = erased.values_list("digest", flat=True)
    closed = sorted({lead_id for digest in found for lead_id in leads_by_digest[digest]})
    rows = [(lead_id, "ALL", "ERASED", "they were erased before") for lead_id in closed]
    return suppress(rows=rows, origin=origin, now=now)


def take_back(*, lead_ids: Collection[int], origins: Collection[str]) -> int:
    """
    Open what was closed in error by the origins named, of leads and addresses; return how many channels it was.

    For an import that is undone. In the caller's transaction.
    """
    ClosedAddress.objects.filter(lead_id__in=lead_ids, origin__in=origins).delete()
    return Suppression.objects.filter(lead__in=lead_ids, origin__in=origins).delete()[0]


def reopen(*, person_id: int, channel: Channel, address: str, until: datetime, at: datetime) -> int:
    """
    Lift what a person closed of one channel by their own word until a moment; return how many closings it was.

    `at` is when they said so, from which on it is open. Of a closing of everything the other channels stay closed.
    Lifted too are those of the address that they speak from, whoever closed it, and of others that these leads
    closed. In the caller's transaction.
    """
    ours = Suppression.objects.filter(
        lead__person=person_id,
        channel__in=(channel, Channel.ALL),
        reason=SuppressionReason.OPTED_OUT,
        recorded_at__lte=until,
    )
    lifted = list(ours)
    ours.update(lifted_at=at)
    # Since when the others stand closed does not change: it decides what was allowed afterwards.
    insert_rows(
        Suppression,
        ("lead", "channel", "reason", "evidence", "recorded_at", "origin"),
        (
            (one.lead_id, other.value, one.reason, one.evidence, one.recorded_at, one.origin)
            for one in lifted
            if one.channel == Channel.ALL
            for other in (Channel.EMAIL, Channel.SMS, Channel.CALL)
            if other != channel
        ),
        ignore_conflicts=True,
    )
    closed = ClosedAddress.objects.filter(
        channel=channel, reason=SuppressionReason.OPTED_OUT, recorded_at__lte=until, lifted_at=None
    )
    closed.filter(lead_id__in=Lead.objects.filter(person=person_id).values("pk")).update(lifted_at=at)
    closed.filter(digest__in=fingerprints(address)).update(lifted_at=at)
    return len(lifted)
