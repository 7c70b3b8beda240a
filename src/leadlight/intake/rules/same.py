"""Who of those that are known already somebody is, when they come again. Pure."""

from collections.abc import Collection, Sequence
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


def find_same(
    row: LeadRow,
    *,
    system: str,
    has_own_id: bool,
    candidates: Sequence[Candidate],
    apart: Collection[tuple[int, int]] = (),
) -> Candidate | None:
    """
    Return the first of the candidates that is the same person as the row's; None when none is.

    Two records to which one system gave different ids are two people, unless they share e-mail and name. A shared
    phone is not enough when both have an e-mail of their own, or the row an id, and they are called differently:
    couples share phones. `apart` are pairs of persons among the candidates of whom somebody said that they are not
    the same: what they share names neither of them, and only the name can say who is meant.
    """
    name = fold(row.name)
    disputed = {person_id for pair in apart for person_id in pair}
    others: set[int] = set()
    if has_own_id:
        others = {
            found.person_id
            for found in candidates
            if found.system == system and found.has_own_id and not (found.by == EMAIL and name == fold(found.name))
        }
    for found in candidates:
        is_namesake = bool(name) and name == fold(found.name)
        if found.person_id in others:
            continue
        if is_namesake:
            return found
        if found.person_id in disputed:
            continue
        if found.by == EMAIL:
            return found
        differs = (row.emails and found.has_email) or (has_own_id and name and found.name)
        if not differs:
            return found
    return None
