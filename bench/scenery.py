"""A brokerage with a model that serves and as many leads and events as wanted, written past the front door."""

import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import numpy as np

#: The simulated leads that the model learns from.
TAUGHT = 3_000
SYSTEM = "bench"
_KINDS = (
    "listing_view",
    "page_view",
    "site_visit",
    "search",
    "email_delivered",
    "email_opened",
    "email_sent",
    "inquiry",
)
_SHARES = (0.36, 0.2, 0.12, 0.08, 0.1, 0.06, 0.06, 0.02)
_CHUNK = 200_000


def teach() -> str:
    """Make a demo brokerage, whose model serves; return which kind of model that is. Clears the database."""
    from django.core.management import call_command

    from leadlight.scoring import queries

    call_command("demo", leads=TAUGHT, no_serve=True, json=True, stdout=io.StringIO())
    version = queries.serving()
    assert version is not None
    return f"{version.card['serving']}, {version.card['model']}"


def fill(
    n_leads: int,
    n_events: int,
    *,
    now: datetime,
    seed: int = 1,
    system: str = SYSTEM,
    told: Callable[[int], tuple[bool | None, str]] = lambda _: (None, "{}"),
) -> list[int]:
    """
    Add leads with events over two years, each lead with about as many; return the new persons.

    `told` says of each lead whether it converted, and its own columns as JSON.
    """
    from leadlight.leads.models import Lead, Person

    rng = np.random.default_rng(seed)
    person = (Person.objects.order_by("-pk").values_list("pk", flat=True).first() or 0) + 1
    lead = (Lead.objects.order_by("-pk").values_list("pk", flat=True).first() or 0) + 1
    # Most leads came of late, as more and more do.
    ages = np.sort(rng.random(n_leads) ** 1.5 * 730)[::-1]
    came = [now - timedelta(days=float(age)) for age in ages]
    _write(
        "leads_person",
        ("id", "name", "name_key", "email", "phone", "search_text", "kind", "owner_name", "stage", "state",
         "first_contact_at", "asked_for"),
        (
            (person + k, f"P {k}", f"p {k}", "", "", f"p {k}", "buyer", "", "", "OPEN", came[k], "")
            for k in range(n_leads)
        ),
    )  # fmt: skip
    _write(
        "leads_lead",
        ("id", "person_id", "system", "external_id", "name", "kind", "source_label", "owner_name", "stage",
         "stage_meaning", "contacted_at", "provenance", "home", "tags", "edited_fields", "updated_at", "converted",
         "attributes"),
        (
            (lead + k, person + k, system, f"p{k}", f"P {k}", "buyer", "", "", "", "", came[k], "UNKNOWN", "", "[]",
             "[]", now, *told(k))
            for k in range(n_leads)
        ),
    )  # fmt: skip
    columns = (
        *("event_id", "lead_id", "kind", "occurred_at", "known_at", "stored_at", "cause", "listing", "area", "value"),
        *("actor", "props", "is_machine", "origin"),
    )
    _write("events_event", columns, _events(n_events, lead, n_leads, ages, now, rng))
    _settle_sequences()
    return list(range(person, person + n_leads))


def _events(
    n: int, lead: int, n_leads: int, ages: Any, now: datetime, rng: np.random.Generator
) -> Iterator[tuple[Any, ...]]:
    start, name = now.timestamp(), f"b{lead}"
    for first in range(0, n, _CHUNK):
        size = min(_CHUNK, n - first)
        whose = rng.integers(n_leads, size=size)
        at = start - ages[whose] * 86_400 * rng.random(size)
        kinds = rng.choice(len(_KINDS), size=size, p=_SHARES)
        homes, prices = rng.integers(5_000, size=size), rng.integers(20, 90, size=size)
        for k in range(size):
            kind = _KINDS[kinds[k]]
            moment = datetime.fromtimestamp(at[k], UTC)
            home, price = (f"{homes[k]} Elm St", float(prices[k]) * 10_000) if kind == "listing_view" else ("", None)
            yield (
                *(f"{name}-{first + k}", lead + int(whose[k]), kind, moment, moment, now, "IMPORT", home, "", price),
                *("", "{}", False, "bench"),
            )


def _write(table: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    """Write rows as fast as the engine can: COPY on PostgreSQL, `executemany` on SQLite."""
    from django.db import connection, transaction

    names = ", ".join(f'"{name}"' for name in columns)
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
                for row in rows:
                    copy.write_row(row)
            return
        statement = f'INSERT INTO "{table}" ({names}) VALUES ({", ".join("?" * len(columns))})'
        remaining, bare = iter(rows), connection.connection
        while batch := list(islice(remaining, 20_000)):
            bare.executemany(statement, [tuple(map(_plain, row)) for row in batch])


def _plain(value: Any) -> Any:
    return value.isoformat(" ")[:-6] if isinstance(value, datetime) else value


def _settle_sequences() -> None:
    """Have new rows numbered after those that were written with numbers, and the planner know what is there."""
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for table in ("leads_person", "leads_lead"):
                cursor.execute(
                    f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"
                )
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def score_everybody(now: datetime) -> None:
    """Have every open person scored, nobody's reasons due, and the database at rest, as one that has long served."""
    from django.db import connection

    from leadlight.events.rules import Cause
    from leadlight.scoring.models import Score
    from leadlight.scoring.operations import score_all

    score_all(now=now, cause=Cause.IMPORT)
    Score.objects.update(reason_is_stale=False)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE scoring_score, scoring_scorestep")
            cursor.execute("CHECKPOINT")
