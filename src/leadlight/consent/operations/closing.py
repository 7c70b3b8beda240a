"""Writes of closed channels: of leads, and of the addresses that they have."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from django.db import transaction

from leadlight.consent import queries
from leadlight.consent.models import Channel, ClosedAddress, Suppression, SuppressionReason
from leadlight.consent.rules import closed_by
from leadlight.kit.db import insert_rows
from leadlight.kit.secrets import digests
from leadlight.leads.models import Identity, IdentityKind, Lead

#: What somebody said of themselves, and not of the record or of how an address works: it goes with the address.
_GOES_WITH_THE_ADDRESS = frozenset({
    SuppressionReason.OPTED_OUT,
    SuppressionReason.DO_NOT_CALL,
    SuppressionReason.LEGAL_HOLD,
})  # fmt: skip
_REACHES = {IdentityKind.EMAIL: (Channel.EMAIL,), IdentityKind.PHONE: (Channel.SMS, Channel.CALL)}

Row = tuple[int, str, str, str]


def suppress(*, rows: Iterable[Row], origin: str, now: datetime) -> int:
    """
    Close channels: (lead id, channel, reason, evidence), of the leads and of the addresses that they have.

    What is closed for the same reason already stays as it was told first. Returns how many were new. In the caller's
    transaction, in three statements.
    """
    told = list(rows)
    n_new = _suppress_leads(told, origin, now)
    close_addresses(rows=told, origin=origin, now=now)
    return n_new


def _suppress_leads(rows: Iterable[Row], origin: str, now: datetime) -> int:
    return insert_rows(
        Suppression,
        ("lead", "channel", "reason", "evidence", "recorded_at", "origin"),
        ((lead, channel, reason, evidence[:300], now, origin) for lead, channel, reason, evidence in rows),
        ignore_conflicts=True,
    )


def close_addresses(*, rows: Iterable[Row], origin: str, now: datetime) -> int:
    """
    Remember what leads closed by their addresses too, of which only digests are kept; return how many were new.

    Whoever comes with one of them later is closed at once, also when the lead is gone by then.
    """
    closed: dict[int, set[tuple[str, str]]] = {}
    for lead_id, channel, reason, _ in rows:
        if reason in _GOES_WITH_THE_ADDRESS:
            closed.setdefault(lead_id, set()).add((channel, reason))
    if not closed:
        return 0
    known = list(Identity.objects.filter(lead__in=closed).values_list("lead_id", "kind", "value"))
    digest_of = digests({value for _, _, value in known})
    return insert_rows(
        ClosedAddress,
        ("digest", "channel", "reason", "lead_id", "recorded_at", "origin"),
        (
            (digest_of[value][0], way.value, reason, lead_id, now, origin)
            for lead_id, kind, value in known
            for channel, reason in sorted(closed[lead_id])
            for way in _REACHES[IdentityKind(kind)]
            if channel in (Channel.ALL, way)
        ),
        ignore_conflicts=True,
    )


def close_for(*, event_ids: Sequence[str], now: datetime) -> int:
    """
    Close what events of opting out close, of their leads, in two statements; return how many channels were open.

    `hear_opt_outs` closes their addresses too, and is what to call.
    """
    return _suppress_leads(_told_by(event_ids), "api", now)


@transaction.atomic
def hear_opt_outs(*, event_ids: Sequence[str], now: datetime) -> int:
    """Close what events of opting out close; return how many channels were open until now."""
    return suppress(rows=_told_by(event_ids), origin="api", now=now)


def _told_by(event_ids: Sequence[str]) -> list[Row]:
    return [
        (lead_id, channel, SuppressionReason.OPTED_OUT.value, evidence)
        for lead_id, kind, at, props in queries.opt_outs(event_ids)
        if (closed := closed_by(kind, told=props.get("channel"), at=at)) is not None
        for channel, evidence in [closed]
    ]


def take_back(*, lead_ids: Collection[int], origins: Collection[str]) -> int:
    """
    Open what was closed in error by the origins named, of leads and addresses; return how many channels it was.

    For an import that is undone. In the caller's transaction.
    """
    ClosedAddress.objects.filter(lead_id__in=lead_ids, origin__in=origins).delete()
    return Suppression.objects.filter(lead__in=lead_ids, origin__in=origins).delete()[0]


def reopen(*, person_id: int, channel: Channel, address: str, until: datetime, now: datetime) -> int:
    """
    Lift what a person closed of one channel by their own word until a moment; return how many closings it was.

    Of one that closed everything the other channels stay closed. Lifted too are those of the address that they speak
    from, whoever closed it, and of others that these leads closed. In the caller's transaction.
    """
    ours = Suppression.objects.filter(
        lead__person=person_id,
        channel__in=(channel, Channel.ALL),
        reason=SuppressionReason.OPTED_OUT,
        recorded_at__lte=until,
    )
    lifted = list(ours)
    ours.update(lifted_at=now)
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
    closed.filter(lead_id__in=Lead.objects.filter(person=person_id).values("pk")).update(lifted_at=now)
    closed.filter(digest__in=digests([address])[address]).update(lifted_at=now)
    return len(lifted)
