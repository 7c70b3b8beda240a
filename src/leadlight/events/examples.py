"""What the API's description says of events: schemas and examples. The reader itself is `wire`."""

from typing import Any

import msgspec

from leadlight.events.wire import MOST_ITEMS, EventIn, RetractionIn
from leadlight.kit.problems import described

_ONE = {
    "event_id": "idx-9f31c2",
    "lead_id": "4711",
    "kind": "listing_view",
    "occurred_at": "2026-11-20T14:03:11-05:00",
    "listing": "14 Elm St, Tampa",
    "value": 489000,
    "props": {"photos_seen": 12},
}
_OTHER = {
    "event_id": "form-551",
    "email": "ana@example.com",
    "kind": "showing_request",
    "listing": "14 Elm St, Tampa",
}


def _schemas() -> dict[str, Any]:
    _, schemas = msgspec.json.schema_components([EventIn, RetractionIn], ref_template="{name}")
    event, retraction = schemas["EventIn"], schemas["RetractionIn"]
    event["properties"]["props"] = {"type": "object", "default": {}, "description": "Whatever else was told."}
    return {"event": event, "retraction": retraction}


_SCHEMAS = _schemas()
_BATCH = {"type": "array", "items": _SCHEMAS["event"], "minItems": 1, "maxItems": MOST_ITEMS}
_ITEM = {
    "type": "object",
    "required": ["event_id", "status"],
    "properties": {
        "event_id": {"type": ["string", "null"]},
        "status": {"enum": ["stored", "known", "rejected"]},
        "problem": {"type": "object"},
    },
}


PROBLEMS = described({413: "The body is too large.", 422: "Nothing could be stored; the problem says why."})


def _counts(*names: str, items: bool = False) -> dict[str, Any]:
    properties: dict[str, Any] = {name: {"type": "integer", "minimum": 0} for name in names}
    if items:
        properties["items"] = {"type": "array", "items": _ITEM}
    return {"type": "object", "required": list(properties), "properties": properties}


def _accepted(schema: dict[str, Any], example: dict[str, Any]) -> dict[str, Any]:
    content = {"application/json": {"schema": schema, "example": example}}
    return {"description": "Stored for good.", "content": content}


EVENTS: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "oneOf": [
                        _SCHEMAS["event"],
                        _BATCH,
                        {
                            "type": "object",
                            "required": ["events"],
                            "properties": {"events": _BATCH},
                            "additionalProperties": False,
                        },
                    ]
                },
                "examples": {
                    "one": {"summary": "One event", "value": _ONE},
                    "batch": {"summary": "Several at once", "value": {"events": [_ONE, _OTHER]}},
                },
            }
        },
    },
    "responses": {
        202: _accepted(
            _counts("stored", "known", "rejected", items=True),
            {
                "stored": 1,
                "known": 0,
                "rejected": 1,
                "items": [
                    {"event_id": "idx-9f31c2", "status": "stored"},
                    {
                        "event_id": "form-551",
                        "status": "rejected",
                        "problem": {
                            "type": "urn:leadlight:problem:unknown_lead",
                            "title": "Unprocessable Entity",
                            "status": 422,
                            "detail": "There is no lead 'ana@example.com'. Create it first.",
                        },
                    },
                ],
            },
        ),
        **PROBLEMS,
    },
}

RETRACTIONS: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": _SCHEMAS["retraction"],
                "example": {"event_ids": ["idx-9f31c2"], "reason": "a scanner, not the lead"},
            }
        },
    },
    "responses": {202: _accepted(_counts("retracted", "known"), {"retracted": 1, "known": 0}), **PROBLEMS},
}

KINDS: dict[str, Any] = {"responses": described({})}
