"""The history as a table to audit, and what audits found."""

from datetime import datetime
from typing import Any

import numpy as np
import polars as pl
from django.db.models import Max, Min

from leadlight.events.models import Event
from leadlight.intake.models import Import
from leadlight.leads.models import Identity, IdentityKind, Lead, Source
from leadlight.leads.rules import has_converted
from leadlight.quality.audit.outcome import Outcome
from leadlight.quality.models import AuditRun, ColumnVerdict, Verdict
from leadlight.quality.queries.history import CHUNK
from leadlight.quality.rules.worse import got_worse

_OUTCOMES = ("appointment_booked", "appointment_held", "agreement_signed", "under_contract", "closed")


#: Columns of every lead, as the table to audit names them; a column of the team's own of such a name is passed over.
TOLD = ("First contact", "Source", "Kind", "E-mail", "Phone")


def audit_table(*, now: datetime) -> tuple[pl.DataFrame, Outcome | None]:
    """
    Return all leads as a table to audit, the team's own columns among them, and how each ended; four queries.

    A dated outcome of the lead's person counts, else an outcome column, else a stage that says how it ended. Without
    any of these there is no outcome.
    """
    booked = Event.objects.filter(kind__in=_OUTCOMES, is_machine=False, retracted_at=None, known_at__lte=now)
    first = dict(
        booked.order_by().values("lead__person").annotate(at=Min("occurred_at")).values_list("lead__person", "at")
    )
    contact: dict[int, dict[str, str]] = {}
    for lead_id, kind, value in Identity.objects.order_by("-position", "-id").values_list("lead_id", "kind", "value"):
        contact.setdefault(lead_id, {})[kind] = value
    sources = dict(Source.objects.values_list("pk", "name"))
    told: dict[str, list[Any]] = {name: [] for name in TOLD}
    own: dict[str, dict[int, Any]] = {}
    converted: list[bool | None] = []
    at: list[float] = []
    leads = Lead.objects.order_by("pk").values_list(
        *("pk", "person_id", "contacted_at", "source_id", "kind", "stage_meaning", "converted", "attributes")
    )
    for row, lead in enumerate(leads.iterator(chunk_size=CHUNK)):
        pk, person_id, contacted_at, source_id, kind, meaning, said, attributes = lead
        named = contact.get(pk, {})
        values = (
            contacted_at and contacted_at.replace(tzinfo=None),
            sources.get(source_id or 0),
            kind or None,
            named.get(IdentityKind.EMAIL),
            named.get(IdentityKind.PHONE),
        )
        for column, value in zip(told.values(), values, strict=True):
            column.append(value)
        for name, value in attributes.items():
            own.setdefault(name, {})[row] = value
        reached = first.get(person_id)
        at.append(np.nan if reached is None else reached.timestamp())
        converted.append(True if reached else has_converted(meaning, said))
    n = len(converted)
    columns = {name: pl.Series(values) for name, values in told.items()}
    columns |= {
        name: pl.Series([values.get(row) for row in range(n)], strict=False)
        for name, values in own.items()
        if name not in told
    }
    frame = pl.DataFrame(columns)
    if not any(one is not None for one in converted):
        return frame, None
    known = np.array([one is not None for one in converted])
    if first:
        # Where outcomes are dated, no date means that it has not happened.
        known[:] = True
    outcome = Outcome(
        name="how it ended",
        converted=np.array([bool(one) for one in converted]),
        known=known,
        at=np.array(at) if first else None,
        figures={"n_converted": sum(one is True for one in converted)},
    )
    return frame, outcome


def latest_audit() -> AuditRun | None:
    """Return the latest audit of the history."""
    return AuditRun.objects.order_by("-pk").first()


def audit_before(run: AuditRun) -> AuditRun | None:
    """Return the audit before one."""
    return AuditRun.objects.filter(pk__lt=run.pk).order_by("-pk").first()


def worse_than_before(run: AuditRun) -> list[str]:
    """Say in words what got worse since the audit before."""
    earlier = audit_before(run)
    if earlier is None:
        return []
    then, now = (
        {"n_leads": each.n_leads, "findings": each.findings, "figures": each.figures} for each in (earlier, run)
    )
    return got_worse(then, now)


def is_audited() -> bool:
    """Say whether the history was audited since an import last changed it."""
    changed = Import.objects.aggregate(finished=Max("finished_at"), undone=Max("undone_at"))
    moments = [at for at in changed.values() if at is not None]
    run = latest_audit()
    return not moments or (run is not None and run.taken_at >= max(moments))


def verdicts() -> list[ColumnVerdict]:
    """Return what is held of the team's own columns, those that wait for a decision first."""
    rank = {"": 0, Verdict.LEFT_OUT: 1, Verdict.KEPT: 1}
    return sorted(
        ColumnVerdict.objects.select_related("decided_by"),
        key=lambda one: (rank[one.decided], one.action, one.column),
    )


def unlearned_columns() -> dict[str, list[str]]:
    """Return the columns that training must not use: those left out, and those that somebody has yet to decide on."""
    found: dict[str, list[str]] = {"left_out": [], "ask": []}
    for verdict in ColumnVerdict.objects.order_by("column"):
        if not verdict.is_learned_from:
            found["left_out" if verdict.decided else verdict.action].append(verdict.column)
    return found
