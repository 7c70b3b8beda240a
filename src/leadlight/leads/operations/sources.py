"""Writes of sources: their names, channels and costs."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from leadlight.accounts.models import User
from leadlight.accounts.operations import record_audit
from leadlight.kit.db import insert_rows, upsert_rows
from leadlight.kit.errors import DomainError
from leadlight.leads import queries, rules
from leadlight.leads.models import Channel, Person, Source, SourceCost
from leadlight.leads.operations.persons import refresh_persons


class UnableToJoinSources(DomainError):
    """Two sources cannot be made one."""

    code = "bad_source"


def ensure_sources(*, names: Iterable[str]) -> dict[str, int]:
    """Return the ids of sources by name, making those that are new; empty names are left out."""
    wanted = {name for name in names if name}
    rows = [(name, rules.channel_of(name), False) for name in sorted(wanted)]
    insert_rows(Source, ("name", "channel", "is_own"), rows, ignore_conflicts=True)
    return dict(Source.objects.filter(name__in=wanted).values_list("name", "id"))


@transaction.atomic
def join_source(*, source_id: int, into_id: int, actor: User | None, now: datetime) -> list[int]:
    """
    Have a source be another name of one that is shown; return the persons whose source it changes.

    Raises:
        UnableToJoinSources: the other is the same, or is itself another name of something.
    """
    sources = Source.objects.select_for_update().order_by("pk").in_bulk([source_id, into_id])
    source, into = sources.get(source_id), sources.get(into_id)
    if source is None or into is None or source is into or into.same_as_id is not None:
        raise UnableToJoinSources("Choose another source, one that stands in the list.")
    if source.same_as_id is not None:
        raise UnableToJoinSources(f"“{source}” is another name of something already. Take it apart first.")
    source.same_as = into
    source.save(update_fields=["same_as"])
    persons = Person.objects.filter(source=source)
    person_ids = list(persons.order_by("pk").values_list("pk", flat=True))
    persons.update(source=into)
    detail = {"name": source.name, "into": into.name, "persons": len(person_ids)}
    record_audit(action="source.joined", subject=f"source:{source_id}", now=now, actor=actor, detail=detail)
    return person_ids


@transaction.atomic
def part_source(*, source_id: int, actor: User | None, now: datetime) -> list[int]:
    """Have another name of a source stand for itself again; return the persons whose source that changes."""
    source = Source.objects.select_for_update().get(pk=source_id)
    if source.same_as is None:
        return []
    into, source.same_as, source.is_own = source.same_as, None, True
    source.save(update_fields=["same_as", "is_own"])
    shown = queries.shown_sources()
    names = {source_id, *(name_id for name_id, shown_id in shown.items() if shown_id == source_id)}
    persons = Person.objects.filter(leads__source__in=names).distinct().order_by("pk")
    before = dict(persons.values_list("pk", "source_id"))
    refresh_persons(person_ids=list(before))
    after = dict(Person.objects.filter(pk__in=before).values_list("pk", "source_id"))
    person_ids = [person_id for person_id in before if after[person_id] != before[person_id]]
    detail = {"name": source.name, "out_of": into.name, "persons": len(person_ids)}
    record_audit(action="source.parted", subject=f"source:{source_id}", now=now, actor=actor, detail=detail)
    return person_ids


@transaction.atomic
def describe_source(
    *, source_id: int, channel: str | None = None, is_own: bool | None = None, actor: User | None, now: datetime
) -> None:
    """
    Say of a source which channel it belongs to, or that it is no other's name.

    Raises:
        UnableToJoinSources: there is no such channel.
    """
    if channel is not None and channel not in Channel:
        raise UnableToJoinSources("Choose one of the channels.")
    changes = {name: value for name, value in (("channel", channel), ("is_own", is_own)) if value is not None}
    if Source.objects.filter(pk=source_id).update(**changes):
        record_audit(
            action="source.described", subject=f"source:{source_id}", now=now, actor=actor, detail=dict(changes)
        )


@transaction.atomic
def set_source_costs(
    *, month: date, amounts: Mapping[int, Decimal | None], actor: User | None, now: datetime
) -> None:
    """Write what sources cost in a month, by source; None takes back what was said."""
    first = month.replace(day=1)
    gone = [source_id for source_id, amount in amounts.items() if amount is None]
    SourceCost.objects.filter(month=first, source__in=gone).delete()
    said = [(source_id, first, amount) for source_id, amount in amounts.items() if amount is not None]
    upsert_rows(SourceCost, ("source", "month", "amount"), said, keys=("source", "month"))
    detail = {str(source_id): None if amount is None else str(amount) for source_id, amount in amounts.items()}
    record_audit(action="source.costs_set", subject=f"month:{first}", now=now, actor=actor, detail=detail)
