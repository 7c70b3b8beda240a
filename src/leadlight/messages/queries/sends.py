"""All that was done to reach people, with what an independent checker needs to judge each; batch by batch."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from leadlight.consent.models import ClosedAddress, Consent, Suppression
from leadlight.consent.queries import addresses_of, contact_facts
from leadlight.consent.rules.zones import Place, read_place
from leadlight.events.models import Event
from leadlight.kit.secrets import fingerprints
from leadlight.leads.models import HouseholdMember, Lead, Person
from leadlight.messages.models import Direction, Message, State
from leadlight.messages.queries.deciding import CHANNEL_OF, ORIGIN

#: Rows of one batch: each costs a fixed number of queries.
BATCH = 1_000

_Row = Mapping[str, Any]
_Rows = Sequence[_Row]


def sends(*, now: datetime) -> Iterator[dict[str, Any]]:
    """
    Return every message that is not planned any more, and every touch that was told of, as JSON holds them.

    The messages first, each kind in the order in which it was written down. What the ledger decided stands with each
    message as it was decided; consents, closed channels and homes as they are now, with their moments. Of touches
    nobody decided here: where somebody may be, and whether the National list has them, is as known `now`.
    """
    messages = Message.objects.filter(direction=Direction.OUT, lead__isnull=False).exclude(state=State.PLANNED)
    yield from _told(messages, _MESSAGE, _messages)
    touches = Event.objects.filter(kind__in=list(CHANNEL_OF), retracted_at=None, is_machine=False)
    yield from _told(touches.exclude(origin=ORIGIN), _TOUCH, lambda rows: _touches(rows, now))


def _told(
    rows: QuerySet[Any], columns: Iterable[str], tell: Callable[[_Rows], Iterable[dict[str, Any]]]
) -> Iterator[dict[str, Any]]:
    after = 0
    # By columns: a message's words and its lead's records are long, and no checker's business.
    told = rows.order_by("pk").values("pk", "lead_id", "lead__person_id", *columns)
    while batch := list(told.filter(pk__gt=after)[:BATCH]):
        after = batch[-1]["pk"]
        around = _Around({row["lead__person_id"] for row in batch})
        for row, line in zip(batch, tell(batch), strict=True):
            yield {**around.of(row["lead__person_id"], row["lead_id"], line["channel"]), **line}


_MESSAGE = (
    *("channel", "message_class", "purpose", "is_automatic", "sender_name", "state", "address", "decision"),
    *("decided_at", "created_at", "tried_at", "finished_at"),
)


def _messages(rows: _Rows) -> Iterator[dict[str, Any]]:
    for row in rows:
        decision = row["decision"]
        facts = decision.get("facts", {})
        handed_over = row["tried_at"] if row["state"] in _HANDED_OVER else None
        yield {
            "message_id": f"message:{row['pk']}",
            "kind": row["purpose"],
            "channel": row["channel"],
            "message_class": row["message_class"],
            "is_automatic": row["is_automatic"],
            "sender": row["sender_name"],
            "status": row["state"],
            "at": _text(handed_over or row["finished_at"] or row["decided_at"] or row["created_at"]),
            "address": row["address"],
            "decision": decision.get("decision"),
            "reasons": decision.get("reasons", []),
            "retry_at": decision.get("retry_at"),
            "decided_at": _text(row["decided_at"]),
            "candidate_states": facts.get("states", []),
            "candidate_zones": facts.get("zones", []),
            "candidate_countries": facts.get("countries", []),
            "is_on_national_list": facts.get("is_on_national_list"),
            "national_list_of": facts.get("national_list_of"),
        }


#: Of the others the latest try, if there was one, is not what became of them.
_HANDED_OVER = (State.SENDING, State.SENT, State.MAYBE_SENT, State.FAILED)

_TOUCH = ("event_id", "kind", "is_automatic", "actor", "occurred_at")


def _touches(rows: _Rows, now: datetime) -> Iterator[dict[str, Any]]:
    known = contact_facts(sorted({row["lead__person_id"] for row in rows}), now=now)
    for row in rows:
        facts = known[row["lead__person_id"]]
        yield {
            "message_id": f"event:{row['event_id']}",
            "kind": row["kind"],
            "channel": CHANNEL_OF[row["kind"]].value,
            "message_class": None,
            "is_automatic": row["is_automatic"],
            "sender": row["actor"],
            "status": State.SENT.value,
            "at": _text(row["occurred_at"]),
            "decision": None,
            "reasons": [],
            "retry_at": None,
            "decided_at": None,
            "candidate_states": sorted(facts.states),
            "candidate_zones": sorted(facts.zones),
            "candidate_countries": sorted(facts.countries),
            "is_on_national_list": facts.is_on_national_list,
            "national_list_of": _text(facts.national_list_of),
        }


class _Around:
    """What is known of the persons of one batch; seven queries."""

    def __init__(self, persons: Collection[int]) -> None:
        known = Person.objects.filter(pk__in=persons).values_list("pk", "email", "phone")
        self._addresses = {pk: (email, phone) for pk, email, phone in known}
        self._places: dict[int, list[Place]] = defaultdict(list)
        self._zones: dict[int, str] = {}
        leads = Lead.objects.filter(person__in=persons).order_by("-updated_at", "-pk")
        told = leads.exclude(home="", stated_zone="").values_list("person_id", "home", "stated_zone")
        for person_id, home, zone in told:
            if home:
                self._places[person_id].append(read_place(home))
            if zone:
                self._zones.setdefault(person_id, zone)
        self._consents = _by_person(
            Consent.objects.filter(lead__person__in=persons).order_by("obtained_at", "pk"),
            ("channel", "address", "basis", "seller", "obtained_at", "expires_at", "revoked_at"),
        )
        self._suppressions = _by_person(
            Suppression.ever.filter(lead__person__in=persons).order_by("recorded_at", "pk"),
            ("channel", "reason", "evidence", "recorded_at", "lifted_at"),
        )
        self._read_closed_addresses(persons)
        members = HouseholdMember.objects.filter(lead__person__in=persons).order_by("-household")
        self._households = dict(members.values_list("lead__person_id", "household"))

    def _read_closed_addresses(self, persons: Collection[int]) -> None:
        """Add what is closed of their addresses by records that are none of theirs, or by nobody's."""
        own: dict[int, set[int]] = defaultdict(set)
        having: dict[str, list[int]] = defaultdict(list)
        for person_id, addresses in addresses_of(sorted(persons)).items():
            for value, leads in (*addresses.emails.items(), *addresses.phones.items()):
                own[person_id].update(leads)
                having[value].append(person_id)
        value_of = {digest: value for value in having for digest in fingerprints(value)}
        closed = ClosedAddress.objects.filter(digest__among=list(value_of)).order_by("recorded_at", "pk")
        columns = ("digest", "lead_id", "channel", "reason", "recorded_at", "lifted_at")
        for digest, lead_id, channel, reason, at, lifted_at in closed.values_list(*columns):
            value = value_of[digest]
            one = {"channel": channel, "reason": reason, "address": value, "evidence": "known by the address alone"}
            one |= {"recorded_at": _text(at), "lifted_at": _text(lifted_at)}
            for person_id in having[value]:
                if lead_id not in own[person_id]:
                    self._suppressions.setdefault(person_id, []).append(one)

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
            "stated_zone": self._zones.get(person_id),
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
    return value.isoformat() if isinstance(value, date) else value
