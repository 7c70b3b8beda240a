"""The writing by which somebody is left alone."""

from datetime import datetime
from uuid import uuid4

from django.db import transaction

from leadlight.accounts.models import User
from leadlight.accounts.operations import record_audit
from leadlight.consent.operations import close_for, suppress
from leadlight.events import operations as events
from leadlight.events.operations import NewEvent
from leadlight.events.rules import Cause
from leadlight.leads.models import Lead
from leadlight.messages import operations as messages
from leadlight.routing import operations as routing


@transaction.atomic
def stop_contact(*, person_id: int, words: str, actor: User, now: datetime) -> int:
    """
    Close every channel of every record of a person, since they asked for it; return how many were open.

    At once and not by a job, as nothing may go out in between: what they had agreed to is revoked, what is planned
    for them taken back, and nobody is to call them any more. `words` are theirs, as far as they are known. That they
    asked is an event like any other; where all is closed already, nothing happens.
    """
    lead_ids = list(Lead.objects.filter(person=person_id).order_by("pk").values_list("pk", flat=True))
    evidence = f"{words or 'asked us to stop'}, written down by {actor}"
    n = suppress(rows=[(pk, "ALL", "OPTED_OUT", evidence) for pk in lead_ids], origin="", now=now)
    if not n:
        return 0
    asked = NewEvent(
        event_id=f"stop:{uuid4().hex}",
        lead_id=lead_ids[0],
        kind="opted_out",
        occurred_at=now,
        known_at=now,
        actor=str(actor)[:120],
        props={"channel": "ALL", "text": words},
    )
    person_of = {lead_ids[0]: person_id}
    events.record(events=[asked], person_of=person_of, causes=[Cause.TEAM], origin="page", now=now)
    events.refresh_activity(person_ids=[person_id])
    told = [asked.event_id]
    close_for(event_ids=told, now=now)
    messages.stop_for_opt_outs(event_ids=told, now=now)
    routing.hear_opt_outs(event_ids=told, now=now)
    record_audit(action="contact.stopped", subject=f"person:{person_id}", now=now, actor=actor)
    return n
