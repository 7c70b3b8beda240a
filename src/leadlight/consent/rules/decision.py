"""What the gate answers: yes until when, or no with every reason and the first moment that would do."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from leadlight.consent.rules.facts import plain
from leadlight.consent.rules.law.forms import Citation


@dataclass(frozen=True)
class Reason:
    """One rule that says no."""

    #: Stable: a word of `gate.CODES`.
    code: str
    #: As people read it.
    words: str
    citation: Citation
    #: When this reason alone is gone by itself; None when it never is.
    clears_at: datetime | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON holds it."""
        found: dict[str, Any] = plain(self)
        return found


@dataclass(frozen=True)
class Allowed:
    """Nothing speaks against it."""

    #: The first end of the hours in which it may arrive; None where there are no hours.
    until: datetime | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON holds it."""
        return {"decision": "allowed", **plain(self)}


@dataclass(frozen=True)
class Refused:
    """Something does."""

    #: All that does, in the order in which the gate asks; never empty.
    reasons: tuple[Reason, ...]
    #: The first moment at which it would be allowed if nothing else happened; None when time alone never brings it.
    retry_at: datetime | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON holds it."""
        return {"decision": "refused", **plain(self)}
