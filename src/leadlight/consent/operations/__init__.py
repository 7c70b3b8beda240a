"""Writes of closed channels, consents and the National Do Not Call list."""

from leadlight.consent.operations.closing import close_erased, remember_erased, suppress, take_back
from leadlight.consent.operations.consenting import (
    Given,
    TakenBack,
    UnableToRecordConsent,
    check_consent,
    record_consent,
    restore,
    revoke,
)
from leadlight.consent.operations.national_list import UnableToImportList, import_national_list
from leadlight.consent.operations.understanding import close_for, close_for_stranger

__all__ = [
    "Given",
    "TakenBack",
    "UnableToImportList",
    "UnableToRecordConsent",
    "check_consent",
    "close_erased",
    "close_for",
    "close_for_stranger",
    "import_national_list",
    "record_consent",
    "remember_erased",
    "restore",
    "revoke",
    "suppress",
    "take_back",
]
