"""Writes of the audit trail."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from leadlight.accounts.models import AuditEntry, User
from leadlight.kit.db import insert_rows


def record_audit(
    *, action: str, subject: str, now: datetime, actor: User | None = None, detail: dict[str, Any] | None = None
) -> None:
    """Write down who did what; to be called in the transaction that does it."""
    AuditEntry.objects.create(at=now, actor=actor, action=action, subject=subject, detail=detail or {})


class Deed(NamedTuple):
    """What was done, for the audit trail."""

    action: str
    subject: str
    detail: dict[str, Any]


def record_audits(*, deeds: Sequence[Deed], now: datetime, actor: User | None) -> None:
    """Write down many deeds of one actor in one statement; to be called in the transaction that does them."""
    who = actor.pk if actor else None
    columns = ("at", "actor", "action", "subject", "detail")
    insert_rows(AuditEntry, columns, [(now, who, deed.action, deed.subject, deed.detail) for deed in deeds])
