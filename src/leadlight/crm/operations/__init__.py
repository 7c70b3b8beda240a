"""Writes of endpoints and of what they are told."""

from leadlight.crm.operations.endpoints import (
    UnableToAddEndpoint,
    UnableToChangeEndpoint,
    add_endpoint,
    disable_endpoint,
    enable_endpoint,
    remove_endpoint,
    roll_secret,
)
from leadlight.crm.operations.messages import (
    Letter,
    claim,
    plan_score_messages,
    plan_test,
    record,
    tidy_deliveries,
)

__all__ = [
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
