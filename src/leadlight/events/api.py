"""`POST /api/v1/events`: what leads do, as other programs tell it. Read by msgspec, stored in one transaction."""

from collections.abc import Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Any, NamedTuple

import msgspec
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from ninja import Router

from leadlight.accounts.api import Token
from leadlight.events import examples, operations, queries, wire
from leadlight.events.operations import NewEvent
from leadlight.events.rules import QUALITY, Cause, Kind, cause_of
from leadlight.events.text import message_quality
from leadlight.events.wire import EventIn, UnreadableBody
from leadlight.kit import problems
from leadlight.kit.clock import utc_now
from leadlight.kit.db import by_one_writer
from leadlight.kit.problems import Problem
from leadlight.leads.queries import Named, find_leads

router = Router(tags=["events"])


@router.post("/events", auth=Token("events:write"), openapi_extra=examples.EVENTS, summary="Tell what leads did")
def tell_events(request: HttpRequest) -> HttpResponse:
    """
    Store one event or up to 1,000; what is stored when this answers survives a crash.

    Telling an `event_id` again changes nothing. Each item has a result of its own: what is wrong with one keeps none
    of the others from being stored. `occurred_at` is by default now; a moment that has not come yet is taken for now.
    """
    now = utc_now()
    try:
        raws, is_batch = wire.items(body_of(request))
    except UnreadableBody as error:
        raise Problem(HTTPStatus.BAD_REQUEST, "unreadable", str(error)) from error
    accepted, rejected = _read(raws, now)
    new = by_one_writer(
        lambda: operations.record(
            events=[item.event for item in accepted],
            person_of={item.event.lead_id: item.person_id for item in accepted},
            causes=[item.cause for item in accepted],
            origin="api",
            now=now,
        )
    )
    return _answer(len(raws), accepted, new, rejected, is_batch=is_batch)


@router.post(
    "/events/retractions",
    auth=Token("events:write"),
    openapi_extra=examples.RETRACTIONS,
    summary="Take events back",
)
def retract_events(request: HttpRequest) -> HttpResponse:
    """
    Take back events that were told in error, by their `event_id`; they may also still be on their way.

    They stay in the log, and from now on count for nothing.
    """
    try:
        told = wire.retraction(body_of(request))
    except UnreadableBody as error:
        raise Problem(HTTPStatus.BAD_REQUEST, "unreadable", str(error)) from error
    n = operations.retract(event_ids=told.event_ids, reason=told.reason, now=utc_now())
    known = len(set(told.event_ids)) - n
    return _json({"retracted": n, "known": known}, HTTPStatus.ACCEPTED)


def body_of(request: HttpRequest) -> bytes:
    """
    Return the body of a request.

    Raises:
        Problem: it is larger than this installation takes.
    """
    try:
        return request.body
    except RequestDataTooBig as error:
        raise Problem(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", "The body is too large; send fewer events at once."
        ) from error


class _Accepted(NamedTuple):
    place: int
    event: NewEvent
    person_id: int
    cause: Cause


#: Place in the request → event id as far as known, the error's kind, what to do about it.
_Rejected = dict[int, tuple[str, str, str]]


def _read(raws: Sequence[msgspec.Raw], now: datetime) -> tuple[list[_Accepted], _Rejected]:
    """Return what can be stored, and why the rest cannot, by place."""
    told, rejected = [], _Rejected()
    for place, raw in enumerate(raws):
        try:
            told.append((place, *wire.event(raw)))
        except ValueError as error:
            rejected[place] = wire.id_of(raw), "invalid", str(error)
    kinds = queries.kinds_by_name(event.kind for _, event, _ in told)
    names = [_named(event) for _, event, _ in told]
    leads = find_leads(names)
    accepted: list[_Accepted] = []
    for (place, event, props), name in zip(told, names, strict=True):
        kind, lead = kinds.get(event.kind), leads[name]
        if kind is None:
            rejected[place] = event.event_id, "unknown_kind", _no_kind(event.kind)
        elif isinstance(lead, str):
            rejected[place] = event.event_id, "unknown_lead", lead
        elif not kind.takes(event.value):
            rejected[place] = event.event_id, "invalid", _NO_QUALITY
        else:
            accepted.append(_accept(place, event, props, kind, lead, now))
    return accepted, rejected


def _named(event: EventIn) -> Named:
    lead_id = "" if event.lead_id is None else str(event.lead_id)
    return Named(lead_id, event.external_id, event.system, event.email.strip().lower(), event.phone.strip())


_NO_QUALITY = "`value` is the quality of the text here, 0 to 1; leave it out, and it is read from `text` in `props`"


def _no_kind(kind: str) -> str:
    return f"There is no kind {kind!r}. GET /api/v1/events/kinds lists them."


def _accept(
    place: int, event: EventIn, props: dict[str, Any], kind: Kind, lead: tuple[int, int], now: datetime
) -> _Accepted:
    lead_id, person_id = lead
    text = props.get("text")
    value = event.value
    if value is None and kind.value == QUALITY and isinstance(text, str) and text.strip():
        value = message_quality(text)
    # Nothing can be told before it happens: a moment to come is a clock that runs ahead.
    occurred_at = now if event.occurred_at is None else min(event.occurred_at, now)
    new = NewEvent(
        event_id=event.event_id,
        lead_id=lead_id,
        kind=event.kind,
        occurred_at=occurred_at,
        known_at=now,
        listing=event.listing,
        area=event.area,
        value=value,
        duration_seconds=event.duration_seconds,
        actor=event.actor,
        props=props,
        is_machine=event.is_machine,
    )
    return _Accepted(place, new, person_id, cause_of(kind, occurred_at=occurred_at, known_at=now))


def _answer(
    n: int, accepted: Sequence[_Accepted], new: set[str], rejected: _Rejected, *, is_batch: bool
) -> HttpResponse:
    items: list[dict[str, Any]] = [{}] * n
    n_stored = 0
    remaining = set(new)
    for item in accepted:
        event_id = item.event.event_id
        stored = event_id in remaining
        remaining.discard(event_id)
        n_stored += stored
        items[item.place] = {"event_id": event_id, "status": "stored" if stored else "known"}
    for place, (event_id, code, detail) in rejected.items():
        problem = Problem(HTTPStatus.UNPROCESSABLE_ENTITY, code, detail)
        if not is_batch:
            raise problem
        items[place] = {"event_id": event_id or None, "status": "rejected", "problem": problems.body(problem)}
    counts = {"stored": n_stored, "known": len(accepted) - n_stored, "rejected": len(rejected)}
    if rejected and not accepted:
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "all_rejected",
            f"None of these {n:,} events could be stored; `items` says why.",
            **counts,
            items=items,
        )
    return _json({**counts, "items": items}, HTTPStatus.ACCEPTED)


def _json(document: dict[str, Any], status: HTTPStatus) -> HttpResponse:
    return HttpResponse(msgspec.json.encode(document), status=status, content_type="application/json")


@router.get(
    "/events/kinds",
    auth=Token("events:write"),
    openapi_extra=examples.KINDS,
    summary="List the kinds of events",
)
def list_kinds(request: HttpRequest) -> list[dict[str, str]]:
    """Return the vocabulary, the team's own words after the built-in ones."""
    return [
        {"kind": kind.name, "group": kind.group.value, "sentence": kind.sentence, "value": kind.value}
        for kind in queries.vocabulary()
    ]
