"""Writes of users and of the audit trail."""

from datetime import datetime
from typing import Any

from django.db import transaction

from leadlight.accounts.models import AuditEntry, Role, User
from leadlight.kit.errors import DomainError


class UnableToCreateUser(DomainError):
    """There is already somebody with this e-mail address."""

    code = "user_exists"


@transaction.atomic
def create_user(*, email: str, name: str, role: Role, password: str) -> User:
    """
    Create a user who can sign in.

    Raises:
        UnableToCreateUser: the address is taken, whatever its case.
    """
    if User.objects.filter(email__iexact=email).exists():
        raise UnableToCreateUser(f"Somebody already signs in as {email}.")
    return User.objects.create_user(email, password, name=name, role=role)


def record_audit(
    *, action: str, subject: str, now: datetime, actor: User | None = None, detail: dict[str, Any] | None = None
) -> None:
    """Write down who did what; to be called in the transaction that does it."""
    AuditEntry.objects.create(at=now, actor=actor, action=action, subject=subject, detail=detail or {})
