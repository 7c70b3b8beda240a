"""The way of an alert: written down, sent outside any transaction, and what came of it written down."""

import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from urllib.parse import urlsplit
from uuid import uuid4

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from py_vapid import Vapid02
from py_vapid.utils import b64urldecode

from leadlight.accounts.queries import brokerage, team_zone
from leadlight.channels.email.base import Address, Email, EmailVendor, Session, UnableToSend
from leadlight.channels.queries import email_vendor, sender
from leadlight.kit.addresses import UnsafeAddress
from leadlight.kit.http import Client, Resolver, Unreachable, resolve
from leadlight.kit.secrets import unseal
from leadlight.routing import operations, queries
from leadlight.routing.models import PushSubscription
from leadlight.routing.operations import Summons
from leadlight.routing.rules import words

#: A job's worth.
TOGETHER = 20
#: After so many seconds a device that was off need not show an alert any more.
_TTL = 900
_JWT_SECONDS = 3_600


@dataclass(frozen=True)
class Carrier:
    """What carries email alerts, and from which address."""

    vendor: EmailVendor
    sender: Address


def carrier() -> Carrier:
    """Return what carries email alerts now: the team's own server once one is connected, else the outbox."""
    fallback = Address(f"alerts@{urlsplit(settings.PUBLIC_URL).hostname}", brokerage().name or "Leadlight")
    return Carrier(email_vendor(), sender() or fallback)


def send_emails(alert_ids: Sequence[int], *, by: Carrier, clock: Callable[[], datetime]) -> None:
    """
    Send what of these alerts is still to be, by email.

    One after the other, each written down as being sent right before and as sent right after: a worker that dies
    leaves one alert in doubt, and none twice.
    """
    operations.note_doubtful(alert_ids=alert_ids, now=clock())
    try:
        with by.vendor.open() as session:
            for alert_id in alert_ids:
                summons = operations.begin_alert(alert_id=alert_id, now=clock())
                if summons is not None:
                    _send_email(session, summons, by.sender, clock)
    except UnableToSend as error:
        for alert_id in alert_ids:
            _note(alert_id, error, clock)


def _send_email(session: Session, summons: Summons, sender: Address, clock: Callable[[], datetime]) -> None:
    email = Email(
        message_id=f"{uuid4().hex}@{sender.email.rpartition('@')[2]}",
        sender=sender,
        to=Address(summons.email, summons.name),
        subject=words.subject(summons.about),
        text=words.body(summons.about, link=summons.link, zone=team_zone(), now=clock()),
        headers={"Auto-Submitted": "auto-generated"},
    )
    try:
        session.send(email)
    except UnableToSend as error:
        _note(summons.alert_id, error, clock)
    else:
        operations.record_alert(alert_id=summons.alert_id, now=clock())


def _note(alert_id: int, error: UnableToSend, clock: Callable[[], datetime]) -> None:
    operations.record_trouble(
        alert_id=alert_id,
        error=error.message,
        is_permanent=error.is_permanent,
        maybe_sent=error.maybe_delivered,
        now=clock(),
    )


def send_pushes(alert_ids: Sequence[int], *, clock: Callable[[], datetime], resolver: Resolver = resolve) -> None:
    """Send what of these alerts is still to be, to the devices of whom they call; all of them side by side."""
    operations.note_doubtful(alert_ids=alert_ids, now=clock())
    begun = [operations.begin_alert(alert_id=alert_id, now=clock()) for alert_id in alert_ids]
    sending = [(summons, device) for summons in begun if summons for device in queries.devices(summons.user_id)]
    tried: dict[int, list[_Tried]] = {summons.alert_id: [] for summons in begun if summons}
    if sending:
        vapid, contact = Vapid02.from_raw(unseal(operations.push_key().private).encode()), queries.push_contact()
        with (
            Client(private=settings.OUTBOUND_PRIVATE, resolver=resolver) as client,
            ThreadPoolExecutor(TOGETHER, thread_name_prefix="push") as threads,
        ):
            letters = [(device, _letter(vapid, contact, summons, device, clock())) for summons, device in sending]
            answers = threads.map(lambda letter: _push(client, *letter), letters)
        for (summons, _), answer in zip(sending, answers, strict=True):
            tried[summons.alert_id].append(answer)
    dead = [answer.device_id for own in tried.values() for answer in own if answer.is_dead]
    operations.forget_dead(subscription_ids=dead)
    for alert_id, own in tried.items():
        _record(alert_id, own, clock())


@dataclass(frozen=True)
class _Tried:
    """What came of waking one device."""

    device_id: int
    is_taken: bool = False
    #: The browser is no longer there.
    is_dead: bool = False
    is_permanent: bool = False
    error: str = ""


def _record(alert_id: int, tried: Sequence[_Tried], now: datetime) -> None:
    if any(one.is_taken for one in tried):
        operations.record_alert(alert_id=alert_id, now=now)
        return
    alive = [one for one in tried if not one.is_dead]
    error = alive[0].error if alive else "Not sent: none of their devices is there any more."
    operations.record_trouble(
        alert_id=alert_id,
        error=error,
        is_permanent=all(one.is_permanent for one in alive),
        # A second copy takes the place of the first on the device, so that trying again calls nobody twice.
        maybe_sent=False,
        now=now,
    )


def _letter(
    vapid: Vapid02, contact: str, summons: Summons, device: PushSubscription, now: datetime
) -> tuple[bytes, dict[str, str]]:
    """Return body and headers, encrypted for the one browser (RFC 8291) and signed by our key (RFC 8292)."""
    title, text = words.push(summons.about)
    told = json.dumps(
        {"title": title, "text": text, "tag": f"wait-{summons.wait_id}", "link": summons.link}, ensure_ascii=False
    ).encode()
    body = http_ece.encrypt(
        told,
        private_key=ec.generate_private_key(ec.SECP256R1()),
        dh=b64urldecode(device.p256dh.encode()),
        auth_secret=b64urldecode(device.auth.encode()),
        version="aes128gcm",
    )
    address = urlsplit(device.endpoint)
    claims = {
        "aud": f"{address.scheme}://{address.netloc}",
        "exp": int(now.timestamp()) + _JWT_SECONDS,
        "sub": contact,
    }
    headers = {
        "Content-Type": "application/octet-stream",
        "Content-Encoding": "aes128gcm",
        "TTL": str(_TTL),
        "Urgency": "high",
    }
    return body, {**headers, **vapid.sign(claims)}


def _push(client: Client, device: PushSubscription, letter: tuple[bytes, dict[str, str]]) -> _Tried:
    body, headers = letter
    try:
        answer = client.post(device.endpoint, body=body, headers=headers)
    except UnsafeAddress as error:
        return _Tried(device.pk, is_permanent=True, error=f"Not sent: {error.message}")
    except Unreachable as error:
        return _Tried(device.pk, error=str(error))
    if 200 <= answer.status < 300:
        return _Tried(device.pk, is_taken=True)
    if answer.status in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}:
        return _Tried(device.pk, is_dead=True)
    passes = answer.status >= 500 or answer.status == HTTPStatus.TOO_MANY_REQUESTS
    return _Tried(device.pk, is_permanent=not passes, error=f"The browser’s service answered {answer.status}.")
