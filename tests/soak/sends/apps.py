"""Prepares each process: short waits, points at which it may die, and, to prove the soak, a row that is written late."""

import os
from datetime import timedelta

from django.apps import AppConfig

LEASE_SECONDS, BEAT_SECONDS = 1, 0.2
#: Longer than this mail server is ever waited for.
LOST = timedelta(seconds=4)


class Sends(AppConfig):
    name = "tests.soak.sends"
    label = "sends"

    def ready(self) -> None:
        from leadlight.jobs import operations, queries, worker
        from leadlight.messages.operations import doubts
        from leadlight.messages.rules import tries
        from tests.soak.sends import late, points

        for module in (operations, queries):
            module.LEASE_SECONDS = LEASE_SECONDS
        worker._BEAT_SECONDS, worker._SCHEDULE_SECONDS = BEAT_SECONDS, 1.0
        doubts._LOST = LOST
        tries._FIRST, tries._LONGEST, tries.MOST_TRIES = timedelta(seconds=0.2), timedelta(seconds=1), 4
        if os.environ.get("SOAK_WITHOUT") == "row":
            late.install()
        if "SOAK_POINTS" in os.environ:
            points.install()
