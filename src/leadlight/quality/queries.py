"""Reads for the pages of data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any

import numpy as np
import polars as pl
from django.db.models import Count, F, Max, Min, Q, QuerySet, Sum
from numpy.typing import NDArray

from leadlight.accounts.models import User
from leadlight.consent.models import Channel, Suppression
from leadlight.events.models import Event
from leadlight.events.queries import vocabulary
from leadlight.intake.models import Import, ImportStatus
from leadlight.kit.db import Seconds, seconds
from leadlight.leads.models import Identity, IdentityKind, Lead, Person, Source, SourceCost, State
from leadlight.leads.queries import apart_persons, shown_sources, visible_to
from leadlight.leads.rules import closest_source
from leadlight.quality.audit.outcome import Outcome
from leadlight.quality.models import AuditRun, Baseline, ColumnVerdict, DuplicatePair, FilledGap, Verdict
from leadlight.quality.rules.gaps import Known, cities_by_postcode, read_home
from leadlight.quality.rules.log import Log
from leadlight.quality.rules.worse import got_worse


@dataclass
class Name:
    """One of the names of a source, with the records that bear it."""

    id: int
    name: str
    n: int
    latest_at: datetime | None


@dataclass
class SourceRow:
    """A source as the page shows it."""

    source: Source
    own: Name
    #: Its other names.
    also: list[Name] = field(default_factory=list)
    #: The source that its name looks like, when nobody has said whether it is.
    proposed: Source | None = None

    @property
    def n(self) -> int:
        """Records that came from it, under any name."""
        return self.own.n + sum(name.n for name in self.also)

    @property
    def latest_at(self) -> datetime | None:
        """The latest first contact, under any name."""
        return max((name.latest_at for name in (self.own, *self.also) if name.latest_at), default=None)


def source_rows() -> list[SourceRow]:
    """Return the sources that are shown, those with most records first, in three queries."""
    counted = Lead.objects.exclude(source=None).order_by().values("source_id")
    figures = counted.annotate(n=Count("id"), latest=Max("contacted_at"))
    told = {source_id: tuple(more) for source_id, *more in figures.values_list("source_id", "n", "latest")}
    shown = shown_sources()
    rows: dict[int, SourceRow] = {}
    also: dict[int, list[Name]] = {}
    for source in Source.objects.order_by("name"):
        name = Name(source.pk, source.name, *told.get(source.pk, (0, None)))
        if source.pk in shown:
            also.setdefault(shown[source.pk], []).append(name)
        else:
            rows[source.pk] = SourceRow(source, name)
    for source_id, names in also.items():
        rows[source_id].also = names
    _propose(rows)
    return sorted(rows.values(), key=lambda row: (-row.n, row.source.name))


def _propose(rows: Mapping[int, SourceRow]) -> None:
    """Ask of each source with no other names whether it is the bigger one that its name looks like."""
    by_name = {row.source.name: row for row in rows.values()}
    for row in rows.values():
        if row.source.is_own or row.also or not row.n:
            continue
        bigger = [name for name, other in by_name.items() if other is not row and _is_bigger(other, row)]
        name = closest_source(row.source.name, bigger)
        row.proposed = by_name[name].source if name is not None else None


def _is_bigger(one: SourceRow, other: SourceRow) -> bool:
    """Say which of two may take the other in: never both each other."""
    return (one.n, -one.source.pk) > (other.n, -other.source.pk)


def costs_of(month: date) -> dict[int, Decimal]:
    """Return what sources cost in the month that begins with `month`, where somebody has said."""
    return dict(SourceCost.objects.filter(month=month).values_list("source_id", "amount"))


def months_with_leads(*, limit: int = 24) -> list[date]:
    """Return the latest months in which anybody first came in, the latest first."""
    months = Lead.objects.exclude(contacted_at=None).dates("contacted_at", "month", order="DESC")
    return list(months[:limit])


#: Rows that become arrays at a time.
_CHUNK = 100_000


def log(*, until: datetime) -> Log:
    """
    Return the whole history up to a moment, in two queries.

    Some 30 bytes an event stay in memory; ten million events take a quarter of a minute to read.
    """
    persons = list(Person.objects.order_by("pk").values_list("pk", Seconds("first_contact_at")))
    person_ids = np.array([pk for pk, _ in persons], dtype=np.int64)
    owner = dict(Lead.objects.values_list("pk", "person_id"))
    rows = Event.objects.filter(is_machine=False, retracted_at=None, occurred_at__lte=until).order_by()
    kinds: dict[str, int] = {}
    actors: dict[str, int] = {"": -1}
    parts: list[tuple[NDArray[np.int64], NDArray[np.int16], NDArray[np.float64], NDArray[np.int32]]] = []
    told = rows.values_list("lead_id", "kind", Seconds("occurred_at"), "actor").iterator(chunk_size=_CHUNK)
    while chunk := list(islice(told, _CHUNK)):
        leads, names, at, who = zip(*chunk, strict=True)
        parts.append(
            (
                np.array([owner[lead_id] for lead_id in leads], dtype=np.int64),
                np.array([kinds.setdefault(name, len(kinds)) for name in names], dtype=np.int16),
                seconds(at),
                np.array([actors.setdefault(name, len(actors) - 1) for name in who], dtype=np.int32),
            )
        )
    empty = (np.zeros(0, np.int64), np.zeros(0, np.int16), np.zeros(0), np.zeros(0, np.int32))
    person, kind, moments, actor = (np.concatenate(columns) for columns in zip(empty, *parts, strict=True))
    place = np.searchsorted(person_ids, person)
    order = np.lexsort((moments, place))
    return Log(
        person=place[order],
        kind=kind[order],
        at=moments[order],
        actor=actor[order],
        kinds=tuple(kinds),
        actors=tuple(actors)[1:],
        first_contact_at=seconds([at for _, at in persons]),
        until=until.timestamp(),
    )


def traits() -> dict[str, tuple[NDArray[np.int64], list[str]]]:
    """Return the places of everybody's source and kind among their names, -1 for none, in the order of `log`."""
    names = dict(Source.objects.values_list("pk", "name"))
    rows = list(Person.objects.order_by("pk").values_list("source_id", "kind"))
    return {
        "source": _coded([names.get(source_id or 0, "") for source_id, _ in rows]),
        "kind": _coded([kind for _, kind in rows]),
    }


def _coded(words: Sequence[str]) -> tuple[NDArray[np.int64], list[str]]:
    codes: dict[str, int] = {}
    places = [codes.setdefault(word, len(codes)) if word else -1 for word in words]
    return np.array(places, dtype=np.int64), list(codes)


def sentences() -> dict[str, str]:
    """Return what each kind of event is, in a sentence."""
    return {kind.name: kind.sentence for kind in vocabulary()}


def history_until(*, now: datetime) -> datetime:
    """Return until when the imported history reaches: the latest export, or now where nothing was imported."""
    latest = Import.objects.filter(status=ImportStatus.DONE).aggregate(at=Max("exported_at"))["at"]
    return min(now, latest) if latest else now


def costs_by_month() -> dict[date, Decimal]:
    """Return what all sources together cost in each month of which anything was said."""
    return dict(SourceCost.objects.values("month").annotate(spent=Sum("amount")).values_list("month", "spent"))


def n_people() -> int:
    """Return how many people there are."""
    return Person.objects.count()


def baseline() -> Baseline | None:
    """Return the figures from before Leadlight as they were last frozen."""
    return Baseline.objects.order_by("-pk").select_related("taken_by").first()


@dataclass(frozen=True)
class FoundMoney:
    """People who asked for something and whom nobody answered."""

    #: All of them, and those who did something of their own after having asked, within a month.
    n: int
    n_back: int
    #: Of all of them, those who are not on the call list yet.
    n_to_list: int


#: Who did something within so many days is back.
BACK_WITHIN = timedelta(days=30)


def unanswered(actor: User) -> QuerySet[Person]:
    """Return who asked for something, got no answer, is still open, and may be contacted."""
    shut = Suppression.objects.filter(channel=Channel.ALL).values("lead__person")
    return visible_to(actor).filter(state=State.OPEN, waiting_since__isnull=False).exclude(pk__in=shut)


def found_money(actor: User, *, now: datetime) -> FoundMoney:
    """Count them, in one query."""
    back = Q(active_at__gt=F("asked_at")) & Q(active_at__gt=now - BACK_WITHIN)
    counted = unanswered(actor).aggregate(
        n=Count("pk"), back=Count("pk", filter=back), to_list=Count("pk", filter=Q(to_call_since=None))
    )
    return FoundMoney(counted["n"], counted["back"], counted["to_list"])


#: Homes viewed within so many days say what somebody looks for.
_VIEWED_WITHIN = timedelta(days=90)


def known_for_gaps(lead_ids: Sequence[int], *, now: datetime) -> list[Known]:
    """Return what gaps of some leads are filled from, in four queries."""
    phones: dict[int, list[str]] = {}
    numbers = Identity.objects.filter(lead__in=lead_ids, kind=IdentityKind.PHONE).order_by("position", "id")
    for lead_id, value in numbers.values_list("lead_id", "value"):
        phones.setdefault(lead_id, []).append(value)
    counts = Event.objects.filter(lead__in=lead_ids, is_machine=False, retracted_at=None)
    views = counts.filter(kind="listing_view", occurred_at__gt=now - _VIEWED_WITHIN, value__gt=0).exclude(listing="")
    viewed: dict[int, dict[str, float]] = {}
    for lead_id, listing, price in views.order_by("occurred_at", "id").values_list("lead_id", "listing", "value"):
        if price is not None:
            viewed.setdefault(lead_id, {})[listing] = price
    said = set(counts.filter(kind="budget_stated").values_list("lead_id", flat=True))
    homes = Lead.objects.filter(pk__in=lead_ids).order_by("pk").values_list("pk", "home")
    return [
        Known(pk, home, tuple(phones.get(pk, ())), viewed.get(pk, {}), has_budget=pk in said) for pk, home in homes
    ]


def cities() -> dict[str, str]:
    """Return the city of each postcode as the team's own leads write it, in one query."""
    homes = Lead.objects.exclude(home="").values_list("home", flat=True)
    return cities_by_postcode(read_home(home) for home in homes.iterator(chunk_size=_CHUNK))


def filled_gaps(person_id: int) -> list[FilledGap]:
    """Return what was filled in of a person's leads, one of each name."""
    found: dict[str, FilledGap] = {}
    for gap in FilledGap.objects.filter(lead__person=person_id).order_by("name", "-filled_at", "-pk"):
        found.setdefault(gap.name, gap)
    return list(found.values())


#: E-mails and phones of a lead that duplicates are looked for by.
_NAMES_EACH = 3


def lead_table() -> pl.DataFrame:
    """Return all leads with what says who they are, a row each, in two queries."""
    kinds = {IdentityKind.EMAIL: "email", IdentityKind.PHONE: "phone"}
    told: dict[int, dict[str, str]] = {}
    rows = Identity.objects.order_by("lead_id", "position", "id").values_list("lead_id", "kind", "value")
    for lead_id, kind, value in rows.iterator(chunk_size=_CHUNK):
        own = told.setdefault(lead_id, {})
        place = next((k for k in range(1, _NAMES_EACH + 1) if f"{kinds[IdentityKind(kind)]}{k}" not in own), None)
        if place is not None:
            own[f"{kinds[IdentityKind(kind)]}{place}"] = value
    columns = [f"{kind}{k}" for kind in kinds.values() for k in range(1, _NAMES_EACH + 1)]
    found: dict[str, list[Any]] = {name: [] for name in ("lead", "name", "street", "city", "postcode", *columns)}
    leads = Lead.objects.order_by("pk").values_list("pk", "name", "home")
    for pk, full, text in leads.iterator(chunk_size=_CHUNK):
        home, own = read_home(text), told.get(pk, {})
        values = (pk, full, home.street, home.city, home.postcode, *(own.get(column, "") for column in columns))
        for column, cell in zip(found, values, strict=True):
            found[column].append(cell)
    return pl.DataFrame(found, schema={name: pl.Int64 if name == "lead" else pl.String for name in found})


@dataclass(frozen=True)
class Record:
    """One side of a pair, as the page shows it."""

    lead: Lead
    emails: tuple[str, ...]
    phones: tuple[str, ...]


@dataclass(frozen=True)
class Doubt:
    """Two leads of which a person has to say whether they are of one person."""

    pair: DuplicatePair
    left: Record
    right: Record


def unsettled_pairs(*, least: float, below: float = 2.0) -> list[DuplicatePair]:
    """Return the pairs of two persons of whom nobody has said that they are two, the likeliest first; two queries."""
    apart = apart_persons()
    pairs = DuplicatePair.objects.filter(probability__gte=least, probability__lt=below)
    pairs = pairs.exclude(left__person=F("right__person")).select_related("left", "right")
    return [
        pair
        for pair in pairs.order_by("-probability", "left", "right")
        if tuple(sorted((pair.left.person_id, pair.right.person_id))) not in apart
    ]


def doubts(pairs: Sequence[DuplicatePair]) -> list[Doubt]:
    """Return pairs with what their records say, in one query."""
    lead_ids = {lead_id for pair in pairs for lead_id in (pair.left_id, pair.right_id)}
    named: dict[tuple[int, str], list[str]] = {}
    for identity in Identity.objects.filter(lead__in=lead_ids).order_by("position", "id"):
        named.setdefault((identity.lead_id, identity.kind), []).append(identity.value)

    def record(lead: Lead) -> Record:
        emails, phones = (tuple(named.get((lead.pk, kind), ())) for kind in (IdentityKind.EMAIL, IdentityKind.PHONE))
        return Record(lead, emails, phones)

    return [Doubt(pair, record(pair.left), record(pair.right)) for pair in pairs]


def duplicates_found_at() -> datetime | None:
    """Return when duplicates were last looked for and any found."""
    return DuplicatePair.objects.order_by("-found_at").values_list("found_at", flat=True).first()


#: A stage or outcome that says at least this much is a conversion.
_CONVERTED = frozenset({"appointment", "agreement", "under_contract", "closed"})
_OPEN_ENDED = frozenset({"", "open", "past_client", "do_not_contact"})
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
    for row, lead in enumerate(leads.iterator(chunk_size=_CHUNK)):
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
        converted.append(True if reached else said if said is not None else _ended(meaning))
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


def _ended(meaning: str) -> bool | None:
    return None if meaning in _OPEN_ENDED else meaning in _CONVERTED


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
