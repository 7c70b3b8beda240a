"""What happened to everybody so far, as arrays over persons: the ground that labels stand on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from django.db.models import Max, Min
from numpy.typing import NDArray

from leadlight.events.models import Event
from leadlight.events.rules import LADDER
from leadlight.kit.groups import Groups
from leadlight.leads.models import Identity, Lead, Person
from leadlight.leads.rules import has_converted


@dataclass(frozen=True)
class History:
    """Arrays over n persons. Moments are seconds since the epoch, NaN where nothing is known."""

    person_ids: list[int]
    first_contact_at: NDArray[np.float64]
    #: Order in time where the export has one but no dates.
    sequence: NDArray[np.float64]
    #: First moment of each outcome kind.
    outcome_at: Mapping[str, NDArray[np.float64]]
    #: 1 converted, 0 not, NaN not said: an outcome without a date.
    final: NDArray[np.float64]
    #: Whether `final` is read off a stage, which of a young lead says little, and not from an outcome column.
    final_by_stage: NDArray[np.bool_]
    #: People who share an e-mail or phone have one number.
    group: NDArray[np.int64]
    n_events: int
    #: The latest moment that the history knows of.
    until: float

    @property
    def n(self) -> int:
        """Number of persons."""
        return len(self.person_ids)

    def first_outcome(self, kinds: Iterable[str]) -> NDArray[np.float64]:
        """Return when the first of some outcome kinds came, NaN for never."""
        columns = [self.outcome_at[kind] for kind in kinds if kind in self.outcome_at]
        return np.fmin.reduce(columns) if columns else np.full(self.n, np.nan)


def history(*, now: datetime) -> History:
    """Return the history as known at `now`, in five queries."""
    persons = list(Person.objects.order_by("id").values_list("id", "first_contact_at"))
    ids = [person_id for person_id, _ in persons]
    place = {person_id: k for k, person_id in enumerate(ids)}
    first = np.array([np.nan if at is None else at.timestamp() for _, at in persons], dtype=np.float64)
    sequence = np.full(len(ids), np.nan)
    final = np.full(len(ids), np.nan)
    by_stage = np.ones(len(ids), dtype=bool)
    for person_id, order, meaning, converted in Lead.objects.values_list(
        "person_id", "sequence", "stage_meaning", "converted"
    ):
        k = place[person_id]
        if order is not None:
            sequence[k] = np.fmin(sequence[k], order)
        said = has_converted(meaning, converted)
        if said is not None:
            final[k] = np.fmax(final[k], float(said))
            by_stage[k] &= converted is None
    outcome_at = {kind: np.full(len(ids), np.nan) for kind in (*LADDER, "lost")}
    rows = Event.objects.filter(kind__in=outcome_at, is_machine=False, known_at__lte=now)
    for person_id, kind, at in rows.values_list("lead__person_id", "kind").annotate(Min("occurred_at")).order_by():
        outcome_at[kind][place[person_id]] = at.timestamp()
    seen = Event.objects.filter(known_at__lte=now).aggregate(latest=Max("known_at"))["latest"]
    latest = [float(at) for at in first[first <= now.timestamp()]] + ([seen.timestamp()] if seen else [])
    return History(
        person_ids=ids,
        first_contact_at=first,
        sequence=sequence,
        outcome_at=outcome_at,
        final=final,
        final_by_stage=by_stage,
        group=_groups(place),
        n_events=Event.objects.count(),
        until=max(latest, default=now.timestamp()),
    )


def _groups(place: Mapping[int, int]) -> NDArray[np.int64]:
    """Number people so that those who share an identity, directly or through others, have one number."""
    groups: Groups[int] = Groups()
    holder: dict[tuple[str, str], int] = {}
    for kind, value, person_id in Identity.objects.values_list("kind", "value", "lead__person_id"):
        k = place[person_id]
        groups.join(k, holder.setdefault((kind, value), k))
    roots = np.array([groups.first(k) for k in range(len(place))], dtype=np.int64)
    codes: NDArray[np.int64] = np.unique(roots, return_inverse=True)[1].astype(np.int64)
    return codes
