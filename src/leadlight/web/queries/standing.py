"""How a lead may be reached right now, beside the buttons that do it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from leadlight.accounts.queries import team_zone
from leadlight.leads.models import Person
from leadlight.messages.queries import Permission, permissions
from leadlight.web.rules.moments import There, there
from leadlight.web.rules.permits import permit_words


@dataclass(frozen=True)
class Permit:
    """Whether they may be reached through one channel now, by hand."""

    #: CALL, SMS or EMAIL.
    channel: str
    is_allowed: bool
    #: "Texts until 8:00 pm", "No calls before 8:00 am".
    words: str
    #: Every reason against it, in plain words.
    reasons: Sequence[str]


@dataclass(frozen=True)
class Standing:
    """What has to be known before somebody calls, texts or emails; shown by `web/standing.html`."""

    #: The time where they are; None when nothing tells.
    there: There | None
    #: Calls, texts, emails.
    permits: Sequence[Permit]

    @property
    def free(self) -> frozenset[str]:
        """The channels that nothing forbids now."""
        return frozenset(permit.channel for permit in self.permits if permit.is_allowed)

    @property
    def is_limited(self) -> bool:
        """Whether anything is forbidden now."""
        return len(self.free) < len(self.permits)


def standing(person: Person, *, now: datetime) -> Standing:
    """Return how a person may be reached now, by the gate's word; as many queries as one decision of it takes."""
    told = permissions([person.pk], now=now)[person.pk]
    where = there(told[0].decision.facts.zones, now=now)
    zone = None if where is None else where.only_zone
    return Standing(where, [_permit(one, zone, now) for one in told])


def _permit(one: Permission, zone: ZoneInfo | None, now: datetime) -> Permit:
    decision = one.decision
    words = permit_words(
        one.channel.value,
        is_allowed=decision.is_allowed,
        until=decision.until,
        retry_at=decision.retry_at,
        zone=zone or team_zone(),
        is_theirs=zone is not None,
        now=now,
    )
    return Permit(one.channel.value, decision.is_allowed, words, decision.reasons)
