"""Writes of how the team did before Leadlight."""

from datetime import UTC, datetime

from django.db import transaction

from leadlight.accounts.models import User
from leadlight.accounts.operations import record_audit
from leadlight.quality import queries
from leadlight.quality.models import Baseline
from leadlight.quality.rules.before import before


@transaction.atomic
def freeze_baseline(*, actor: User | None, now: datetime) -> Baseline:
    """
    Compute how the team did before Leadlight from the history as it stands, and keep it, dated.

    One that was taken by itself after an import (without an actor) makes room for the next; one that somebody asked
    for stays for ever.
    """
    Baseline.objects.filter(taken_by=None).delete()
    history = queries.log(until=queries.history_until(now=now))
    figures = before(history, costs=queries.costs_by_month())
    frozen = Baseline.objects.create(
        taken_at=now,
        taken_by=actor,
        until=datetime.fromtimestamp(history.until, UTC),
        n_people=history.n,
        figures=[figure.plain() for figure in figures],
    )
    record_audit(action="baseline.frozen", subject=f"baseline:{frozen.pk}", now=now, actor=actor)
    return frozen
