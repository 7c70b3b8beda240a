"""Writes of what the team decides about its data, with all that follows."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice

from django.db import transaction

from leadlight.accounts.models import User
from leadlight.accounts.operations import record_audit
from leadlight.events.operations import merge_many, merge_persons, touch
from leadlight.events.queries import vocabulary
from leadlight.events.rules import Cause, Group
from leadlight.kit.db import insert_rows, upsert_rows
from leadlight.kit.errors import DomainError
from leadlight.leads import operations as leads
from leadlight.leads.models import Lead
from leadlight.leads.operations import Merged
from leadlight.leads.rules import Wish
from leadlight.quality import queries
from leadlight.quality.audit.auditing import audit_table
from leadlight.quality.audit.findings import OF_LEARNING, Finding
from leadlight.quality.duplicates.clusters import EVERYTHING, LEAST_WITHIN, REVIEW, Pair, clusters
from leadlight.quality.models import AuditRun, Baseline, ColumnVerdict, DuplicatePair, FilledGap, Verdict
from leadlight.quality.rules.before import before
from leadlight.quality.rules.gaps import fill
from leadlight.quality.rules.history import look


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


@transaction.atomic
def freeze_baseline(*, actor: User | None, now: datetime) -> Baseline:
    """
    Compute how the team did before Leadlight from the history as it stands, and keep it, dated.

    One that was taken by itself after an import (without an actor) makes room for the next; one that somebody asked
    for stays for ever.
    """
    Baseline.objects.filter(taken_by=None).delete()
    history = queries.log(until=queries.history_until(now=now))
    figures = before(history, costs=queries.costs_by_month())
    frozen = Baseline.objects.create(
        taken_at=now,
        taken_by=actor,
        until=datetime.fromtimestamp(history.until, UTC),
        n_people=history.n,
        figures=[figure.plain() for figure in figures],
    )
    record_audit(action="baseline.frozen", subject=f"baseline:{frozen.pk}", now=now, actor=actor)
    return frozen


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


#: Leads whose gaps are filled in one transaction.
_BATCH = 2_000


def fill_gaps(*, now: datetime) -> int:
    """
    Fill in what nobody has said, of all leads, by named rules; return how many values stand filled.

    What has been said meanwhile, or no longer follows, is taken back. Six queries a batch of leads.
    """
    city_of = queries.cities()
    lead_ids, n = iter(list(Lead.objects.order_by("pk").values_list("pk", flat=True))), 0
    while batch := list(islice(lead_ids, _BATCH)):
        n += _fill(batch, city_of, now)
    return n


@transaction.atomic
def _fill(lead_ids: Sequence[int], city_of: Mapping[str, str], now: datetime) -> int:
    filled = fill(queries.known_for_gaps(lead_ids, now=now), city_of)
    wanted = {(gap.lead_id, gap.name, gap.value, gap.rule) for gap in filled}
    stored = FilledGap.objects.filter(lead__in=lead_ids).values_list("pk", "lead_id", "name", "value", "rule")
    held = {tuple(row): pk for pk, *row in stored}
    FilledGap.objects.filter(pk__in=[pk for row, pk in held.items() if row not in wanted]).delete()
    new = [(*row, now) for row in sorted(wanted - held.keys())]
    insert_rows(FilledGap, ("lead", "name", "value", "rule", "filled_at"), new)
    return len(wanted)


def find_duplicates(*, now: datetime) -> int:
    """
    Look for leads of one person among all, and keep what is found in place of what was; return how many pairs.

    Nothing is merged. Minutes for a hundred thousand leads; nothing is locked meanwhile.
    """
    # Only here: DuckDB is nothing that each web process should load.
    from leadlight.quality.duplicates.finding import find_duplicates as search

    found = search(queries.lead_table(), id_column="lead", least_probability=REVIEW)
    columns = ("left", "right", "probability", "p_household", "agrees", "similar", "differs")
    rows = found.select(columns).rows()
    with transaction.atomic():
        DuplicatePair.objects.all().delete()
        here = set(Lead.objects.values_list("pk", flat=True))
        insert_rows(
            DuplicatePair,
            (*columns, "found_at"),
            [
                (left, right, *chances, *(words[:200] for words in said), now)
                for left, right, *chances, said in ((*row[:4], row[4:]) for row in rows)
                if left in here and right in here
            ],
        )
    return len(rows)


def merge_certain(*, actor: User | None, now: datetime) -> int:
    """
    Make one whoever is certainly one person, by what was last found; return how many persons went into another.

    Whoever came first is kept. Each merge can be undone by itself.
    """
    pairs = queries.unsettled_pairs(least=LEAST_WITHIN)
    person = {lead.pk: lead.person_id for pair in pairs for lead in (pair.left, pair.right)}
    told = [Pair(pair.left_id, pair.right_id, pair.probability, pair.agrees == EVERYTHING) for pair in pairs]
    wishes = []
    for group in clusters(told):
        keep, *gone = dict.fromkeys(person[lead_id] for lead_id in group)
        if gone:
            wishes.append(Wish(keep, tuple(gone), "Their records agree"))
    done = merge_many(wishes=wishes, actor=actor, now=now)
    return sum(len(merge.gone) for merge in done if isinstance(merge, Merged))


def settle_pair(*, pair_id: int, is_same: bool, actor: User | None, now: datetime) -> None:
    """
    Say of a pair whether it is one person; nothing happens when that is settled already.

    Raises:
        UnableToMerge: they cannot become one, for a reason that the message gives.
    """
    pair = DuplicatePair.objects.select_related("left", "right").filter(pk=pair_id).first()
    if pair is None or pair.left.person_id == pair.right.person_id:
        return
    persons = [pair.left.person_id, pair.right.person_id]
    if is_same:
        merge_persons(keep=persons[0], gone=persons[1:], reason="Somebody said so", actor=actor, now=now)
    else:
        leads.keep_apart(person_ids=persons, actor=actor, now=now)


def audit_history(*, now: datetime, progress: Callable[[str], None] | None = None) -> AuditRun:
    """
    Audit the whole history, and keep what is found: findings and figures by date, and a verdict on each column.

    What somebody decided about a column stays. `progress` is told what is being done.
    """
    say = progress or (lambda _: None)
    say("Reading leads")
    frame, outcome = queries.audit_table(now=now)
    order = "First contact" if frame.height else None
    found = audit_table(frame, order=order, now=now, known_outcome=outcome, progress=progress)
    say("Reading events")
    plain = found.as_dict()
    doings = [kind.name for kind in vocabulary() if kind.group is Group.BEHAVIOUR]
    plain["figures"]["history"] = look(queries.log(until=now), doings=doings, traits=queries.traits())
    own = set(frame.columns) - set(queries.TOLD)
    gravest: dict[str, Finding] = {}
    for one in found.findings:
        if one.column in own and one.kind in OF_LEARNING and one.action in ("left_out", "ask"):
            gravest.setdefault(one.column, one)
    with transaction.atomic():
        run = AuditRun.objects.create(
            taken_at=now, n_leads=frame.height, findings=plain["findings"], figures=plain["figures"]
        )
        ColumnVerdict.objects.filter(decided="").exclude(column__in=gravest).delete()
        upsert_rows(
            ColumnVerdict,
            ("column", "kind", "severity", "sentence", "action", "found_at", "decided"),
            [(name, one.kind, one.severity, one.sentence, one.action, now, "") for name, one in gravest.items()],
            keys=("column",),
            keep=("decided",),
        )
    return run


def ensure_audited(*, now: datetime) -> None:
    """Audit the history unless that was done since an import last changed it."""
    if not queries.is_audited():
        audit_history(now=now)


class UnableToDecide(DomainError):
    """What was decided about a column cannot be kept."""

    code = "bad_verdict"


@transaction.atomic
def decide_column(*, verdict_id: int, decided: str, actor: User | None, now: datetime) -> None:
    """
    Keep what somebody decided about a column: leave it out, learn from it, or (empty) what the audit says.

    Raises:
        UnableToDecide: it is none of these, or there is no such column any more.
    """
    if decided and decided not in Verdict:
        raise UnableToDecide("Leave the column out, or have it learned from.")
    verdict = ColumnVerdict.objects.select_for_update(of=("self",)).filter(pk=verdict_id).first()
    if verdict is None:
        raise UnableToDecide("The audit holds nothing of this column any more.")
    verdict.decided, verdict.decided_by, verdict.decided_at = (
        decided,
        actor if decided else None,
        now if decided else None,
    )
    verdict.save(update_fields=["decided", "decided_by", "decided_at"])
    record_audit(
        action="column.decided",
        subject=f"column:{verdict.column}"[:120],
        now=now,
        actor=actor,
        detail={"decided": decided},
    )
