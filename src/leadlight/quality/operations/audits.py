"""Writes of what audits find, and of what the team decides about it."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from leadlight.accounts.models import User
from leadlight.accounts.operations import record_audit
from leadlight.events.queries import vocabulary
from leadlight.events.rules import Group
from leadlight.intake.queries import vanished_lately
from leadlight.kit.db import upsert_rows
from leadlight.kit.errors import DomainError
from leadlight.quality import queries
from leadlight.quality.audit.auditing import audit_table
from leadlight.quality.audit.findings import OF_LEARNING, Finding
from leadlight.quality.audit.report import Audit, in_order
from leadlight.quality.models import AuditRun, ColumnVerdict, Verdict
from leadlight.quality.rules.exports import missing_leads
from leadlight.quality.rules.history import look


def audit_history(*, now: datetime, progress: Callable[[str], None] | None = None) -> AuditRun:
    """
    Audit the whole history, and keep what is found: findings and figures by date, and a verdict on each column.

    What somebody decided about a column stays. `progress` is told what is being done.
    """
    say = progress or (lambda _: None)
    say("Reading leads")
    frame, outcome = queries.audit_table(now=now)
    order = "First contact" if frame.height else None
    found = audit_table(frame, order=order, now=now, known_outcome=outcome, progress=progress)
    found = Audit(in_order([*found.findings, *missing_leads(vanished_lately())]), found.figures)
    say("Reading events")
    plain = found.as_dict()
    doings = [kind.name for kind in vocabulary() if kind.group is Group.BEHAVIOUR]
    plain["figures"]["history"] = look(queries.log(until=now), doings=doings, traits=queries.traits())
    own = set(frame.columns) - set(queries.TOLD)
    gravest: dict[str, Finding] = {}
    for one in found.findings:
        if one.column in own and one.kind in OF_LEARNING and one.action in ("left_out", "ask"):
            gravest.setdefault(one.column, one)
    with transaction.atomic():
        run = AuditRun.objects.create(
            taken_at=now, n_leads=frame.height, findings=plain["findings"], figures=plain["figures"]
        )
        ColumnVerdict.objects.filter(decided="").exclude(column__in=gravest).delete()
        upsert_rows(
            ColumnVerdict,
            ("column", "kind", "severity", "sentence", "action", "found_at", "decided"),
            [(name, one.kind, one.severity, one.sentence, one.action, now, "") for name, one in gravest.items()],
            keys=("column",),
            keep=("decided",),
        )
    return run


def ensure_audited(*, now: datetime) -> None:
    """Audit the history unless that was done since an import last changed it."""
    if not queries.is_audited():
        audit_history(now=now)


class UnableToDecide(DomainError):
    """What was decided about a column cannot be kept."""

    code = "bad_verdict"


@transaction.atomic
def decide_column(*, verdict_id: int, decided: str, actor: User | None, now: datetime) -> None:
    """
    Keep what somebody decided about a column: leave it out, learn from it, or (empty) what the audit says.

    Raises:
        UnableToDecide: it is none of these, or there is no such column any more.
    """
    if decided and decided not in Verdict:
        raise UnableToDecide("Leave the column out, or have it learned from.")
    verdict = ColumnVerdict.objects.select_for_update(of=("self",)).filter(pk=verdict_id).first()
    if verdict is None:
        raise UnableToDecide("The audit holds nothing of this column any more.")
    verdict.decided, verdict.decided_by, verdict.decided_at = (
        decided,
        actor if decided else None,
        now if decided else None,
    )
    verdict.save(update_fields=["decided", "decided_by", "decided_at"])
    record_audit(
        action="column.decided",
        subject=f"column:{verdict.column}"[:120],
        now=now,
        actor=actor,
        detail={"decided": decided},
    )
