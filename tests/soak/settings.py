"""The house's settings with the probe beside the rooms, for all processes of a soak."""

import sys

from leadlight.config.settings import *  # noqa: F403
from leadlight.config.settings import INSTALLED_APPS, SUBSCRIPTIONS
from tests.soak import probe

INSTALLED_APPS = [*INSTALLED_APPS, "tests.soak.apps.Soak"]

# To the ledger the probe is a room like any other.
sys.modules["leadlight.soak.tasks"] = probe

_PROBES = {"events.inquiry_received": "soak.hear", "scoring.tier_changed": "soak.see"}
LEDGER_SUBSCRIPTIONS = {
    fact: (*names, _PROBES[fact]) if fact in _PROBES else names for fact, names in SUBSCRIPTIONS.items()
}
# What recurs would be due at a moment of the clock's choosing.
LEDGER_SCHEDULE: dict[str, object] = {}
