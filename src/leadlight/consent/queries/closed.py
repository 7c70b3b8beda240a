"""Reads of closed channels: of leads, and of addresses that only a digest remembers."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import models
from django.db.models import Max

from leadlight.consent.models import Channel, ClosedAddress, Consent, Suppression
from leadlight.consent.rules import CLOSED_BY, SPOKEN
from leadlight.consent.rules import Channel as Way
from leadlight.consent.rules.facts import Closing
from leadlight.consent.rules.vocabulary import ClosedFor
from leadlight.events.models import Event
from leadlight.kit.secrets import fingerprints
from leadlight.leads.models import Identity, IdentityKind


def by_person(person_ids: Sequence[int]) -> dict[int, list[Suppression]]:
    """Return the closed channels of persons, over all their leads; persons without any are left out."""
    found: dict[int, list[Suppression]] = {}
    for suppression in Suppression.objects.filter(lead__person__in=person_ids).select_related("lead"):
        found.setdefault(suppression.lead.person_id, []).append(suppression)
    return found


class Told(NamedTuple):
    """An event by which somebody may close or open a channel."""

    event_id: str
    lead_id: int
    kind: str
    at: datetime
    props: dict[str, Any]


def told_by(event_ids: Sequence[str]) -> list[Told]:
    """Return those of some events that may close or open a channel, are no machine's and stand, as they happened."""
    rows = _telling().filter(event_id__in=event_ids).order_by("occurred_at", "pk")
    return [Told(*row) for row in rows.values_list(*_TOLD)]


def told_since(person_id: int, at: datetime) -> list[Told]:
    """Return what a person told from a moment on by which they may close or open a channel."""
    rows = _telling().filter(lead__person=person_id, occurred_at__gte=at)
    return [Told(*row) for row in rows.values_list(*_TOLD)]


_TOLD = ("event_id", "lead_id", "kind", "occurred_at", "props")


def _telling() -> models.QuerySet[Event]:
    return Event.objects.filter(kind__in=[*CLOSED_BY, *SPOKEN], is_machine=False, retracted_at=None)


def opened_at(lead_ids: Collection[int]) -> dict[tuple[int, str], datetime]:
    """Return when leads last opened a channel again that they had closed."""
    lifted = Suppression.ever.filter(lead__in=lead_ids, lifted_at__isnull=False).order_by()
    rows = lifted.values_list("lead_id", "channel").annotate(Max("lifted_at"))
    return {(lead_id, channel): at for lead_id, channel, at in rows}


def leads_by_digest(lead_ids: Sequence[int]) -> dict[str, list[int]]:
    """Return leads by the digests of their addresses and numbers, under each key; one query."""
    found: dict[str, list[int]] = {}
    for lead_id, value in Identity.objects.filter(lead__in=lead_ids).values_list("lead_id", "value"):
        for digest in fingerprints(value):
            found.setdefault(digest, []).append(lead_id)
    return found


def phones_of(lead_ids: Collection[int]) -> dict[int, list[str]]:
    """Return the numbers (E.164) of leads that have any; one query."""
    phones: dict[int, list[str]] = defaultdict(list)
    rows = Identity.objects.filter(lead__in=lead_ids, kind=IdentityKind.PHONE).order_by("position", "pk")
    for lead_id, value in rows.values_list("lead_id", "value"):
        phones[lead_id].append(value)
    return phones


def leads_with_consents(lead_ids: Collection[int]) -> set[int]:
    """Return those of the leads that gave a consent, revoked or not."""
    return set(Consent.objects.filter(lead__in=lead_ids).values_list("lead_id", flat=True))


@dataclass(frozen=True)
class Addresses:
    """E-mails and phones of a person, each with the leads that have it, in the order in which they are known."""

    emails: Mapping[str, tuple[int, ...]]
    phones: Mapping[str, tuple[int, ...]]


def addresses_of(person_ids: Sequence[int]) -> dict[int, Addresses]:
    """Return the addresses of each person over all their leads, in one query."""
    emails: dict[int, dict[str, list[int]]] = {person_id: {} for person_id in person_ids}
    phones: dict[int, dict[str, list[int]]] = {person_id: {} for person_id in person_ids}
    rows = Identity.objects.filter(lead__person__in=person_ids).order_by("lead", "position", "id")
    for person_id, lead_id, kind, value in rows.values_list("lead__person_id", "lead_id", "kind", "value"):
        own = emails if kind == IdentityKind.EMAIL else phones
        own[person_id].setdefault(value, []).append(lead_id)
    return {
        person_id: Addresses(
            {value: tuple(leads) for value, leads in emails[person_id].items()},
            {value: tuple(leads) for value, leads in phones[person_id].items()},
        )
        for person_id in person_ids
    }


def closings_of(
    addresses: Mapping[int, Addresses], *, chosen: Mapping[int, tuple[str, str]] | None = None
) -> dict[int, tuple[Closing, ...]]:
    """
    Return what is closed of each person, by the leads' own word and by any of their addresses, in two queries.

    `addresses` are those of `addresses_of`. That an address is somebody else's counts for that address alone: for the
    e-mail and phone `chosen`, which without a word are the only ones.
    """
    found: dict[int, list[Closing]] = defaultdict(list)
    closed = Suppression.objects.filter(lead__person__in=addresses.keys()).order_by("recorded_at", "id")
    columns = ("lead__person_id", "channel", "reason", "recorded_at", "evidence")
    for person_id, channel, reason, at, evidence in closed.values_list(*columns):
        found[person_id].append(Closing(_way(channel), ClosedFor(reason), at, evidence))
    values = {value for own in addresses.values() for value in (*own.emails, *own.phones)}
    value_of = {digest: value for value in values for digest in fingerprints(value)}
    by_value: dict[str, list[tuple[str, str, datetime]]] = defaultdict(list)
    rows = ClosedAddress.objects.filter(digest__among=list(value_of), lifted_at=None).order_by("recorded_at", "id")
    for digest, channel, reason, at in rows.values_list("digest", "channel", "reason", "recorded_at"):
        by_value[value_of[digest]].append((channel, reason, at))
    for person_id, own in addresses.items():
        means = (chosen or {}).get(person_id)
        for value in (*own.emails, *own.phones):
            told = [
                Closing(_way(channel), ClosedFor(reason), at, "known by the address alone")
                for channel, reason, at in by_value.get(value, ())
                if reason != ClosedFor.WRONG or means is None or value in means
            ]
            # What the records say themselves, in words, is not told twice.
            said = {(closing.channel, closing.reason) for closing in found[person_id]}
            found[person_id] += [
                closing
                for closing in dict.fromkeys(told)
                if (closing.channel, closing.reason) not in said and (None, closing.reason) not in said
            ]
    return {person_id: tuple(found.get(person_id, ())) for person_id in addresses}


def _way(channel: str) -> Way | None:
    return None if channel == Channel.ALL else Way(channel)
