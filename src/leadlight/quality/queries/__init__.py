"""Reads for the pages of data, and for training."""

from leadlight.quality.queries.audits import (
    TOLD,
    audit_before,
    audit_table,
    is_audited,
    latest_audit,
    unlearned_columns,
    verdicts,
    worse_than_before,
)
from leadlight.quality.queries.duplicates import (
    Doubt,
    Record,
    doubts,
    duplicates_found_at,
    lead_table,
    unsettled_pairs,
)
from leadlight.quality.queries.gaps import cities, filled_gaps, known_for_gaps
from leadlight.quality.queries.history import baseline, history_until, log, n_people, sentences, traits
from leadlight.quality.queries.households import Household, household_of, n_households, near
from leadlight.quality.queries.sources import (
    Name,
    SourceRow,
    costs_by_month,
    costs_of,
    months_with_leads,
    n_proposals,
    source_rows,
)
from leadlight.quality.queries.waiting import BACK_WITHIN, FoundMoney, found_money, unanswered

__all__ = [
    "BACK_WITHIN",
    "TOLD",
    "Doubt",
    "FoundMoney",
    "Household",
    "Name",
    "Record",
    "SourceRow",
    "audit_before",
    "audit_table",
    "baseline",
    "cities",
    "costs_by_month",
    "costs_of",
    "doubts",
    "duplicates_found_at",
    "filled_gaps",
    "found_money",
    "history_until",
    "household_of",
    "is_audited",
    "known_for_gaps",
    "latest_audit",
    "lead_table",
    "log",
    "months_with_leads",
    "n_households",
    "n_people",
    "n_proposals",
    "near",
    "sentences",
    "source_rows",
    "traits",
    "unanswered",
    "unlearned_columns",
    "unsettled_pairs",
    "verdicts",
    "worse_than_before",
]
