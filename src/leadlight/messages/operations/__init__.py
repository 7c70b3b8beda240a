"""Writes of the room."""

from leadlight.messages.operations.acknowledging import acknowledge
from leadlight.messages.operations.delivering import (
    Letter,
    claim,
    enqueue_deliveries,
    note_doubtful,
    put_off,
    record_accepted,
    record_failure,
)
from leadlight.messages.operations.doubts import UnableToSettle, find_doubtful, settle_doubt
from leadlight.messages.operations.naming import speak_for_planned
from leadlight.messages.operations.planning import Draft, prepare
from leadlight.messages.operations.receiving import receive
from leadlight.messages.operations.stopping import (
    UnableToPause,
    pause_sending,
    resume_sending,
    stop_for_answers,
    stop_for_opt_outs,
    stop_for_outcomes,
    stop_planned,
)
from leadlight.messages.operations.unsubscribing import unsubscribe
from leadlight.messages.operations.wording import UnableToWord, change_wording, restore_wording
from leadlight.messages.operations.writing import UnableToWrite, file_message, mark_read, set_aside, write

__all__ = [
    "Draft",
    "Letter",
    "UnableToPause",
    "UnableToSettle",
    "UnableToWord",
    "UnableToWrite",
    "acknowledge",
    "change_wording",
    "claim",
    "enqueue_deliveries",
    "file_message",
    "find_doubtful",
    "mark_read",
    "note_doubtful",
    "pause_sending",
    "prepare",
    "put_off",
    "receive",
    "record_accepted",
    "record_failure",
    "restore_wording",
    "resume_sending",
    "set_aside",
    "settle_doubt",
    "speak_for_planned",
    "stop_for_answers",
    "stop_for_opt_outs",
    "stop_for_outcomes",
    "stop_planned",
    "unsubscribe",
    "write",
]
