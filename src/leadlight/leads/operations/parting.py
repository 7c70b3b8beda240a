"""Writes of a record that turned out to be somebody else's."""

from datetime import datetime

from django.db import transaction

from leadlight.accounts.models import User
from leadlight.accounts.operations import record_audit
from leadlight.jobs.operations import publish
from leadlight.kit.db import insert_rows
from leadlight.leads.models import KeptApart, Lead, Merge, MovedLead, Person
from leadlight.leads.operations.merging import Parted, UnableToMerge, hold, take_turn
from leadlight.leads.operations.persons import refresh_persons, remove_empty


@transaction.atomic
def part_lead(*, lead_id: int, actor: User | None, now: datetime) -> Parted:
    """
    Make a record of a person one of somebody else, as far as leads are concerned.

    All that belongs to the record goes with it, what it closed too: whoever asked us to stop by it is that somebody
    else. It is remembered that the two are not the same; merging them takes it back.

    The record counts as having arrived with somebody else from now on, so that no undoing of a merge moves it: with
    the person whom a merge brought it from, who is back as they were, when none but this record was theirs; else
    with a new one. `events.operations.part_lead` does it with all that follows, and is what to call.

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
    own = _own_person(lead_id, actor, now)
    MovedLead.objects.filter(lead=lead_id).delete()
    Lead.objects.filter(pk=lead_id).update(person=own)
    pairs = [(min(lead_id, other), max(lead_id, other)) for other in others]
    said = [(*pair, actor.pk if actor else None, now) for pair in pairs]
    insert_rows(KeptApart, ("lead", "other", "said_by", "said_at"), said, ignore_conflicts=True)
    refresh_persons(person_ids=[kept, own])
    detail = {"lead": lead_id, "to": own}
    record_audit(action="lead.parted", subject=f"person:{kept}", now=now, actor=actor, detail=detail)
    publish(facts={"leads.persons_parted": [{"person_ids": [kept, own]}]}, now=now)
    return Parted(kept, (own,))


def _own_person(lead_id: int, actor: User | None, now: datetime) -> int:
    """Return whose a record is by itself: whom a merge brought it from, out of that merge, or a new person."""
    moved = MovedLead.objects.select_related("person__merge").filter(lead=lead_id).first()
    if moved is None or moved.person.merge is None or _has_more(moved):
        return Person.objects.create().pk
    merge = moved.person.merge
    Person.everyone.filter(pk=moved.person_id).update(merge=None)
    if not Person.everyone.filter(merge=merge).exists():
        Merge.objects.filter(pk=merge.pk).update(undone_by=actor, undone_at=now)
    # They may have been there for the way back of this record alone.
    remove_empty(person_ids=[merge.kept_id])
    return moved.person_id


def _has_more(moved: MovedLead) -> bool:
    """Say whether others arrived with the same person, or went into them."""
    arrived = MovedLead.objects.filter(person=moved.person_id).exclude(pk=moved.pk)
    return arrived.exists() or Person.everyone.filter(merge__kept=moved.person_id).exists()
