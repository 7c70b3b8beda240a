"""A small brokerage to which a script happens, with its merges or without, and all that is left of it in the end."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.apps import apps
from django.db.models import ForeignKey, Model

from leadlight.accounts.models import Role, User
from leadlight.consent.operations import suppress
from leadlight.events import operations as events
from leadlight.events.models import Event
from leadlight.events.operations import NewEvent
from leadlight.events.rules import KIND_BY_NAME, Cause, cause_of
from leadlight.intake.models import Import, ImportStatus
from leadlight.intake.operations import run_undo, tell_lead, undo_import
from leadlight.intake.operations.people import store_people
from leadlight.intake.operations.receiving import UnableToImport
from leadlight.intake.rules.records import LeadRow, Suppressed
from leadlight.leads import operations as leads
from leadlight.leads.models import Lead, Merge, MovedLead, Person
from leadlight.leads.operations import UnableToKeepApart, UnableToMerge
from leadlight.leads.rules import NewLead
from leadlight.scoring import queries
from leadlight.scoring.models import TierOverride
from leadlight.scoring.operations import UnableToSetTier, clear_tier, find_reasons, rescore_touched, set_tier
from tests.web.api_client import with_model

START = datetime(2026, 3, 1, 9, tzinfo=UTC)
#: One step of a script: what happens, and three numbers that say to whom and how.
Step = tuple[str, int, int, int]
KINDS = ("listing_view", "inquiry", "showing_request", "email_replied", "call_attempted", "appointment_booked")
DEEDS = (
    *("merge",) * 6,
    *("undo",) * 3,
    *("event",) * 3,
    *("edit", "tell", "move", "retract", "arrive", "newcomer", "bring", "unbring", "suppress", "tier", "clear"),
    *("apart", "score", "part", "part"),
)

#: Tables that tell of the merges, of the work or of the way, and not of what is so in the end.
UNLIKE = {"Merge", "KeptApart", "AuditEntry", "Job", "Touched", "ScoreStep"} | {
    *("User", "Session", "ContentType", "Permission"),
}
#: What a score owes to the way that led to it: the tier that hysteresis kept, and what the change was counted from.
OF_THE_WAY = {"Score": {"tier", "value_before", "before_as_of", "changed_as_of"}}


@dataclass
class Play:
    """
    One run of a script.

    The run with merges writes into `trace`, by step, what depended on who was one with whom at that moment: whom a
    record joined, whose it became when it was somebody else's, and for whom a tier was set or cleared. The run
    without them reads it there, and does the same to the same persons.
    """

    has_merges: bool
    trace: dict[int, Any] = field(default_factory=dict)
    merges: list[int] = field(default_factory=list)
    imports: list[int] = field(default_factory=list)
    now: datetime = START
    step: int = 0

    def __post_init__(self) -> None:
        self.actor = User.objects.create_user("dana@example.com", None, name="Dana Ruiz", role=Role.OWNER)
        with_model(START)
        self._bring("a", "b", "c")
        self._bring("d", "e", "f")
        for name in "be":
            self._event(name, "listing_view", prefix="first")
        self._score()

    def run(self, script: Sequence[Step]) -> None:
        for deed, *numbers in script:
            self.step += 1
            self.now += timedelta(hours=7)
            act: Callable[..., None] = getattr(self, f"do_{deed}")
            if self.has_merges or deed not in ("merge", "undo", "apart"):
                act(*numbers)

    def end(self, order: Sequence[int]) -> None:
        """Undo all merges that are left, and score everybody as of one moment."""
        self.now = START + timedelta(days=30)
        for place in [*order, *range(len(self.merges))]:
            self._undo(place)
        self._score()
        self.now += timedelta(hours=1)
        everybody = list(Person.everyone.values_list("pk", flat=True))
        events.touch(person_ids=everybody, cause=Cause.TEAM, now=self.now)
        self._score()
        while find_reasons():
            pass

    # --- what may happen ----------------------------------------------------------------------------------------

    def do_merge(self, i: int, j: int, k: int) -> None:
        persons = [lead.person_id for lead in map(self._lead, (i, j, k)) if lead]
        if persons:
            try:
                made = events.merge_persons(
                    keep=persons[0], gone=persons[1:], reason="", actor=self.actor, now=self.now
                )
            except UnableToMerge:
                return
            self.merges.append(made.merge_id)

    def do_undo(self, i: int, _j: int, _k: int) -> None:
        self._undo(i % max(1, len(self.merges)))

    def do_event(self, i: int, j: int, _k: int) -> None:
        lead = self._lead(i)
        if lead:
            self._event(lead.external_id, KINDS[j % len(KINDS)])

    def do_retract(self, i: int, _j: int, _k: int) -> None:
        event = self._told(i)
        if event:
            events.retract(event_ids=[event.event_id], reason="wrong", now=self.now)

    def do_move(self, i: int, j: int, _k: int) -> None:
        event, lead = self._told(i), self._lead(j)
        if event and lead:
            events.move_events(event_ids=[event.event_id], to_lead=lead.pk, actor=self.actor, now=self.now)

    def do_edit(self, i: int, j: int, k: int) -> None:
        lead = self._lead(i)
        if lead:
            name = ("name", "stage", "kind", "owner_name")[j % 4]
            leads.edit_lead(lead_id=lead.pk, changes={name: f"By hand {k}"}, actor=self.actor, now=self.now)

    def do_tell(self, i: int, j: int, k: int) -> None:
        lead = self._lead(i)
        if lead:
            closed = (Suppressed("CALL", "DO_NOT_CALL", "said so"),) if k == 0 else ()
            self._tell(LeadRow(lead.external_id, stage=f"Stage {j}", phones=(f"+1813555010{k}",), suppressed=closed))

    def do_newcomer(self, i: int, _j: int, _k: int) -> None:
        name = f"new{self.step}"
        self._tell(LeadRow(name, name=f"New {i}", emails=(f"{name}@example.com",)))

    def do_arrive(self, i: int, _j: int, _k: int) -> None:
        """Let a further record of a known person come, to whoever that person is by then."""
        if self.has_merges:
            lead = self._lead(i)
            if lead is None or (own := self._own_lead(lead.person_id)) is None:
                return
            self.trace[self.step] = own
        elif self.step not in self.trace:
            return
        person_id = Lead.objects.get(external_id=self.trace[self.step]).person_id
        name = f"more{self.step}"
        new = NewLead("crm", name, name=f"More {i}", emails=(f"{name}@example.com",), person_id=person_id)
        leads.store_leads(leads=[new], now=self.now)
        events.refresh_activity(person_ids=[person_id])
        events.touch(person_ids=[person_id], cause=Cause.IMPORT, now=self.now)

    def do_bring(self, i: int, j: int, _k: int) -> None:
        lead = self._lead(i)
        self._bring(f"file{self.step}", *([lead.external_id] if lead else ()), stage=f"Stage {j}")

    def do_unbring(self, i: int, _j: int, _k: int) -> None:
        import_id = self.imports[i % len(self.imports)]
        try:
            undo_import(import_id=import_id, actor=self.actor, now=self.now)
        except UnableToImport:
            return
        run_undo(import_id=import_id, clock=lambda: self.now)

    def do_suppress(self, i: int, j: int, _k: int) -> None:
        lead = self._lead(i)
        if lead:
            channel = ("EMAIL", "SMS", "CALL", "ALL")[j % 4]
            suppress(rows=[(lead.pk, channel, "OPTED_OUT", "on the phone")], origin="", now=self.now)

    def do_tier(self, i: int, j: int, _k: int) -> None:
        tier = ("HOT", "WARM", "COLD")[j % 3]
        lead = self._lead(i)
        if self.has_merges:
            if lead is None or (own := self._own_lead(lead.person_id)) is None:
                return
            try:
                set_tier(person_id=lead.person_id, tier=tier, note="", actor=self.actor, now=self.now)
            except UnableToSetTier:
                return
            self.trace[self.step] = own
        elif self.step in self.trace:
            TierOverride.objects.update_or_create(
                person=Lead.objects.get(external_id=self.trace[self.step]).person,
                defaults={"tier": tier, "note": "", "set_by": self.actor, "set_at": self.now},
            )

    def do_clear(self, i: int, _j: int, _k: int) -> None:
        lead = self._lead(i)
        if self.has_merges:
            if lead is None:
                return
            held = queries.tiers_by_hand([lead.person_id]).get(lead.person_id, [])
            self.trace[self.step] = [own for found in held if (own := self._own_lead(found.person_id))]
            clear_tier(person_id=lead.person_id, actor=self.actor, now=self.now)
        elif self.step in self.trace:
            persons = Lead.objects.filter(external_id__in=self.trace[self.step]).values("person")
            TierOverride.objects.filter(person__in=persons).delete()

    def do_apart(self, i: int, j: int, _k: int) -> None:
        persons = [lead.person_id for lead in map(self._lead, (i, j)) if lead]
        try:
            leads.keep_apart(person_ids=persons, actor=self.actor, now=self.now)
        except UnableToKeepApart:
            return

    def do_part(self, i: int, _j: int, _k: int) -> None:
        """Find that a record is somebody else's; one that arrived with no other is by itself without merges."""
        if self.has_merges:
            lead = self._lead(i)
            if lead is None:
                return
            came_with = MovedLead.objects.filter(lead=lead).values_list("person_id", flat=True).first()
            try:
                parted = events.part_lead(lead_id=lead.pk, actor=self.actor, now=self.now)
            except UnableToMerge:
                return
            self.trace[self.step] = lead.external_id, parted.back == (came_with,)
        elif self.step in self.trace:
            name, is_back = self.trace[self.step]
            lead = Lead.objects.get(external_id=name)
            if lead.person.leads.count() > 1:
                events.part_lead(lead_id=lead.pk, actor=self.actor, now=self.now)
            elif not is_back:
                # What was decided of the person whom it left stays with them.
                TierOverride.objects.filter(person=lead.person).delete()

    def do_score(self, _i: int, _j: int, _k: int) -> None:
        self._score()

    def _undo(self, place: int) -> None:
        # Where an undone import took everybody away, the merge went with them.
        if place < len(self.merges) and Merge.objects.filter(pk=self.merges[place]).exists():
            events.undo_merge(merge_id=self.merges[place], actor=self.actor, now=self.now)

    # --- how ----------------------------------------------------------------------------------------------------

    def _lead(self, i: int) -> Lead | None:
        found = list(Lead.objects.order_by("id"))
        return found[i % len(found)] if found else None

    def _told(self, i: int) -> Event | None:
        found = list(Event.objects.order_by("occurred_at", "event_id"))
        return found[i % len(found)] if found else None

    def _own_lead(self, person_id: int) -> str | None:
        """Return a lead that arrived with a person; None when none is left."""
        moved = dict(MovedLead.objects.values_list("lead_id", "person_id"))
        for lead in Lead.objects.order_by("id"):
            if moved.get(lead.pk, lead.person_id) == person_id:
                return lead.external_id
        return None

    def _event(self, name: str, kind: str, prefix: str = "e") -> None:
        lead = Lead.objects.get(external_id=name)
        told = NewEvent(f"{prefix}{self.step}{name}", lead.pk, kind, self.now, self.now, listing="7 Oak St")
        cause = cause_of(KIND_BY_NAME[kind], occurred_at=self.now, known_at=self.now)
        events.record(events=[told], person_of={lead.pk: lead.person_id}, causes=[cause], origin="api", now=self.now)

    def _tell(self, row: LeadRow) -> None:
        tell_lead(row=row, has_own_id=True, system="crm", provenance="UNKNOWN", origin="api", now=self.now)

    def _bring(self, *names: str, stage: str = "Lead") -> None:
        part_of = Import.objects.create(
            system="crm",
            status=ImportStatus.DONE,
            created_at=self.now,
            started_at=self.now,
            finished_at=self.now,
            exported_at=self.now,
        )
        self.imports.append(part_of.pk)
        rows = [
            LeadRow(name, name=f"Person {name}", stage=stage, emails=(f"{name}@example.com",), contacted_at=START)
            for name in names
        ]
        store_people(part_of=part_of, rows=rows, seen=(), at_creation=(), now=self.now)
        persons = Lead.objects.filter(external_id__in=names).values_list("person_id", flat=True)
        events.refresh_activity(person_ids=sorted(set(persons)))
        events.touch(person_ids=sorted(set(persons)), cause=Cause.IMPORT, now=self.now)

    def _score(self) -> None:
        while rescore_touched(now=self.now):
            pass


def left() -> dict[str, list[Any]]:
    """Return all rows of all tables but `UNLIKE`, with names in the place of numbers that the database gave."""
    names = dict(Lead.objects.values_list("pk", "external_id"))
    persons: dict[int, list[str]] = {}
    for pk, person_id in Lead.objects.order_by("external_id").values_list("pk", "person_id"):
        persons.setdefault(person_id, []).append(names[pk])
    imports = {pk: f"import {n}" for n, pk in enumerate(Import.objects.order_by("id").values_list("pk", flat=True))}
    origins = {f"import:{pk}": name for pk, name in imports.items()}
    named: dict[str, Callable[[Any], Any]] = {
        "Lead": lambda pk: names[pk],
        # Of whom an undone import took away.
        "Leads": lambda pks: [names.get(pk, "gone") for pk in pks],
        "Person": lambda pk: tuple(persons.get(pk, ["nobody is left of them"])),
        "Import": lambda pk: imports[pk],
        # One serves all the while.
        "ModelVersion": lambda _pk: "the points card",
    }
    tables: dict[str, list[Any]] = {}
    for model in apps.get_models():
        if model.__name__ not in UNLIKE:
            rows = (_row(model, found, named, origins) for found in model._base_manager.all())
            tables[model.__name__] = sorted(rows, key=repr)
    return tables


def _row(
    model: type[Model], found: Model, named: dict[str, Callable[[Any], Any]], origins: dict[str, str]
) -> dict[str, Any]:
    row: dict[str, Any] = {}
    passed_over: Collection[str] = OF_THE_WAY.get(model.__name__, ())
    for column in model._meta.concrete_fields:
        if column.name in passed_over:
            continue
        value = getattr(found, column.attname)
        if isinstance(column, ForeignKey) and value is not None:
            name = named.get(column.related_model.__name__)
            row[column.name] = name(value) if name else str(getattr(found, column.name))
        elif column.name == "lead_id":
            row[column.name] = named["Lead"](value)
        elif column.name == "lead_ids":
            row[column.name] = named["Leads"](value)
        elif column.primary_key:
            row[column.name] = named[model.__name__](value) if model.__name__ in named else None
        else:
            row[column.name] = origins.get(value, value) if isinstance(value, str) else value
    return row
