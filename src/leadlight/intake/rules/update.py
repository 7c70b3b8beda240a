"""What a newer export may write over what is known of a lead, field by field. Pure."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from enum import Enum
from typing import Any

from leadlight.intake.rules.records import LeadRow


class Rule(Enum):
    """How a field settles when a lead is known already; an empty value never writes over anything."""

    #: The value of the newest export; an older export only fills what is empty.
    NEWEST = "newest"
    #: The first value that was known stays.
    FIRST = "first"
    #: The earliest moment stays.
    EARLIEST = "earliest"
    #: As NEWEST, key by key.
    PER_KEY = "per key"
    #: Never told; decided here, and forgotten when the newest export names another owner.
    OURS = "ours"


#: The one table. E-mails and phones are not in it: they only ever accumulate.
RULES: dict[str, Rule] = {
    "name": Rule.NEWEST,
    "kind": Rule.NEWEST,
    "source_id": Rule.FIRST,
    "source_label": Rule.FIRST,
    "owner_name": Rule.NEWEST,
    "assignee_id": Rule.OURS,
    "stage": Rule.NEWEST,
    "stage_meaning": Rule.NEWEST,
    "converted": Rule.NEWEST,
    "sequence": Rule.FIRST,
    "contacted_at": Rule.EARLIEST,
    "provenance": Rule.NEWEST,
    "home": Rule.NEWEST,
    "tags": Rule.NEWEST,
    "attributes": Rule.PER_KEY,
}

_KEYED = "attributes."


def told_fields(row: LeadRow, *, provenance: str, source_id: int | None) -> dict[str, Any]:
    """Return the fields of `RULES` as a row tells them."""
    return {
        "name": row.name[:200],
        "kind": row.kind[:24],
        "source_id": source_id,
        "source_label": row.source_label,
        "owner_name": row.owner_name,
        "assignee_id": None,
        "stage": row.stage,
        "stage_meaning": row.stage_meaning,
        "converted": row.converted,
        "sequence": row.sequence,
        "contacted_at": row.contacted_at,
        "provenance": provenance,
        "home": row.home,
        "tags": list(row.tags),
        "attributes": {key: value for key, value in row.attributes.items() if not is_empty(value)},
    }


def is_empty(value: Any) -> bool:
    """Say whether a value tells nothing: none, "", an empty list or table, or "don't know"."""
    return value is None or value == "" or value == "UNKNOWN" or (isinstance(value, list | dict) and not value)


def changed_fields(
    current: Mapping[str, Any], told: Mapping[str, Any], *, edited: Collection[str], is_newest: bool
) -> dict[str, Any]:
    """
    Return the fields of a known lead that an export changes, with their new values.

    `current` and `told` hold the fields of `RULES`. `edited` were changed by hand and never change here.
    `is_newest` says that no later export has written to this lead.
    """
    changes: dict[str, Any] = {}
    for name, rule in RULES.items():
        was, is_told = current[name], told[name]
        if name in edited or is_told == was:
            continue
        if name == "stage_meaning" and told["stage"] != current["stage"]:
            # A stage and its meaning are one: a new stage that has no meaning yet never keeps the old one's.
            if "stage" in changes:
                changes[name] = is_told
        elif rule is Rule.OURS:
            if is_newest and "owner_name" in changes:
                changes[name] = None
        elif is_empty(is_told) or (name == "stage_meaning" and "stage" in edited):
            continue
        elif rule is Rule.PER_KEY:
            news = {
                key: value
                for key, value in is_told.items()
                if not is_empty(value) and was.get(key) != value and (is_newest or is_empty(was.get(key)))
            }
            if news:
                changes[name] = {**was, **news}
        elif is_empty(was) or (rule is Rule.NEWEST and is_newest) or (rule is Rule.EARLIEST and is_told < was):
            changes[name] = is_told
    return changes


def flat(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return fields as JSON can hold them, each attribute under a name of its own."""
    plain: dict[str, Any] = {}
    for name, value in values.items():
        if name == "attributes":
            plain.update({f"{_KEYED}{key}": held for key, held in value.items()})
        elif isinstance(value, datetime):
            plain[name] = value.astimezone(UTC).isoformat()
        else:
            plain[name] = value
    return plain


def whole(values: Mapping[str, Any], current: Mapping[str, Any], gone: Collection[str] = ()) -> dict[str, Any]:
    """
    Return `flat` values as fields again: the other way round, for fields whose present values are `current`.

    Attributes named in `gone` are taken away.
    """
    fields: dict[str, Any] = {}
    attributes = dict(current["attributes"])
    for path in gone:
        attributes.pop(path.removeprefix(_KEYED), None)
    for path, value in values.items():
        if path.startswith(_KEYED):
            attributes[path.removeprefix(_KEYED)] = value
        elif path == "contacted_at" and value is not None:
            fields[path] = datetime.fromisoformat(value)
        else:
            fields[path] = value
    if attributes != current["attributes"]:
        fields["attributes"] = attributes
    return fields


def record(current: Mapping[str, Any], changes: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what changed as (before, after) in `flat` form, holding nothing but what differs."""
    was = flat({name: current[name] for name in changes})
    now = flat(changes)
    after = {path: value for path, value in now.items() if path not in was or was[path] != value}
    return {path: was[path] for path in after if path in was}, after


#: Paths of a record that hold what was added, not what was written over.
ADDED = ("emails", "phones")


Record = tuple[dict[str, Any] | None, dict[str, Any]]


def joined(first: Record, second: Record) -> Record:
    """Return two records of one import on one lead as one: the first's before, the second's after."""
    (before, after), (next_before, next_after) = first, second
    if before is None or next_before is None:
        return None, {}
    both = {**after, **next_after}
    for path in ADDED:
        if path in after and path in next_after:
            both[path] = [*after[path], *next_after[path]]
    # What the first record added has no value before; the second's before is the first's doing.
    started = {path: value for path, value in next_before.items() if path not in after}
    return {**started, **before}, both
