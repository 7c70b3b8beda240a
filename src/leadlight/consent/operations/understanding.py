"""What follows from what they say, in one transaction: they stop, start, or are somebody else."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from leadlight.consent import queries
from leadlight.consent.models import Basis, Channel, Consent, SuppressionReason
from leadlight.consent.operations.closing import close_address, reopen, suppress
from leadlight.consent.operations.consenting import Given, TakenBack, record_consent, revoke
from leadlight.consent.queries.closed import Told
from leadlight.consent.rules import Channel as Way
from leadlight.consent.rules import closings
from leadlight.consent.rules.closing import Closes, number_of, ways_of, words_in
from leadlight.consent.rules.words import Meaning, Reply
from leadlight.events.rules import KIND_BY_NAME
from leadlight.leads.models import Lead

_ORIGIN = "reply:text"


@transaction.atomic
def close_for(*, event_ids: Sequence[str], now: datetime) -> int:
    """
    Close what events close, by their kind or by what somebody says in them; return how many channels were open.

    Of the leads and of their addresses; what they had agreed to is revoked. What they opened again later stays open:
    a job that comes late closes nothing twice. What a text says of the very number that it came from (it is somebody
    else's, it wants texts again, or calls instead) counts where that is known: see `rules.closing.number_of`. In
    seven statements however many events, and some for each such text.
    """
    told = queries.told_by(event_ids)
    closing = [(one, closes) for one in told for closes in closings(one.kind, one.props, at=one.at)]
    opened = queries.opened_at({one.lead_id for one, _ in closing}) if closing else {}
    standing = [
        (one, closes)
        for one, closes in closing
        if (since := opened.get((one.lead_id, closes.channel))) is None or since <= one.at
    ]
    n_closed = suppress(rows=[(one.lead_id, *closes) for one, closes in standing], origin="api", now=now)
    revoke(taken_back=[_taken_back(one, closes) for one, closes in standing if closes.reason == "OPTED_OUT"])
    _hear_texts(told, now)
    return n_closed


def close_for_stranger(*, address: str, kind: str, props: Mapping[str, Any], now: datetime) -> bool:
    """
    Close an e-mail address by what somebody writes from it who is no lead of ours; say whether it asks for that.

    Whoever comes with that address later is closed at once. `kind` and `props` are those of the event that it would
    be of a lead. In the caller's transaction.
    """
    # Whatever somebody asks to end, it ends the channel by which they say so too.
    if not any(closes.reason == "OPTED_OUT" for closes in closings(kind, props, at=now)):
        return False
    ways, reason = [Channel.EMAIL.value], SuppressionReason.OPTED_OUT
    close_address(address=address, channels=ways, reason=reason, lead_id=None, origin=kind, now=now)
    return True


def _taken_back(told: Told, closes: Closes) -> TakenBack:
    said = words_in(told.kind, told.props)
    words = said.text if said is not None else str(told.props.get("text", ""))
    return TakenBack(told.lead_id, closes.channel, told.at, KIND_BY_NAME[told.kind].noun, words, told.event_id)


def _hear_texts(told: Sequence[Told], now: datetime) -> None:
    """Do what texts say of the numbers that they came from."""
    texts = [(one, said.reply) for one in told if one.kind == _TEXT and (said := words_in(one.kind, one.props))]
    texts = [(one, reply) for one, reply in texts if _is_of_the_number(reply)]
    phones = queries.phones_of({one.lead_id for one, _ in texts}) if texts else {}
    for one, reply in texts:
        phone = number_of(one.props, phones.get(one.lead_id, ()))
        if phone is None:
            continue
        # Clocks of other programs may be ahead of ours.
        at = min(one.at, now)
        if reply.is_wrong_number:
            _forget(one, phone, at, now)
        if reply.meaning is Meaning.OPT_IN:
            _start(one, phone, at, now)
        elif reply.prefers is not None:
            _agree(one, reply.prefers, phone, at, now)


_TEXT = "sms_replied"


def _is_of_the_number(reply: Reply) -> bool:
    return reply.is_wrong_number or reply.meaning is Meaning.OPT_IN or reply.prefers is not None


def _forget(told: Told, phone: str, at: datetime, now: datetime) -> None:
    """Close a number that is somebody else's to whoever has it, with its consents."""
    wrong, ways = SuppressionReason.WRONG, ways_of(Way.SMS)
    close_address(address=phone, channels=ways, reason=wrong, lead_id=told.lead_id, origin=_ORIGIN, now=now)
    consents = Consent.objects.filter(address=phone, revoked_at=None, obtained_at__lte=at)
    words = told.props["text"][:1_000]
    consents.update(revoked_at=at, revoked_by=KIND_BY_NAME[_TEXT].noun[:40], revoked_words=words)


def _agree(told: Told, way: Way, phone: str, at: datetime, now: datetime) -> bool:
    given = Given(
        lead_id=told.lead_id,
        channel=Channel(way.value),
        address=phone,
        basis=Basis.EXPRESS,
        obtained_at=at,
        words=told.props["text"],
        origin=_ORIGIN,
    )
    return record_consent(given=given, now=now)


def _start(told: Told, phone: str, at: datetime, now: datetime) -> None:
    """Open texts again; who had signed before they stopped stands where they stood."""
    person_id = Lead.objects.values_list("person_id", flat=True).get(pk=told.lead_id)
    # Messages may come in another order than they were sent: what they closed afterwards stays closed.
    since = queries.told_since(person_id, at)
    later = {closes.channel for one in since for closes in closings(one.kind, one.props, at=one.at)}
    if later & {Channel.SMS.value, Channel.ALL.value} or not _agree(told, Way.SMS, phone, at, now):
        return
    reopen(person_id=person_id, channel=Channel.SMS, address=phone, until=now, at=at)
    signed = Consent.objects.filter(lead__person=person_id, channel=Channel.SMS, address=phone, basis=Basis.WRITTEN)
    before = signed.exclude(revoked_at=None).order_by("-revoked_at").first()
    if before is None:
        return
    again = Given(
        lead_id=told.lead_id,
        channel=Channel.SMS,
        address=phone,
        basis=Basis.WRITTEN,
        obtained_at=at,
        wording=before.wording,
        wording_version=before.wording_version,
        seller=before.seller,
        words=told.props["text"],
        form=before.form,
        page=before.page,
        ip=before.ip,
        user_agent=before.user_agent,
        origin=_ORIGIN,
        expires_at=before.expires_at if before.expires_at is None or before.expires_at > at else None,
    )
    record_consent(given=again, now=now)
