"""Leadlight learns from a team's own CRM history which leads are about to act. The Python face, loaded lazily."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from leadlight.quality.duplicates.finding import find_duplicates
    from leadlight.scoring.learners.scorer import LeadScorer
    from leadlight.scoring.learners.tables import read_leads
    from leadlight.signals.table import signal_table

__all__ = ["LeadScorer", "find_duplicates", "read_leads", "signal_table"]

#: Loaded at first use: importing the package must pull in neither Django nor the learners.
_HOMES = {
    "LeadScorer": "leadlight.scoring.learners.scorer",
    "find_duplicates": "leadlight.quality.duplicates.finding",
    "read_leads": "leadlight.scoring.learners.tables",
    "signal_table": "leadlight.signals.table",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
