"""Writes of which sources are one, with all that follows."""

from datetime import datetime

from django.db import transaction

from leadlight.accounts.models import User
from leadlight.events.operations import touch
from leadlight.events.rules import Cause
from leadlight.leads import operations as leads


@transaction.atomic
def join_sources(*, source_id: int, into_id: int, actor: User | None, now: datetime) -> int:
    """Make a source another name of one that is shown; return of how many people it changes the source."""
    person_ids = leads.join_source(source_id=source_id, into_id=into_id, actor=actor, now=now)
    touch(person_ids=person_ids, cause=Cause.SETTINGS, now=now)
    return len(person_ids)


@transaction.atomic
def part_sources(*, source_id: int, actor: User | None, now: datetime) -> int:
    """Undo `join_sources`."""
    person_ids = leads.part_source(source_id=source_id, actor=actor, now=now)
    touch(person_ids=person_ids, cause=Cause.SETTINGS, now=now)
    return len(person_ids)
