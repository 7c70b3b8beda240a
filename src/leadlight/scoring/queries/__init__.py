"""Reads of scoring: the history that models learn from, and what pages show of scores and models."""

from leadlight.scoring.queries.history import History, history
from leadlight.scoring.queries.overrides import tiers_by_hand
from leadlight.scoring.queries.pages import (
    Change,
    Explanation,
    HotWord,
    Reason,
    change,
    explanation,
    held_tier,
    hot_word,
    in_words,
    left_for_audit,
    n_people,
    priority_ids,
    score_line,
    scorer,
    serving,
    silent_moves,
    versions,
    warm,
)
from leadlight.scoring.queries.signals import signals_of, table_of

__all__ = [
    "Change",
    "Explanation",
    "History",
    "HotWord",
    "Reason",
    "change",
    "explanation",
    "held_tier",
    "history",
    "hot_word",
    "in_words",
    "left_for_audit",
    "n_people",
    "priority_ids",
    "score_line",
    "scorer",
    "serving",
    "signals_of",
    "silent_moves",
    "table_of",
    "tiers_by_hand",
    "versions",
    "warm",
]
