"""Writes of the room."""

from leadlight.routing.operations.alerts import (
    RETRIES,
    Call,
    Summons,
    begin_alert,
    note_doubtful,
    plan_alerts,
    record_alert,
    record_trouble,
)
from leadlight.routing.operations.assigning import assign_by_turns
from leadlight.routing.operations.claiming import LINK_LASTS, Claim, UnableToClaim, claim, claim_token, read_token
from leadlight.routing.operations.handing import hand_over, remove_agent
from leadlight.routing.operations.hearing import (
    Turned,
    hear_hot,
    hear_imports,
    hear_inquiries,
    hear_opt_outs,
    hear_replies,
    hear_touches,
)
from leadlight.routing.operations.outcomes import UnableToRecordOutcome, record_outcome, undo_outcome
from leadlight.routing.operations.push import UnableToSubscribe, forget_dead, push_key, subscribe, unsubscribe
from leadlight.routing.operations.tasks import UnableToChangeTask, add_note, finish_task, make_task, snooze_task
from leadlight.routing.operations.visits import PAUSE, note_visit
from leadlight.routing.operations.waiting import escalate, settle_waits

__all__ = [
    "LINK_LASTS",
    "PAUSE",
    "RETRIES",
    "Call",
    "Claim",
    "Summons",
    "Turned",
    "UnableToChangeTask",
    "UnableToClaim",
    "UnableToRecordOutcome",
    "UnableToSubscribe",
    "add_note",
    "assign_by_turns",
    "begin_alert",
    "claim",
    "claim_token",
    "escalate",
    "finish_task",
    "forget_dead",
    "hand_over",
    "hear_hot",
    "hear_imports",
    "hear_inquiries",
    "hear_opt_outs",
    "hear_replies",
    "hear_touches",
    "make_task",
    "note_doubtful",
    "note_visit",
    "plan_alerts",
    "push_key",
    "read_token",
    "record_alert",
    "record_outcome",
    "record_trouble",
    "remove_agent",
    "settle_waits",
    "snooze_task",
    "subscribe",
    "undo_outcome",
    "unsubscribe",
]
