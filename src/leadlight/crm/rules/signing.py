"""Signatures of outgoing messages, by the Standard Webhooks specification (standardwebhooks.com). Pure."""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime

PREFIX = "whsec_"
#: Bytes of chance in a secret; the specification asks for 24 to 64.
SECRET_BYTES = 32


def secret_of(chance: bytes) -> str:
    """Return a secret as people copy it, from `SECRET_BYTES` bytes of chance."""
    return PREFIX + base64.b64encode(chance).decode()


def signature(secret: str, *, message_id: str, at: datetime, body: bytes) -> str:
    """Return `v1,` and the signature of a message."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{message_id}.{int(at.timestamp())}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def headers(secrets: Sequence[str], *, message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """
    Return the headers of a message, signed with each of the secrets: receivers take it if one signature fits.

    `at` is the moment of this very try: receivers refuse what is older than a few minutes.
    """
    signatures = [signature(secret, message_id=message_id, at=at, body=body) for secret in secrets]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
