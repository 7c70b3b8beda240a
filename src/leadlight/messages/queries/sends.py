"""All that was done to reach people, with what an independent checker needs to judge each; batch by batch."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from leadlight.consent.models import Consent, Suppression
from leadlight.consent.rules.zones import Place, read_place
from leadlight.events.models import Event
from leadlight.leads.models import HouseholdMember, Lead, Person
from leadlight.messages.models import Direction, Message, State
from leadlight.messages.queries.deciding import CHANNEL_OF, ORIGIN

#: Rows of one batch: each costs a fixed number of queries.
BATCH = 1_000


def sends() -> Iterator[dict[str, Any]]:
    """
    Return every message that is not planned any more, and every touch that was told of, as JSON holds them.

    The messages first, each kind in the order in which it was written down. What the ledger decided stands with each
    message as it was decided; consents, closed channels and homes as they are now, with their moments.
    """
    messages = Message.objects.filter(direction=Direction.OUT, lead__isnull=False).exclude(state=State.PLANNED)
    yield from _told(messages, _message)
    touches = Event.objects.filter(kind__in=list(CHANNEL_OF), retracted_at=None, is_machine=False)
    yield from _told(touches.exclude(origin=ORIGIN), _touch)


def _told(rows: QuerySet[Any], tell: Callable[[Any], dict[str, Any]]) -> Iterator[dict[str, Any]]:
    after = 0
    while batch := list(rows.filter(pk__gt=after).select_related("lead").order_by("pk")[:BATCH]):
        after = batch[-1].pk
        around = _Around({row.lead.person_id for row in batch})
        for row in batch:
            told = tell(row)
            yield {**around.of(row.lead.person_id, row.lead_id, told["channel"]), **told}


def _message(message: Message) -> dict[str, Any]:
    decision = message.decision
    facts = decision.get("facts", {})
    return {
        "message_id": f"message:{message.pk}",
        "channel": message.channel,
        "message_class": message.message_class,
        "is_automatic": message.is_automatic,
        "sender": message.sender_name,
        "status": message.state,
        "at": _text(_moment(message)),
        "address": message.address,
        "decision": decision.get("decision"),
        "reasons": decision.get("reasons", []),
        "retry_at": decision.get("retry_at"),
        "decided_at": _text(message.decided_at),
        "candidate_states": facts.get("states", []),
        "candidate_zones": facts.get("zones", []),
        "candidate_countries": facts.get("countries", []),
        "is_on_national_list": facts.get("is_on_national_list"),
        "national_list_of": facts.get("national_list_of"),
    }


def _moment(message: Message) -> datetime:
    """Return when a message was handed over; of one that was not, when that was settled."""
    was_tried = message.state not in (State.REFUSED, State.CANCELLED)
    return (message.tried_at if was_tried else message.finished_at) or message.decided_at or message.created_at


def _touch(event: Event) -> dict[str, Any]:
    return {
        "message_id": f"event:{event.event_id}",
        "channel": CHANNEL_OF[event.kind].value,
        "message_class": None,
        "is_automatic": event.is_automatic,
        "sender": event.actor,
        "status": State.SENT.value,
        "at": _text(event.occurred_at),
        "decision": None,
        "reasons": [],
        "retry_at": None,
        "decided_at": None,
        "candidate_states": [],
        "candidate_zones": [],
        "candidate_countries": [],
        "is_on_national_list": None,
        "national_list_of": None,
    }


class _Around:
    """What is known of the persons of one batch; five queries."""

    def __init__(self, persons: Collection[int]) -> None:
        known = Person.objects.filter(pk__in=persons).values_list("pk", "email", "phone")
        self._addresses = {pk: (email, phone) for pk, email, phone in known}
        self._places: dict[int, list[Place]] = defaultdict(list)
        homes = Lead.objects.filter(person__in=persons).exclude(home="").order_by("-updated_at", "-pk")
        for person_id, home in homes.values_list("person_id", "home"):
            self._places[person_id].append(read_place(home))
        self._consents = _by_person(
            Consent.objects.filter(lead__person__in=persons).order_by("obtained_at", "pk"),
            ("channel", "address", "basis", "seller", "obtained_at", "expires_at", "revoked_at"),
        )
        self._suppressions = _by_person(
            Suppression.ever.filter(lead__person__in=persons).order_by("recorded_at", "pk"),
            ("channel", "reason", "evidence", "recorded_at", "lifted_at"),
        )
        members = HouseholdMember.objects.filter(lead__person__in=persons).order_by("-household")
        self._households = dict(members.values_list("lead__person_id", "household"))

    def of(self, person_id: int, lead_id: int, channel: str) -> dict[str, Any]:
        """Return what stands with all that was done to reach a person."""
        email, phone = self._addresses.get(person_id, ("", ""))
        places = self._places.get(person_id, [])
        codes = [code for place in places for code in place.postal_codes]
        states = [state for place in places for state in place.states]
        countries = [country for place in places for country in place.countries]
        return {
            "person_id": person_id,
            "lead_id": lead_id,
            "household_id": self._households.get(person_id),
            "address": email if channel == "EMAIL" else phone,
            "postcode": codes[0] if codes else None,
            "state": states[0] if states else None,
            "country": countries[0] if countries else None,
            "stated_zone": None,
            "consents": self._consents.get(person_id, []),
            "suppressions": self._suppressions.get(person_id, []),
        }


def _by_person(rows: QuerySet[Any], columns: Sequence[str]) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = {}
    for person_id, *values in rows.values_list("lead__person_id", *columns):
        told = {name: _text(value) for name, value in zip(columns, values, strict=True)}
        found.setdefault(person_id, []).append(told)
    return found


def _text(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
