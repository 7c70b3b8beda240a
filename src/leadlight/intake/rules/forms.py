"""How the fields are read that other programs send of single leads: guessed once each, then kept. Pure."""

from collections import Counter
from collections.abc import Mapping as Record
from dataclasses import dataclass, replace
from datetime import datetime

from leadlight.intake.normalise import clean
from leadlight.intake.rules import headers
from leadlight.intake.rules.fields import LEADS
from leadlight.intake.rules.lead_rows import lead_reader
from leadlight.intake.rules.mapping import Column, Mapping, guess
from leadlight.intake.rules.records import LeadRow, Rejected

#: Around a lead's fields, and say nothing of them: `data.email` is an email.
_WRAPPERS = frozenset(
    ["lead", "leads", "person", "people", "contact", "contacts", "customer", "client", "data", "fields", "fielddata",
     "customfields", "answers", "payload", "body", "formdata", "formresponse", "properties", "attributes",
     "record", "entry", "submission"]
)  # fmt: skip
#: Words of people who are not the lead. Their address must never make two strangers one person.
_OTHERS = frozenset(
    ["agent", "agents", "owner", "assigned", "assignee", "realtor", "broker", "lender", "spouse", "partner", "cc",
     "referrer", "referred", "referral", "user", "staff", "team", "office", "company", "creator", "created",
     "updated", "by", "manager", "rep", "recipient", "to", "listing", "account", "notify", "notification"]
)  # fmt: skip
#: Ids of what was sent, not of who sent it.
_SENT = frozenset(
    ["submission", "response", "entry", "form", "event", "request", "message", "session", "page", "ad", "adset",
     "campaign", "zap", "webhook", "hook", "inquiry"]
)  # fmt: skip


def mapping_for(
    record: Record[str, str], *, system: str, known: Mapping | None, country: str, time_zone: str
) -> Mapping:
    """
    Return the mapping by which a record is read: what is `known` of its system, and guesses for new fields.

    A field that is known stays read as it is; a mapping that knows every field comes back as the same object.
    """
    columns = known.columns if known is not None else ()
    names = {column.name for column in columns}
    if known is not None and all(name in names for name in record):
        return known
    short = _short_names(record)
    settled = tuple(replace(c, name=short[c.name], why="chosen") for c in columns if c.name in short)
    found = guess(
        system,
        [short[name] for name in record],
        [tuple(record.values())],
        country=country,
        time_zone=time_zone,
        remembered=None if known is None else replace(known, columns=settled),
        table=LEADS,
    ).mapping
    guessed = dict(zip(record, found.columns, strict=True))
    by_name = {guessed[name].field for name in record if guessed[name].why != "values"}
    new = tuple(
        _careful(replace(column, name=name), by_name) for name, column in guessed.items() if name not in names
    )
    return replace(
        found,
        system=system,
        preset=known.preset if known else found.preset,
        columns=(*columns, *new),
        sources={**(known.sources if known else {}), **found.sources},
    )


def _careful(column: Column, by_name: set[str]) -> Column:
    """Return a column as one record alone allows to read it: fewer conclusions than a whole file would."""
    words = set(headers.words(column.name))
    if column.field in {"email", "phone"} and column.why == "values" and (column.field in by_name or words & _OTHERS):
        column = replace(column, field="attribute", why="name")
    if column.field == "lead_id" and words & _SENT:
        column = replace(column, field="attribute", why="name")
    # One value does not show what kind of values follow.
    return replace(column, type="text") if column.field == "attribute" else column


def _short_names(record: Record[str, str]) -> dict[str, str]:
    """Return each field's name without what merely wraps it, where that leaves it unlike all others."""
    short = {}
    for name in record:
        *around, last = name.split(".")
        short[name] = last if last and all(headers.key(part) in _WRAPPERS for part in around) else name
    counted = Counter(short.values())
    return {name: last if counted[last] == 1 else name for name, last in short.items()}


@dataclass(frozen=True)
class _Row:
    cells: tuple[str, ...]


def read_record(record: Record[str, str], mapping: Mapping, *, now: datetime) -> LeadRow | None:
    """Return the lead that a record tells of; None when it says of nobody in particular who could be met again."""
    found = lead_reader(mapping, tuple(record), now=now, exported_at=now)(_Row(tuple(record.values())))
    if isinstance(found, Rejected) or not (has_own_id(record, mapping) or found.emails or found.phones):
        return None
    return found


def has_own_id(record: Record[str, str], mapping: Mapping) -> bool:
    """Say whether the record gives the id of its lead."""
    return any(column.field == "lead_id" and clean(record.get(column.name, "")) for column in mapping.columns)


def dropped(record: Record[str, str], mapping: Mapping) -> dict[str, str]:
    """Return the record's fields that are not stored, each with the reason."""
    left_out = [column.name for column in mapping.columns if column.field == "left_out" and column.name in record]
    short = _short_names(record)
    return {name: headers.denied(short[name]) or "left out by your team" for name in left_out}
