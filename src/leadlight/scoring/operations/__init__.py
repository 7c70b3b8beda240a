"""Writes of scoring."""

from leadlight.scoring.operations.overrides import UnableToSetTier, clear_tier, set_tier
from leadlight.scoring.operations.storing import score_persons
from leadlight.scoring.operations.sweeping import Scored, find_reasons, score_all, start_sweep, sweep
from leadlight.scoring.operations.touched import rescore_person, rescore_touched
from leadlight.scoring.operations.training import held_out, train, training_set

__all__ = [
    "Scored",
    "UnableToSetTier",
    "clear_tier",
    "find_reasons",
    "held_out",
    "rescore_person",
    "rescore_touched",
    "score_all",
    "score_persons",
    "set_tier",
    "start_sweep",
    "sweep",
    "train",
    "training_set",
]
