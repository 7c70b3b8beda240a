"""What follows from what they say, in one transaction: they stop, start, or are somebody else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from leadlight.consent import queries
from leadlight.consent.models import Basis, Channel, Consent, SuppressionReason
from leadlight.consent.operations.closing import Row, close_address, reopen, suppress
from leadlight.consent.operations.consenting import Given, record_consent, revoke
from leadlight.consent.queries.closed import Told
from leadlight.consent.rules import Channel as Way
from leadlight.consent.rules import closings, opens
from leadlight.consent.rules.closing import closed_by, ways_of
from leadlight.consent.rules.words import Meaning, Reply, meaning_of
from leadlight.events.operations import NewEvent, record
from leadlight.events.rules import KIND_BY_NAME, cause_of
from leadlight.leads.models import Lead

_BY = {Way.EMAIL: "email", Way.SMS: "text", Way.CALL: "call"}


@dataclass(frozen=True)
class Inbound:
    """A message that came to us."""

    #: Unique in the world that it comes from: understanding it twice changes nothing.
    message_id: str
    #: The lead that it is of; None when nobody whom we know has that address.
    lead_id: int | None
    channel: Way
    #: Where it came from, normalised.
    address: str
    text: str
    at: datetime
    #: Whether our last message to them asked if they want to hear from us.
    asked_to_opt_in: bool = False


@transaction.atomic
def close_for(*, event_ids: Sequence[str], now: datetime) -> int:
    """
    Close what events close, by their kind or by what somebody says in them; return how many channels were open.

    Of the leads and of their addresses. What they opened again later stays open: a job that comes late closes nothing
    twice. A START by text opens texts again, from a lead with one number alone: else nobody knows which one spoke. In
    five statements however many events, and some for each START.
    """
    told = queries.told_by(event_ids)
    rows: list[tuple[datetime, Row]] = [
        (one.at, (one.lead_id, *closes)) for one in told for closes in closings(one.kind, one.props, at=one.at)
    ]
    opened = queries.opened_at({row[0] for _, row in rows}) if rows else {}
    standing = [row for at, row in rows if (since := opened.get(row[:2])) is None or since <= at]
    n_closed = suppress(rows=standing, origin="api", now=now)
    starts = [one for one in told if opens(one.kind, one.props)]
    phones = queries.only_phones({one.lead_id for one in starts}) if starts else {}
    for one in starts:
        if one.lead_id in phones:
            _start(_as_text(one, phones[one.lead_id], now), one.lead_id, now)
    return n_closed


def _as_text(told: Told, phone: str, now: datetime) -> Inbound:
    """Return an event as the text that it tells of; clocks of other programs may be ahead of ours."""
    return Inbound(told.event_id, told.lead_id, Way.SMS, phone, told.props["text"], min(told.at, now))


@transaction.atomic
def understand(*, inbound: Inbound, now: datetime) -> Reply:
    """
    Return what a message means, with all done that follows for consent.

    A stop closes its channels to the whole person and to the address, revokes their consents, and is told as an
    event. A wrong number closes the address to whoever has it. A start opens the channel again. All else is the
    caller's to act on. `close_for` does the same for messages that other programs tell of as events.
    """
    reply = meaning_of(inbound.text, channel=inbound.channel, asked_to_opt_in=inbound.asked_to_opt_in)
    if reply.is_wrong_number:
        _forget(inbound, now)
    if reply.meaning is Meaning.OPT_OUT:
        _stop(inbound, reply, now)
    elif reply.meaning is Meaning.OPT_IN and inbound.lead_id is not None:
        _start(inbound, inbound.lead_id, now)
    return reply


def _origin(inbound: Inbound) -> str:
    return f"reply:{_BY[inbound.channel]}"


def _close(inbound: Inbound, channels: Sequence[str], reason: SuppressionReason, now: datetime) -> None:
    """Close the channels of the address that it came from, as far as they are of it."""
    close_address(
        address=inbound.address,
        channels=[way for way in ways_of(inbound.channel) if way in channels or Channel.ALL in channels],
        reason=reason,
        lead_id=inbound.lead_id,
        origin=_origin(inbound),
        now=now,
    )


def _forget(inbound: Inbound, now: datetime) -> None:
    """Close an address that is somebody else's, to the record that has it and to all others, with its consents."""
    wrong = SuppressionReason.WRONG
    ways = sorted(ways_of(inbound.channel))
    _close(inbound, ways, wrong, now)
    consents = Consent.objects.filter(address=inbound.address, revoked_at=None, obtained_at__lte=inbound.at)
    consents.update(revoked_at=inbound.at, revoked_by=_BY[inbound.channel], revoked_words=inbound.text[:1_000])
    if inbound.lead_id is not None:
        evidence = f"“{' '.join(inbound.text.split())[:240]}” on {inbound.at:%Y-%m-%d}"
        rows = [(inbound.lead_id, way.value, wrong.value, evidence) for way in ways]
        suppress(rows=rows, origin=_origin(inbound), now=now)


def _stop(inbound: Inbound, reply: Reply, now: datetime) -> None:
    channels = [one.channel for one in closed_by(reply, inbound.channel) if one.reason == SuppressionReason.OPTED_OUT]
    _close(inbound, channels, SuppressionReason.OPTED_OUT, now)
    if inbound.lead_id is None:
        return
    revoke(
        lead_id=inbound.lead_id,
        channels=[Channel(way.value) for way in reply.closes],
        by=_BY[inbound.channel],
        words=inbound.text,
        origin=_origin(inbound),
        at=inbound.at,
        now=now,
    )
    if reply.prefers is not None:
        _agree(inbound, inbound.lead_id, reply.prefers, now)
    person_id = Lead.objects.values_list("person_id", flat=True).get(pk=inbound.lead_id)
    kind = KIND_BY_NAME["opted_out"]
    events = [
        NewEvent(
            event_id=f"opt-out:{inbound.message_id}:{channel}",
            lead_id=inbound.lead_id,
            kind=kind.name,
            occurred_at=inbound.at,
            known_at=now,
            props={"channel": channel},
        )
        for channel in channels
    ]
    cause = cause_of(kind, occurred_at=inbound.at, known_at=now)
    record(
        events=events,
        person_of={inbound.lead_id: person_id},
        causes=[cause] * len(events),
        origin=_origin(inbound),
        now=now,
    )


def _agree(inbound: Inbound, lead_id: int, way: Way, now: datetime) -> bool:
    given = Given(
        lead_id=lead_id,
        channel=Channel(way.value),
        address=inbound.address,
        basis=Basis.EXPRESS,
        obtained_at=inbound.at,
        words=inbound.text,
        origin=_origin(inbound),
    )
    return record_consent(given=given, now=now)


def _start(inbound: Inbound, lead_id: int, now: datetime) -> None:
    """Open the channel again; who had signed before they stopped stands where they stood."""
    channel = Channel(inbound.channel.value)
    person_id = Lead.objects.values_list("person_id", flat=True).get(pk=lead_id)
    # Messages may come in another order than they were sent: what they closed afterwards stays closed.
    since = queries.told_since(person_id, inbound.at)
    later = {closes.channel for one in since for closes in closings(one.kind, one.props, at=one.at)}
    if later & {channel.value, Channel.ALL.value} or not _agree(inbound, lead_id, inbound.channel, now):
        return
    reopen(person_id=person_id, channel=channel, address=inbound.address, until=now, at=inbound.at)
    signed = Consent.objects.filter(
        lead__person=person_id, channel=channel, address=inbound.address, basis=Basis.WRITTEN
    )
    before = signed.exclude(revoked_at=None).order_by("-revoked_at").first()
    if before is None:
        return
    again = Given(
        lead_id=lead_id,
        channel=channel,
        address=inbound.address,
        basis=Basis.WRITTEN,
        obtained_at=inbound.at,
        wording=before.wording,
        wording_version=before.wording_version,
        seller=before.seller,
        words=inbound.text,
        form=before.form,
        page=before.page,
        ip=before.ip,
        user_agent=before.user_agent,
        origin=_origin(inbound),
        expires_at=before.expires_at if before.expires_at is None or before.expires_at > inbound.at else None,
    )
    record_consent(given=again, now=now)
