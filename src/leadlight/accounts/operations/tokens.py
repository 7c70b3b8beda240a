"""Writes of API tokens."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from leadlight.accounts.models import ApiToken, User
from leadlight.accounts.operations.audit import record_audit
from leadlight.accounts.rules import tokens
from leadlight.kit.errors import DomainError


class UnableToCreateToken(DomainError):
    """A token of this kind cannot be made."""

    code = "bad_token"


class UnableToRevokeToken(DomainError):
    """There is no such token."""

    code = "no_token"


@transaction.atomic
def create_token(*, name: str, scopes: Sequence[str], now: datetime, actor: User | None = None) -> str:
    """
    Make a token and return it: the one time that anybody can see it.

    Raises:
        UnableToCreateToken: a scope is unknown, or none is given.
    """
    unknown = tokens.unknown_scopes(scopes)
    if unknown or not scopes:
        wrong = f"There is no scope {', '.join(unknown)}." if unknown else "Give at least one scope."
        raise UnableToCreateToken(f"{wrong} Scopes are: {', '.join(tokens.SCOPES)}.")
    token = tokens.PREFIX + secrets.token_urlsafe(32)
    stored = ApiToken.objects.create(
        name=name, digest=tokens.digest(token), scopes=sorted(set(scopes)), created_at=now, created_by=actor
    )
    record_audit(
        action="token.created",
        subject=f"token:{stored.pk}",
        now=now,
        actor=actor,
        detail={"name": name, "scopes": stored.scopes},
    )
    return token


@transaction.atomic
def revoke_token(*, token_id: int, now: datetime, actor: User | None = None) -> None:
    """
    Make a token useless from now on; one that is already stays so.

    Raises:
        UnableToRevokeToken: there is no token of this number.
    """
    token = ApiToken.objects.select_for_update().filter(pk=token_id).first()
    if token is None:
        raise UnableToRevokeToken(f"There is no token {token_id}. `leadlight token list` shows them.")
    if token.revoked_at is None:
        ApiToken.objects.filter(pk=token_id).update(revoked_at=now)
        _looked_up.pop(token.digest, None)
        record_audit(action="token.revoked", subject=f"token:{token_id}", now=now, actor=actor)


#: A token that was looked up is believed for so long: a program that posts all the time asks once a second.
_BELIEVED = timedelta(seconds=1)
_looked_up: dict[str, tuple[ApiToken, datetime]] = {}


def authenticate(*, token: str, now: datetime) -> ApiToken | None:
    """
    Return the token of this text unless it was revoked, and note, once a minute, that it is in use.

    Another process that revokes it is heard within a second.
    """
    digest = tokens.digest(token)
    found, at = _looked_up.get(digest, (None, now))
    if found is not None and timedelta(0) <= now - at < _BELIEVED:
        return found
    found = ApiToken.objects.filter(digest=digest, revoked_at=None).first()
    _looked_up.pop(digest, None)
    if found is None:
        return None
    if found.used_at is None or now - found.used_at >= timedelta(minutes=1):
        stale = Q(used_at=None) | Q(used_at__lt=now)
        ApiToken.objects.filter(stale, pk=found.pk).update(used_at=now)
    _looked_up[digest] = found, now
    return found
