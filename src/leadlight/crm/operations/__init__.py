"""Writes of endpoints and of what they are told."""

from leadlight.crm.operations.endpoints import (
    OVERLAP,
    UnableToAddEndpoint,
    UnableToChangeEndpoint,
    add_endpoint,
    disable_endpoint,
    enable_endpoint,
    remove_endpoint,
    roll_secret,
)
from leadlight.crm.operations.messages import (
    KEPT,
    LOST,
    Letter,
    claim,
    plan_score_messages,
    plan_test,
    record,
    tidy_deliveries,
)

__all__ = [
    "KEPT",
    "LOST",
    "OVERLAP",
    "Letter",
    "UnableToAddEndpoint",
    "UnableToChangeEndpoint",
    "add_endpoint",
    "claim",
    "disable_endpoint",
    "enable_endpoint",
    "plan_score_messages",
    "plan_test",
    "record",
    "remove_endpoint",
    "roll_secret",
    "tidy_deliveries",
]
