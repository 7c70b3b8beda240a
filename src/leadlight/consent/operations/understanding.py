"""What follows from a message of theirs, in one transaction: they stop, start, or are somebody else."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from leadlight.consent.models import Basis, Channel, ClosedAddress, Consent, SuppressionReason
from leadlight.consent.operations.closing import reopen
from leadlight.consent.operations.consenting import Given, record_consent, revoke
from leadlight.consent.rules import words
from leadlight.consent.rules.vocabulary import PHONE_CHANNELS
from leadlight.consent.rules.vocabulary import Channel as Way
from leadlight.consent.rules.words import Meaning, Reply
from leadlight.events.operations import NewEvent, record
from leadlight.events.rules import KIND_BY_NAME, cause_of
from leadlight.kit.db import insert_rows
from leadlight.kit.secrets import digests
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
def understand(*, inbound: Inbound, now: datetime) -> Reply:
    """
    Return what a message means, with all done that follows for consent.

    A stop closes its channels to the whole person and to the address, revokes their consents, and is told as an
    event. A wrong number closes the address. A start opens the channel again. All else is the caller's to act on.
    """
    reply = words.meaning_of(inbound.text, channel=inbound.channel, asked_to_opt_in=inbound.asked_to_opt_in)
    if reply.is_wrong_number:
        ways = PHONE_CHANNELS if inbound.channel.is_phone else {inbound.channel}
        _close_address(inbound, ways, SuppressionReason.WRONG_NUMBER, now)
        consents = Consent.objects.filter(address=inbound.address, revoked_at=None, obtained_at__lte=inbound.at)
        consents.update(revoked_at=inbound.at, revoked_by=_BY[inbound.channel], revoked_words=inbound.text[:1_000])
    if reply.meaning is Meaning.OPT_OUT:
        _stop(inbound, reply, now)
    elif reply.meaning is Meaning.OPT_IN and inbound.lead_id is not None:
        _start(inbound, inbound.lead_id, now)
    return reply


def _origin(inbound: Inbound) -> str:
    return f"reply:{_BY[inbound.channel]}"


def _close_address(inbound: Inbound, ways: Collection[Way], reason: SuppressionReason, now: datetime) -> None:
    digest = digests([inbound.address])[inbound.address][0]
    insert_rows(
        ClosedAddress,
        ("digest", "channel", "reason", "lead_id", "recorded_at", "origin"),
        [
            (digest, way.value, reason.value, inbound.lead_id or 0, now, _origin(inbound))
            for way in sorted(ways)
            if way.is_phone == inbound.channel.is_phone
        ],
        ignore_conflicts=True,
    )


def _stop(inbound: Inbound, reply: Reply, now: datetime) -> None:
    _close_address(inbound, reply.closes, SuppressionReason.OPTED_OUT, now)
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
            event_id=f"opt-out:{inbound.message_id}:{way}",
            lead_id=inbound.lead_id,
            kind=kind.name,
            occurred_at=inbound.at,
            known_at=now,
            props={"channel": way},
        )
        for way in (["ALL"] if reply.closes >= set(Way) else sorted(way.value for way in reply.closes))
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
    if not _agree(inbound, lead_id, inbound.channel, now):
        return
    channel = Channel(inbound.channel.value)
    person_id = Lead.objects.values_list("person_id", flat=True).get(pk=lead_id)
    reopen(person_id=person_id, channel=channel, address=inbound.address, until=now, now=now)
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
