"""The signals, pure: catalogue, kernel and sentences. Only numpy and the event vocabulary."""

from leadlight.signals.rules.kernel import catalogue, compute
from leadlight.signals.rules.reasons import reason_text
from leadlight.signals.rules.shapes import Family, Signal, SignalMatrix, Snapshots, Unit, Verdict

__all__ = [
    "Family",
    "Signal",
    "SignalMatrix",
    "Snapshots",
    "Unit",
    "Verdict",
    "catalogue",
    "compute",
    "reason_text",
]
