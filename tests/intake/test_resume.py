"""An import whose worker is killed at any moment goes on and ends as if nothing had happened."""

import json
import os
import signal
import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from leadlight.consent.models import Suppression
from leadlight.events.models import Event
from leadlight.intake import operations
from leadlight.intake.models import Import, ImportFile, ImportStatus, LeadChange, RejectedRow
from leadlight.intake.operations import running
from leadlight.jobs.models import Job
from leadlight.jobs.worker import run_due
from leadlight.leads.models import Identity, Lead, Person
from tests.intake.helpers import NOW, activities, people, receive

#: Runs due jobs in chunks of 7 rows, and kills itself at the n-th chunk: before it, in it, right before its commit or
#: right after.
WORKER = """
import os, signal, sys
import django
from django.conf import settings
n, moment, name = int(sys.argv[1]), sys.argv[2], sys.argv[3]
settings.DATABASES["default"]["NAME"] = name
django.setup()
from leadlight.intake.operations import running
from leadlight.jobs.worker import run_due
running.CHUNK = dict.fromkeys(running.CHUNK, 7)
def die():
    os.kill(os.getpid(), signal.SIGKILL)
calls = 0
def counted(store):
    def wrapped(*args, **kwargs):
        global calls
        calls += 1
        if calls == n and moment == "before":
            die()
        result = store(*args, **kwargs)
        if calls == n and moment == "in":
            die()
        return result
    return wrapped
running.store_people = counted(running.store_people)
running.store_happenings = counted(running.store_happenings)
added = running._added
def last(*args):
    if calls == n and moment == "commit":
        die()
    return added(*args)
running._added = last
store_chunk = running._store_chunk
def done(*args):
    stored = store_chunk(*args)
    if calls == n and moment == "after":
        die()
    return stored
running._store_chunk = done
while run_due(limit=1):
    pass
"""


def told() -> dict[str, Any]:
    """All that an import wrote, without the numbers that the database gives."""
    leads = Lead.objects.order_by("system", "external_id")
    return {
        "leads": list(leads.values_list("external_id", "name", "stage", "source__name", "attributes")),
        "people": list(leads.values_list("person__name", "person__email", "person__state", "person__active_at")),
        "identities": sorted(Identity.objects.values_list("lead__external_id", "kind", "value", "position")),
        "events": sorted(Event.objects.values_list("event_id", "lead__external_id", "kind", "occurred_at")),
        "closed": sorted(Suppression.objects.values_list("lead__external_id", "channel", "reason", "evidence")),
        "changes": LeadChange.objects.count(),
        "persons": Person.objects.count(),
        "rejected": sorted(RejectedRow.objects.values_list("file__position", "line", "reason")),
        "counts": Import.objects.get().counts,
        "done": list(ImportFile.objects.order_by("position").values_list("n_done", "n_rows")),
    }  # fmt: skip


def texts() -> tuple[str, str]:
    rows = [
        f"{i % 31},2024-03-01 10:00,P{i},Q,{'Trash' if i % 5 == 0 else 'Lead'},Zillow,,p{i}@example.com,,"
        f"{i + 1}00000,,,,{i}"
        for i in range(40)
    ]
    happened = [f"a{i},{i % 35},Viewed Property,2024-03-0{i % 9 + 1} 10:00,,12 Elm St,4" for i in range(60)]
    return people(*rows), activities(*happened, "x,1,No such thing at all,2024-03-01 10:00,,,")


def begin() -> Import:
    part_of = receive(*texts())
    operations.start_import(import_id=part_of.pk, actor=None, now=NOW)
    return part_of


def work(n: int, moment: str) -> int:
    environment = {
        **os.environ,
        "LEADLIGHT_HOME": str(settings.HOME),
        "DJANGO_SETTINGS_MODULE": "leadlight.config.settings",
    }
    command = [sys.executable, "-c", WORKER, str(n), moment, str(connection.settings_dict["NAME"])]
    return subprocess.run(command, env=environment).returncode


@pytest.mark.django_db(transaction=True)
def test_a_killed_import_ends_as_if_it_had_not_been(monkeypatch) -> None:
    monkeypatch.setattr(running, "CHUNK", dict.fromkeys(running.CHUNK, 7))
    begin()
    while run_due(limit=1):
        pass
    whole = told()
    assert len(whole["leads"]) == 31
    assert whole["counts"]["duplicates"] == 9
    call_command("flush", "--noinput", verbosity=0)

    part_of = begin()
    connection.close()
    for n, moment in (
        (1, "in"),
        (2, "before"),
        (2, "in"),
        (3, "commit"),
        (3, "after"),
        (3, "in"),
        (1, "after"),
        (4, "before"),
    ):
        assert work(n, moment) == -signal.SIGKILL
        # What a worker leased that died is open again when its lease has run out.
        assert Job.objects.exclude(lease="").update(leased_until=NOW) == 1
    assert Import.objects.get().status == ImportStatus.RUNNING
    assert work(0, "never") == 0

    part_of.refresh_from_db()
    assert part_of.status == ImportStatus.DONE
    assert json.dumps(told(), default=str, sort_keys=True) == json.dumps(whole, default=str, sort_keys=True)
