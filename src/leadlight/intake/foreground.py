"""Doing one's own job of the ledger right here: for commands, whose user waits for the end."""

import threading
from collections.abc import Callable

from leadlight.jobs.rules import LONG
from leadlight.jobs.worker import Heart, run_due

_LOOK_SECONDS = 0.5


def run_job(*, key: str, is_open: Callable[[], bool]) -> None:
    """
    Run the job with this key as often as it takes until `is_open` says no.

    When a worker elsewhere was faster, it does the work and this waits for its end.
    """
    look = threading.Event()
    with Heart([LONG]).beating() as heart:
        while is_open():
            if run_due(queues=[LONG], limit=1, key=key, heart=heart) == 0:
                look.wait(_LOOK_SECONDS)
