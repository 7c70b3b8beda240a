"""Undoing a whole import, lead by lead in batches: exactly what it did goes, and nothing else."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from leadlight.accounts.models import User
from leadlight.accounts.operations import record_audit
from leadlight.consent.models import Suppression
from leadlight.consent.operations import take_back
from leadlight.consent.queries import leads_with_consents
from leadlight.events.models import Event
from leadlight.events.operations import refresh_activity, touch
from leadlight.events.rules import Cause
from leadlight.intake import queries
from leadlight.intake.models import Import, ImportStatus, LeadChange, Sighting, Table
from leadlight.intake.operations.receiving import UnableToImport
from leadlight.intake.operations.running import lock
from leadlight.intake.rules import update
from leadlight.intake.rules.undo import reversal
from leadlight.jobs.operations import enqueue
from leadlight.kit.db import update_rows
from leadlight.leads import operations as leads
from leadlight.leads.models import Lead
from leadlight.listings.models import SavedSearch

JOB = "intake.run_undo"
_LEADS = 1_000
_COUNTS = ("removed", "restored", "events", "suppressions")

#: Why a lead that an undone import had created stays, in the words that people see.
EDITED = "somebody changed them by hand"
NEWER_IMPORT = "a newer import changed them"
NEWER_EVENT = "something newer is known of them"
TOLD = "another program or somebody of the team told of them too"
SUPPRESSED = "they were marked do-not-contact here"
CONSENTED = "they agreed here to be contacted, and that proof is kept"
SEARCHES = "they saved a search here"


def job_key(import_id: int) -> str:
    """Return the key under which the undoing of an import is in the ledger."""
    return f"undo:{import_id}"


@transaction.atomic
def undo_import(*, import_id: int, actor: User | None, now: datetime) -> None:
    """
    Hand the undoing of an import to the ledger; one that is undone already is left alone.

    Raises:
        UnableToImport: it never started, brought listings alone, or it or another one of the same people is running.
    """
    part_of = lock(import_id)
    if part_of.status in {ImportStatus.UNDOING, ImportStatus.UNDONE}:
        return
    if part_of.status == ImportStatus.DRAFT:
        raise UnableToImport("This import never started: there is nothing to undo.")
    if part_of.is_of_listings:
        raise UnableToImport("Listings are not taken back. Bring in a newer file: what it says of them holds.")
    busy = Import.objects.filter(
        system=part_of.system, status__in=(ImportStatus.QUEUED, ImportStatus.RUNNING, ImportStatus.UNDOING)
    ).first()
    if busy is not None:
        raise UnableToImport(f"Import {busy.pk} is at work on the same people. Wait until it is done, then undo.")
    part_of.status = ImportStatus.UNDOING
    part_of.counts = {**part_of.counts, "undone": dict.fromkeys(_COUNTS, 0)}
    part_of.save(update_fields=["status", "counts"])
    enqueue(name=JOB, payload={"import_id": import_id}, key=job_key(import_id), now=now)
    record_audit(action="import.undo_started", subject=f"import:{import_id}", now=now, actor=actor)


def run_undo(*, import_id: int, clock: Callable[[], datetime]) -> None:
    """Take back what an import did; stopped at any point, the next run goes on with what is left."""
    part_of = Import.objects.get(pk=import_id)
    if part_of.status != ImportStatus.UNDOING:
        return
    lead_ids = sorted(queries.touched_leads(part_of=part_of) | queries.closed_by(_liftable(part_of)))
    for start in range(0, len(lead_ids), _LEADS):
        _undo_batch(import_id, lead_ids[start : start + _LEADS], clock())
    _finish(import_id, clock())


def _liftable(part_of: Import) -> list[str]:
    """
    Return the origins whose closed channels may open again: this import's and those of imports undone before.

    A newer export of the same people may have told of the same opt-outs, and nothing was written then, since they
    stood already. While one is in force, none of them opens: an opt-out must never get lost.
    """
    same = Import.objects.filter(system=part_of.system).exclude(pk=part_of.pk)
    in_force = (
        same.filter(files__table=Table.LEADS)
        .exclude(status__in=(ImportStatus.DRAFT, ImportStatus.UNDONE))
        .order_by("-pk")
        .first()
    )
    undone = [part_of.pk, *same.filter(status=ImportStatus.UNDONE).values_list("pk", flat=True)]
    return [queries.origin(pk) for pk in undone if in_force is None or pk > in_force.pk]


@transaction.atomic
def _undo_batch(import_id: int, lead_ids: Sequence[int], now: datetime) -> None:
    part_of = lock(import_id)
    leads.hold_all_leads()
    origin = queries.origin(import_id)
    counts: Counter[str] = Counter()
    counts["events"] = Event.objects.filter(lead__in=lead_ids, origin=origin).delete()[0]
    counts["suppressions"] = take_back(lead_ids=lead_ids, origins=_liftable(part_of))

    stored = queries.leads_by_id(lead_ids)
    persons = {lead.person_id for lead in stored.values()}
    records: dict[int, list[LeadChange]] = defaultdict(list)
    for record in LeadChange.objects.filter(lead_id__in=lead_ids).select_related("part_of").order_by("id"):
        records[record.lead_id].append(record)

    unclaimed = {lead_id for lead_id, own in records.items() if _is_unclaimed(own, import_id)}
    kept = _kept(unclaimed & stored.keys(), stored, records, import_id)
    counts["restored"] = _restore(stored, records, unclaimed - kept.keys(), import_id, now)
    removed = sorted((unclaimed & stored.keys()) - kept.keys())
    leads.delete_leads(lead_ids=removed)
    LeadChange.objects.filter(lead_id__in=removed).delete()
    counts["removed"] = len(removed)
    # The reason stands with the record, so that a second look at the lead counts it only once.
    own = {record.lead_id: record for record in _own(records, import_id) if record.before is None}
    update_rows(LeadChange, ("after",), [(own[i].pk, {"kept": why}) for i, why in kept.items() if i in own])
    remaining = sorted(queries.existing_persons(persons))
    leads.refresh_persons(person_ids=remaining)
    refresh_activity(person_ids=remaining)
    touch(person_ids=remaining, cause=Cause.IMPORT, now=now)
    so_far = part_of.counts.get("undone", {})
    part_of.counts = {
        **part_of.counts,
        "undone": {**so_far, **{name: so_far.get(name, 0) + n for name, n in counts.items()}},
    }
    part_of.save(update_fields=["counts"])


def _is_undone(record: LeadChange, import_id: int) -> bool:
    return record.part_of_id == import_id or record.part_of.status == ImportStatus.UNDONE


def _is_unclaimed(records: Sequence[LeadChange], import_id: int) -> bool:
    """Say whether imports made the lead, and every one that did is undone."""
    made_by = [record for record in records if record.before is None]
    return bool(made_by) and all(_is_undone(record, import_id) for record in made_by)


def _own(records: dict[int, list[LeadChange]], import_id: int) -> list[LeadChange]:
    return [record for own in records.values() for record in own if record.part_of_id == import_id]


def _kept(
    lead_ids: Collection[int],
    stored: dict[int, queries.StoredLead],
    records: dict[int, list[LeadChange]],
    import_id: int,
) -> dict[int, str]:
    """Return which of the leads that nothing in force has created stay all the same, and why."""
    with_events = set(Event.objects.filter(lead__in=lead_ids).order_by().values_list("lead_id", flat=True).distinct())
    undone = {
        queries.origin(record.part_of_id)
        for own in records.values()
        for record in own
        if _is_undone(record, import_id)
    }
    closed = Suppression.objects.filter(lead__in=lead_ids).exclude(origin__in=undone)
    suppressed = set(closed.values_list("lead_id", flat=True))
    told = set(Lead.objects.filter(pk__in=lead_ids, told_at__isnull=False).values_list("pk", flat=True))
    consented = leads_with_consents(lead_ids)
    searching = set(SavedSearch.objects.filter(lead__in=lead_ids).values_list("lead_id", flat=True))
    kept: dict[int, str] = {}
    for lead_id in lead_ids:
        if stored[lead_id].edited:
            kept[lead_id] = EDITED
        elif not all(_is_undone(record, import_id) for record in records[lead_id]):
            kept[lead_id] = NEWER_IMPORT
        elif lead_id in with_events:
            kept[lead_id] = NEWER_EVENT
        elif lead_id in suppressed:
            kept[lead_id] = SUPPRESSED
        elif lead_id in consented:
            kept[lead_id] = CONSENTED
        elif lead_id in searching:
            kept[lead_id] = SEARCHES
        elif lead_id in told:
            kept[lead_id] = TOLD
    return kept


def _restore(
    stored: dict[int, queries.StoredLead],
    records: dict[int, list[LeadChange]],
    going: Collection[int],
    import_id: int,
    now: datetime,
) -> int:
    """Take back what the import changed of leads that stay; return how many it was."""
    values: dict[int, dict[str, Any]] = {}
    identities: dict[int, tuple[Sequence[str], Sequence[str]]] = {}
    rewritten: list[tuple[int, Any]] = []
    done: list[int] = []
    for record in _own(records, import_id):
        if record.before is None or record.lead_id in going or record.lead_id not in stored:
            continue
        lead = stored[record.lead_id]
        after = [
            other for other in records[record.lead_id] if other.pk > record.pk and not _is_undone(other, import_id)
        ]
        back = reversal(
            (record.before, record.after),
            later=[(other.before or {}, other.after) for other in after],
            current=update.flat(lead.fields),
            edited=lead.edited,
        )
        fields = update.whole(back.values, lead.fields, back.gone)
        if fields:
            values[lead.lead_id] = fields
        if back.emails or back.phones:
            identities[lead.lead_id] = back.emails, back.phones
        rewritten += [(after[place].pk, before) for place, (before, _) in back.later.items()]
        done.append(record.pk)
    leads.update_leads(values=values, now=now)
    leads.remove_identities(identities=identities)
    update_rows(LeadChange, ("before",), rewritten)
    LeadChange.objects.filter(pk__in=done).delete()
    return len(done)


@transaction.atomic
def _finish(import_id: int, now: datetime) -> None:
    part_of = Import.objects.select_for_update().get(pk=import_id)
    if part_of.status != ImportStatus.UNDOING:
        return
    reasons = Counter(
        after["kept"]
        for after in LeadChange.objects.filter(part_of=part_of, before__isnull=True).values_list("after", flat=True)
        if "kept" in after
    )
    Sighting.objects.filter(part_of=part_of).delete()
    part_of.status = ImportStatus.UNDONE
    part_of.undone_at = now
    part_of.counts = {**part_of.counts, "undone": {**part_of.counts.get("undone", {}), "kept": dict(reasons)}}
    part_of.save(update_fields=["status", "undone_at", "counts"])
    record_audit(
        action="import.undone",
        subject=f"import:{import_id}",
        now=now,
        detail=part_of.counts["undone"],
    )
