"""Writes of a record that turned out to be somebody else's."""

from datetime import datetime

from django.db import transaction

from leadlight.accounts.models import User
from leadlight.accounts.operations import record_audit
from leadlight.jobs.operations import publish
from leadlight.kit.db import insert_rows
from leadlight.leads.models import KeptApart, Lead, MovedLead, Person
from leadlight.leads.operations.merging import Parted, UnableToMerge, hold, take_turn
from leadlight.leads.operations.persons import refresh_persons, remove_empty


@transaction.atomic
def part_lead(*, lead_id: int, actor: User | None, now: datetime) -> Parted:
    """
    Make a record of a person one of somebody else: of a new person, as far as leads are concerned.

    For records that were taken for this person's when they came, so that no merge can be undone. All that belongs to
    the record goes with it, what it closed too: whoever asked us to stop by it is that somebody else. It is
    remembered that the two are not the same; merging them takes it back. `events.operations.part_lead` does it with
    all that follows, and is what to call.

    Raises:
        UnableToMerge: there is no such record, or the person has no other.
    """
    take_turn()
    kept = Lead.objects.filter(pk=lead_id).values_list("person_id", flat=True).first()
    if kept is None:
        raise UnableToMerge("There is no such record.", code="no_lead")
    others = sorted(hold([kept], [kept]).keys() - {lead_id})
    if not others:
        raise UnableToMerge("It is the only record of this person, so it stays theirs.")
    # Whom it arrived with is the new one from now on: what merges bring back no longer brings this.
    moved = MovedLead.objects.filter(lead=lead_id)
    arrived_with = moved.values_list("person_id", flat=True).first() or kept
    moved.delete()
    new = Person.objects.create()
    Lead.objects.filter(pk=lead_id).update(person=new)
    pairs = [(min(lead_id, other), max(lead_id, other)) for other in others]
    said = [(*pair, actor.pk if actor else None, now) for pair in pairs]
    insert_rows(KeptApart, ("lead", "other", "said_by", "said_at"), said, ignore_conflicts=True)
    remove_empty(person_ids={arrived_with})
    refresh_persons(person_ids=[kept, new.pk])
    detail = {"lead": lead_id, "new": new.pk}
    record_audit(action="lead.parted", subject=f"person:{kept}", now=now, actor=actor, detail=detail)
    publish(facts={"leads.persons_parted": [{"person_ids": [kept, new.pk]}]}, now=now)
    return Parted(kept, (new.pk,))
