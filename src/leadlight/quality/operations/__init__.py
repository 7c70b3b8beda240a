"""Writes of what the team decides about its data, with all that follows."""

from leadlight.quality.operations.audits import UnableToDecide, audit_history, decide_column, ensure_audited
from leadlight.quality.operations.duplicates import find_duplicates, merge_certain, settle_pair
from leadlight.quality.operations.gaps import fill_gaps
from leadlight.quality.operations.history import freeze_baseline
from leadlight.quality.operations.households import (
    find_households,
    place_in_households,
    say_household,
    unsay_household,
)
from leadlight.quality.operations.sources import join_sources, part_sources
from leadlight.quality.operations.waiting import list_unanswered

__all__ = [
    "UnableToDecide",
    "audit_history",
    "decide_column",
    "ensure_audited",
    "fill_gaps",
    "find_duplicates",
    "find_households",
    "freeze_baseline",
    "join_sources",
    "list_unanswered",
    "merge_certain",
    "part_sources",
    "place_in_households",
    "say_household",
    "settle_pair",
    "unsay_household",
]
