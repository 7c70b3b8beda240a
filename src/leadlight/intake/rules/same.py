"""Who of those that are known already somebody is, when they come again. Pure."""

from collections.abc import Sequence
from typing import NamedTuple

from leadlight.intake.rules.records import LeadRow
from leadlight.leads.rules import fold

EMAIL = "EMAIL"


class Candidate(NamedTuple):
    """A lead that has an e-mail or phone in common with who comes."""

    lead_id: int
    person_id: int
    system: str
    external_id: str
    name: str
    #: EMAIL or PHONE: what is common, and its value.
    by: str
    value: str
    #: Whether the lead has an e-mail address at all.
    has_email: bool

    @property
    def has_own_id(self) -> bool:
        """Say whether its system gave it an id; where none did, we named it by what reaches it."""
        return not self.external_id.startswith(f"{self.value}|")


def find_same(row: LeadRow, *, system: str, has_own_id: bool, candidates: Sequence[Candidate]) -> Candidate | None:
    """
    Return the first of the candidates that is the same person as the row's; None when none is.

    Two records to which one system gave different ids are two people, unless they share e-mail and name. A shared
    phone is not enough when both have an e-mail of their own and are called differently: couples share phones.
    """
    for candidate in candidates:
        is_namesake = bool(row.name) and fold(row.name) == fold(candidate.name)
        if has_own_id and candidate.system == system and candidate.has_own_id:
            if candidate.by == EMAIL and is_namesake:
                return candidate
        elif candidate.by == EMAIL or is_namesake or not (row.emails and candidate.has_email):
            return candidate
    return None
