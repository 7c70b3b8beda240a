"""Writes that join rooms."""

from leadlight.web.operations.consenting import write_down_consent
from leadlight.web.operations.erasing import Erased, UnableToErase, erase_person
from leadlight.web.operations.stopping import stop_contact
from leadlight.web.operations.work import set_aside, try_again

__all__ = ["Erased", "UnableToErase", "erase_person", "set_aside", "stop_contact", "try_again", "write_down_consent"]
