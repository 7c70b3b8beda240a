"""Leads that may be of one person."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl
from django.db.models import F

from leadlight.leads.models import Identity, IdentityKind, Lead
from leadlight.leads.queries import apart_persons
from leadlight.quality.models import DuplicatePair
from leadlight.quality.queries.history import CHUNK
from leadlight.quality.rules.gaps import read_home

#: E-mails and phones of a lead that duplicates are looked for by.
_NAMES_EACH = 3


def lead_table(lead_ids: Collection[int] | None = None) -> pl.DataFrame:
    """Return leads with what says who they are, a row each by id: those named, or all. Two queries."""
    identities, stored = Identity.objects.all(), Lead.objects.all()
    if lead_ids is not None:
        identities, stored = identities.filter(lead__in=lead_ids), stored.filter(pk__in=lead_ids)
    kinds = {IdentityKind.EMAIL: "email", IdentityKind.PHONE: "phone"}
    told: dict[int, dict[str, str]] = {}
    rows = identities.order_by("lead_id", "position", "id").values_list("lead_id", "kind", "value")
    for lead_id, kind, value in rows.iterator(chunk_size=CHUNK):
        own = told.setdefault(lead_id, {})
        place = next((k for k in range(1, _NAMES_EACH + 1) if f"{kinds[IdentityKind(kind)]}{k}" not in own), None)
        if place is not None:
            own[f"{kinds[IdentityKind(kind)]}{place}"] = value
    columns = [f"{kind}{k}" for kind in kinds.values() for k in range(1, _NAMES_EACH + 1)]
    found: dict[str, list[Any]] = {name: [] for name in ("lead", "name", "street", "city", "postcode", *columns)}
    leads = stored.order_by("pk").values_list("pk", "name", "home")
    for pk, full, text in leads.iterator(chunk_size=CHUNK):
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


def unsettled_pairs(*, least: float) -> list[DuplicatePair]:
    """Return the pairs of two persons of whom nobody has said that they are two, the likeliest first; two queries."""
    apart = apart_persons()
    pairs = DuplicatePair.objects.filter(probability__gte=least)
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
