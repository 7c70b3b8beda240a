"""What goes on after the export: not in it, told once, in the order of time, and understood by the API."""

import csv
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from pytest_django.live_server_helper import LiveServer

from leadlight.accounts.operations import create_token
from leadlight.events.models import Event
from leadlight.kit.clock import utc_now
from leadlight.leads.models import Lead
from leadlight.leads.operations import store_leads
from leadlight.leads.rules import NewLead
from leadlight.simulator import Brokerage, simulate, write_exports
from leadlight.simulator.later import EXPORTED, requests, tell
from tests.simulator.conftest import UNTIL

DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def going_on() -> Brokerage:
    return simulate(n_leads=3_000, seed=5, until=UNTIL, later=4 * DAY)


def test_the_export_ends_where_the_rest_begins(going_on: Brokerage, tmp_path: Path) -> None:
    until = UNTIL.timestamp()
    assert going_on.activities.at.max() < until <= going_on.later.at.min()
    assert going_on.later.at.max() < (UNTIL + 4 * DAY).timestamp()
    assert going_on.records.created_at.max() < until <= going_on.newcomers.created_at.min()
    assert len(going_on.records.lead_id) + len(going_on.newcomers.lead_id) == 3_000
    people, activities, _ = write_exports(going_on, tmp_path)
    with activities.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    known = {row["ID"] for row in csv.DictReader(people.read_text(encoding="utf-8").splitlines())}
    assert known == set(going_on.records.lead_id)
    assert {row["Person ID"] for row in rows} <= known
    assert max(row["Date"] for row in rows) < UNTIL.isoformat()


def test_without_anything_later_the_brokerage_is_as_it_was() -> None:
    made = simulate(n_leads=400, seed=3, until=UNTIL)
    assert (len(made.later), len(made.newcomers.lead_id), len(made.records.lead_id)) == (0, 0, 400)


def test_all_is_told_once_in_the_order_of_time_and_nobody_acts_before_they_are_told_of(going_on: Brokerage) -> None:
    told = requests(going_on)
    moments = [one.at for one in told]
    assert moments == sorted(moments)
    ids = [one.body["event_id"] for one in told if "event_id" in one.body]
    assert len(ids) == len(set(ids)) > 100
    here: set[str] = set()
    for one in told:
        if "event_id" not in one.body:
            here.add(one.body["Id"])
        elif one.body["system"] != EXPORTED:
            assert one.body["external_id"] in here
        else:
            assert one.body["external_id"] in going_on.records.lead_id
    assert here == set(going_on.newcomers.lead_id)
    kinds = Counter(one.body.get("kind") for one in told)
    assert {"listing_view", "inquiry", "email_opened"} <= kinds.keys()
    assert not {"call_attempted", "email_sent", "sms_sent", "appointment_booked"} & kinds.keys()


@pytest.mark.django_db(transaction=True)
def test_a_running_leadlight_takes_all_of_it(live_server: LiveServer) -> None:
    now = utc_now()
    until = datetime(now.year, now.month, now.day, tzinfo=UTC) - DAY
    made = simulate(n_leads=600, seed=9, until=until, later=DAY)
    ids = made.records.lead_id
    store_leads(leads=[NewLead(system=EXPORTED, external_id=one, name=one) for one in ids], now=now)
    token = create_token(name="t", scopes=["leads:write", "events:write"], now=now)
    told = requests(made)
    for _ in range(2):
        assert tell(told, address=live_server.url, token=token) == len(told)
    n_events = sum("event_id" in one.body for one in told)
    assert Event.objects.filter(event_id__startswith="later-").count() == n_events > 10
    assert Lead.objects.count() == 600
    assert not np.isnan([one.at for one in told]).any()
    with pytest.raises(RuntimeError, match="401"):
        tell(told, address=live_server.url, token="nobody's")
