"""Writes of closed channels, consents and the National Do Not Call list."""

from leadlight.consent.operations.closing import close_erased, remember_erased, suppress, take_back
from leadlight.consent.operations.consenting import (
    Given,
    UnableToRecordConsent,
    check_consent,
    record_consent,
    revoke,
)
from leadlight.consent.operations.national_list import UnableToImportList, import_national_list
from leadlight.consent.operations.understanding import Inbound, close_for, understand

__all__ = [
    "Given",
    "Inbound",
    "UnableToImportList",
    "UnableToRecordConsent",
    "check_consent",
    "close_erased",
    "close_for",
    "import_national_list",
    "record_consent",
    "remember_erased",
    "revoke",
    "suppress",
    "take_back",
    "understand",
]
