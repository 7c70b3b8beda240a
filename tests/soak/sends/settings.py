"""The house's settings for what answers inquiries, and nothing beside it."""

from datetime import timedelta

from leadlight.config.settings import *  # noqa: F403
from leadlight.config.settings import INSTALLED_APPS, LOGGING
from leadlight.jobs.rules import Every, Recurrence

INSTALLED_APPS = [*INSTALLED_APPS, "tests.soak.sends.apps.Sends"]

# Scores are for the other soak: here workers are born to die, and quickly.
LEDGER_DRAINS: dict[str, tuple[str, ...]] = {}
LEDGER_WARMUPS: dict[str, tuple[str, ...]] = {}
LEDGER_SCHEDULE: dict[str, Recurrence] = {"messages.find_doubtful": Every(timedelta(seconds=1))}
# A line for each request would bury the verdict.
LOGGING["loggers"]["leadlight.request"] = {"level": "WARNING"}
