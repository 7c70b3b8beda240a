"""Where leads come from, as the page of sources shows it."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Count, Max, Sum

from leadlight.leads.models import Lead, Source, SourceCost
from leadlight.leads.queries import shown_sources
from leadlight.quality.rules.sources import Label, proposals


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
    labels = [Label(pk, row.source.name, row.n, not (row.source.is_own or row.also)) for pk, row in rows.items()]
    for source_id, bigger in proposals(labels).items():
        rows[source_id].proposed = rows[bigger].source
    return sorted(rows.values(), key=lambda row: (-row.n, row.source.name))


def n_proposals() -> int:
    """Count the names that look like another's, in three queries that read no lead, only how many each name has."""
    shown, n_of = shown_sources(), Counter[int]()
    counted = Lead.objects.exclude(source=None).order_by().values_list("source_id").annotate(n=Count("id"))
    for source_id, n in counted:
        n_of[shown.get(source_id, source_id)] += n
    also = set(shown.values())
    rows = Source.objects.filter(same_as=None).values_list("pk", "name", "is_own")
    return len(proposals(Label(pk, name, n_of[pk], not (is_own or pk in also)) for pk, name, is_own in rows))


def costs_of(month: date) -> dict[int, Decimal]:
    """Return what sources cost in the month that begins with `month`, where somebody has said."""
    return dict(SourceCost.objects.filter(month=month).values_list("source_id", "amount"))


def months_with_leads(*, limit: int = 24) -> list[date]:
    """Return the latest months in which anybody first came in, the latest first."""
    months = Lead.objects.exclude(contacted_at=None).dates("contacted_at", "month", order="DESC")
    return list(months[:limit])


def costs_by_month() -> dict[date, Decimal]:
    """Return what all sources together cost in each month of which anything was said."""
    return dict(SourceCost.objects.values("month").annotate(spent=Sum("amount")).values_list("month", "spent"))
