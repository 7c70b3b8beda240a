"""A small brokerage written straight into the tables, for tests of training and scoring."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from leadlight.events import operations as events
from leadlight.events.rules import Cause
from leadlight.leads import operations as leads
from leadlight.leads.models import Lead
from leadlight.leads.rules import NewLead

START = datetime(2025, 1, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def write_brokerage(n: int, *, seed: int = 0, dated: bool = True, days: int = 500) -> list[int]:
    """Write n leads of whom the keen view more homes and book more often; return their person ids."""
    rng = np.random.default_rng(seed)
    keen = rng.random(n) < 0.3
    at = np.sort(rng.random(n)) * days
    sources = leads.ensure_sources(names=["Zillow", "Referral"])
    new = [
        NewLead(
            system="test",
            external_id=str(k),
            name=f"Lead {k}",
            source_id=sources["Referral" if rng.random() < 0.3 + 0.3 * keen[k] else "Zillow"],
            contacted_at=START + at[k] * DAY,
            stage="Closed" if not dated and keen[k] and rng.random() < 0.7 else "Lead",
            stage_meaning="",
            emails=(f"lead{k}@example.com",),
            phones=(f"+1813555{k:04d}",) if k % 10 else (),
            attributes={"color": "red" if keen[k] else "blue", "size": float(k % 7)},
        )
        for k in range(n)
    ]
    if not dated:
        new = [replace_meaning(lead) for lead in new]
    now = START + (days + 1) * DAY
    ids = leads.store_leads(leads=new, now=now)
    rows = []
    for k, lead_id in enumerate(ids):
        first = START + at[k] * DAY
        n_views = rng.poisson(6.0 if keen[k] else 2.0)
        moments = [first + float(age) * DAY for age in rng.exponential(10.0, n_views)]
        rows += [(lead_id, "listing_view", moment, f"{int(rng.integers(5))} Elm St") for moment in moments]
        if rng.random() < 0.5:
            rows.append((lead_id, "call_attempted", first + DAY, ""))
        if dated and rng.random() < (0.6 if keen[k] else 0.05):
            rows.append((lead_id, "appointment_booked", first + float(rng.uniform(2, 50)) * DAY, ""))
    events.append(
        events=(
            events.NewEvent(f"e{i}", lead_id, kind, moment, moment, listing=listing)
            for i, (lead_id, kind, moment, listing) in enumerate(rows)
            if moment < now
        ),
        cause=Cause.IMPORT,
        origin="import:1",
        now=now,
    )
    persons = list(Lead.objects.order_by("id").values_list("person_id", flat=True))
    leads.refresh_persons(person_ids=persons)
    events.refresh_activity(person_ids=persons)
    return persons


def replace_meaning(lead: NewLead) -> NewLead:
    from dataclasses import replace

    return replace(lead, stage_meaning="closed" if lead.stage == "Closed" else "open")


@pytest.fixture
def brokerage() -> Callable[..., list[int]]:
    return write_brokerage


@pytest.fixture
def now() -> datetime:
    return START + 501 * DAY
