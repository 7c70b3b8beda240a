"""Writes of the browsers that show alerts, and of the key by which they know us."""

from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from django.conf import settings
from django.db import transaction
from py_vapid import Vapid02
from py_vapid.utils import b64urldecode, b64urlencode

from leadlight.accounts.models import User
from leadlight.kit.addresses import checked_target
from leadlight.kit.errors import DomainError
from leadlight.kit.secrets import seal
from leadlight.routing.models import PushKey, PushSubscription

#: More devices than this are somebody trying things out.
MOST_DEVICES = 20


class UnableToSubscribe(DomainError):
    """A browser cannot show alerts."""

    code = "bad_device"


def push_key() -> PushKey:
    """Return the key by which browsers know us; made the first time."""
    found = PushKey.objects.filter(pk=1).first()
    if found is not None:
        return found
    vapid = Vapid02()
    vapid.generate_keys()
    numbers = vapid.private_key.private_numbers()
    point = numbers.public_numbers
    public = b"\x04" + point.x.to_bytes(32, "big") + point.y.to_bytes(32, "big")
    made = {
        "private": seal(b64urlencode(numbers.private_value.to_bytes(32, "big"))),
        "public": b64urlencode(public),
    }
    # Who comes second takes the key of the first: a browser knows us by one for good.
    key, _ = PushKey.objects.get_or_create(pk=1, defaults=made)
    return key


@transaction.atomic
def subscribe(*, user: User, endpoint: str, p256dh: str, auth: str, device: str, now: datetime) -> PushSubscription:
    """
    Have a browser show somebody's alerts; one that showed another's shows theirs from now on.

    Raises:
        UnsafeAddress: the address is none that Leadlight may talk to.
        UnableToSubscribe: the browser's keys cannot be read, or there are too many devices.
    """
    target = checked_target(endpoint, private=settings.OUTBOUND_PRIVATE)
    if not _can_read(p256dh, auth):
        raise UnableToSubscribe("This browser gave no key to send it alerts with. Update it, or use another.")
    theirs = PushSubscription.objects.filter(user=user).exclude(endpoint=target.url)
    if theirs.count() >= MOST_DEVICES:
        raise UnableToSubscribe(f"Alerts go to {MOST_DEVICES} of your devices already. Remove one first.")
    fields = {"user": user, "p256dh": p256dh, "auth": auth, "device": " ".join(device.split())[:120]}
    kept, _ = PushSubscription.objects.update_or_create(
        endpoint=target.url, defaults=fields, create_defaults={**fields, "created_at": now}
    )
    return kept


def _can_read(p256dh: str, auth: str) -> bool:
    """Say whether something can be encrypted for a browser with these keys."""
    try:
        EllipticCurvePublicKey.from_encoded_point(SECP256R1(), b64urldecode(p256dh.encode()))
        return len(b64urldecode(auth.encode())) == 16
    except ValueError:
        return False


def unsubscribe(*, user: User, subscription_id: int) -> None:
    """Have a browser show somebody's alerts no more; one of somebody else's stays."""
    PushSubscription.objects.filter(pk=subscription_id, user=user).delete()


def forget_dead(*, subscription_ids: list[int]) -> None:
    """Forget browsers that are no longer there."""
    PushSubscription.objects.filter(pk__in=subscription_ids).delete()
