"""Writes of consents: what was agreed to, and what was taken back."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple

from django.db import transaction

from leadlight.consent.models import Basis, Channel, Consent
from leadlight.consent.operations.closing import reopen
from leadlight.kit.db import insert_rows
from leadlight.kit.errors import DomainError
from leadlight.leads.models import Lead

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_PHONE = re.compile(r"\+[1-9]\d{6,14}", re.ASCII)


class UnableToRecordConsent(DomainError):
    """What was told is no consent that could be proved."""

    code = "bad_consent"


@dataclass(frozen=True)
class Given:
    """A consent as it was given; see `models.Consent` for what the fields mean."""

    lead_id: int
    channel: Channel
    #: Normalised: an e-mail address in lower case, a number as E.164.
    address: str
    basis: Basis
    obtained_at: datetime
    wording: str = ""
    wording_version: str = ""
    seller: str = ""
    words: str = ""
    form: Mapping[str, Any] = field(default_factory=dict)
    page: str = ""
    ip: str | None = None
    user_agent: str = ""
    origin: str = ""
    expires_at: datetime | None = None


@transaction.atomic
def record_consent(*, given: Given, now: datetime) -> bool:
    """
    Add a consent; False when the very same was recorded before.

    A signed one opens its channel again to whoever opted out before they signed.

    Raises:
        UnableToRecordConsent: there is no such lead, the address is not one of the channel, the moment is to come, or
            what a signed consent must show is missing.
    """
    check_consent(given, now=now)
    person_id = Lead.objects.filter(pk=given.lead_id).values_list("person_id", flat=True).first()
    if person_id is None:
        raise UnableToRecordConsent("There is no such lead.", code="no_lead")
    is_new = bool(_insert(given, now))
    if is_new and given.basis == Basis.WRITTEN:
        signed_at = given.obtained_at
        reopen(person_id=person_id, channel=given.channel, address=given.address, until=signed_at, at=signed_at)
    return is_new


def check_consent(given: Given, *, now: datetime) -> None:
    """
    Look whether a consent could be recorded, apart from whose it is; nothing is read or written.

    Raises:
        UnableToRecordConsent: see `record_consent`.
    """
    if given.channel == Channel.ALL:
        raise UnableToRecordConsent("A consent is for e-mail, texts or calls: record one for each.")
    form = _EMAIL if given.channel == Channel.EMAIL else _PHONE
    if not form.fullmatch(given.address):
        told = "an e-mail address" if given.channel == Channel.EMAIL else "a phone number such as +18135550142"
        raise UnableToRecordConsent(f"{given.address!r} is not {told}.")
    if given.obtained_at > now:
        raise UnableToRecordConsent("A consent cannot have been given in the future.")
    if given.expires_at is not None and given.expires_at <= given.obtained_at:
        raise UnableToRecordConsent("A consent cannot end before it begins.")
    if given.basis == Basis.WRITTEN and not (given.wording.strip() and given.seller.strip()):
        raise UnableToRecordConsent(
            "A signed consent shows the text that was signed, and who it names as the one who will contact them."
        )


def _insert(given: Given, now: datetime) -> int:
    return insert_rows(
        Consent,
        (
            "lead", "channel", "address", "basis", "wording", "wording_version", "wording_digest", "seller", "words",
            "form", "page", "ip", "user_agent", "origin", "obtained_at", "recorded_at", "expires_at", "revoked_by",
            "revoked_words",
        ),
        [
            (
                given.lead_id, str(given.channel), given.address, str(given.basis), given.wording,
                given.wording_version[:40], sha256(given.wording.encode()).hexdigest() if given.wording else "",
                given.seller[:200], given.words[:1_000], dict(given.form), given.page[:1_000], given.ip,
                given.user_agent[:400], given.origin[:40], given.obtained_at, now, given.expires_at, "", "",
            )
        ],
        ignore_conflicts=True,
    )  # fmt: skip


class TakenBack(NamedTuple):
    """Somebody's word that they do not agree any more."""

    lead_id: int
    #: A word of `models.Channel`; ALL for every channel.
    channel: str
    at: datetime
    #: Through what they told it: "text reply".
    by: str
    #: What they said, verbatim as far as it is known.
    words: str
    #: The event that tells it, if one does.
    event_id: str = ""


def revoke(*, taken_back: Iterable[TakenBack]) -> int:
    """
    Revoke what persons agreed to before they took it back, over all their leads; return how many consents it was.

    Again changes nothing. In the caller's transaction, in two queries, and one statement where there is something to
    revoke.
    """
    told = sorted(taken_back, key=lambda one: one.at)
    if not told:
        return 0
    person_of = dict(Lead.objects.filter(pk__in={one.lead_id for one in told}).values_list("pk", "person_id"))
    live = Consent.objects.filter(lead__person__in=set(person_of.values()), revoked_at=None).order_by("pk")
    revoked: list[Consent] = []
    for consent in live.select_related("lead"):
        for one in told:
            is_theirs = person_of.get(one.lead_id) == consent.lead.person_id
            if is_theirs and one.channel in (Channel.ALL, consent.channel) and consent.obtained_at <= one.at:
                consent.revoked_at, consent.revoked_by = one.at, one.by[:40]
                consent.revoked_words, consent.revoked_event = one.words[:1_000], one.event_id
                revoked.append(consent)
                break
    return Consent.objects.bulk_update(revoked, _REVOKED)


_REVOKED = ("revoked_at", "revoked_by", "revoked_words", "revoked_event")


def restore(*, person_id: int, event_ids: Collection[str]) -> int:
    """Have consents of a person in force again that events revoked which are taken back; return how many."""
    revoked = Consent.objects.filter(lead__person=person_id, revoked_event__in=event_ids)
    return revoked.update(revoked_at=None, revoked_by="", revoked_words="", revoked_event="")
