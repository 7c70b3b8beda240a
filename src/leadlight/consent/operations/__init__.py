"""Writes of closed channels, consents and the National Do Not Call list."""

from leadlight.consent.operations.closing import (
    close_addresses,
    close_for,
    hear_opt_outs,
    suppress,
    take_back,
)
from leadlight.consent.operations.consenting import Given, UnableToRecordConsent, record_consent, revoke
from leadlight.consent.operations.national_list import UnableToImportList, import_national_list
from leadlight.consent.operations.understanding import Inbound, understand

__all__ = [
    "Given",
    "Inbound",
    "UnableToImportList",
    "UnableToRecordConsent",
    "close_addresses",
    "close_for",
    "hear_opt_outs",
    "import_national_list",
    "record_consent",
    "revoke",
    "suppress",
    "take_back",
    "understand",
]
