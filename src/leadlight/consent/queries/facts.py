"""The one constructor of what the gate must know of persons, as far as it is not of the ledger of messages."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from django.db.models import Max, Q

from leadlight.consent.models import Consent
from leadlight.consent.queries.closed import addresses_of, closings_of
from leadlight.consent.queries.national_list import national_list
from leadlight.consent.rules import Agreement, Basis, Channel, Facts
from leadlight.consent.rules.vocabulary import Provenance
from leadlight.consent.rules.zones import Place, Stated, read_place, whereabouts
from leadlight.events.models import Event
from leadlight.events.rules import REQUESTS
from leadlight.leads.models import Lead, Person
from leadlight.leads.queries import whom

#: Other words of theirs, which want an answer.
_WORDS = ("form_submit", "email_replied", "sms_replied", "call_received")
_DEAL = "closed"

#: How they came, what speaks most for them first.
_TOLD = (
    Provenance.OWN_INQUIRY,
    Provenance.PAST_CLIENT,
    Provenance.OPEN_HOUSE,
    Provenance.BOUGHT,
    Provenance.UNKNOWN,
)


def contact_facts(
    person_ids: Sequence[int], *, now: datetime, zones_seen: Mapping[int, Collection[str]] | None = None
) -> dict[int, Facts]:
    """
    Return what is known of each person asked for, by that id; who went into another by a merge has that one's facts.

    `zones_seen` are time zones (IANA) that browsers of theirs told. What only the ledger of messages knows is left as
    it is when nothing is known, which refuses. Ten queries however many they are, and one more for each merge on the
    longest way.
    """
    here = whom(person_ids)
    ids = sorted(set(here.values()))
    chosen = {pk: (email, phone) for pk, email, phone in _persons(ids)}
    addresses = addresses_of(ids)
    closings = closings_of(addresses, chosen=chosen)
    provenance, places, stated = _leads(ids)
    agreements = _agreements(ids, chosen)
    spoke = _latest(ids, now)
    listed = national_list(phone for _, phone in chosen.values() if phone)
    seen = zones_seen or {}
    seen_by: dict[int, set[str]] = defaultdict(set)
    for person_id, person in here.items():
        seen_by[person] |= set(seen.get(person_id, ()))
    found: dict[int, Facts] = {}
    for person_id, (email, phone) in chosen.items():
        own = addresses[person_id]
        where = whereabouts(
            phones=own.phones,
            postal_codes=[code for place in places[person_id] for code in place.postal_codes],
            states=[state for place in places[person_id] for state in place.states],
            countries=[country for place in places[person_id] for country in place.countries],
            browser_zones=seen_by[person_id],
            stated=stated.get(person_id),
        )
        listing = listed.get(phone)
        found[person_id] = Facts(
            person_id=person_id,
            email=email,
            phone=phone,
            email_provenance=_best(provenance, own.emails.get(email, ())),
            phone_provenance=_best(provenance, own.phones.get(phone, ())),
            countries=where.countries,
            states=where.states,
            zones=where.zones,
            closings=closings[person_id],
            agreements=tuple(agreements[person_id]),
            asked_at=_max(spoke, person_id, REQUESTS),
            wrote_at=_max(spoke, person_id, _WORDS),
            transacted_at=_max(spoke, person_id, (_DEAL,)),
            is_on_national_list=listing is not None and listing.is_listed,
            national_list_of=None if listing is None else listing.drawn_on,
        )
    nobody = {person_id: Facts(person_id=person_id, is_here=False) for person_id in person_ids}
    return nobody | {person_id: found[person] for person_id, person in here.items()}


def _persons(ids: Sequence[int]) -> Iterable[tuple[int, str, str]]:
    return Person.objects.filter(pk__in=ids).values_list("pk", "email", "phone")


def _leads(ids: Sequence[int]) -> tuple[dict[int, str], dict[int, list[Place]], dict[int, Stated]]:
    """Return how each lead came, where each person lives by their records, and where they said that they are."""
    provenance: dict[int, str] = {}
    places: dict[int, list[Place]] = defaultdict(list)
    stated: dict[int, frozenset[str]] = defaultdict(frozenset)
    leads = Lead.objects.filter(person__in=ids).order_by("id")
    for lead_id, person_id, came, home, zone in leads.values_list(
        "id", "person_id", "provenance", "home", "stated_zone"
    ):
        provenance[lead_id] = came
        if home:
            places[person_id].append(read_place(home))
        if zone:
            # Two records that say different things leave both.
            stated[person_id] |= {zone}
    return provenance, places, {person_id: Stated(zones) for person_id, zones in stated.items()}


def _best(provenance: Mapping[int, str], lead_ids: Collection[int]) -> Provenance:
    """Return how an address came to us: the best that any record with it says; who asks us is a stranger no more."""
    told = {provenance[lead_id] for lead_id in lead_ids}
    return next((word for word in _TOLD if word.value in told), Provenance.UNKNOWN)


def _agreements(ids: Sequence[int], chosen: Mapping[int, tuple[str, str]]) -> dict[int, list[Agreement]]:
    """Return the consents of each person for the e-mail and the phone chosen."""
    found: dict[int, list[Agreement]] = defaultdict(list)
    columns = ("channel", "basis", "obtained_at", "expires_at", "revoked_at", "seller")
    rows = Consent.objects.filter(lead__person__in=ids).order_by("obtained_at", "id")
    for person_id, address, channel, basis, *rest in rows.values_list("lead__person_id", "address", *columns):
        if address in chosen[person_id]:
            found[person_id].append(Agreement(Channel(channel), Basis(basis), *rest))
    return found


def _latest(ids: Sequence[int], now: datetime) -> dict[tuple[int, str], datetime]:
    """Return when each person last did each kind of thing that the gate asks about, and no machine for them."""
    kinds = [*REQUESTS, *_WORDS, _DEAL]
    events = Event.objects.filter(lead__person__in=ids, kind__in=kinds, is_machine=False, occurred_at__lte=now)
    by_themselves = Q(props__automatic__isnull=True) | Q(props__automatic=False)
    rows = events.filter(by_themselves, retracted_at=None).order_by().values_list("lead__person_id", "kind")
    return {(person_id, kind): at for person_id, kind, at in rows.annotate(Max("occurred_at"))}


def _max(spoke: Mapping[tuple[int, str], datetime], person_id: int, kinds: Iterable[str]) -> datetime | None:
    return max((spoke[key] for kind in kinds if (key := (person_id, kind)) in spoke), default=None)
