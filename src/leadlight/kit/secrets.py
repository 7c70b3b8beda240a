"""Secrets at rest: sealed with a key that follows from the installation's own. Never log what is in here."""

import base64
import hmac
from collections.abc import Iterable
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from leadlight.kit.errors import DomainError

#: Keeps this key apart from every other that may be drawn from the same secret. Changing it loses all secrets.
_INFO = b"leadlight.kit.secrets"
#: The same for digests. Changing it forgets everybody whom only a digest remembers.
_DIGEST_INFO = b"leadlight.kit.secrets.digest"


class UnableToUnseal(DomainError):
    """A stored secret cannot be read with the key of this installation."""

    code = "unreadable_secret"


def seal(secret: str) -> str:
    """Return a secret as it may be stored; the same secret is sealed differently each time."""
    return _box().encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str:
    """
    Return what was sealed.

    Raises:
        UnableToUnseal: it was sealed with another key, or damaged.
    """
    try:
        return _box().decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise UnableToUnseal(
            "A stored secret cannot be read: LEADLIGHT_SECRET_KEY is not the key that it was stored with. "
            "Put the old key back, or make the secret anew."
        ) from error


def digests(values: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """
    Return by which digests (HMAC-SHA256, hex) each value may be remembered here: that of the present key first.

    Whoever has no key learns nothing from them, not even by trying all phone numbers. Write the first, look for all.
    """
    keys = [_derived_from(key, _DIGEST_INFO) for key in _keys()]
    return {value: tuple(hmac.digest(key, value.encode(), "sha256").hex() for key in keys) for value in values}


def _keys() -> tuple[str, ...]:
    return (settings.SECRET_KEY, *map(str, settings.SECRET_KEY_FALLBACKS))


def _box() -> MultiFernet:
    return _box_of(_keys())


@lru_cache(maxsize=4)
def _box_of(keys: tuple[str, ...]) -> MultiFernet:
    # The first seals; the others still open what was sealed before a change of key.
    return MultiFernet([Fernet(base64.urlsafe_b64encode(_derived_from(key, _INFO))) for key in keys])


@lru_cache(maxsize=8)
def _derived_from(key: str, info: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=info).derive(key.encode())
