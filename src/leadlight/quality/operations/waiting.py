"""Writes of who asked for something and whom nobody answered."""

from datetime import datetime

from django.db import transaction

from leadlight.accounts.models import User
from leadlight.accounts.operations import record_audit
from leadlight.leads import operations as leads
from leadlight.quality import queries


@transaction.atomic
def list_unanswered(*, actor: User, now: datetime) -> int:
    """Put on the call list who asked for something and got no answer; return how many are new there."""
    person_ids = list(queries.unanswered(actor).filter(to_call_since=None).values_list("pk", flat=True))
    leads.put_on_call_list(person_ids=person_ids, now=now)
    if person_ids:
        record_audit(
            action="call_list.filled", subject="unanswered", now=now, actor=actor, detail={"n": len(person_ids)}
        )
    return len(person_ids)
