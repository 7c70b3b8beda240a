"""The whole history as arrays, and what was frozen of it."""

from collections.abc import Sequence
from datetime import datetime
from itertools import islice

import numpy as np
from django.db.models import Max
from numpy.typing import NDArray

from leadlight.events.models import Event
from leadlight.events.queries import vocabulary
from leadlight.intake.models import Import, ImportStatus
from leadlight.kit.db import Seconds, seconds
from leadlight.leads.models import Lead, Person, Source
from leadlight.quality.models import Baseline
from leadlight.quality.rules.log import Log

#: Rows that become arrays at a time.
CHUNK = 100_000


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
    told = rows.values_list("lead_id", "kind", Seconds("occurred_at"), "actor").iterator(chunk_size=CHUNK)
    while chunk := list(islice(told, CHUNK)):
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


def n_people() -> int:
    """Return how many people there are."""
    return Person.objects.count()


def baseline() -> Baseline | None:
    """Return the figures from before Leadlight as they were last frozen."""
    return Baseline.objects.order_by("-pk").select_related("taken_by").first()
