"""The figures of an installation, for the metrics and for who asks whether it is ready; a fixed number of queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Count, Max, Min

from leadlight.events.models import Event, Touched
from leadlight.jobs.queries import Alive, Depth, depths, workers
from leadlight.leads.models import Lead
from leadlight.scoring.models import ModelVersion, Score, Tier
from leadlight.scoring.queries import serving


@dataclass(frozen=True)
class Inbox:
    """Who waits to be scored anew."""

    n: int
    oldest_at: datetime | None


def inbox() -> Inbox:
    """Return how many rows the inbox of touched persons holds, and since when the oldest waits. One query."""
    return Inbox(*Touched.objects.aggregate(n=Count("pk"), oldest_at=Min("at")).values())


@dataclass(frozen=True)
class Figures:
    """What the metrics tell."""

    depths: Sequence[Depth]
    inbox: Inbox
    workers: Sequence[Alive]
    #: Events ever stored.
    n_events: int
    n_leads: int
    n_scores: Mapping[str, int]
    serving: ModelVersion | None


def figures(*, now: datetime) -> Figures:
    """Read them all, in seven queries; none of them walks over the event log."""
    by_tier = dict(Score.objects.order_by().values_list("tier").annotate(Count("pk")))
    return Figures(
        depths=depths(now=now),
        inbox=inbox(),
        workers=workers(now=now),
        # Numbers are given in order: the greatest tells, within what was undone, how many there are.
        n_events=Event.objects.aggregate(greatest=Max("pk"))["greatest"] or 0,
        n_leads=Lead.objects.count(),
        n_scores={tier: by_tier.get(tier, 0) for tier in Tier.values},
        serving=serving(),
    )


@lru_cache
def _known_migrations() -> frozenset[tuple[str, str]]:
    """Return the migrations of this code; they never change while it runs."""
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).disk_migrations or ())


def missing_migrations() -> int:
    """
    Return how many of this code's migrations the database lacks.

    Raises:
        django.db.Error: the database does not answer.
    """
    return len(_known_migrations() - MigrationRecorder(connection).applied_migrations().keys())
