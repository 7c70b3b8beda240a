"""Secrets at rest: sealed with a key that follows from the installation's own. Never log what is in here."""

import base64
import hashlib
import hmac
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from leadlight.kit.errors import DomainError

#: Keeps this key apart from every other that may be drawn from the same secret. Changing it loses all secrets.
_INFO = b"leadlight.kit.secrets"
#: As above, for what is only to be known again.
_KNOWN_AGAIN = b"leadlight.kit.fingerprints"


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


def fingerprints(text: str) -> list[str]:
    """
    Return digests, in hex, by which a text is known again and cannot be guessed: by the key in use, then by earlier.

    What is stored is the first; what is looked for is any of them, so that a change of key forgets nothing as long
    as the old key stands among the fallbacks.
    """
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return [hmac.new(_derived(key, _KNOWN_AGAIN), text.encode(), hashlib.sha256).hexdigest() for key in keys]


def _box() -> MultiFernet:
    return _box_of((settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))


@lru_cache(maxsize=4)
def _box_of(keys: tuple[str, ...]) -> MultiFernet:
    # The first seals; the others still open what was sealed before a change of key.
    return MultiFernet([Fernet(_derived(key)) for key in keys])


@lru_cache(maxsize=8)
def _derived(key: str, info: bytes = _INFO) -> bytes:
    derived = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=info).derive(key.encode())
    return base64.urlsafe_b64encode(derived)
