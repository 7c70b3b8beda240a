"""Reads of imports, and of what an import has to know of the leads that it meets: whole batches at once."""

import csv
import io
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from itertools import groupby
from typing import Any

import numpy as np
from django.db.models import Exists, Max, OuterRef, Prefetch, Q, QuerySet, Sum

from leadlight.accounts.models import User
from leadlight.consent.models import Suppression
from leadlight.events.models import Event
from leadlight.events.queries import vocabulary
from leadlight.events.rules import KINDS, Group
from leadlight.intake.models import Import, ImportFile, ImportStatus, LeadChange, RejectedRow, Sighting, Table
from leadlight.intake.rules.derived import Needs
from leadlight.intake.rules.export import harmless
from leadlight.intake.rules.fields import CLOSES
from leadlight.intake.rules.mapping import from_toml
from leadlight.intake.rules.same import Candidate
from leadlight.intake.rules.vanished import Vanished, vanished
from leadlight.kit.db import Seconds, seconds
from leadlight.leads.models import Identity, IdentityKind, Lead, Person
from leadlight.leads.operations import LEAD_FIELDS
from leadlight.leads.queries import visible_to


@dataclass
class StoredLead:
    """A lead as it stands, with what an update has to look at."""

    lead_id: int
    person_id: int
    #: The fields of `leads.operations.LEAD_FIELDS`.
    fields: dict[str, Any]
    edited: list[str] = field(default_factory=list)
    emails: list[str] = field(default_factory=list)
    phones: list[str] = field(default_factory=list)
    #: When it was last told of by itself, not by a file.
    told_at: datetime | None = None


def stored_leads(*, system: str, external_ids: Iterable[str]) -> dict[str, StoredLead]:
    """Return the leads of a system by their id there, in two queries."""
    rows = Lead.objects.filter(system=system, external_id__in=list(external_ids)).values_list(
        "external_id", "id", "person_id", "edited_fields", "told_at", *LEAD_FIELDS
    )
    found = {
        external_id: StoredLead(
            lead_id, person_id, dict(zip(LEAD_FIELDS, values, strict=True)), edited, told_at=told_at
        )
        for external_id, lead_id, person_id, edited, told_at, *values in rows
    }
    _with_identities(found.values())
    return found


def _with_identities(leads: Collection[StoredLead]) -> None:
    by_id = {lead.lead_id: lead for lead in leads}
    if by_id:
        identities = Identity.objects.filter(lead__in=by_id).order_by("position", "id")
        for lead_id, kind, value in identities.values_list("lead_id", "kind", "value"):
            lead = by_id[lead_id]
            (lead.emails if kind == IdentityKind.EMAIL else lead.phones).append(value)


def held_lead(lead_id: int) -> tuple[StoredLead, str, str] | None:
    """
    Return a lead with its system and its id there, held until the transaction ends.

    Nobody edits it by hand meanwhile. None when it is gone.
    """
    rows = Lead.objects.select_for_update().filter(pk=lead_id)
    found = rows.values_list("system", "external_id", "person_id", "edited_fields", "told_at", *LEAD_FIELDS).first()
    if found is None:
        return None
    system, external_id, person_id, edited, told_at, *values = found
    fields = dict(zip(LEAD_FIELDS, values, strict=True))
    lead = StoredLead(lead_id, person_id, fields, edited, told_at=told_at)
    _with_identities([lead])
    return lead, system, external_id


#: More leads with one e-mail or phone than this are a switchboard's.
_MOST_CANDIDATES = 200


def candidates(*, emails: Sequence[str], phones: Sequence[str]) -> list[Candidate]:
    """Return the leads of any system that have one of these, e-mails before phones, the earliest lead first."""
    wanted = Q(kind=IdentityKind.EMAIL, value__in=emails) | Q(kind=IdentityKind.PHONE, value__in=phones)
    own = Identity.objects.filter(lead=OuterRef("lead"), kind=IdentityKind.EMAIL)
    rows = Identity.objects.filter(wanted).order_by("kind", "lead").annotate(has_email=Exists(own))
    names = ("lead_id", "lead__person_id", "lead__system", "lead__external_id", "lead__name")
    return [Candidate(*found) for found in rows.values_list(*names, "kind", "value", "has_email")[:_MOST_CANDIDATES]]


def leads_by_id(lead_ids: Collection[int]) -> dict[int, StoredLead]:
    """Return leads by id, without their e-mails and phones."""
    rows = Lead.objects.filter(pk__in=lead_ids).values_list("id", "person_id", "edited_fields", *LEAD_FIELDS)
    return {
        lead_id: StoredLead(lead_id, person_id, dict(zip(LEAD_FIELDS, values, strict=True)), edited)
        for lead_id, person_id, edited, *values in rows
    }


def newest_exports(lead_ids: Collection[int]) -> dict[int, datetime]:
    """Return the day of the newest export that has written to each lead; undone imports count for nothing."""
    changes = LeadChange.objects.filter(lead_id__in=lead_ids).exclude(part_of__status=ImportStatus.UNDONE)
    return dict(changes.values_list("lead_id").annotate(Max("part_of__exported_at")).order_by())


def records_of(
    *, part_of: Import, lead_ids: Collection[int]
) -> dict[int, tuple[dict[str, Any] | None, dict[str, Any]]]:
    """Return what this import has done to leads so far, as (before, after)."""
    rows = LeadChange.objects.filter(part_of=part_of, lead_id__in=lead_ids)
    return {lead_id: (before, after) for lead_id, before, after in rows.values_list("lead_id", "before", "after")}


_NEEDS = [kind.name for kind in KINDS if kind.group is Group.STATED]


def profile_needs(lead_ids: Collection[int]) -> dict[int, dict[str, Needs]]:
    """Return by lead and kind what its profile said last of each need."""
    rows = Event.objects.filter(lead__in=lead_ids, kind__in=_NEEDS)
    found: dict[int, dict[str, Needs]] = {}
    for lead_id, kind, known_at, value, listing, area, props in rows.order_by("known_at", "id").values_list(
        "lead_id", "kind", "known_at", "value", "listing", "area", "props"
    ):
        if props.get("told_by") != "profile":
            continue
        needs = found.setdefault(lead_id, {})
        before = needs.get(kind)
        told = frozenset({(value, listing or area)})
        needs[kind] = (known_at, before[1] | told if before and before[0] == known_at else told)
    return found


def touched_leads(*, part_of: Import) -> set[int]:
    """Return the leads that an import changed or brought events of."""
    changed = LeadChange.objects.filter(part_of=part_of).values_list("lead_id", flat=True)
    told = Event.objects.filter(origin=origin(part_of.pk)).order_by().values_list("lead_id", flat=True).distinct()
    return {*changed, *told}


_BATCH = 5_000


def touched_persons(*, part_of: Import) -> list[int]:
    """Return the persons whom an import changed or brought events of."""
    lead_ids = sorted(touched_leads(part_of=part_of))
    persons: set[int] = set()
    for start in range(0, len(lead_ids), _BATCH):
        persons.update(person_ids(lead_ids[start : start + _BATCH]).values())
    return sorted(persons)


def origin(import_id: int) -> str:
    """Return the name by which events and suppressions remember their import."""
    return f"import:{import_id}"


def imports() -> QuerySet[Import]:
    """Return all imports with their files, the latest first."""
    files = Prefetch("files", ImportFile.objects.order_by("position"))
    return Import.objects.select_related("created_by").prefetch_related(files).order_by("-id")


def systems() -> list[str]:
    """Return the systems that leads have come from, the latest import's first."""
    told = Import.objects.exclude(status=ImportStatus.DRAFT).filter(files__table=Table.LEADS)
    return list(
        told.values_list("system").annotate(latest=Max("id")).order_by("-latest").values_list("system", flat=True)
    )


def person_ids(lead_ids: Collection[int]) -> dict[int, int]:
    """Return the person of each lead."""
    return dict(Lead.objects.filter(pk__in=lead_ids).values_list("id", "person_id"))


def existing_persons(person_ids: Collection[int]) -> set[int]:
    """Return those persons that are still there."""
    return set(Person.objects.filter(pk__in=person_ids).values_list("id", flat=True))


def closed_by(origins: Collection[str]) -> set[int]:
    """Return the leads that imports have closed channels of."""
    return set(Suppression.objects.filter(origin__in=origins).values_list("lead_id", flat=True))


def unclaimed(lead_ids: Collection[int]) -> set[int]:
    """Return those leads that imports made which are all undone: they stayed for some other reason."""
    made = LeadChange.objects.filter(lead_id__in=lead_ids, before__isnull=True).order_by()
    undone = made.filter(part_of__status=ImportStatus.UNDONE).values_list("lead_id", flat=True)
    claimed = made.exclude(part_of__status=ImportStatus.UNDONE).values_list("lead_id", flat=True)
    return set(undone.difference(claimed))


def rejected_lines(part_of: Import) -> Iterator[str]:
    """Yield, line by line, a CSV of what could not be read or not wholly, safe to open in a spreadsheet."""
    for file in part_of.files.order_by("position"):
        rows = RejectedRow.objects.filter(file=file).order_by("line", "id")
        if not rows.exists():
            continue
        columns = [column.name for column in from_toml(file.mapping).columns]
        yield _csv_line(["File", "Line", "Stored", "Reason", *columns])
        for line, was_kept, reason, cells in rows.values_list("line", "was_kept", "reason", "cells").iterator():
            yield _csv_line([file.name, str(line), "yes, without it" if was_kept else "no", reason, *cells])


def _csv_line(cells: Iterable[str]) -> str:
    target = io.StringIO()
    csv.writer(target).writerow([harmless(cell) for cell in cells])
    return target.getvalue()


def is_open(import_id: int) -> bool:
    """Say whether an import, or its undoing, is waiting or at work."""
    busy = (ImportStatus.QUEUED, ImportStatus.RUNNING, ImportStatus.UNDOING)
    return Import.objects.filter(pk=import_id, status__in=busy).exists()


def progress(import_id: int) -> tuple[int, int]:
    """Return how many rows of an import are stored, and of how many."""
    sums = ImportFile.objects.filter(part_of=import_id).aggregate(done=Sum("n_done"), rows=Sum("n_rows"))
    return sums["done"] or 0, sums["rows"] or 0


def nouns() -> dict[str, str]:
    """Return how people call each kind of event."""
    return {kind.name: kind.noun for kind in vocabulary()}


def first_rejected(part_of: Import) -> QuerySet[RejectedRow]:
    """Return the first rows that could not be read, or not wholly."""
    rows = RejectedRow.objects.filter(file__part_of=part_of).select_related("file")
    return rows.order_by("was_kept", "file__position", "line", "id")[:20]


#: Imports before one that are looked at; of what was told longer ago, nothing is said.
_LOOK_BACK = 6


def vanished_from(part_of: Import) -> Vanished | None:
    """
    Return who stood in the exports of the system before, and no longer in this import; three queries.

    None when nothing can be said: it is not done, brought no people, or is no repetition of what came before.
    """
    done = _with_people(Q(system=part_of.system))
    place = next((place for place, each in enumerate(done) if each.pk == part_of.pk), None)
    return None if place is None else next(iter(_vanished([done[: place + 1]])), None)


def vanished_lately() -> list[Vanished]:
    """Return for the latest export of each system who vanished with it, where that can be said; three queries."""
    return _vanished([list(done) for _, done in groupby(_with_people(Q()), lambda each: each.system)])


def _with_people(which: Q) -> list[Import]:
    """Return the imports with people that are done, by system and day of export; of one day as they were imported."""
    told = Exists(Sighting.objects.filter(part_of=OuterRef("pk")))
    done = Import.objects.filter(which, told, status=ImportStatus.DONE).only("system", "exported_at")
    # By the day: an export whose day somebody typed in counts as of its last second.
    return sorted(done, key=lambda each: (each.system, each.exported_at.date(), each.pk))


def _vanished(systems: Sequence[Sequence[Import]]) -> list[Vanished]:
    """Return who vanished with the last of each system's imports, the earliest first."""
    windows = [done[-_LOOK_BACK - 1 :] for done in systems if len(done) > 1]
    told: dict[int, list[int]] = {each.pk: [] for done in windows for each in done}
    for import_id, lead_ids in Sighting.objects.filter(part_of__in=told).values_list("part_of_id", "lead_ids"):
        told[import_id] += lead_ids
    top = max((max(lead_ids) for lead_ids in told.values()), default=0) + 1
    # By import and lead id: ids of leads leave few gaps.
    stood = [np.zeros((len(done), top), dtype=bool) for done in windows]
    for done, rows in zip(windows, stood, strict=True):
        for each, row in zip(done, rows, strict=True):
            row[told[each.pk]] = True
    missing = [np.flatnonzero(rows.any(axis=0) & ~rows[-1]) for rows in stood]
    asked = [lead_id for lead_ids in missing for lead_id in lead_ids.tolist()]
    leads = Lead.objects.filter(pk__among=asked).values_list("pk", Seconds("told_at"))
    here = np.array([pk for pk, _ in leads], dtype=np.int64)
    told_at = np.full(top, np.nan)
    told_at[here] = seconds([at for _, at in leads])
    found = []
    for done, rows, lead_ids in zip(windows, stood, missing, strict=True):
        # Whoever was deleted here since is not missed.
        rows[:, np.setdiff1d(lead_ids, here)] = False
        gone = vanished(rows, exported_at=[each.exported_at.timestamp() for each in done], told_at=told_at)
        if gone is not None:
            n_before, who = gone
            last = done[-1]
            found.append(
                Vanished(last.pk, last.system, last.exported_at, n_before, tuple(np.flatnonzero(who).tolist()))
            )
    return found


def people_of(actor: User, lead_ids: Collection[int]) -> QuerySet[Person]:
    """Return the persons of leads whom a user may see, by name."""
    persons = Lead.objects.filter(pk__among=lead_ids).values("person")
    return visible_to(actor).filter(pk__in=persons).order_by("name_key", "pk")


def attributes_known_at_creation() -> frozenset[str]:
    """Return the attribute columns that every import which holds them declares as asked at first contact."""
    known: dict[str, bool] = {}
    files = ImportFile.objects.filter(part_of__status=ImportStatus.DONE, table=Table.LEADS)
    for text in files.values_list("mapping", flat=True):
        for name, at_creation in _attributes(text):
            known[name] = known.get(name, True) and at_creation
    return frozenset(name for name, always in known.items() if always)


@lru_cache(maxsize=256)
def _attributes(mapping: str) -> tuple[tuple[str, bool], ...]:
    """Return the attribute columns of a mapping, and whether each was known at creation."""
    columns = from_toml(mapping).columns
    return tuple(
        (column.name, column.known == "creation")
        for column in columns
        if column.field == "attribute" or column.field in CLOSES
    )
