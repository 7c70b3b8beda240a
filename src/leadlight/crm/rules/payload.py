"""What messages say: ids, score and reason, and no more of a person than that. Pure."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

SCORE_CHANGED = "lead.score_changed"
TEST = "webhook.test"

#: What an endpoint can hear of → one sentence.
EVENTS: dict[str, str] = {SCORE_CHANGED: "A lead's score or tier has changed."}


#: Causes of what somebody waits for; what came of a sweep, an import or a new model goes after it. Tests have none.
URGENT = frozenset({"LIVE", "TEAM", ""})


@dataclass(frozen=True)
class ScoredPerson:
    """A person with the score that they have now; without one where nothing is left to foretell."""

    person_id: int
    #: Of the record that speaks for the person.
    lead_id: int
    #: (system, id there) of all the person's records.
    external_ids: tuple[tuple[str, str], ...]
    #: The whole number that people read.
    score: int | None = None
    #: `HOT`, `WARM` or `COLD`.
    tier: str = ""
    reason: str = ""
    version_id: int | None = None
    scored_at: datetime | None = None


def score_data(person: ScoredPerson, *, tier_before: str | None, cause: str) -> dict[str, Any]:
    """
    Return what a message says of a score; `tier_before` is what the same endpoint heard last, in its own words.

    Names, addresses and numbers of the person stay here: who receives it knows the person by id.
    """
    return {
        "person_id": str(person.person_id),
        "lead_id": str(person.lead_id),
        "external_ids": [{"system": system, "id": external_id} for system, external_id in person.external_ids],
        "score": person.score,
        "tier": person.tier.lower() or None,
        "tier_before": tier_before,
        "reason": person.reason,
        "cause": cause,
        "model_version": None if person.version_id is None else str(person.version_id),
        "scored_at": None if person.scored_at is None else moment(person.scored_at),
    }


def body(kind: str, data: Mapping[str, Any], *, told_at: datetime) -> bytes:
    """Return the text of a message, byte for byte what is signed."""
    document = {"type": kind, "timestamp": moment(told_at), "data": data}
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def moment(at: datetime) -> str:
    """Write a moment in UTC, to the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def unknown_events(events: Iterable[str]) -> list[str]:
    """Return the words that no endpoint can hear of, in order."""
    return sorted(set(events) - EVENTS.keys())
