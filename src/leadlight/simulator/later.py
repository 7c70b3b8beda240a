"""What goes on after the export, told to a running Leadlight over HTTP, as websites and phones would tell it."""

import json
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from http import HTTPStatus
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from leadlight.simulator.activities import Activities, Kind
from leadlight.simulator.brokerage import Brokerage
from leadlight.simulator.exports import words_of

#: Whose ids those of the export are, and those of who comes later.
EXPORTED, WEBSITE = "followupboss", "website"
#: Events of one request.
_TOGETHER = 200
_WAIT_SECONDS = 60.0

_THEIRS = {
    Kind.REGISTRATION: "registered",
    Kind.SITE_VISIT: "site_visit",
    Kind.PAGE: "page_view",
    Kind.CALCULATOR: "calculator_use",
    Kind.VIEW: "listing_view",
    Kind.SAVE: "listing_save",
    Kind.SEARCH: "search",
    Kind.SEARCH_SAVE: "search_save",
    Kind.PROPERTY_INQUIRY: "inquiry",
    Kind.GENERAL_INQUIRY: "inquiry",
    Kind.SELLER_INQUIRY: "valuation_request",
    Kind.SHOWING_REQUEST: "showing_request",
    Kind.OPEN_HOUSE: "open_house_visit",
    Kind.CALL_IN: "call_received",
    Kind.EMAIL_IN: "email_replied",
    Kind.EMAIL_OPEN: "email_opened",
    Kind.EMAIL_CLICK: "email_clicked",
    Kind.TEXT_IN: "sms_replied",
    Kind.UNSUBSCRIBED: "unsubscribed",
}
#: Whose value is a price.
_PRICED = (Kind.VIEW, Kind.SAVE, Kind.SHOWING_REQUEST)


@dataclass(frozen=True)
class Request:
    """Something to be told: at this moment (seconds since the epoch, UTC), by `POST` to the path."""

    at: float
    path: str
    body: dict[str, Any]


def requests(brokerage: Brokerage) -> list[Request]:
    """
    Return what goes on after the export, in the order of time: who comes, and what each does.

    Of the team nothing: all of it waits for whoever looks.
    """
    told = [*_arrivals(brokerage)]
    later = brokerage.later
    rows = np.flatnonzero(np.isin(later.kind, list(_THEIRS)))
    for system, known in ((EXPORTED, brokerage.records), (WEBSITE, brokerage.newcomers)):
        # A person may have two files: the website knows the first.
        place_of = {person: place for place, person in reversed(list(enumerate(known.person.tolist())))}
        own = rows[[person in place_of for person in later.person[rows].tolist()]]
        places = np.array([place_of[person] for person in later.person[own].tolist()], dtype=np.int32)
        told += _events(replace(brokerage, records=known), later.take(own), places, own.tolist(), system)
    return sorted(told, key=lambda one: (one.at, one.path == _EVENTS))


_LEADS, _EVENTS = f"/api/v1/leads?system={WEBSITE}&provenance=OWN_INQUIRY", "/api/v1/events"


def _arrivals(brokerage: Brokerage) -> Iterator[Request]:
    new = brokerage.newcomers
    for place, at in enumerate(new.created_at.tolist()):
        fields = {
            "Id": new.lead_id[place],
            "First name": new.first_name[place],
            "Last name": new.last_name[place],
            "Email": new.email_1[place],
            "Phone": new.phone_1[place],
            "Lead source": new.source[place].strip(),
            "Created": _iso(at),
        }
        yield Request(at, _LEADS, {name: value for name, value in fields.items() if value})


def _events(
    brokerage: Brokerage, done: Activities, places: NDArray[np.int32], rows: Sequence[int], system: str
) -> Iterator[Request]:
    homes, records = brokerage.homes, brokerage.records
    _, messages = words_of(brokerage, done, places)
    for i, row in enumerate(rows):
        kind, home, seconds = Kind(done.kind[i]), int(done.home[i]), float(done.seconds[i])
        body: dict[str, Any] = {
            "event_id": f"later-{brokerage.seed}-{row}",
            "external_id": records.lead_id[places[i]],
            "system": system,
            "kind": _THEIRS[kind],
            "occurred_at": _iso(float(done.at[i])),
        }
        if home >= 0:
            body["listing"] = homes.street[home]
        if home >= 0 and kind in _PRICED:
            body["value"] = float(homes.price[home])
        if not np.isnan(seconds):
            body["duration_seconds"] = seconds
        if messages[i]:
            body["props"] = {"text": messages[i]}
        yield Request(float(done.at[i]), _EVENTS, body)


def _iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")


def tell(told: Sequence[Request], *, address: str, token: str) -> int:
    """
    Tell a running Leadlight: at once what has happened by now, and the rest when its moment comes; return how much.

    Raises:
        OSError: nobody answers at the address, within a minute at first, or any more.
        RuntimeError: something was refused.
    """
    clock = threading.Event()
    place = urlsplit(address)
    with closing(HTTPConnection(place.hostname or "127.0.0.1", place.port, timeout=60)) as client:
        _wait_for(client, clock)
        for batch in _batches(told):
            while (ahead := batch[-1].at - time.time()) > 0:
                client.close()
                clock.wait(min(ahead, 60.0))
            _post(client, batch[0].path, [one.body for one in batch], token)
    return len(told)


def _batches(told: Sequence[Request]) -> Iterator[list[Request]]:
    """Yield what may go in one request: events that have happened by now together, all else alone."""
    batch: list[Request] = []
    for one in told:
        goes_along = one.path == _EVENTS and one.at <= time.time() and len(batch) < _TOGETHER
        if batch and not (goes_along and batch[0].path == _EVENTS):
            yield batch
            batch = []
        batch.append(one)
    if batch:
        yield batch


def _wait_for(client: HTTPConnection, clock: threading.Event) -> None:
    until = time.monotonic() + _WAIT_SECONDS
    while True:
        try:
            client.connect()
        except OSError:
            if time.monotonic() > until:
                raise
            clock.wait(0.5)
        else:
            return


def _post(client: HTTPConnection, path: str, bodies: list[dict[str, Any]], token: str) -> None:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    client.request("POST", path, json.dumps(bodies if path == _EVENTS else bodies[0]), headers)
    answer = client.getresponse()
    said = answer.read().decode(errors="replace")
    if answer.status >= HTTPStatus.BAD_REQUEST or json.loads(said).get("rejected"):
        raise RuntimeError(f"POST {path} is answered by {answer.status}: {said[:500]}")
