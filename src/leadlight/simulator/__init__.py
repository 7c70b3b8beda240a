"""
A synthetic brokerage with known truth. It acts through the files it writes; nothing imports it.

What a person does and whether they book an appointment both follow from a hidden intent that no export shows.
"""

from leadlight.simulator.brokerage import Brokerage, simulate
from leadlight.simulator.exports import write_exports, write_open_format
from leadlight.simulator.truth import (
    Judgement,
    PlantedRatio,
    booked_within,
    judge,
    oracle_p,
    planted_ratio,
    write_truth,
)

__all__ = [
    "Brokerage",
    "Judgement",
    "PlantedRatio",
    "booked_within",
    "judge",
    "oracle_p",
    "planted_ratio",
    "simulate",
    "write_exports",
    "write_open_format",
    "write_truth",
]
