"""An event as other programs tell it, read by msgspec: what is wrong with one item is said of that item alone."""

import json
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta

#: Items of one request.
MOST_ITEMS = 1_000
#: Bytes of one event's `props`.
MOST_PROPS = 16_384

_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
_Number = Annotated[float, Meta(ge=-1e15, le=1e15)]


class EventIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """One event. Of the four ways to name its lead, exactly one is given."""

    event_id: Annotated[str, Meta(min_length=1, max_length=160)]
    kind: Annotated[str, Meta(min_length=1, max_length=40)]
    lead_id: Annotated[str, Meta(max_length=40)] | Annotated[int, Meta(ge=0, le=2**63 - 1)] | None = None
    external_id: Annotated[str, Meta(max_length=200)] = ""
    #: Whose id `external_id` is: "followupboss", "hubspot", …; may stay out where only one system has it.
    system: Annotated[str, Meta(max_length=40)] = ""
    email: Annotated[str, Meta(max_length=254)] = ""
    phone: Annotated[str, Meta(max_length=32)] = ""
    occurred_at: Annotated[datetime, Meta(tz=True)] | None = None
    listing: Annotated[str, Meta(max_length=160)] = ""
    area: Annotated[str, Meta(max_length=120)] = ""
    value: _Number | None = None
    duration_seconds: Annotated[float, Meta(ge=0, le=1e9)] | None = None
    actor: Annotated[str, Meta(max_length=120)] = ""
    props: msgspec.Raw = msgspec.field(default_factory=lambda: msgspec.Raw(b"{}"))
    is_machine: bool = False


class RetractionIn(msgspec.Struct, forbid_unknown_fields=True):
    """Events that were told in error."""

    event_ids: Annotated[
        list[Annotated[str, Meta(min_length=1, max_length=160)]], Meta(min_length=1, max_length=MOST_ITEMS)
    ]
    reason: Annotated[str, Meta(max_length=200)] = ""


class UnreadableBody(Exception):
    """The body as a whole cannot be read; the message says why."""


_items = msgspec.json.Decoder(list[msgspec.Raw])
_members = msgspec.json.Decoder(dict[str, msgspec.Raw])
_event = msgspec.json.Decoder(EventIn)
_props = msgspec.json.Decoder(dict[str, Any])
_retraction = msgspec.json.Decoder(RetractionIn)


def items(body: bytes) -> tuple[list[msgspec.Raw], bool]:
    """
    Return the raw items of a body, and whether it is a batch: one object, a list, or {"events": [...]}.

    Raises:
        UnreadableBody: it is none of these, or holds no item, or more than `MOST_ITEMS`.
    """
    try:
        if body.lstrip()[:1] == b"[":
            found = _items.decode(body)
        else:
            members = _members.decode(body)
            if "events" not in members:
                return [msgspec.Raw(body)], False
            if len(members) > 1:
                raise UnreadableBody("Beside `events` nothing else may stand.")
            found = _items.decode(members["events"])
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise UnreadableBody(f'Send one event, a list of events, or {{"events": […]}} as JSON. {error}') from error
    if not 1 <= len(found) <= MOST_ITEMS:
        raise UnreadableBody(f"Send 1 to {MOST_ITEMS:,} events at once; these are {len(found):,}.")
    return found, True


def event(raw: msgspec.Raw) -> tuple[EventIn, dict[str, Any]]:
    """
    Return an item and its props.

    Raises:
        ValueError: it cannot be read; the message says what of it, and is meant for its author.
    """
    try:
        found = _event.decode(raw)
        props = _props.decode(found.props)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise ValueError(str(error)) from error
    if len(found.props) > MOST_PROPS:
        raise ValueError(f"`props` has {len(found.props):,} bytes; at most {MOST_PROPS:,} are kept")
    _check_storable(raw, props)
    if found.occurred_at is not None and found.occurred_at < _EARLIEST:
        raise ValueError("`occurred_at` lies before 1970")
    texts = ("" if found.lead_id is None else str(found.lead_id), found.external_id, found.email, found.phone)
    if sum(bool(text.strip()) for text in texts) != 1:
        raise ValueError("name the lead by exactly one of `lead_id`, `external_id`, `email` and `phone`")
    if found.system and not found.external_id:
        raise ValueError("`system` says whose `external_id` it is, and none is given")
    return found, props


class _Id(msgspec.Struct):
    event_id: str = ""


_id = msgspec.json.Decoder(_Id)


def id_of(raw: msgspec.Raw) -> str:
    """Return the id of an item that cannot be read as a whole; empty when it has none."""
    try:
        return _id.decode(raw).event_id
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        return ""


def retraction(body: bytes) -> RetractionIn:
    """
    Return what is to be retracted.

    Raises:
        UnreadableBody: it cannot be read.
    """
    try:
        found = _retraction.decode(body)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise UnreadableBody(f'Send {{"event_ids": […], "reason": "…"}} as JSON. {error}') from error
    if any("\0" in text for text in (found.reason, *found.event_ids)):
        raise UnreadableBody("A text holds the character U+0000, which cannot be stored.")
    return found


#: The longest number that Python reads back from text.
_LONGEST_NUMBER = 4_000


def _check_storable(raw: msgspec.Raw, props: dict[str, Any]) -> None:
    """Refuse what a database would refuse, or what could not be read back."""
    if b"\\u0000" in bytes(raw) and _holds_nul(msgspec.json.decode(raw)):
        raise ValueError("a text holds the character U+0000, which cannot be stored")
    if len(raw) > _LONGEST_NUMBER:
        try:
            json.dumps(props)
        except ValueError as error:
            raise ValueError("`props` holds a number with too many digits; send it as a text") from error


def _holds_nul(value: Any) -> bool:
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, dict):
        return any(_holds_nul(key) or _holds_nul(inner) for key, inner in value.items())
    return isinstance(value, list) and any(map(_holds_nul, value))
