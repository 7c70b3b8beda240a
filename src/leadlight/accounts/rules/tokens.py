"""What API tokens may do, and what they look like. Pure."""

import hashlib
from collections.abc import Collection

#: Scope → what it allows, one sentence.
SCOPES: dict[str, str] = {
    "events:write": "Tell what leads did, and take back what was told in error.",
    "leads:read": "Read leads with their scores and reasons.",
    "leads:write": "Create and update leads.",
    "webhooks:write": "Add, list and remove webhooks.",
    "metrics:read": "Read the metrics of this installation.",
}

#: What a token begins with, so that people and scanners of secrets know one when they see it.
PREFIX = "ll_"


def digest(token: str) -> str:
    """Return what is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def unknown_scopes(scopes: Collection[str]) -> list[str]:
    """Return the words that are no scopes, in order."""
    return sorted(set(scopes) - set(SCOPES))
