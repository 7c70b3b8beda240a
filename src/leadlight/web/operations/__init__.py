"""Writes that join rooms."""

from leadlight.web.operations.erasing import Erased, UnableToErase, erase_person
from leadlight.web.operations.work import set_aside, try_again

__all__ = ["Erased", "UnableToErase", "erase_person", "set_aside", "try_again"]
