"""Jobs of the room."""

from collections.abc import Sequence

from leadlight.accounts.models import User
from leadlight.jobs.operations import enqueue
from leadlight.jobs.registry import Payload, handles
from leadlight.jobs.rules import LONG
from leadlight.kit.clock import utc_now
from leadlight.quality import operations, queries


@handles(queue=LONG, batch=1)
def freeze_baseline(payloads: Sequence[Payload]) -> None:
    """Compute how the team did before Leadlight anew, as somebody asked."""
    for payload in payloads:
        actor = User.objects.filter(pk=payload["actor_id"]).first()
        operations.freeze_baseline(actor=actor, now=utc_now())


@handles(queue=LONG)
def on_import_finished(_payloads: Sequence[Payload]) -> None:
    """Have duplicates and households found, audit, fill gaps, freeze how the team did before, unless somebody has."""
    for name in ("quality.find_duplicates", "quality.find_households"):
        enqueue(name=name, payload={}, now=utc_now(), key=name)
    operations.ensure_audited(now=utc_now())
    operations.fill_gaps(now=utc_now())
    frozen = queries.baseline()
    if frozen is None or frozen.taken_by is None:
        operations.freeze_baseline(actor=None, now=utc_now())


@handles(queue=LONG, batch=1)
def fill_gaps(_payloads: Sequence[Payload]) -> None:
    """Fill in what nobody has said."""
    operations.fill_gaps(now=utc_now())


@handles(queue=LONG, batch=1)
def find_duplicates(_payloads: Sequence[Payload]) -> None:
    """Look for leads of one person."""
    operations.find_duplicates(now=utc_now())


@handles(queue=LONG, batch=1)
def find_households(_payloads: Sequence[Payload]) -> None:
    """Look for leads of one household."""
    operations.find_households()


@handles()
def on_lead_created(payloads: Sequence[Payload]) -> None:
    """Place new leads in their households."""
    operations.place_in_households(lead_ids=[payload["lead_id"] for payload in payloads])


@handles(queue=LONG, batch=1)
def audit_history(_payloads: Sequence[Payload]) -> None:
    """Audit the whole history."""
    operations.audit_history(now=utc_now())
